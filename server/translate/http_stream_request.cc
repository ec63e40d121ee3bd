#include "server/translate/http_stream_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/proto_message.h"
#include "server/translate/sse.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::size_t kMaxValueBytes = 1024;  // of a content type

absl::Status Refused(std::string_view field, std::string_view what) {
  absl::Status status = absl::InvalidArgumentError(absl::StrCat("stream: ", ToAbsl(field), ": ", ToAbsl(what)));
  AddFieldViolation(status, field, what);
  return status;
}

bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int HexOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte that a "%2e" at `at` stands for; -1 when there is none.
int Encoded(std::string_view path, std::size_t at) {
  if (path[at] != '%' || at + 2 >= path.size()) return -1;
  const int high = HexOf(path[at + 1]);
  const int low = HexOf(path[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// What is left when nothing is encoded any more: some servers decode a path twice. Each byte that comes out of one is
// tried with those before it, so once through is enough.
std::string Decoded(std::string_view path) {
  std::string decoded;
  for (const char c : path) {
    decoded += c;
    while (decoded.size() >= 3) {
      const int byte = Encoded(decoded, decoded.size() - 3);
      if (byte < 0) break;
      decoded.resize(decoded.size() - 3);
      decoded += static_cast<char>(byte);
    }
  }
  return decoded;
}

// Servers decode a path before they follow it, some take a backslash for a slash, and some leave out what stands behind
// a ";". decoded: it begins with a slash.
std::string WhyNoSegments(std::string_view decoded) {
  for (std::size_t begin = 1; begin <= decoded.size();) {
    const std::size_t end = std::min(decoded.find_first_of("/\\", begin), decoded.size());
    std::string_view segment = decoded.substr(begin, end - begin);
    segment = segment.substr(0, segment.find(';'));
    if (segment == "." || segment == "..") return R"(has no "." and ".." segments)";
    if (segment.empty() && begin == 1 && end < decoded.size()) return "has no empty first segment, as in \"//host\"";
    begin = end + 1;
  }
  return {};
}

bool HasNoControls(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

// RFC 3986, 3.3. Empty when it can be sent.
std::string WhyNoPath(std::string_view path) {
  constexpr std::string_view kPunctuation = "-._~!$&'()*+,;=:@/";
  if (path.empty()) return {};
  if (path.front() != '/') return "begins with \"/\", as in \"/v1/messages\"";
  if (path.size() > kMaxPathBytes) return absl::StrCat("is longer than ", kMaxPathBytes, " bytes");
  if (path.find_first_of("?#") != path.npos) return "has no \"?\" and no \"#\"; a query belongs to the upstream's URL";
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && Encoded(path, i) < 0) return "has two hexadecimal digits behind each \"%\"";
    const bool plain = IsAlnum(path[i]) || path[i] == '%' || kPunctuation.find(path[i]) != kPunctuation.npos;
    if (!plain) return absl::StrCat("byte ", i + 1, " is not allowed in a path; percent-encode it");
  }
  const std::string decoded = Decoded(path);
  if (!HasNoControls(decoded)) return "has no control characters";
  return WhyNoSegments(decoded);
}

bool IsPlain(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// Empty when all is well.
absl::Status Check(const HttpStreamRequest& request) {
  if (request.method != "POST" && request.method != "GET") return Refused("method", "is POST (or empty) or GET");
  if (!request.acts() && !request.body.empty()) return Refused("body", "a GET has none; leave it empty or send a POST");
  if (const std::string why = WhyNoPath(request.path); !why.empty()) return Refused("path", why);
  // An id may be any UTF-8 without what would end the header. Each event repeats it until there is another.
  if (request.last_event_id.size() > SseParser::kMaxIdBytes || !HasNoControls(request.last_event_id)) {
    return Refused("last_event_id",
                   absl::StrCat("is at most ", SseParser::kMaxIdBytes, " bytes without control characters"));
  }
  if (request.content_type.size() > kMaxValueBytes || !IsPlain(request.content_type)) {
    return Refused("headers", absl::StrCat("content-type is at most ", kMaxValueBytes, " bytes of visible ASCII"));
  }
  return absl::OkStatus();
}

}  // namespace

Headers HttpStreamRequest::ProtocolHeaders() const {
  Headers protocol = {{"accept", "text/event-stream, application/json"}};
  if (!content_type.empty()) protocol.emplace_back("content-type", content_type);
  if (!last_event_id.empty()) protocol.emplace_back("last-event-id", last_event_id);
  return protocol;
}

absl::StatusOr<HttpStreamRequest> ParseHttpStreamRequest(std::string_view message) {
  v1::StreamRequest told;
  if (!ParseBytes(message, told)) return absl::InvalidArgumentError("the request is not a sluice.v1.StreamRequest");
  HttpStreamRequest request;
  request.upstream = told.upstream();
  request.path = told.path();
  request.method = told.method().empty() ? "POST" : told.method();
  request.body = std::move(*told.mutable_body());
  request.last_event_id = told.last_event_id();
  for (const auto& [name, value] : told.headers()) {
    const std::string lower = absl::AsciiStrToLower(name);
    if (lower == "content-type") {
      request.content_type = value;
    } else {
      request.headers.emplace_back(lower, value);
    }
  }
  if (!request.body.empty() && request.content_type.empty()) request.content_type = "application/json";
  if (absl::Status wrong = Check(request); !wrong.ok()) return wrong;
  return request;
}

std::string PathBelow(std::string_view url_path, std::string_view path) {
  if (path.empty()) return std::string(url_path);
  const std::size_t query = std::min(url_path.find('?'), url_path.size());
  std::string_view base = url_path.substr(0, query);
  if (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base).append(path).append(url_path.substr(query));
}

}  // namespace sluice::translate
