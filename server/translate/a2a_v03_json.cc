#include "server/translate/a2a_v03_json.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "server/base/status.h"
#include "server/translate/a2a_v03_proto.h"
#include "server/translate/excerpt.h"
#include "server/translate/json_members.h"
#include "server/translate/json_to_wire.h"
#include "server/translate/message_count.h"
#include "server/translate/message_table.h"
#include "server/translate/proto_message.h"
#include "server/translate/wire_writer.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

// ---- the tables: those of ProtoJSON, edited -------------------------------------------------------------------------

FieldRow* Find(MessageTable& table, std::string_view name) {
  const auto found =
      std::find_if(table.fields.begin(), table.fields.end(), [&](const auto& row) { return row.name == name; });
  return found == table.fields.end() ? nullptr : &*found;
}

// Takes the rows out of the table and makes of them what stands inside the member `name`.
FieldRow Nested(MessageTable& table, std::string_view name,
                std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
  auto& inner =
      *new MessageTable{.full_name = absl::StrCat(table.full_name, ".", ToAbsl(name))};  // as long as the table
  for (const auto& [field, json_name] : names) {
    FieldRow row = *Find(table, field);
    std::erase_if(table.fields, [&](const auto& one) { return one.name == row.name; });
    row.name = row.json_name = std::string(json_name);
    inner.fields.push_back(std::move(row));
  }
  FieldRow row;
  row.name = row.json_name = std::string(name);
  row.kind = FieldKind::kInline;
  row.oneof = FieldRow::kThoseInside;
  row.message = &inner;
  return row;
}

// TASK_STATE_INPUT_REQUIRED is "input-required"; what is not specified is "unknown".
std::string WordOf(std::string_view constant) {
  for (std::string_view prefix : {"TASK_STATE_", "ROLE_"}) {
    if (constant.starts_with(prefix)) constant.remove_prefix(prefix.size());
  }
  if (constant == "UNSPECIFIED") return "unknown";
  return absl::AsciiStrToLower(absl::StrReplaceAll(ToAbsl(constant), {{"_", "-"}}));
}

void Rename(MessageTable& table, std::string_view name, std::string_view json_name) {
  FieldRow& row = *Find(table, name);
  row.name = row.json_name = std::string(json_name);
}

// Of messages of 1.0.
void EditMessage(MessageTable& table) {
  const std::string& type = table.full_name;
  for (FieldRow& row : table.fields) {
    for (auto& [name, number] : row.values) name = WordOf(name);
    if (row.kind == FieldKind::kTimestamp) row.kind = FieldKind::kTimeText;
  }
  if (type == "lf.a2a.v1.Part") {
    table.form = MessageForm::kOneOf;
    table.told_by = "kind";
    Find(table, "data")->takes_null = false;
    table.fields.push_back(
        Nested(table, "file", {{"raw", "bytes"}, {"url", "uri"}, {"media_type", "mimeType"}, {"filename", "name"}}));
  } else if (type == "lf.a2a.v1.TaskPushNotificationConfig") {
    table.fields.push_back(
        Nested(table, "pushNotificationConfig",
               {{"id", "id"}, {"url", "url"}, {"token", "token"}, {"authentication", "authentication"}}));
  } else if (type == "lf.a2a.v1.AuthenticationInfo") {
    Rename(table, "scheme", "schemes");
    Find(table, "schemes")->kind = FieldKind::kJoinedList;
  }
}

// Of what an agent card of 0.3 holds, whose members are named as those of its proto. OpenAPI 3.0, "Security Scheme".
void EditCard(MessageTable& table) {
  const std::string& type = table.full_name;
  if (type == "a2a.v1.Security" || type == "a2a.v1.StringList") table.form = MessageForm::kBare;
  if (type == "a2a.v1.OAuthFlows") table.first_wins = true;
  if (type == "a2a.v1.APIKeySecurityScheme") Rename(table, "location", "in");
  if (type != "a2a.v1.SecurityScheme") return;
  table.form = MessageForm::kTold;
  table.told_by = "type";
  Rename(table, "api_key_security_scheme", "apiKey");
  Rename(table, "http_auth_security_scheme", "http");
  Rename(table, "oauth2_security_scheme", "oauth2");
  Rename(table, "open_id_connect_security_scheme", "openIdConnect");
  Rename(table, "mtls_security_scheme", "mutualTLS");
}

