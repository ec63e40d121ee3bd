// The errors a caller can meet, as absl::Status with google.rpc details.
//
// A detail is a status payload: its key is the protobuf type URL, its value the serialized message. The frontend's one
// converter turns payloads into `grpc-status-details-bin`.
#ifndef SLUICE_SERVER_BASE_STATUS_H_
#define SLUICE_SERVER_BASE_STATUS_H_

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sluice {

// std ⇄ absl: Debian's Abseil has a string_view of its own.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// Our own reasons (ErrorInfo.domain "sluice"). What each means and what to do stands in the table of status.cc.
namespace reason {
inline constexpr std::string_view kDomain = "sluice";
inline constexpr std::string_view kUpstreamUnreachable = "UPSTREAM_UNREACHABLE";
inline constexpr std::string_view kUpstreamTimeoutConnect = "UPSTREAM_TIMEOUT_CONNECT";
inline constexpr std::string_view kUpstreamTimeoutFirstByte = "UPSTREAM_TIMEOUT_FIRST_BYTE";
inline constexpr std::string_view kUpstreamTimeoutIdle = "UPSTREAM_TIMEOUT_IDLE";
inline constexpr std::string_view kUpstreamTimeoutTotal = "UPSTREAM_TIMEOUT_TOTAL";
inline constexpr std::string_view kUpstreamHttpStatus = "UPSTREAM_HTTP_STATUS";
inline constexpr std::string_view kUpstreamBadContentType = "UPSTREAM_BAD_CONTENT_TYPE";
inline constexpr std::string_view kUpstreamStreamTruncated = "UPSTREAM_STREAM_TRUNCATED";
inline constexpr std::string_view kUpstreamBadMessage = "UPSTREAM_BAD_MESSAGE";
inline constexpr std::string_view kEventTooLarge = "EVENT_TOO_LARGE";
inline constexpr std::string_view kClientStalled = "CLIENT_STALLED";
inline constexpr std::string_view kOverLimit = "OVER_LIMIT";
inline constexpr std::string_view kDraining = "DRAINING";
inline constexpr std::string_view kUnknownUpstream = "UNKNOWN_UPSTREAM";
inline constexpr std::string_view kA2aDomain = "a2a-protocol.org";
}  // namespace reason

using ErrorMetadata = std::map<std::string, std::string>;

// A status with one google.rpc.ErrorInfo. `code` is not OK. `message` is made valid UTF-8 and is cut to 4 KiB.
absl::Status MakeError(absl::StatusCode code, std::string_view message, std::string_view reason,
                       std::string_view domain = reason::kDomain, const ErrorMetadata& metadata = {});

// Adds google.rpc.RetryInfo: try again after `delay`.
void AddRetryInfo(absl::Status& status, std::chrono::milliseconds delay);

// Adds one field violation to the status's google.rpc.BadRequest.
void AddFieldViolation(absl::Status& status, std::string_view field, std::string_view description);

// Adds metadata to the status's ErrorInfo; does nothing when there is none.
void AddErrorMetadata(absl::Status& status, std::string_view key, std::string_view value);

// The reason of the status's ErrorInfo; empty when there is none.
std::string ErrorReason(const absl::Status& status);

// The value of one key of the status's ErrorInfo metadata; empty when there is none.
std::string ErrorMetadataValue(const absl::Status& status, std::string_view key);

// `text` as valid UTF-8: malformed sequences become U+FFFD. Cut at a character boundary to `max_bytes`.
std::string ToValidUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_STATUS_H_
