#include "server/translate/a2a_v03_rpc.h"

#include <array>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/empty.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_request.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;
namespace v03 = ::a2a::v1;
namespace v10 = lf::a2a::v1;

constexpr std::string_view kTasks = "tasks/";
constexpr std::string_view kConfigs = "/pushNotificationConfigs/";

// ---- resource names -------------------------------------------------------------------------------------------------

absl::Status WrongName(std::string_view field, std::string_view form) {
  const std::string why = absl::StrCat("must be \"", ToAbsl(form), "\"");
  absl::Status status = InvalidA2aRequest(absl::StrCat(ToAbsl(field), " ", why));
  AddFieldViolation(status, field, why);
  return status;
}

bool IsId(std::string_view text) { return !text.empty() && text.find('/') == text.npos; }

// "tasks/{id}"
absl::Status ReadTaskName(std::string_view field, std::string_view name, std::string& task_id) {
  if (name.starts_with(kTasks)) task_id = name.substr(kTasks.size());
  return IsId(task_id) ? absl::OkStatus() : WrongName(field, "tasks/{id}");
}

// "tasks/{id}/pushNotificationConfigs/{configId}"
absl::Status ReadConfigName(std::string_view name, std::string& task_id, std::string& id) {
  const std::size_t between = name.find(kConfigs);
  if (name.starts_with(kTasks) && between != name.npos && between > kTasks.size()) {
    task_id = name.substr(kTasks.size(), between - kTasks.size());
    id = name.substr(between + kConfigs.size());
  }
  const bool fits = IsId(task_id) && IsId(id);
  return fits ? absl::OkStatus() : WrongName("name", "tasks/{id}/pushNotificationConfigs/{configId}");
}

// ---- requests -------------------------------------------------------------------------------------------------------

absl::Status Read(const v03::SendMessageRequest& from, FileBytes file_bytes, v10::SendMessageRequest& to) {
  if (from.has_request()) Convert(from.request(), file_bytes, *to.mutable_message());
  if (from.has_metadata()) *to.mutable_metadata() = from.metadata();
  if (!from.has_configuration()) return absl::OkStatus();  // blocking, which is the default
  const v03::SendMessageConfiguration& asked = from.configuration();
  v10::SendMessageConfiguration& configuration = *to.mutable_configuration();
  configuration.mutable_accepted_output_modes()->CopyFrom(asked.accepted_output_modes());
  if (asked.has_push_notification()) {
    Convert(asked.push_notification(), *configuration.mutable_task_push_notification_config());
  }
  if (asked.history_length() != 0) configuration.set_history_length(asked.history_length());
  configuration.set_return_immediately(!asked.blocking());
  return absl::OkStatus();
}

absl::Status Read(const v03::GetTaskRequest& from, FileBytes, v10::GetTaskRequest& to) {
  if (from.history_length() != 0) to.set_history_length(from.history_length());
  return ReadTaskName("name", from.name(), *to.mutable_id());
}

absl::Status Read(const v03::CancelTaskRequest& from, FileBytes, v10::CancelTaskRequest& to) {
  return ReadTaskName("name", from.name(), *to.mutable_id());
}

absl::Status Read(const v03::TaskSubscriptionRequest& from, FileBytes, v10::SubscribeToTaskRequest& to) {
  return ReadTaskName("name", from.name(), *to.mutable_id());
}

// What follows the task in `config.name` is not looked at: clients that want the agent to choose an id write anything
// there.
absl::Status Read(const v03::CreateTaskPushNotificationConfigRequest& from, FileBytes,
                  v10::TaskPushNotificationConfig& to) {
  Convert(from.config().push_notification_config(), to);
  const std::string& name = from.config().name();
  if (!name.empty() && !name.starts_with(from.parent() + "/")) {
    return WrongName("config.name", absl::StrCat(from.parent(), ToAbsl(kConfigs), "{configId}"));
  }
  if (!from.config_id().empty() && !to.id().empty() && to.id() != from.config_id()) {
    return WrongName("config_id", to.id());
  }
  if (!from.config_id().empty()) to.set_id(from.config_id());
  return ReadTaskName("parent", from.parent(), *to.mutable_task_id());
}

absl::Status Read(const v03::GetTaskPushNotificationConfigRequest& from, FileBytes,
                  v10::GetTaskPushNotificationConfigRequest& to) {
  return ReadConfigName(from.name(), *to.mutable_task_id(), *to.mutable_id());
}

absl::Status Read(const v03::DeleteTaskPushNotificationConfigRequest& from, FileBytes,
                  v10::DeleteTaskPushNotificationConfigRequest& to) {
  return ReadConfigName(from.name(), *to.mutable_task_id(), *to.mutable_id());
}

absl::Status Read(const v03::ListTaskPushNotificationConfigRequest& from, FileBytes,
                  v10::ListTaskPushNotificationConfigsRequest& to) {
  to.set_page_size(from.page_size());
  to.set_page_token(from.page_token());
  return ReadTaskName("parent", from.parent(), *to.mutable_task_id());
}

absl::Status Read(const v03::GetAgentCardRequest&, FileBytes, v10::GetExtendedAgentCardRequest&) {
  return absl::OkStatus();
}

