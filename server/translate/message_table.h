// What a reader of ProtoJSON must know of a message type, made once from its descriptor.
#ifndef SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_
#define SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::translate {

struct MessageTable;

enum class FieldKind { kString, kBytes, kBool, kInt32, kEnum, kMessage, kStruct, kValue, kListValue, kTimestamp };

struct FieldRow {
  std::string name;       // in proto
  std::string json_name;  // lowerCamelCase
  std::uint32_t tag = 0;  // number and wire type; of a map: of its entries
  FieldKind kind = FieldKind::kString;
  bool repeated = false;
  bool is_map = false;                                       // from strings; `kind` and what follows are its values'
  bool has_presence = false;                                 // told on the wire even when it holds its default
  int oneof = -1;                                            // index within the message; -1: of none
  std::uint32_t value_tag = 0;                               // of a map: the value in an entry
  const MessageTable* message = nullptr;                     // kMessage
  std::vector<std::pair<std::string, std::int32_t>> values;  // kEnum: names and numbers
};

struct MessageTable {
  std::string full_name;
  std::vector<FieldRow> fields;

  // By either name. Null: the message has no such field.
  const FieldRow* Find(std::string_view name) const {
    for (const FieldRow& row : fields) {
      if (row.json_name == name || row.name == name) return &row;
    }
    return nullptr;
  }
};

// Null when there is no such type, or one of its fields is of a kind that A2A does not use. A well-known type of
// google.protobuf is a field's kind and has no table. Thread-safe; tables are made on first use and live for ever.
const MessageTable* FindMessageTable(std::string_view full_name);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_
