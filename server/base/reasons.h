// Our own error reasons: what a caller finds in ErrorInfo.reason where ErrorInfo.domain is "sluice".
#ifndef SLUICE_SERVER_BASE_REASONS_H_
#define SLUICE_SERVER_BASE_REASONS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sluice {

namespace reason {
inline constexpr std::string_view kDomain = "sluice";
inline constexpr std::string_view kA2aDomain = "a2a-protocol.org";

inline constexpr std::string_view kUpstreamUnreachable = "UPSTREAM_UNREACHABLE";
inline constexpr std::string_view kUpstreamTimeoutConnect = "UPSTREAM_TIMEOUT_CONNECT";
inline constexpr std::string_view kUpstreamTimeoutFirstByte = "UPSTREAM_TIMEOUT_FIRST_BYTE";
inline constexpr std::string_view kUpstreamTimeoutIdle = "UPSTREAM_TIMEOUT_IDLE";
inline constexpr std::string_view kUpstreamTimeoutTotal = "UPSTREAM_TIMEOUT_TOTAL";
inline constexpr std::string_view kUpstreamHttpStatus = "UPSTREAM_HTTP_STATUS";
inline constexpr std::string_view kUpstreamBadContentType = "UPSTREAM_BAD_CONTENT_TYPE";
inline constexpr std::string_view kUpstreamStreamTruncated = "UPSTREAM_STREAM_TRUNCATED";
inline constexpr std::string_view kUpstreamBadMessage = "UPSTREAM_BAD_MESSAGE";
inline constexpr std::string_view kUpstreamSessionLost = "UPSTREAM_SESSION_LOST";
inline constexpr std::string_view kUpstreamError = "UPSTREAM_ERROR";
inline constexpr std::string_view kEventTooLarge = "EVENT_TOO_LARGE";
inline constexpr std::string_view kClientStalled = "CLIENT_STALLED";
inline constexpr std::string_view kOverLimit = "OVER_LIMIT";
inline constexpr std::string_view kDraining = "DRAINING";
inline constexpr std::string_view kUnknownUpstream = "UNKNOWN_UPSTREAM";
}  // namespace reason

// One row of the table that code and the users' documentation share.
struct ReasonInfo {
  std::string_view reason;
  absl::StatusCode code;     // the usual one
  std::string_view meaning;  // what happened
  std::string_view remedy;   // what to do about it
};

// Every reason of the domain "sluice".
const std::vector<ReasonInfo>& AllReasons();

// Null for a reason that is not ours.
const ReasonInfo* FindReason(std::string_view reason);

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_REASONS_H_
