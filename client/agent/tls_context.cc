#include "client/agent/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>

#include "absl/status/status.h"

namespace sluice::agent {
namespace {

absl::Status Wrong(const std::string& what, const std::string& file) {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return absl::InvalidArgumentError(what + " " + file + ": " + (reason == nullptr ? "cannot be read" : reason));
}

}  // namespace

void FreeTlsContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

absl::StatusOr<TlsContext> MakeTlsContext(const TlsOptions& options) {
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("TLS needs both a certificate and its key");
  }
  if (options.cert_file.empty()) {
    if (options.client_ca_file.empty() && options.fault == TlsFault::kNone) return TlsContext();
    return absl::InvalidArgumentError("TLS needs a certificate and its key");
  }
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.cert_file.c_str()) != 1) {
    return Wrong("certificate", options.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Wrong("key", options.key_file);
  }
  if (!options.client_ca_file.empty()) {
    if (SSL_CTX_load_verify_locations(context.get(), options.client_ca_file.c_str(), nullptr) != 1) {
      return Wrong("client CA", options.client_ca_file);
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace sluice::agent
