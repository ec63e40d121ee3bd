// TLS towards upstreams: OpenSSL on the socket's own descriptor. No Asio here.
#ifndef SLUICE_SERVER_UPSTREAM_TLS_H_
#define SLUICE_SERVER_UPSTREAM_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "server/base/causes.h"
#include "server/upstream/exchange.h"

namespace sluice::upstream {

struct OpenSslFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslFree>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree>;

// The trust, client certificate and settings of each target, loaded once per Target::key.
// Thread: one. Reads files when a key is new; a context that could not be made is tried anew the next time.
class TlsContexts {
 public:
  // A session for a connected, non-blocking descriptor, which verifies the chain and the name of the peer.
  // Null: `error` names the file or setting that is wrong.
  SslPtr NewSession(const Target& target, int descriptor, std::string& error);

 private:
  SSL_CTX* Get(const Target& target, std::string& error);

  std::unordered_map<std::string, SslContextPtr> by_key_;
};

struct TlsFault {
  Cause cause = Cause::kTlsHandshake;  // as of a handshake; of a later operation only kTlsClientCertificate counts
  std::string text;
};

// Why the last operation on `session` failed: the certificate's fault if it has one, else OpenSSL's reason.
TlsFault ExplainTls(SSL* session, int ssl_error);

// The peer asked for a client certificate, and there was none to show.
bool LacksClientCertificate(SSL* session);

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_TLS_H_
