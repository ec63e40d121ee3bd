// Names and headers that a configuration may carry. Pure. RFC 9110 5 and 7.6.1, gRPC's PROTOCOL-HTTP2.
#ifndef SLUICE_SERVER_CONFIG_PARSE_NAMES_H_
#define SLUICE_SERVER_CONFIG_PARSE_NAMES_H_

#include <string>
#include <string_view>

#include "server/config/parsed.h"

namespace sluice::config {

// The name of an upstream: letters, digits, '-' and '_'; it becomes part of health service names and of --set paths.
Parsed<std::string> ParseUpstreamName(std::string_view text);

// The tenant of an A2A request, an opaque text: 1 to 256 bytes of UTF-8 without control characters.
Parsed<std::string> ParseTenant(std::string_view text);

// A host name without port, as TLS sends and verifies it.
Parsed<std::string> ParseServerName(std::string_view text);

// The lower-case name of a header that Sluice may set or pass on: none that belongs to one connection (hop-by-hop), to
// HTTP/2 or gRPC framing, or to the body that Sluice writes itself.
Parsed<std::string> ParseHeaderName(std::string_view text);

// The same for a header that crosses between gRPC metadata and HTTP: binary metadata (-bin) cannot.
Parsed<std::string> ParseForwardedHeaderName(std::string_view text);

// Visible ASCII, with blanks and tabs inside. The value may be a secret: an error never quotes it.
Parsed<std::string> ParseHeaderValue(std::string_view text);

// 32 bytes in base64 or base64url, with or without padding, as bytes. It is a secret: an error never quotes it.
Parsed<std::string> ParseSecretKey(std::string_view text);

// The name of a file that exists and can be read.
Parsed<std::string> ParseReadableFile(std::string_view text);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PARSE_NAMES_H_