const MessageTable& TableOf(std::string_view full_name) {
  static const auto& messages = *new MessageTables({lf::a2a::v1::Task::descriptor()->file()}, EditMessage);
  return *messages.Find(full_name);
}

const MessageTable& CardTable() {
  static const auto& cards = *new MessageTables({::a2a::v1::AgentCard::descriptor()->file()}, EditCard);
  return *cards.Find("a2a.v1.AgentCard");
}

// ---- what an object is ----------------------------------------------------------------------------------------------

struct KindRow {
  std::string_view kind;
  std::string_view type;
  int field;                              // of StreamResponse; SendMessageResponse has the first two
  std::string_view member, other_member;  // told by these where there is no kind
};
// An artifact update has no status and a status update no id, so that the first row that fits is the one.
constexpr auto kKinds = std::to_array<KindRow>({
    {"task", "lf.a2a.v1.Task", 1, "id", "status"},
    {"message", "lf.a2a.v1.Message", 2, "messageId", "parts"},
    {"status-update", "lf.a2a.v1.TaskStatusUpdateEvent", 3, "taskId", "status"},
    {"artifact-update", "lf.a2a.v1.TaskArtifactUpdateEvent", 4, "taskId", "artifact"},
});
constexpr int kLastOfAnswer = 2;

// The members of a result that say what it is.
struct Shape {
  std::string kind;
  std::vector<std::string> members;
  std::optional<bool> is_final;

  bool Has(std::string_view name) const { return std::find(members.begin(), members.end(), name) != members.end(); }
};

Shape ShapeOf(std::string_view json) {
  Shape shape;
  ForEachMember(json, [&](std::string name, std::string_view value) {
    if (value == "null") return;
    if (name == "kind") shape.kind = StringOf(value);
    if (name == "final") shape.is_final = value == "true";
    constexpr std::size_t kEnough = 64;  // an event has ten members
    if (shape.members.size() < kEnough) shape.members.push_back(std::move(name));
  });
  return shape;
}

absl::StatusOr<const KindRow*> RowOf(const Shape& shape) {
  for (const KindRow& row : kKinds) {
    const bool fits =
        shape.kind.empty() ? shape.Has(row.member) && shape.Has(row.other_member) : shape.kind == row.kind;
    if (fits) return &row;
  }
  if (shape.Has("task") || shape.Has("message") || shape.Has("statusUpdate") || shape.Has("artifactUpdate")) {
    return absl::InvalidArgumentError(
        "it is an answer of A2A 1.0, where 0.3 was expected; set the upstream's version to \"1.0\"");
  }
  if (shape.kind.empty())
    return absl::InvalidArgumentError("it has no member kind, and its others do not tell what it is");
  return absl::InvalidArgumentError(absl::StrCat("its kind is \"", ToAbsl(Excerpt(shape.kind, 64)),
                                                 "\"; task, message, status-update or artifact-update was expected"));
}

// ---- reading --------------------------------------------------------------------------------------------------------

// Maps in the order of their keys: the same answer is always the same bytes.
std::string Serialized(const pb::MessageLite& message) {
  std::string bytes;
  pb::io::StringOutputStream stream(&bytes);
  pb::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  (void)message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

void UnwrapDataParts(pb::Message& message) {
  if (message.GetDescriptor() == lf::a2a::v1::Part::descriptor()) {
    return UnwrapDataPart(static_cast<lf::a2a::v1::Part&>(message));
  }
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != field->CPPTYPE_MESSAGE ||
        field->message_type()->file() != message.GetDescriptor()->file()) {
      continue;
    }
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
      UnwrapDataParts(*reflection.MutableRepeatedMessage(&message, field, i));
    }
    if (!field->is_repeated()) UnwrapDataParts(*reflection.MutableMessage(&message, field));
  }
}

