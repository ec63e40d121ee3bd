// The head of a request as HTTP/1.1 writes it. RFC 9112 sections 3 to 6.
#ifndef SLUICE_SERVER_UPSTREAM_REQUEST_HEAD_H_
#define SLUICE_SERVER_UPSTREAM_REQUEST_HEAD_H_

#include <string>

#include "server/upstream/exchange.h"

namespace sluice::upstream {

// Why the request cannot be written without changing its meaning (a line break in a header, a blank in the path);
// empty when it can. Names the part, never its value.
std::string WhyNotSendable(const ExchangeRequest& request);

// Request line and headers, to the blank line. Content-Length is ours, and is left out of a bodyless GET, HEAD or
// DELETE.
std::string RequestHead(const ExchangeRequest& request);

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_REQUEST_HEAD_H_
