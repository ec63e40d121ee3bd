#include "server/translate/message_table.h"

#include "a2a/v1/a2a.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/message.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/translate/wire_writer.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

constexpr int kMapKeyNumber = 1;
static_assert(WireTag(kMapKeyNumber, WireType::kLengthDelimited) == 0x0A);

std::optional<FieldKind> KindOf(const pb::FieldDescriptor& field) {
  switch (field.type()) {
    case pb::FieldDescriptor::TYPE_STRING:
      return FieldKind::kString;
    case pb::FieldDescriptor::TYPE_BYTES:
      return FieldKind::kBytes;
    case pb::FieldDescriptor::TYPE_BOOL:
      return FieldKind::kBool;
    case pb::FieldDescriptor::TYPE_INT32:
      return FieldKind::kInt32;
    case pb::FieldDescriptor::TYPE_ENUM:
      return FieldKind::kEnum;
    case pb::FieldDescriptor::TYPE_MESSAGE:
      break;
    default:
      return std::nullopt;
  }
  const std::string name(field.message_type()->full_name());
  if (name == "google.protobuf.Struct") return FieldKind::kStruct;
  if (name == "google.protobuf.Value") return FieldKind::kValue;
  if (name == "google.protobuf.ListValue") return FieldKind::kListValue;
  if (name == "google.protobuf.Timestamp") return FieldKind::kTimestamp;
  return name.rfind("google.protobuf.", 0) == 0 ? std::nullopt : std::optional(FieldKind::kMessage);
}

WireType WireTypeOf(FieldKind kind) {
  const bool varint = kind == FieldKind::kBool || kind == FieldKind::kInt32 || kind == FieldKind::kEnum;
  return varint ? WireType::kVarint : WireType::kLengthDelimited;
}

void AddValues(const pb::EnumDescriptor& type, FieldRow& row) {
  for (int i = 0; i < type.value_count(); ++i) {
    row.values.emplace_back(std::string(type.value(i)->name()), type.value(i)->number());
  }
}

}  // namespace

MessageTables::MessageTables(const std::vector<const pb::FileDescriptor*>& files, Edit edit) : edit_(edit) {
  for (const pb::FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) (void)Make(*file->message_type(i));
  }
  (void)Make(*pb::Empty::descriptor());  // what a deletion answers
}

const MessageTable* MessageTables::Find(std::string_view full_name) const {
  const auto found = by_name_.find(full_name);
  return found == by_name_.end() || !found->second.complete ? nullptr : &found->second.table;
}

// Entered before its fields are looked at: messages may contain themselves.
const MessageTables::Entry& MessageTables::Make(const pb::Descriptor& message) {
  const std::string name(message.full_name());
  const auto [place, is_new] = by_name_.try_emplace(name);
  Entry& entry = place->second;
  if (!is_new) return entry;
  entry.table.full_name = name;
  for (int i = 0; i < message.field_count(); ++i) {
    auto row = MakeRow(*message.field(i));
    entry.complete = entry.complete && row.has_value();
    if (row) entry.table.fields.push_back(*std::move(row));
  }
  if (edit_ != nullptr) edit_(entry.table);
  return entry;
}

std::optional<FieldRow> MessageTables::MakeRow(const pb::FieldDescriptor& field) {
  const pb::FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
  const auto kind = KindOf(value);
  if (!kind) return std::nullopt;
  if (field.is_map() && field.message_type()->map_key()->type() != pb::FieldDescriptor::TYPE_STRING) {
    return std::nullopt;
  }
  FieldRow row;
  row.name = std::string(field.name());
  row.json_name = std::string(field.json_name());
  row.kind = *kind;
  row.is_map = field.is_map();
  row.repeated = field.is_repeated() && !field.is_map();
  row.has_presence = field.has_presence();
  row.takes_null = *kind == FieldKind::kValue;
  if (field.real_containing_oneof() != nullptr) row.oneof = field.real_containing_oneof()->index();
  row.tag = WireTag(field.number(), field.is_map() ? WireType::kLengthDelimited : WireTypeOf(*kind));
  row.value_tag = WireTag(value.number(), WireTypeOf(*kind));
  if (*kind == FieldKind::kMessage) {
    const Entry& below = Make(*value.message_type());
    if (!below.complete) return std::nullopt;
    row.message = &below.table;
  }
  if (*kind == FieldKind::kEnum) AddValues(*value.enum_type(), row);
  return row;
}

const MessageTable* FindMessageTable(std::string_view full_name) {
  static const auto& tables =
      *new MessageTables({lf::a2a::v1::Task::descriptor()->file(), ::a2a::v1::Task::descriptor()->file()});
  return tables.Find(full_name);
}

}  // namespace sluice::translate
