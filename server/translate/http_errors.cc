// The part of errors.h that HTTP and the connection have to do with.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/http_date.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;

// 404 is a wrong upstream URL and not a missing task, hence not NOT_FOUND; but the paths of a Stream are its caller's.
constexpr auto kHttpStatuses = std::to_array<HttpStatusRow>({
    {300, 399, StatusCode::kFailedPrecondition, StatusCode::kFailedPrecondition},
    {400, 400, StatusCode::kInternal, StatusCode::kInvalidArgument},
    {401, 401, StatusCode::kUnauthenticated, StatusCode::kUnauthenticated},
    {403, 403, StatusCode::kPermissionDenied, StatusCode::kPermissionDenied},
    {404, 405, StatusCode::kUnimplemented, StatusCode::kNotFound},
    {408, 408, StatusCode::kDeadlineExceeded, StatusCode::kDeadlineExceeded},
    {409, 409, StatusCode::kUnknown, StatusCode::kAborted},
    {413, 413, StatusCode::kResourceExhausted, StatusCode::kResourceExhausted},
    {415, 415, StatusCode::kInvalidArgument, StatusCode::kInvalidArgument},
    {422, 422, StatusCode::kUnknown, StatusCode::kInvalidArgument},
    {429, 429, StatusCode::kResourceExhausted, StatusCode::kResourceExhausted},
    {501, 501, StatusCode::kInternal, StatusCode::kUnimplemented},
    {502, 503, StatusCode::kUnavailable, StatusCode::kUnavailable},
    {504, 504, StatusCode::kDeadlineExceeded, StatusCode::kDeadlineExceeded},
    {529, 529, StatusCode::kUnavailable, StatusCode::kUnavailable},
    {500, 599, StatusCode::kInternal, StatusCode::kInternal},
    {0, 999, StatusCode::kUnknown, StatusCode::kUnknown},
});

// Descriptors and ports come back as streams end.
constexpr std::chrono::milliseconds kRetryWhenFree{1000};

struct EndRow {
  ExchangeOutcome outcome;
  StatusCode code;
  std::string_view reason;
  std::string_view message;
};
constexpr auto kEnds = std::to_array<EndRow>({
    {ExchangeOutcome::kComplete, StatusCode::kUnavailable, reason::kUpstreamStreamTruncated,
     "the upstream ended its answer before it was whole"},
    {ExchangeOutcome::kUnreachable, StatusCode::kUnavailable, reason::kUpstreamUnreachable,
     "the upstream cannot be reached"},
    {ExchangeOutcome::kConnectTimeout, StatusCode::kUnavailable, reason::kUpstreamTimeoutConnect,
     "connecting to the upstream took too long"},
    {ExchangeOutcome::kFirstByteTimeout, StatusCode::kDeadlineExceeded, reason::kUpstreamTimeoutFirstByte,
     "the upstream did not begin to answer in time"},
    {ExchangeOutcome::kIdleTimeout, StatusCode::kDeadlineExceeded, reason::kUpstreamTimeoutIdle,
     "the upstream was silent for too long"},
    {ExchangeOutcome::kTotalTimeout, StatusCode::kDeadlineExceeded, reason::kUpstreamTimeoutTotal,
     "the upstream took too long"},
    {ExchangeOutcome::kTruncated, StatusCode::kUnavailable, reason::kUpstreamStreamTruncated,
     "the connection to the upstream was lost before its answer was whole"},
    {ExchangeOutcome::kMalformed, StatusCode::kInternal, reason::kUpstreamBadMessage,
     "the upstream's answer is not valid HTTP/1.1"},
    {ExchangeOutcome::kNoResources, StatusCode::kResourceExhausted, reason::kOverLimit,
     "the gateway has no room for one more connection"},
});

// RFC 9110, 10.2.3. A date is counted from when the upstream says that it answered: whoever's clock is wrong, the time
// between the two is right. There is no other clock in this layer.
std::optional<std::chrono::seconds> RetryAfter(const ResponseHead& head) {
  const std::string_view value = FindHeader(head.headers, "retry-after");
  if (value.empty()) return std::nullopt;
  if (value.find_first_not_of("0123456789") != std::string_view::npos) {
    const auto until = ParseHttpDate(value);
    const auto answered = ParseHttpDate(FindHeader(head.headers, "date"));
    if (!until || !answered) return std::nullopt;
    return *until - *answered;
  }
  constexpr std::uint32_t kMaxSeconds = 100'000'000;
  std::uint32_t seconds = 0;
  if (!absl::SimpleAtoi(ToAbsl(value), &seconds) || seconds > kMaxSeconds) seconds = kMaxSeconds;
  return std::chrono::seconds(seconds);
}

