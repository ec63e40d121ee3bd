#include "server/translate/a2a_v03_proto.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/translate/message_table.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;
namespace v03 = ::a2a::v1;
namespace v10 = lf::a2a::v1;

// Fields that have a name of their own in each version.
const auto& PartsOf(const v03::Message& message) { return message.content(); }
const auto& PartsOf(const v10::Message& message) { return message.parts(); }
v03::Part& AddPart(v03::Message& message) { return *message.add_content(); }
v10::Part& AddPart(v10::Message& message) { return *message.add_parts(); }

const v03::Message* SaidIn(const v03::TaskStatus& status) { return status.has_update() ? &status.update() : nullptr; }
const v10::Message* SaidIn(const v10::TaskStatus& status) { return status.has_message() ? &status.message() : nullptr; }
v03::Message& SayIn(v03::TaskStatus& status) { return *status.mutable_update(); }
v10::Message& SayIn(v10::TaskStatus& status) { return *status.mutable_message(); }

const v03::Message* MessageIn(const v03::StreamResponse& event) { return event.has_msg() ? &event.msg() : nullptr; }
const v10::Message* MessageIn(const v10::StreamResponse& event) {
  return event.has_message() ? &event.message() : nullptr;
}
v03::Message& AddMessage(v03::StreamResponse& event) { return *event.mutable_msg(); }
v10::Message& AddMessage(v10::StreamResponse& event) { return *event.mutable_message(); }

bool IsOver(v10::TaskState state) {
  return state == v10::TASK_STATE_COMPLETED || state == v10::TASK_STATE_FAILED || state == v10::TASK_STATE_CANCELED ||
         state == v10::TASK_STATE_REJECTED;
}

// Text in the standard alphabet, padded, without blanks: what other bytes are not likely to be.
bool IsBase64(const std::string& text, std::string& bytes) {
  return absl::Base64Unescape(text, &bytes) && absl::Base64Escape(bytes) == text;
}

// From either version to the other: what is alike in both is written once, as templates.
class Conversion {
 public:
  explicit Conversion(FileBytes file_bytes) : file_bytes_(file_bytes) {}

  template <typename From, typename To>
  void Event(const From& from, To& to) const {
    if (from.has_task()) Task(from.task(), *to.mutable_task());
    if (const auto* message = MessageIn(from)) Message(*message, AddMessage(to));
    if (from.has_status_update()) Update(from.status_update(), *to.mutable_status_update());
    if (from.has_artifact_update()) Update(from.artifact_update(), *to.mutable_artifact_update());
  }

  template <typename From, typename To>
  void Task(const From& from, To& to) const {
    to.set_id(from.id());
    to.set_context_id(from.context_id());
    if (from.has_status()) Status(from.status(), *to.mutable_status());
    for (const auto& artifact : from.artifacts()) Artifact(artifact, *to.add_artifacts());
    for (const auto& message : from.history()) Message(message, *to.add_history());
    Metadata(from, to);
  }

  template <typename From, typename To>
  void Message(const From& from, To& to) const {
    to.set_message_id(from.message_id());
    to.set_context_id(from.context_id());
    to.set_task_id(from.task_id());
    to.set_role(static_cast<decltype(to.role())>(from.role()));
    for (const auto& part : PartsOf(from)) Part(part, AddPart(to));
    Metadata(from, to);
    to.mutable_extensions()->CopyFrom(from.extensions());
  }

  void Part(const v03::Part& from, v10::Part& to) const {
    Metadata(from, to);
    if (from.has_text()) to.set_text(from.text());
    if (from.has_file()) File(from.file(), to);
    if (!from.has_data()) return;
    *to.mutable_data()->mutable_struct_value() = from.data().data();
    UnwrapDataPart(to);
  }

  void Part(const v10::Part& from, v03::Part& to) const {
    Metadata(from, to);
    if (from.has_text()) to.set_text(from.text());
    if (from.has_raw() || from.has_url()) File(from, *to.mutable_file());
    if (!from.has_data()) return;
    if (from.data().has_struct_value()) {
      *to.mutable_data()->mutable_data() = from.data().struct_value();
    } else {
      (*to.mutable_data()->mutable_data()->mutable_fields())["value"] = ValueOf(from.data());
      (*to.mutable_metadata()->mutable_fields())[std::string(kDataPartCompat)].set_bool_value(true);
    }
  }

 private:
  template <typename From, typename To>
  static void Metadata(const From& from, To& to) {
    if (from.has_metadata()) *to.mutable_metadata() = from.metadata();
  }

  template <typename From, typename To>
  void Status(const From& from, To& to) const {
    to.set_state(static_cast<decltype(to.state())>(from.state()));
    if (const auto* said = SaidIn(from)) Message(*said, SayIn(to));
    if (from.has_timestamp()) *to.mutable_timestamp() = from.timestamp();
  }

  template <typename From, typename To>
  void Artifact(const From& from, To& to) const {
    to.set_artifact_id(from.artifact_id());
    to.set_name(from.name());
    to.set_description(from.description());
    for (const auto& part : from.parts()) Part(part, *to.add_parts());
    Metadata(from, to);
    to.mutable_extensions()->CopyFrom(from.extensions());
  }

