// The errors a caller can meet, as absl::Status with google.rpc details.
//
// A detail is a status payload: its key is the protobuf type URL, its value the serialized message. The frontend's one
// converter turns payloads into `grpc-status-details-bin`.
#ifndef SLUICE_SERVER_BASE_STATUS_H_
#define SLUICE_SERVER_BASE_STATUS_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/base/reasons.h"
#include "server/base/utf8.h"

namespace sluice {

// std ⇄ absl: Debian's Abseil has a string_view of its own.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

using ErrorMetadata = std::map<std::string, std::string>;

// A gRPC client refuses trailers above 8 KiB, and its caller then sees an error of its own making instead of ours. The
// message travels twice, in grpc-message (percent-encoded: up to three times its size) and in grpc-status-details-bin
// (base64), hence these bounds: with every detail at its largest the trailers stay below.
inline constexpr std::size_t kMaxErrorMessageBytes = 1024;
inline constexpr std::size_t kMaxErrorMetadataValueBytes = 512;
inline constexpr std::size_t kMaxErrorDetailBytes = 1024;  // of one detail, serialized

// A status with one google.rpc.ErrorInfo. `code` is not OK (it is read as UNKNOWN, so that no error is told as
// success). `message` is made valid UTF-8 and is cut to kMaxErrorMessageBytes; metadata is bounded as in
// AddErrorMetadata().
absl::Status MakeError(absl::StatusCode code, std::string_view message, std::string_view reason,
                       std::string_view domain = reason::kDomain, const ErrorMetadata& metadata = {});

// Adds google.rpc.RetryInfo: try again after `delay`. A delay below zero counts as zero.
void AddRetryInfo(absl::Status& status, std::chrono::milliseconds delay);

// Adds one field violation to the status's google.rpc.BadRequest; does nothing when that would outgrow
// kMaxErrorDetailBytes.
void AddFieldViolation(absl::Status& status, std::string_view field, std::string_view description);

// Adds metadata to the status's ErrorInfo, or replaces the value of `key`. The value is made valid UTF-8 and is cut to
// kMaxErrorMetadataValueBytes. Does nothing when there is no ErrorInfo, or when it would outgrow kMaxErrorDetailBytes.
void AddErrorMetadata(absl::Status& status, std::string_view key, std::string_view value);

// Takes metadata out of the status's ErrorInfo.
void RemoveErrorMetadata(absl::Status& status, std::string_view key);

// The same code and details with another message, bounded as in MakeError().
absl::Status WithMessage(const absl::Status& status, std::string_view message);

// The same message and details with another code, which is not OK.
absl::Status WithCode(const absl::Status& status, absl::StatusCode code);

// The reason and the domain of the status's ErrorInfo; empty when there is none.
std::string ErrorReason(const absl::Status& status);
std::string ErrorDomain(const absl::Status& status);

// The value of one key of the status's ErrorInfo metadata; empty when there is none.
std::string ErrorMetadataValue(const absl::Status& status, std::string_view key);

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_STATUS_H_