// The host of an absolute `Location`, without userinfo, port, path and query: those may hold secrets.
std::string LocationHost(const ResponseHead& head) {
  std::string_view location = FindHeader(head.headers, "location");
  const std::size_t authority = location.find("//");
  if (authority == std::string_view::npos) return {};
  location.remove_prefix(authority + 2);
  location = location.substr(0, location.find_first_of("/?#\\"));
  const std::size_t userinfo = location.rfind('@');
  if (userinfo != std::string_view::npos) location.remove_prefix(userinfo + 1);
  const std::size_t bracket = location.find(']');  // of an IPv6 address
  if (location.starts_with('[') && bracket == std::string_view::npos) return {};
  const std::size_t port = location.find(':', location.starts_with('[') ? bracket : 0);
  return Excerpt(location.substr(0, port), 255);
}

// RFC 9110, 11.6.1: each scheme may stand in a header of its own.
std::string Challenges(const ResponseHead& head) {
  std::string all;
  for (const auto& [name, value] : head.headers) {
    if (name == "www-authenticate") absl::StrAppend(&all, all.empty() ? "" : ", ", value);
  }
  return Excerpt(all);
}

std::string Told(std::string_view body_excerpt) {
  const std::string text = Excerpt(body_excerpt);
  return text.find_first_not_of(' ') == std::string::npos ? std::string() : absl::StrCat(": ", text);
}

// Nobody looked at the request, or it was turned away, unless the status speaks of a failure while it was served.
bool MayHaveRun(int http_status) {
  const bool turned_away = http_status == 503 || http_status == 529;
  return http_status == 408 || (http_status >= 500 && !turned_away);
}

}  // namespace

std::span<const HttpStatusRow> AllHttpStatuses() { return kHttpStatuses; }

absl::StatusCode CodeFromHttp(int http_status, HttpRequestOf request) {
  const auto* row = std::find_if(kHttpStatuses.begin(), kHttpStatuses.end(), [&](const HttpStatusRow& candidate) {
    return candidate.first <= http_status && http_status <= candidate.last;
  });
  if (row == kHttpStatuses.end()) return StatusCode::kUnknown;
  return request == HttpRequestOf::kCaller ? row->stream_code : row->code;
}

absl::Status StatusFromHttp(const ResponseHead& head, std::string_view body_excerpt, HttpRequestOf request) {
  std::string message = absl::StrCat("the upstream answered HTTP ", head.status);
  if (head.status >= 300 && head.status < 400) {
    const std::string host = LocationHost(head);
    absl::StrAppend(&message, host.empty() ? "" : " to host ", host, "; redirects are not followed, set the final URL");
  }
  absl::StrAppend(&message, Told(body_excerpt));
  absl::Status status = MakeError(CodeFromHttp(head.status, request), message, reason::kUpstreamHttpStatus,
                                  reason::kDomain, {{"http_status", std::to_string(head.status)}});
  if (MayHaveRun(head.status)) AddErrorMetadata(status, "may_have_run", "true");
  if (const std::string all = Challenges(head); !all.empty()) AddErrorMetadata(status, "www-authenticate", all);
  if (const auto delay = RetryAfter(head)) AddRetryInfo(status, *delay);
  return status;
}

absl::Status BadContentType(std::string_view content_type, std::string_view body_excerpt) {
  const std::string type = content_type.empty() ? "no content type" : Excerpt(content_type, 128);
  return MakeError(StatusCode::kInternal,
                   absl::StrCat("the upstream answered with ", type,
                                " where application/json or text/event-stream is due", Told(body_excerpt)),
                   reason::kUpstreamBadContentType, reason::kDomain, {{"may_have_run", "true"}});
}

absl::Status BadCoding(const ResponseHead& head) {
  return BadMessage(absl::StrCat("content-encoding ", ToAbsl(FindHeader(head.headers, "content-encoding")),
                                 ", which was not asked for"));
}

absl::Status StatusFromEnd(const ExchangeEnd& end) {
  const auto* row = std::find_if(kEnds.begin(), kEnds.end(),
                                 [&](const EndRow& candidate) { return candidate.outcome == end.outcome; });
  // kAborted has no row: it was us, and whoever did it tells the caller why.
  if (row == kEnds.end()) return absl::CancelledError("the exchange with the upstream was given up");
  std::string message(row->message);
  const std::string detail = Excerpt(end.detail);
  ErrorMetadata metadata;
  if (end.request_sent) metadata["may_have_run"] = "true";
  if (const CauseInfo* cause = FindCause(end.cause)) {
    absl::StrAppend(&message, ": ", ToAbsl(cause->meaning), " (", detail, "); ", ToAbsl(cause->remedy));
    metadata["cause"] = std::string(cause->name);
  } else if (!detail.empty()) {
    absl::StrAppend(&message, ": ", detail);
  }
  absl::Status status = MakeError(row->code, message, row->reason, reason::kDomain, metadata);
  if (end.outcome == ExchangeOutcome::kNoResources) AddRetryInfo(status, kRetryWhenFree);
  return status;
}

}  // namespace sluice::translate
