#include "server/config/parse_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "server/config/problems.h"

namespace sluice::config {
namespace {

constexpr std::string_view kHostPortExample = "for example 127.0.0.1:50051 or [::1]:50051";
constexpr std::string_view kUrlExample = "for example http://127.0.0.1:41241/";
constexpr std::size_t kMaxUrl = 8192;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool IsNumericAddress(int family, std::string_view text) {
  unsigned char address[16];
  return inet_pton(family, std::string(text).c_str(), address) == 1;
}

// A DNS name or an IPv4 address. What looks like an address must be one: resolvers read "127.1" in surprising ways.
bool IsName(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return IsNumericAddress(AF_INET, host);
  std::size_t label = 0;
  for (const char c : host) {
    if (c == '.' ? label == 0 : !IsAlnum(c) && c != '-' && c != '_') return false;
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
  }
  return true;
}

// The two parts of "host:port", not yet checked.
struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;  // what stands behind the colon, if there is one
  bool bracketed = false;
};

Parsed<Authority> SplitAuthority(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return Wrong{"the bracket of the IPv6 address is not closed"};
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return Wrong{"after ] only :port may follow"};
    Authority split{text.substr(1, close - 1), std::nullopt, true};
    if (!rest.empty()) split.port = rest.substr(1);
    return split;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Authority{text, std::nullopt};
  if (text.find(':') != colon)
    return Wrong{"an IPv6 address goes in brackets, " + std::string("for example [::1]:50051")};
  return Authority{text.substr(0, colon), text.substr(colon + 1)};
}

// Empty when the host is one.
std::string WrongHost(const Authority& split) {
  if (split.bracketed) {
    return IsNumericAddress(AF_INET6, split.host) ? "" : Quoted(split.host) + " is not an IPv6 address";
  }
  if (split.host.empty()) return "there is no host";
  return IsName(split.host) ? "" : Quoted(split.host) + " is not a host name or an IPv4 address";
}

Parsed<std::uint16_t> ParsePort(std::string_view text, int at_least) {
  int port = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (whole && port >= at_least && port <= 65535) return static_cast<std::uint16_t>(port);
  // What stands here in a mistaken URL may be part of a password.
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  return Wrong{"port" + (digits ? ' ' + Quoted(text) : "") + ": a number from " + std::to_string(at_least) +
               " to 65535 is expected"};
}

std::string Bracketed(std::string_view host) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return ipv6 ? '[' + std::string(host) + ']' : std::string(host);
}

// RFC 3986, 3.3 and 3.4. Empty when every character may stand in a path or a query as it is.
std::string WrongPath(std::string_view path) {
  constexpr std::string_view kPunctuation = "-._~!$&'()*+,;=:@/?";
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '#') return "a URL to send to has no #fragment";
    if (path[i] == '%') {
      if (i + 2 >= path.size() || !IsHex(path[i + 1]) || !IsHex(path[i + 2])) {
        return "a % in a URL is followed by two hexadecimal digits; write %25 for the character itself";
      }
      i += 2;
    } else if (!IsAlnum(path[i]) && kPunctuation.find(path[i]) == std::string_view::npos) {
      return "character " + std::to_string(i + 1) + " of the path is not allowed in a URL; percent-encode it";
    }
  }
  return {};
}

// Host, port and Host: header of `url`. Empty when all is well.
std::string FillAuthority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return "a URL with user or password is not taken; send an authorization header (upstreams[].headers)";
  }
  const auto split = SplitAuthority(authority);
  if (!split.ok()) return split.error();
  if (std::string wrong = WrongHost(*split); !wrong.empty()) return wrong;
  url.host = Lower(split->host);
  const std::uint16_t usual = url.tls ? 443 : 80;
  url.port = usual;
  if (split->port) {
    const auto port = ParsePort(*split->port, 1);
    if (!port.ok()) return port.error();
    url.port = *port;
  }
  url.host_header = Bracketed(url.host) + (url.port == usual ? "" : ':' + std::to_string(url.port));
  return {};
}

}  // namespace

Parsed<HostPort> ParseHostPort(std::string_view text) {
  const auto split = SplitAuthority(text);
  if (!split.ok()) return Wrong{Quoted(text) + ": " + split.error()};
  if (!split->port) return Wrong{Quoted(text) + ": host:port is expected, " + std::string(kHostPortExample)};
  if (split->host.empty() && !split->bracketed) {
    return Wrong{Quoted(text) + ": there is no host; all addresses are 0.0.0.0:50051 or [::]:50051"};
  }
  if (const std::string wrong = WrongHost(*split); !wrong.empty()) return Wrong{Quoted(text) + ": " + wrong};
  const auto port = ParsePort(*split->port, 0);
  if (!port.ok()) return Wrong{Quoted(text) + ": " + port.error()};
  return HostPort{std::string(split->host), *port};
}

std::string PrintHostPort(const HostPort& address) {
  return Bracketed(address.host) + ':' + std::to_string(address.port);
}

Parsed<HostPort> ParsePublicAddress(std::string_view text) {
  auto address = ParseHostPort(text);
  if (!address.ok()) return address;
  if (address->port == 0) return Wrong{Quoted(text) + ": clients need the port that they can call, 0 is none"};
  if (address->host == "0.0.0.0" || address->host == "::") {
    return Wrong{Quoted(text) + ": clients need a host that they can call, this stands for all of this machine's"};
  }
  return address;
}

Parsed<std::string> ParseAuthority(std::string_view text) {
  const auto split = SplitAuthority(text);
  if (!split.ok()) return Wrong{Quoted(text) + ": " + split.error()};
  if (const std::string wrong = WrongHost(*split); !wrong.empty()) return Wrong{Quoted(text) + ": " + wrong};
  std::string authority = Bracketed(Lower(split->host));
  if (!split->port) return authority;
  const auto port = ParsePort(*split->port, 1);
  if (!port.ok()) return Wrong{Quoted(text) + ": " + port.error()};
  return authority + ':' + std::to_string(*port);
}

Parsed<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrl) return Wrong{"the URL is longer than " + std::to_string(kMaxUrl) + " characters"};
  const std::size_t scheme_end = text.find("://");
  const std::string scheme = Lower(text.substr(0, std::min(scheme_end, text.size())));
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return Wrong{"a URL that begins with http:// or https:// is expected, " + std::string(kUrlExample)};
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  Url url;
  url.tls = scheme == "https";
  if (std::string wrong = FillAuthority(rest.substr(0, authority_end), url); !wrong.empty()) return Wrong{wrong};
  const std::string_view path = rest.substr(authority_end);
  if (path.ends_with('?' + std::string(kNotShown))) return Wrong{"the query " + std::string(kWhyNotShown)};
  if (std::string wrong = WrongPath(path); !wrong.empty()) return Wrong{wrong};
  url.path = (path.empty() || path.front() == '?' ? "/" : "") + std::string(path);
  return url;
}

std::string PrintUrl(const Url& url) { return (url.tls ? "https://" : "http://") + url.host_header + url.path; }

}  // namespace sluice::config
