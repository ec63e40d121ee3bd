// Certificates that are made while a test runs, as PEM files in a directory of their own.
#ifndef SLUICE_TESTS_SUPPORT_CERTIFICATES_H_
#define SLUICE_TESTS_SUPPORT_CERTIFICATES_H_

#include <string>

typedef struct evp_pkey_st EVP_PKEY;  // NOLINT(modernize-use-using): OpenSSL's own names
typedef struct x509_st X509;          // NOLINT(modernize-use-using)

namespace sluice::testing {

struct CertificateFiles {
  std::string cert_file;
  std::string key_file;
};

// A certificate authority of its own. The files go with it.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  // What a client trusts.
  const std::string& ca_file() const { return ca_file_; }

  // A certificate for `subject_alt_name`, in OpenSSL's notation: "DNS:localhost" or "IP:127.0.0.1".
  CertificateFiles Issue(const std::string& subject_alt_name) { return Make(subject_alt_name, {}); }
  CertificateFiles IssueExpired(const std::string& subject_alt_name) { return Make(subject_alt_name, {-2, -1}); }
  CertificateFiles IssueNotYetValid(const std::string& subject_alt_name) { return Make(subject_alt_name, {1, 2}); }
  // One that may identify a client, but no server.
  CertificateFiles IssueForClients(const std::string& subject_alt_name) {
    return Make(subject_alt_name, {.only_for_clients = true});
  }
  // One that its own key has signed, and not this authority.
  CertificateFiles IssueSelfSigned(const std::string& subject_alt_name) {
    return Make(subject_alt_name, {.self_signed = true});
  }

 private:
  struct Kind {
    int from_day = -1;  // counted from now
    int to_day = 1;
    bool self_signed = false;
    bool only_for_clients = false;
  };
  CertificateFiles Make(const std::string& subject_alt_name, const Kind& kind);

  std::string directory_;
  std::string ca_file_;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  int issued_ = 0;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_SUPPORT_CERTIFICATES_H_