  // What a status update and an artifact update have in common.
  template <typename From, typename To>
  static void Origin(const From& from, To& to) {
    to.set_task_id(from.task_id());
    to.set_context_id(from.context_id());
    Metadata(from, to);
  }

  void Update(const v03::TaskStatusUpdateEvent& from, v10::TaskStatusUpdateEvent& to) const {
    Origin(from, to);
    if (from.has_status()) Status(from.status(), *to.mutable_status());
  }
  void Update(const v10::TaskStatusUpdateEvent& from, v03::TaskStatusUpdateEvent& to) const {
    Origin(from, to);
    if (from.has_status()) Status(from.status(), *to.mutable_status());
    to.set_final(IsOver(from.status().state()));
  }
  template <typename From, typename To>
  void Update(const From& from, To& to) const {
    Origin(from, to);
    if (from.has_artifact()) Artifact(from.artifact(), *to.mutable_artifact());
    to.set_append(from.append());
    to.set_last_chunk(from.last_chunk());
  }

  void File(const v03::FilePart& from, v10::Part& to) const {
    to.set_media_type(from.mime_type());
    to.set_filename(from.name());
    if (from.has_file_with_uri()) to.set_url(from.file_with_uri());
    if (!from.has_file_with_bytes()) return;
    std::string bytes;
    const bool decoded = file_bytes_ == FileBytes::kBase64 && IsBase64(from.file_with_bytes(), bytes);
    to.set_raw(decoded ? std::move(bytes) : from.file_with_bytes());
  }
  void File(const v10::Part& from, v03::FilePart& to) const {
    to.set_mime_type(from.media_type());
    to.set_name(from.filename());
    if (from.has_url()) to.set_file_with_uri(from.url());
    if (!from.has_raw()) return;
    to.set_file_with_bytes(file_bytes_ == FileBytes::kBase64 ? absl::Base64Escape(from.raw()) : from.raw());
  }

  // A Value without a kind is no JSON; what it is read from cannot hold one, so null is as good as any.
  static pb::Value ValueOf(const pb::Value& value) {
    pb::Value valid = value;
    if (value.kind_case() == pb::Value::KIND_NOT_SET) valid.set_null_value(pb::NULL_VALUE);
    return valid;
  }

  const FileBytes file_bytes_;
};

}  // namespace

void Convert(const v03::StreamResponse& from, FileBytes file_bytes, v10::StreamResponse& to) {
  Conversion(file_bytes).Event(from, to);
}

void Convert(const v10::StreamResponse& from, FileBytes file_bytes, v03::StreamResponse& to) {
  Conversion(file_bytes).Event(from, to);
}

void Convert(const v10::SendMessageResponse& from, FileBytes file_bytes, v03::SendMessageResponse& to) {
  if (from.has_task()) Convert(from.task(), file_bytes, *to.mutable_task());
  if (from.has_message()) Conversion(file_bytes).Message(from.message(), *to.mutable_msg());
}

void Convert(const v10::Task& from, FileBytes file_bytes, v03::Task& to) { Conversion(file_bytes).Task(from, to); }

void Convert(const v03::Message& from, FileBytes file_bytes, v10::Message& to) {
  Conversion(file_bytes).Message(from, to);
}

void UnwrapDataPart(v10::Part& part) {
  const auto mark = part.metadata().fields().find(std::string(kDataPartCompat));
  if (mark == part.metadata().fields().end() || !mark->second.bool_value()) return;
  const auto& wrapped = part.data().struct_value().fields();
  const auto value = wrapped.find("value");
  if (value == wrapped.end() || wrapped.size() != 1 || value->second.has_struct_value()) return;
  pb::Value bare = value->second;
  *part.mutable_data() = std::move(bare);
  part.mutable_metadata()->mutable_fields()->erase(std::string(kDataPartCompat));
  if (part.metadata().fields().empty()) part.clear_metadata();
}

void Convert(const v03::PushNotificationConfig& from, v10::TaskPushNotificationConfig& to) {
  to.set_id(from.id());
  to.set_url(from.url());
  to.set_token(from.token());
  if (!from.has_authentication()) return;
  v10::AuthenticationInfo& authentication = *to.mutable_authentication();
  authentication.set_credentials(from.authentication().credentials());
  std::string& scheme = *authentication.mutable_scheme();
  for (const std::string& one : from.authentication().schemes()) {
    if (!scheme.empty()) scheme += kListSeparator;
    scheme += one;
  }
}

void Convert(const v10::TaskPushNotificationConfig& from, v03::TaskPushNotificationConfig& to) {
  to.set_name(absl::StrCat("tasks/", from.task_id(), "/pushNotificationConfigs/", from.id()));
  v03::PushNotificationConfig& config = *to.mutable_push_notification_config();
  config.set_id(from.id());
  config.set_url(from.url());
  config.set_token(from.token());
  if (!from.has_authentication()) return;
  v03::AuthenticationInfo& authentication = *config.mutable_authentication();
  authentication.set_credentials(from.authentication().credentials());
  for (absl::string_view one : absl::StrSplit(from.authentication().scheme(), kListSeparator, absl::SkipEmpty())) {
    authentication.add_schemes(std::string(one));
  }
}

}  // namespace sluice::translate