// The event around a message, and what a value is wrapped in for a client of 0.3.
constexpr int kLevelsAbove = 8;

// What is not marked, and that is nearly all, is not looked at again.
absl::StatusOr<std::string> ReadMessage(std::string_view type, std::string_view json) {
  absl::StatusOr<std::string> wire = JsonToWire(TableOf(type), json, kLevelsAbove);
  if (!wire.ok() || json.find(kDataPartCompat) == json.npos) return wire;
  if (CountMessages(*FindMessageTable(type), *wire) > kMostMessages) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMostMessages, " values beside a wrapped one"));
  }
  pb::Arena arena;
  absl::StatusOr<pb::Message*> message = ParseMessage(type, *wire, arena);
  if (!message.ok()) return message.status();
  UnwrapDataParts(**message);
  return Serialized(**message);
}

std::string Wrapped(int field, std::string_view message) {
  WireWriter out;
  out.BytesField(WireTag(field, WireType::kLengthDelimited), message);
  return out.Take();
}

// A Task or a Message, or in a stream also one of the updates.
absl::StatusOr<A2aMessage> ReadEvent(std::string_view json, int last_field) {
  const Shape shape = ShapeOf(json);
  const absl::StatusOr<const KindRow*> row = RowOf(shape);
  if (!row.ok()) return row.status();
  if ((*row)->field > last_field)
    return absl::InvalidArgumentError("it is an update; a task or a message was expected");
  absl::StatusOr<std::string> message = ReadMessage((*row)->type, json);
  if (!message.ok()) return message.status();
  A2aMessage event{Wrapped((*row)->field, *message)};
  if ((*row)->kind == "status-update") event.final_update = shape.is_final;
  return event;
}

// A bare array; there are no pages.
absl::StatusOr<std::string> ReadConfigs(std::string_view json) {
  JsonScanner scanner(json);
  std::string configs;
  absl::Status wrong;
  const bool whole = scanner.Elements([&] {
    std::string_view element;
    if (!scanner.Value(element)) return false;
    const auto config = ReadMessage("lf.a2a.v1.TaskPushNotificationConfig", element);
    if (config.ok()) configs.append(Wrapped(1, *config));
    wrong = config.status();
    return wrong.ok();
  });
  if (!wrong.ok()) return wrong;
  if (!whole || !scanner.AtEnd()) return scanner.error();
  return configs;
}

}  // namespace

absl::StatusOr<A2aMessage> ResultFromV03Json(const A2aMethod& method, std::string_view json) {
  if (method.response == "lf.a2a.v1.StreamResponse") return ReadEvent(json, kKinds.back().field);
  if (method.response == "lf.a2a.v1.SendMessageResponse") return ReadEvent(json, kLastOfAnswer);
  absl::StatusOr<std::string> wire;
  if (method.response == "google.protobuf.Empty") {
    wire = std::string();
  } else if (method.response == "lf.a2a.v1.AgentCard") {
    wire = CardFromV03Json(json);
  } else if (method.response == "lf.a2a.v1.ListTaskPushNotificationConfigsResponse") {
    wire = ReadConfigs(json);
  } else {
    wire = ReadMessage(method.response, json);
  }
  if (!wire.ok()) return wire.status();
  return A2aMessage{*std::move(wire)};
}

absl::StatusOr<std::string> CardFromV03Json(std::string_view json) {
  const absl::StatusOr<std::string> wire = JsonToWire(CardTable(), json, kLevelsAbove);
  if (!wire.ok()) return wire.status();
  ::a2a::v1::AgentCard card;
  if (!ParseBytes(*wire, card)) return absl::InvalidArgumentError("it is nested too deep");
  lf::a2a::v1::AgentCard converted;
  Convert(card, converted);
  return Serialized(converted);
}

}  // namespace sluice::translate
