#include "sluice/client/errors.h"

#include <google/protobuf/any.pb.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace sluice::client {
namespace {

// What google.protobuf.Duration may hold. The bytes come from a stranger: arithmetic must not overflow.
std::chrono::milliseconds Delay(const google::protobuf::Duration& delay) {
  constexpr std::int64_t kMaxSeconds = 315'576'000'000;
  const auto seconds = std::clamp<std::int64_t>(delay.seconds(), 0, kMaxSeconds);
  const auto nanos = std::clamp<std::int32_t>(delay.nanos(), 0, 999'999'999);
  return std::chrono::milliseconds(seconds * 1000 + nanos / 1'000'000);
}

void Decode(const google::protobuf::Any& any, ErrorDetails& details) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  if (any.UnpackTo(&info)) {
    details.reason = info.reason();
    details.domain = info.domain();
    details.metadata.insert(info.metadata().begin(), info.metadata().end());
  } else if (any.UnpackTo(&retry)) {
    details.retry_delay = Delay(retry.retry_delay());
  } else if (any.UnpackTo(&bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      details.violations.push_back({violation.field(), violation.description()});
    }
  } else {
    details.others.push_back(any.type_url());
  }
}

}  // namespace

bool ErrorDetails::may_have_run() const {
  const auto found = metadata.find("may_have_run");
  return found != metadata.end() && found->second == "true";
}

ErrorDetails DetailsOf(const absl::Status& status) {
  ErrorDetails details;
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& value) {
    google::protobuf::Any any;
    any.set_type_url(std::string(type_url));
    any.set_value(std::string(value));
    Decode(any, details);
  });
  return details;
}

absl::Status ToStatus(const google::rpc::Status& status) {
  absl::Status converted(static_cast<absl::StatusCode>(status.code()), status.message());
  for (const google::protobuf::Any& detail : status.details()) {
    converted.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return converted;
}

}  // namespace sluice::client
