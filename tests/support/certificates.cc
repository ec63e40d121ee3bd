#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace sluice::testing {
namespace {

constexpr long kDay = 24 * 60 * 60;  // NOLINT(google-runtime-int): OpenSSL's type

void Require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("test certificate: ") + what);
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Require(extension != nullptr, "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* NewCertificate(EVP_PKEY* key, int serial, const std::string& name, long from, long to) {  // NOLINT
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), to);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void WriteCertificate(const std::string& path, X509* certificate) {
  const File file(std::fopen(path.c_str(), "w"), &std::fclose);
  Require(file && PEM_write_X509(file.get(), certificate) == 1, "write");
}

void WriteKey(const std::string& path, EVP_PKEY* key) {
  const File file(std::fopen(path.c_str(), "w"), &std::fclose);
  Require(file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write");
}

}  // namespace

TestAuthority::TestAuthority() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  Require(::mkdtemp(pattern.data()) != nullptr, "directory");
  directory_ = pattern;
  ca_file_ = directory_ + "/ca.pem";
  key_ = EVP_EC_gen("P-256");
  certificate_ = NewCertificate(key_, ++issued_, "authority " + directory_.substr(directory_.size() - 6), -kDay, kDay);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  AddExtension(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate_, certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
  Require(X509_sign(certificate_, key_, EVP_sha256()) > 0, "sign");
  WriteCertificate(ca_file_, certificate_);
}

TestAuthority::~TestAuthority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

CertificateFiles TestAuthority::Make(const std::string& subject_alt_name, const Kind& kind) {
  const std::string name = directory_ + "/" + std::to_string(++issued_);
  const CertificateFiles files{name + ".pem", name + ".key"};
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = NewCertificate(key, issued_, "test peer", kind.from_day * kDay, kind.to_day * kDay);
  X509_set_issuer_name(certificate, X509_get_subject_name(kind.self_signed ? certificate : certificate_));
  AddExtension(certificate, certificate_, NID_subject_alt_name, subject_alt_name);
  if (kind.only_for_clients) AddExtension(certificate, certificate_, NID_ext_key_usage, "clientAuth");
  Require(X509_sign(certificate, kind.self_signed ? key : key_, EVP_sha256()) > 0, "sign");
  WriteCertificate(files.cert_file, certificate);
  WriteKey(files.key_file, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

}  // namespace sluice::testing
