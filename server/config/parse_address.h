// Addresses: host:port to listen on, URLs to send to. Pure. RFC 3986, RFC 9110.
#ifndef SLUICE_SERVER_CONFIG_PARSE_ADDRESS_H_
#define SLUICE_SERVER_CONFIG_PARSE_ADDRESS_H_

#include <string>
#include <string_view>

#include "server/config/config.h"
#include "server/config/parsed.h"

namespace sluice::config {

// "127.0.0.1:50051", "localhost:0", "[::1]:50051". Port 0 is any free one.
Parsed<HostPort> ParseHostPort(std::string_view text);
std::string PrintHostPort(const HostPort& address);

// The same for an address that clients are told: neither port 0 nor an address of all interfaces.
Parsed<HostPort> ParsePublicAddress(std::string_view text);

// What a call's :authority is compared with: "agents.example" (any port) or "agents.example:443", lower case.
Parsed<std::string> ParseAuthority(std::string_view text);

// "http://127.0.0.1:41241/", "https://agent.example/a2a?tenant=1". No userinfo, no fragment.
// A URL may carry a password or a token, so an error never quotes more of it than scheme, host or port.
Parsed<Url> ParseUrl(std::string_view text);
std::string PrintUrl(const Url& url);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PARSE_ADDRESS_H_
