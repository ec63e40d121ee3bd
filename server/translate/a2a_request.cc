#include "server/translate/a2a_request.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/message_count.h"
#include "server/translate/message_table.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

struct RequiredRow {
  std::string_view message;   // in package lf.a2a.v1
  std::string_view field;     // or a oneof
  std::string_view rpc = {};  // only in requests of this rpc
};
// A2A 1.0, the fields marked REQUIRED, of the messages that a request can hold. The last two rows are not marked, but
// an agent cannot know without them which task is meant.
constexpr auto kRequired = std::to_array<RequiredRow>({
    {"SendMessageRequest", "message"},
    {"Message", "message_id"},
    {"Message", "role"},
    {"Message", "parts"},
    {"Part", "content"},
    {"TaskPushNotificationConfig", "url"},
    {"AuthenticationInfo", "scheme"},
    {"GetTaskRequest", "id"},
    {"CancelTaskRequest", "id"},
    {"SubscribeToTaskRequest", "id"},
    {"GetTaskPushNotificationConfigRequest", "task_id"},
    {"GetTaskPushNotificationConfigRequest", "id"},
    {"DeleteTaskPushNotificationConfigRequest", "task_id"},
    {"DeleteTaskPushNotificationConfigRequest", "id"},
    {"ListTaskPushNotificationConfigsRequest", "task_id"},
    {"TaskPushNotificationConfig", "task_id", "CreateTaskPushNotificationConfig"},
});

constexpr std::string_view kPackage = "lf.a2a.v1.";
constexpr std::size_t kMaxViolations = 8;

struct Violation {
  std::string path;
  std::string what;
};

// A field without presence is missing when it holds its default: ProtoJSON leaves it out.
bool IsMissing(const pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) == 0 : !reflection.HasField(message, &field);
}

std::string Join(const std::string& path, std::string_view name) {
  return absl::StrCat(path, path.empty() ? "" : ".", ToAbsl(name));
}

std::string OneOf(const pb::OneofDescriptor& oneof) {
  std::string text = "is required: one of";
  for (int i = 0; i < oneof.field_count(); ++i) absl::StrAppend(&text, i > 0 ? ", " : " ", oneof.field(i)->name());
  return text;
}

class RequestCheck {
 public:
  RequestCheck(std::string_view rpc, A2aVersion upstream) : rpc_(rpc), upstream_(upstream) {}

  void Visit(const pb::Message& message, const std::string& path) {
    const std::string type(message.GetDescriptor()->full_name());
    if (type.compare(0, kPackage.size(), kPackage) != 0) return;  // metadata and the like requires nothing
    for (const RequiredRow& row : kRequired) {
      if (type.compare(kPackage.size(), std::string::npos, row.message) != 0) continue;
      if (row.rpc.empty() || (row.rpc == rpc_ && path.empty())) Require(message, path, std::string(row.field));
    }
    if (message.GetDescriptor() == lf::a2a::v1::AuthenticationInfo::descriptor()) {
      const auto& scheme = static_cast<const lf::a2a::v1::AuthenticationInfo&>(message).scheme();
      const bool is_list = scheme.find(kListSeparator) != scheme.npos;  // of a client of 0.3
      if (is_list && upstream_ == A2aVersion::k10) Add({Join(path, "scheme"), "is one scheme for an agent of A2A 1.0"});
    }
    if (upstream_ == A2aVersion::k03 && message.GetDescriptor() == lf::a2a::v1::Message::descriptor()) {
      const int role = static_cast<const lf::a2a::v1::Message&>(message).role();
      if (role > lf::a2a::v1::ROLE_AGENT) Add({Join(path, "role"), "is no role that an agent of A2A 0.3 knows"});
    }
    VisitChildren(message, path);
  }

  const std::vector<Violation>& violations() const { return violations_; }

 private:
  void Require(const pb::Message& message, const std::string& path, const std::string& name) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (const auto* field = type.FindFieldByName(name)) {
      if (IsMissing(message, *field)) Add({Join(path, name), "is required"});
    } else if (const auto* oneof = type.FindOneofByName(name)) {
      if (!message.GetReflection()->HasOneof(message, oneof)) Add({path, OneOf(*oneof)});
    }
  }

  void VisitChildren(const pb::Message& message, const std::string& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const pb::FieldDescriptor* field : fields) {
      if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
      const std::string name = Join(path, std::string(field->name()));
      if (!field->is_repeated()) {
        Visit(reflection.GetMessage(message, field), name);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Visit(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(name, "[", i, "]"));
      }
    }
  }

  void Add(Violation violation) {
    if (violations_.size() < kMaxViolations) violations_.push_back(std::move(violation));
  }

  const std::string_view rpc_;
  const A2aVersion upstream_;
  std::vector<Violation> violations_;
};

}  // namespace

absl::Status CheckMessageCount(std::string_view type, std::string_view serialized) {
  const MessageTable* table = FindMessageTable(type);
  if (table == nullptr || CountMessages(*table, serialized) <= kMostMessages) return absl::OkStatus();
  return InvalidA2aRequest(
      "the request holds more than 100000 values; send large data as text, as raw bytes or by URL");
}

absl::Status CheckA2aRequest(const A2aMethod& method, std::string_view serialized, A2aVersion upstream) {
  absl::Status count = CheckMessageCount(method.request, serialized);
  if (!count.ok()) return count;
  pb::Arena arena;
  absl::StatusOr<pb::Message*> request = ParseMessage(method.request, serialized, arena);
  if (absl::IsInternal(request.status())) return request.status();
  if (!request.ok()) return InvalidA2aRequest(ToStd(request.status().message()));
  RequestCheck check(method.rpc, upstream);
  check.Visit(**request, "");
  if (check.violations().empty()) return absl::OkStatus();
  const Violation& first = check.violations().front();
  absl::Status status = InvalidA2aRequest(absl::StrCat(first.path, " ", first.what));
  for (const Violation& violation : check.violations()) AddFieldViolation(status, violation.path, violation.what);
  return status;
}

absl::Status InvalidA2aRequest(std::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, what, "INVALID_PARAMS", reason::kA2aDomain);
}

}  // namespace sluice::translate
