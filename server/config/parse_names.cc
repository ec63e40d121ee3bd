#include "server/config/parse_names.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/escaping.h"
#include "server/base/utf8.h"
#include "server/config/parse_address.h"
#include "server/config/problems.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxUpstreamName = 63;
constexpr std::size_t kMaxTenant = 256;
constexpr std::size_t kSecretKeyBytes = 32;

// RFC 9110 7.6.1, and what HTTP/2 or the connection owns.
constexpr std::array<std::string_view, 8> kHopByHop = {"connection", "te",      "transfer-encoding", "host",
                                                       "upgrade",    "trailer", "content-length",    "keep-alive"};
// The body and what codings of it can be read are Sluice's own matter.
constexpr std::array<std::string_view, 4> kOwnHeaders = {"content-type", "content-encoding", "accept-encoding",
                                                         "expect"};

bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 9110 5.6.2, tchar.
bool IsTokenCharacter(char c) { return IsAlnum(c) || (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr); }

template <std::size_t n>
bool IsOneOf(std::string_view name, const std::array<std::string_view, n>& names) {
  for (const std::string_view one : names) {
    if (one == name) return true;
  }
  return false;
}

// Why a header of this lower-case name is refused; empty when it is not.
std::string WhyRefused(std::string_view name) {
  if (IsOneOf(name, kHopByHop) || name.starts_with("proxy-")) return "belongs to one connection and is never passed on";
  if (name.starts_with("grpc-")) return "belongs to gRPC itself and is never passed on";
  if (IsOneOf(name, kOwnHeaders)) return "is set by Sluice itself";
  return {};
}

}  // namespace

Parsed<std::string> ParseUpstreamName(std::string_view text) {
  bool good = !text.empty() && text.size() <= kMaxUpstreamName && IsAlnum(text.front());
  for (const char c : text) good = good && (IsAlnum(c) || c == '-' || c == '_');
  if (good) return std::string(text);
  return Wrong{Quoted(text) + ": a name of 1 to " + std::to_string(kMaxUpstreamName) +
               " letters, digits, - and _ is expected, beginning with a letter or digit"};
}

Parsed<std::string> ParseTenant(std::string_view text) {
  bool good = !text.empty() && text.size() <= kMaxTenant && ToValidUtf8(text, kMaxTenant) == text;
  for (const char c : text) good = good && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (good) return std::string(text);
  return Wrong{Quoted(text) + ": a tenant of 1 to " + std::to_string(kMaxTenant) +
               " bytes without control characters is expected"};
}

Parsed<std::string> ParseServerName(std::string_view text) {
  // The host of an address is checked there; a colon would begin a port.
  const auto address = ParseHostPort(std::string(text) + ":0");
  if (address.ok() && text.find_first_of(":[") == std::string_view::npos) return std::string(text);
  return Wrong{Quoted(text) + ": a host name without port is expected"};
}

Parsed<std::string> ParseHeaderName(std::string_view text) {
  if (!text.empty() && text.front() == ':') return Wrong{Quoted(text) + ": a pseudo header is never passed on"};
  std::string name;
  for (const char c : text) {
    if (!IsTokenCharacter(c)) return Wrong{Quoted(text) + ": " + Quoted({&c, 1}) + " is not allowed in a header name"};
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (name.empty()) return Wrong{"a header name is expected, this is empty"};
  if (const std::string why = WhyRefused(name); !why.empty()) return Wrong{Quoted(text) + ": this header " + why};
  return name;
}

Parsed<std::string> ParseForwardedHeaderName(std::string_view text) {
  auto name = ParseHeaderName(text);
  if (name.ok() && name->ends_with("-bin")) {
    return Wrong{Quoted(text) + ": binary metadata (-bin) cannot be an HTTP header"};
  }
  for (const char c : name.ok() ? *name : std::string()) {
    if (!IsAlnum(c) && c != '-' && c != '_' && c != '.') {
      return Wrong{Quoted(text) + ": gRPC metadata names have letters, digits, '-', '_' and '.' only"};
    }
  }
  return name;
}

Parsed<std::string> ParseHeaderValue(std::string_view text) {
  if (text == kNotShown) return Wrong{std::string(kWhyNotShown)};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool visible = text[i] > ' ' && text[i] < 0x7f;
    const bool blank = text[i] == ' ' || text[i] == '\t';
    if (blank && (i == 0 || i + 1 == text.size())) {
      return Wrong{"the header value begins or ends with a blank (the value is not shown here)"};
    }
    if (!visible && !blank) {
      return Wrong{"character " + std::to_string(i + 1) +
                   " of the header value is not visible ASCII (the value is not shown here)"};
    }
  }
  return std::string(text);
}

Parsed<std::string> ParseSecretKey(std::string_view text) {
  if (text == kNotShown) return Wrong{std::string(kWhyNotShown)};
  const std::string source(text);  // Abseil has a string_view of its own
  std::string bytes;
  const bool base64 = absl::Base64Unescape(source, &bytes) || absl::WebSafeBase64Unescape(source, &bytes);
  if (base64 && bytes.size() == kSecretKeyBytes) return bytes;
  return Wrong{"32 bytes in base64 are expected, as `openssl rand -base64 32` makes them" +
               (base64 ? "; these are " + std::to_string(bytes.size()) : std::string()) +
               " (the value is not shown here)"};
}

Parsed<std::string> ParseReadableFile(std::string_view text) {
  const std::string name(text);
  if (name.empty()) return Wrong{"a file name is expected, this is empty"};
  if (name.find('\0') != std::string::npos) return Wrong{Quoted(name) + ": a file name has no zero byte"};
  struct stat about {};
  if (stat(name.c_str(), &about) != 0) return Wrong{Quoted(name) + ": " + std::strerror(errno)};
  if (!S_ISREG(about.st_mode)) return Wrong{Quoted(name) + ": not a regular file"};
  if (access(name.c_str(), R_OK) != 0) return Wrong{Quoted(name) + ": " + std::strerror(errno)};
  return name;
}

}  // namespace sluice::config