// ---- answers --------------------------------------------------------------------------------------------------------

void Write(const v10::TaskPushNotificationConfig& from, FileBytes, v03::TaskPushNotificationConfig& to) {
  Convert(from, to);
}

void Write(const v10::ListTaskPushNotificationConfigsResponse& from, FileBytes,
           v03::ListTaskPushNotificationConfigResponse& to) {
  for (const auto& config : from.configs()) Convert(config, *to.add_configs());
  to.set_next_page_token(from.next_page_token());
}

void Write(const v10::AgentCard& from, FileBytes, v03::AgentCard& to) { Convert(from, to); }
void Write(const pb::Empty&, FileBytes, pb::Empty&) {}

template <typename From, typename To>
void Write(const From& from, FileBytes file_bytes, To& to) {
  Convert(from, file_bytes, to);
}

// ---- one row per rpc ------------------------------------------------------------------------------------------------

template <typename From, typename To>
absl::StatusOr<std::string> ReadAs(const pb::Message& from, FileBytes file_bytes) {
  To to;
  absl::Status status = Read(static_cast<const From&>(from), file_bytes, to);
  if (!status.ok()) return status;
  return to.SerializeAsString();
}

template <typename From, typename To>
std::string WriteAs(const A2aMessage& answer, FileBytes file_bytes) {
  From from;
  To to;
  (void)ParseBytes(answer.wire, from);  // it was written by us
  Write(from, file_bytes, to);
  if constexpr (std::is_same_v<To, v03::StreamResponse>) {
    if (answer.final_update && to.has_status_update()) to.mutable_status_update()->set_final(*answer.final_update);
  }
  return to.SerializeAsString();
}

struct MethodRow {
  std::string_view rpc;
  absl::StatusOr<std::string> (*read)(const pb::Message& request, FileBytes file_bytes);
  std::string (*write)(const A2aMessage& answer, FileBytes file_bytes);
};
const auto kMethods = std::to_array<MethodRow>({
    {"SendMessage", ReadAs<v03::SendMessageRequest, v10::SendMessageRequest>,
     WriteAs<v10::SendMessageResponse, v03::SendMessageResponse>},
    {"SendStreamingMessage", ReadAs<v03::SendMessageRequest, v10::SendMessageRequest>,
     WriteAs<v10::StreamResponse, v03::StreamResponse>},
    {"GetTask", ReadAs<v03::GetTaskRequest, v10::GetTaskRequest>, WriteAs<v10::Task, v03::Task>},
    {"CancelTask", ReadAs<v03::CancelTaskRequest, v10::CancelTaskRequest>, WriteAs<v10::Task, v03::Task>},
    {"SubscribeToTask", ReadAs<v03::TaskSubscriptionRequest, v10::SubscribeToTaskRequest>,
     WriteAs<v10::StreamResponse, v03::StreamResponse>},
    {"CreateTaskPushNotificationConfig",
     ReadAs<v03::CreateTaskPushNotificationConfigRequest, v10::TaskPushNotificationConfig>,
     WriteAs<v10::TaskPushNotificationConfig, v03::TaskPushNotificationConfig>},
    {"GetTaskPushNotificationConfig",
     ReadAs<v03::GetTaskPushNotificationConfigRequest, v10::GetTaskPushNotificationConfigRequest>,
     WriteAs<v10::TaskPushNotificationConfig, v03::TaskPushNotificationConfig>},
    {"ListTaskPushNotificationConfigs",
     ReadAs<v03::ListTaskPushNotificationConfigRequest, v10::ListTaskPushNotificationConfigsRequest>,
     WriteAs<v10::ListTaskPushNotificationConfigsResponse, v03::ListTaskPushNotificationConfigResponse>},
    {"DeleteTaskPushNotificationConfig",
     ReadAs<v03::DeleteTaskPushNotificationConfigRequest, v10::DeleteTaskPushNotificationConfigRequest>,
     WriteAs<pb::Empty, pb::Empty>},
    {"GetExtendedAgentCard", ReadAs<v03::GetAgentCardRequest, v10::GetExtendedAgentCardRequest>,
     WriteAs<v10::AgentCard, v03::AgentCard>},
});

const MethodRow* RowOf(const A2aMethod& method) {
  for (const MethodRow& row : kMethods) {
    if (row.rpc == method.rpc) return &row;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::string> RequestFromV03(const A2aMethod& method, std::string_view request, FileBytes file_bytes) {
  const MethodRow* row = RowOf(method);
  if (row == nullptr) return absl::InternalError(absl::StrCat("A2A 0.3 has no ", ToAbsl(method.rpc)));
  absl::Status size = CheckMessageCount(method.v03.request, request);
  if (!size.ok()) return size;
  pb::Arena arena;
  absl::StatusOr<pb::Message*> message = ParseMessage(method.v03.request, request, arena);
  if (!message.ok()) return InvalidA2aRequest(ToStd(message.status().message()));
  return row->read(**message, file_bytes);
}

std::string AnswerToV03(const A2aMethod& method, const A2aMessage& answer, FileBytes file_bytes) {
  const MethodRow* row = RowOf(method);
  return row == nullptr ? std::string() : row->write(answer, file_bytes);
}

}  // namespace sluice::translate
