#include "server/translate/a2a_json.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/status.h"
#include "server/translate/json_to_wire.h"
#include "server/translate/message_table.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

// protobuf 3.21 prints at most 64 messages in one another (a Value in a Struct counts two) and logs those it refuses.
constexpr int kMaxMessageNesting = 60;

// google/protobuf/timestamp.proto: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
constexpr std::int64_t kMinTimestampSeconds = -62'135'596'800;
constexpr std::int64_t kMaxTimestampSeconds = 253'402'300'799;

// protobuf 3.21 has a status type of its own, newer ones use absl's.
template <typename ProtobufStatus>
absl::Status FromProtobuf(const ProtobufStatus& status) {
  if (status.ok()) return absl::OkStatus();
  const auto message = status.message();
  return absl::InvalidArgumentError(absl::string_view(message.data(), message.size()));
}

absl::Status Refuse(const std::string& path, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(path.empty() ? "request" : path, " ", ToAbsl(why)));
}

// protobuf 3.21 would leave out a Value without a kind and print NaN as a string.
absl::Status CheckValue(const pb::Value& value, const std::string& path) {
  if (value.kind_case() == pb::Value::KIND_NOT_SET) return Refuse(path, "holds no value; set null_value for null");
  if (value.kind_case() == pb::Value::kNumberValue && !std::isfinite(value.number_value())) {
    return Refuse(path, "is not a finite number");
  }
  return absl::OkStatus();
}

absl::Status CheckTimestamp(const pb::Timestamp& time, const std::string& path) {
  const bool fits = time.seconds() >= kMinTimestampSeconds && time.seconds() <= kMaxTimestampSeconds &&
                    time.nanos() >= 0 && time.nanos() <= 999'999'999;
  return fits ? absl::OkStatus() : Refuse(path, "is not a time between the years 1 and 9999");
}

// Finds what JSON cannot tell, in `message` and all below it.
absl::Status CheckTellable(const pb::Message& message, const std::string& path, int depth) {
  if (depth > kMaxMessageNesting) return Refuse(path, "is nested too deep for JSON");
  const std::string type(message.GetDescriptor()->full_name());
  absl::Status status;
  if (type == "google.protobuf.Value") status = CheckValue(static_cast<const pb::Value&>(message), path);
  if (type == "google.protobuf.Timestamp") status = CheckTimestamp(static_cast<const pb::Timestamp&>(message), path);
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string name = absl::StrCat(path, path.empty() ? "" : ".", field->name());
    const int below = depth + (field->is_map() ? 0 : 1);  // a map entry is no JSON level of its own
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count && status.ok(); ++i) {
      status = field->is_repeated() ? CheckTellable(reflection.GetRepeatedMessage(message, field, i),
                                                    absl::StrCat(name, "[", i, "]"), below)
                                    : CheckTellable(reflection.GetMessage(message, field), name, below);
    }
  }
  return status;
}

}  // namespace

absl::StatusOr<std::string> ProtoToJson(std::string_view message_full_name, std::string_view serialized) {
  pb::Arena arena;
  absl::StatusOr<pb::Message*> message = ParseMessage(message_full_name, serialized, arena);
  if (!message.ok()) return message.status();
  // They have no name in JSON. Some inside a google.protobuf.Value would make protobuf 3.21 leave out the Value.
  (*message)->DiscardUnknownFields();
  absl::Status status = CheckTellable(**message, "", 1);
  if (!status.ok()) return status;
  std::string json;
  status = FromProtobuf(pb::util::MessageToJsonString(**message, &json, pb::util::JsonPrintOptions()));
  if (!status.ok()) return status;
  return json;
}

absl::StatusOr<std::string> JsonToProto(std::string_view message_full_name, std::string_view json) {
  const MessageTable* table = FindMessageTable(message_full_name);
  if (table == nullptr) return absl::InternalError(absl::StrCat("no message type ", ToAbsl(message_full_name)));
  return JsonToWire(*table, json);
}

}  // namespace sluice::translate
