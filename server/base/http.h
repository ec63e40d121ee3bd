// One HTTP answer as plain values: what upstream/ tells and translate/ reads. RFC 9110, RFC 9112.
#ifndef SLUICE_SERVER_BASE_HTTP_H_
#define SLUICE_SERVER_BASE_HTTP_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/causes.h"

namespace sluice {

// Names are lower case, in the order of the wire; a name may occur more than once.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of `lower_case_name`, or an empty view.
inline std::string_view FindHeader(const Headers& headers, std::string_view lower_case_name) {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

struct ResponseHead {
  int status = 0;
  Headers headers;
};

// How an exchange ended. Only kComplete says that the peer finished its message as HTTP frames it.
enum class ExchangeOutcome {
  kComplete,          // Content-Length reached, last chunk read, or a clean close of a body that is ended by closing
  kAborted,           // we closed it
  kUnreachable,       // resolve, connect or TLS handshake failed: the peer read no byte of the request
  kConnectTimeout,    // the connect clock ran out: no byte of the request was sent
  kFirstByteTimeout,  // the request was sent and no answer began in time
  kIdleTimeout,       // the answer had begun and then was silent for too long
  kTotalTimeout,      // the exchange as a whole took too long
  kTruncated,         // the connection ended before the answer did
  kMalformed,         // what came is not HTTP/1.1
  kNoResources,       // we have no descriptor or local port left for a connection: no byte of the request was sent
};

struct ExchangeEnd {
  ExchangeOutcome outcome = ExchangeOutcome::kComplete;
  std::string detail;          // for people: what happened, with host and port; never a header value or a body
  bool request_sent = false;   // the request may have reached the upstream
  Cause cause = Cause::kNone;  // why there is no connection
};

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_HTTP_H_
