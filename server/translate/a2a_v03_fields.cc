#include "server/translate/a2a_v03_fields.h"

#include <array>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/status.h"

namespace sluice::translate {
namespace {

constexpr const char* kBadRequest = "type.googleapis.com/google.rpc.BadRequest";

struct PathRow {
  std::string_view v10, v03;
};
// How paths begin; the first row that fits counts. A request of 1.0 for a webhook is flat, and one that names a task or
// a webhook does so by ids.
constexpr auto kBeginnings = std::to_array<PathRow>({
    {"message.parts", "request.content"},
    {"message", "request"},
    {"configuration.task_push_notification_config.authentication.scheme",
     "configuration.push_notification.authentication.schemes"},
    {"configuration.task_push_notification_config", "configuration.push_notification"},
    {"configuration.return_immediately", "configuration.blocking"},
    {"authentication.scheme", "config.push_notification_config.authentication.schemes"},
    {"authentication", "config.push_notification_config.authentication"},
    {"url", "config.push_notification_config.url"},
    {"token", "config.push_notification_config.token"},
    {"id", "name"},
});

// What the content of a part may be.
constexpr PathRow kContents = {"one of text, raw, url, data", "one of text, file, data"};

std::string PathOfV03(std::string_view path) {
  for (const PathRow& row : kBeginnings) {
    if (!path.starts_with(row.v10)) continue;
    const std::string_view rest = path.substr(row.v10.size());
    if (rest.empty() || rest.front() == '.' || rest.front() == '[') return absl::StrCat(ToAbsl(row.v03), ToAbsl(rest));
  }
  return std::string(path);
}

std::string WordsOfV03(std::string text) {
  const std::size_t at = text.find(kContents.v10);
  return at == text.npos ? text : text.replace(at, kContents.v10.size(), kContents.v03);
}

}  // namespace

absl::Status WithFieldsOfV03(const absl::Status& status) {
  const auto payload = status.GetPayload(kBadRequest);
  google::rpc::BadRequest request;
  if (!payload || !request.ParseFromString(std::string(*payload)) || request.field_violations().empty()) return status;
  std::string message(status.message());
  const std::string& first = request.field_violations(0).field();
  if (message.starts_with(first + " ")) message = PathOfV03(first) + WordsOfV03(message.substr(first.size()));
  absl::Status told = WithMessage(status, message);
  told.ErasePayload(kBadRequest);
  for (const auto& one : request.field_violations()) {
    AddFieldViolation(told, PathOfV03(one.field()), WordsOfV03(one.description()));
  }
  return told;
}

}  // namespace sluice::translate
