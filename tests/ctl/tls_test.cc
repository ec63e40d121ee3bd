// sluicectl over TLS, with certificates made here.
#include <gmock/gmock.h>
#include <grpcpp/security/server_credentials.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/ctl/fake_gateway.h"
#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using ::testing::HasSubstr;

struct Identity {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

template <typename Write>
std::string Pem(Write write) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(write(bio.get()), 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

// A self-signed certificate for `name`, valid around now.
Identity MakeIdentity(const std::string& name) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  std::unique_ptr<X509, decltype(&X509_free)> x509(X509_new(), X509_free);
  X509_set_version(x509.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
  X509_set_pubkey(x509.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(x509.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(x509.get(), subject);
  const std::string alternative = "DNS:" + name;
  std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str()), X509_EXTENSION_free);
  X509_add_ext(x509.get(), extension.get(), -1);
  X509_sign(x509.get(), key.get(), EVP_sha256());
  return {Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, x509.get()); }), Pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

std::shared_ptr<grpc::ServerCredentials> MutualTls(const Identity& server, const Identity& client) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = client.certificate;
  options.pem_key_cert_pairs.push_back({server.key, server.certificate});
  return grpc::SslServerCredentials(options);
}

class SluicectlTls : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& contents) {
    const std::string path = ::testing::TempDir() + "sluicectl_tls_" + std::to_string(getpid()) + "_" + name;
    std::ofstream(path) << contents;
    files_.push_back(path);
    return path;
  }
  ~SluicectlTls() override {
    for (const std::string& path : files_) std::remove(path.c_str());
  }

  const Identity server_ = MakeIdentity("gateway.example");
  const Identity client_ = MakeIdentity("client.example");
  FakeGateway gateway_{MutualTls(server_, client_)};
  std::vector<std::string> files_;
  const std::string ca_ = File("ca.pem", server_.certificate);
  const std::string cert_ = File("cert.pem", client_.certificate);
  const std::string key_ = File("key.pem", client_.key);
};

TEST_F(SluicectlTls, CallsAGatewayThatAsksForACertificate) {
  Child child(SLUICECTL, {"health", "--address", gateway_.address(), "--ca-file", ca_, "--cert-file", cert_,
                          "--key-file", key_, "--server-name", "gateway.example"});
  EXPECT_EQ(child.Finish(), 0) << child.err();
  EXPECT_EQ(child.out(), "gateway SERVING\n");
}

TEST_F(SluicectlTls, DoesNotTalkToAGatewayOfAnotherName) {
  Child child(SLUICECTL, {"health", "--address", gateway_.address(), "--ca-file", ca_, "--cert-file", cert_,
                          "--key-file", key_, "--server-name", "other.example"});
  EXPECT_EQ(child.Finish(), 78);
  EXPECT_EQ(child.out(), "");
}

TEST_F(SluicectlTls, NamesTheFlagOfAnEmptyFile) {
  Child child(SLUICECTL, {"health", "--address", gateway_.address(), "--ca-file", "/dev/null"});
  EXPECT_EQ(child.Finish(), 64);
  EXPECT_THAT(child.err(), HasSubstr("--ca-file"));
}

}  // namespace
}  // namespace sluice::testing
