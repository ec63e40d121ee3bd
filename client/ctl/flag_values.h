// The values of single flags: durations, addresses, metadata. Pure. Errors say what is wrong and what would be right;
// the caller puts the flag's name in front.
#ifndef SLUICE_CLIENT_CTL_FLAG_VALUES_H_
#define SLUICE_CLIENT_CTL_FLAG_VALUES_H_

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace sluice::ctl {

// "500ms", "1.5s", "30s", "2m", "1h": more than nothing, at most a year.
absl::StatusOr<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "host:port", "[::1]:port", or a gRPC target with a scheme ("unix:/run/sluice.sock", "dns:///host:port").
absl::StatusOr<std::string> ParseAddress(std::string_view text);

// "key: value" as gRPC metadata. The key is made lower-case; the value of a "-bin" key is base64 and is decoded.
absl::StatusOr<std::pair<std::string, std::string>> ParseMetadata(std::string_view text);

// "name: value" as an HTTP header for an upstream.
absl::StatusOr<std::pair<std::string, std::string>> ParseHttpHeader(std::string_view text);

// The token of a session as bytes; it is written in base64, of either alphabet, with padding or without.
absl::StatusOr<std::string> ParseResumeToken(std::string_view text);
// As it is written.
std::string ResumeTokenText(std::string_view token);

// "working", "input-required" or "TASK_STATE_WORKING" as the number of the lf.a2a.v1.TaskState.
absl::StatusOr<int> ParseTaskState(std::string_view text);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_FLAG_VALUES_H_
