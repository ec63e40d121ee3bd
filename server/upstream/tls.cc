#include "server/upstream/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace sluice::upstream {
namespace {

// A reload may bring new keys. Live sessions keep their context, so dropping all of them is safe.
constexpr std::size_t kMaxContexts = 256;

// ALPN, as TLS writes it: a length and a name. A server that would prefer HTTP/2 is told not to.
constexpr std::array<unsigned char, 9> kHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// The first error is the cause; what was put on top of it is "system lib".
std::string OpenSslReason() {
  const unsigned long code = ERR_peek_error();  // NOLINT(google-runtime-int): OpenSSL's type
  if (code == 0) return "unknown error";
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

bool LoadTrust(SSL_CTX* context, const Target& target, std::string& error) {
  if (target.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) == 1) return true;
    error = "the system's certificate store: " + OpenSslReason();
    return false;
  }
  if (SSL_CTX_load_verify_locations(context, target.ca_file.c_str(), nullptr) == 1) return true;
  error = "ca_file " + target.ca_file + ": " + OpenSslReason();
  return false;
}

bool LoadClientCertificate(SSL_CTX* context, const Target& target, std::string& error) {
  if (target.client_cert_file.empty()) return true;
  if (SSL_CTX_use_certificate_chain_file(context, target.client_cert_file.c_str()) != 1) {
    error = "client_cert_file " + target.client_cert_file + ": " + OpenSslReason();
    return false;
  }
  if (SSL_CTX_use_PrivateKey_file(context, target.client_key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    error = "client_key_file " + target.client_key_file + ": " + OpenSslReason();
    return false;
  }
  return true;
}

// OpenSSL calls this on a client when the server asks for a certificate, and only then. The session remembers it.
int OnCertificateRequest(SSL* session, void* /*unused*/) {
  static char asked;
  return SSL_set_app_data(session, &asked);
}

bool AskedForCertificate(SSL* session) { return SSL_get_app_data(session) != nullptr; }

struct VerdictRow {
  int verdict;
  Cause cause;
};
// X509_STORE_CTX_get_error(3). Any other verdict is kTlsCertificate.
constexpr auto kVerdicts = std::to_array<VerdictRow>({
    {X509_V_ERR_CERT_HAS_EXPIRED, Cause::kTlsExpired},
    {X509_V_ERR_CERT_NOT_YET_VALID, Cause::kTlsNotYetValid},
    {X509_V_ERR_HOSTNAME_MISMATCH, Cause::kTlsWrongName},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, Cause::kTlsWrongName},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Cause::kTlsSelfSigned},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Cause::kTlsUnknownAuthority},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Cause::kTlsUnknownAuthority},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Cause::kTlsUnknownAuthority},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Cause::kTlsUnknownAuthority},
    {X509_V_ERR_CERT_UNTRUSTED, Cause::kTlsUnknownAuthority},
});

struct ReasonRow {
  int reason;
  Cause cause;
};
// RFC 8446, section 6.2: the alerts that a server sends about a client's certificate; and what is no TLS at all.
constexpr auto kReasons = std::to_array<ReasonRow>({
    {SSL_R_SSLV3_ALERT_NO_CERTIFICATE, Cause::kTlsClientCertificate},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, Cause::kTlsClientCertificate},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, Cause::kTlsClientCertificate},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, Cause::kTlsClientCertificate},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, Cause::kTlsClientCertificate},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, Cause::kTlsClientCertificate},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, Cause::kTlsClientCertificate},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, Cause::kTlsClientCertificate},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, Cause::kTlsClientCertificate},
    {SSL_R_TLSV1_UNRECOGNIZED_NAME, Cause::kTlsWrongName},
    {SSL_R_WRONG_VERSION_NUMBER, Cause::kTlsPlain},
    {SSL_R_HTTP_REQUEST, Cause::kTlsPlain},
});

Cause CauseOfVerdict(long verdict) {  // NOLINT(google-runtime-int): OpenSSL's type
  const auto* row = std::find_if(kVerdicts.begin(), kVerdicts.end(),
                                 [&](const VerdictRow& candidate) { return candidate.verdict == verdict; });
  return row == kVerdicts.end() ? Cause::kTlsCertificate : row->cause;
}

Cause CauseOfReason(int reason, bool asked_for_certificate) {
  // What a server of TLS 1.2 says to a client without a certificate.
  if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && asked_for_certificate) return Cause::kTlsClientCertificate;
  const auto* row = std::find_if(kReasons.begin(), kReasons.end(),
                                 [&](const ReasonRow& candidate) { return candidate.reason == reason; });
  return row == kReasons.end() ? Cause::kTlsHandshake : row->cause;
}

bool IsAddress(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

// Which name the peer's certificate must carry; a name, not an address, is also told to the peer (SNI).
bool SetPeerName(SSL* session, const std::string& name) {
  if (IsAddress(name)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name.c_str()) == 1;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, name.c_str()) == 1 && SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

}  // namespace

SslPtr TlsContexts::NewSession(const Target& target, int descriptor, std::string& error) {
  ERR_clear_error();
  SSL_CTX* context = Get(target, error);
  if (context == nullptr) return nullptr;
  SslPtr session(SSL_new(context));
  const std::string& name = target.server_name.empty() ? target.host : target.server_name;
  if (!session || !SetPeerName(session.get(), name) || SSL_set_fd(session.get(), descriptor) != 1) {
    error = "server name " + name + ": " + OpenSslReason();
    return nullptr;
  }
  SSL_set_connect_state(session.get());
  return session;
}

SSL_CTX* TlsContexts::Get(const Target& target, std::string& error) {
  if (const auto found = by_key_.find(target.key); found != by_key_.end()) return found->second.get();
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_alpn_protos(context.get(), kHttp11.data(), kHttp11.size()) != 0) {
    error = "OpenSSL: " + OpenSslReason();
    return nullptr;
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_cb(context.get(), &OnCertificateRequest, nullptr);
  // Released buffers: an idle stream holds none. Moving ones: the same bytes may come again at another address.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (!LoadTrust(context.get(), target, error) || !LoadClientCertificate(context.get(), target, error)) return nullptr;
  if (by_key_.size() >= kMaxContexts) by_key_.clear();
  return by_key_.emplace(target.key, std::move(context)).first->second.get();
}

TlsFault ExplainTls(SSL* session, int ssl_error) {
  const int system_error = errno;
  if (const auto verdict = SSL_get_verify_result(session); verdict != X509_V_OK) {
    return {CauseOfVerdict(verdict),
            std::string("certificate verify failed: ") + X509_verify_cert_error_string(verdict)};
  }
  const unsigned long code = ERR_peek_error();  // NOLINT(google-runtime-int): OpenSSL's type
  if (ssl_error == SSL_ERROR_SYSCALL && code == 0) {
    return {Cause::kTlsHandshake,
            system_error == 0 ? "the connection was closed" : std::generic_category().message(system_error)};
  }
  const bool of_tls = ERR_GET_LIB(code) == ERR_LIB_SSL;
  return {of_tls ? CauseOfReason(ERR_GET_REASON(code), AskedForCertificate(session)) : Cause::kTlsHandshake,
          OpenSslReason()};
}

bool LacksClientCertificate(SSL* session) {
  return AskedForCertificate(session) && SSL_get_certificate(session) == nullptr;
}

}  // namespace sluice::upstream
