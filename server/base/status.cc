#include "server/base/status.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace sluice {
namespace {

constexpr std::size_t kMaxNameBytes = 128;                       // a reason, a domain, a metadata key
constexpr std::chrono::seconds kMaxRetryDelay{315'576'000'000};  // what google.protobuf.Duration holds

template <typename Detail>
std::string TypeUrl() {
  return "type.googleapis.com/" + std::string(Detail::descriptor()->full_name());
}

// Nothing when the status has no such detail, or has one that does not parse.
template <typename Detail>
std::optional<Detail> GetDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());  // absl's optional, or std's: it depends on the build
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

template <typename Detail>
void SetDetail(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

// Leaves `info` as it was when the entry does not fit.
void AddBounded(google::rpc::ErrorInfo& info, std::string_view key, std::string_view value) {
  google::rpc::ErrorInfo larger = info;
  (*larger.mutable_metadata())[ToValidUtf8(key, kMaxNameBytes)] = ToValidUtf8(value, kMaxErrorMetadataValueBytes);
  if (larger.ByteSizeLong() <= kMaxErrorDetailBytes) info = std::move(larger);
}

void CopyDetails(const absl::Status& from, absl::Status& to) {
  from.ForEachPayload([&](absl::string_view type, const absl::Cord& detail) { to.SetPayload(type, detail); });
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view message, std::string_view reason,
                       std::string_view domain, const ErrorMetadata& metadata) {
  if (code == absl::StatusCode::kOk) code = absl::StatusCode::kUnknown;
  absl::Status status(code, ToValidUtf8(message, kMaxErrorMessageBytes));
  google::rpc::ErrorInfo info;
  info.set_reason(ToValidUtf8(reason, kMaxNameBytes));
  info.set_domain(ToValidUtf8(domain, kMaxNameBytes));
  for (const auto& [key, value] : metadata) AddBounded(info, key, value);
  SetDetail(status, info);
  return status;
}

void AddRetryInfo(absl::Status& status, std::chrono::milliseconds delay) {
  delay = std::clamp<std::chrono::milliseconds>(delay, std::chrono::milliseconds(0), kMaxRetryDelay);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(delay);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(seconds.count());
  retry.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(delay - seconds).count()));
  SetDetail(status, retry);
}

void AddFieldViolation(absl::Status& status, std::string_view field, std::string_view description) {
  auto request = GetDetail<google::rpc::BadRequest>(status).value_or(google::rpc::BadRequest());
  auto& violation = *request.add_field_violations();
  violation.set_field(ToValidUtf8(field, kMaxNameBytes));
  violation.set_description(ToValidUtf8(description, kMaxErrorMetadataValueBytes));
  if (request.ByteSizeLong() <= kMaxErrorDetailBytes) SetDetail(status, request);
}

void AddErrorMetadata(absl::Status& status, std::string_view key, std::string_view value) {
  auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info) return;
  AddBounded(*info, key, value);
  SetDetail(status, *info);
}

void RemoveErrorMetadata(absl::Status& status, std::string_view key) {
  auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info || info->mutable_metadata()->erase(std::string(key)) == 0) return;
  SetDetail(status, *info);
}

absl::Status WithMessage(const absl::Status& status, std::string_view message) {
  absl::Status renamed(status.code(), ToValidUtf8(message, kMaxErrorMessageBytes));
  CopyDetails(status, renamed);
  return renamed;
}

absl::Status WithCode(const absl::Status& status, absl::StatusCode code) {
  absl::Status renumbered(code, status.message());
  CopyDetails(status, renumbered);
  return renumbered;
}

std::string ErrorReason(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  return info ? info->reason() : std::string();
}

std::string ErrorDomain(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  return info ? info->domain() : std::string();
}

std::string ErrorMetadataValue(const absl::Status& status, std::string_view key) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? std::string() : found->second;
}

}  // namespace sluice
