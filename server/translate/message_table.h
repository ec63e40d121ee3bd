// What a reader of ProtoJSON, or of a JSON like it, must know of a message type; made once from its descriptor.
#ifndef SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_
#define SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class FileDescriptor;
}  // namespace google::protobuf

namespace sluice::translate {

struct MessageTable;

// Between the texts of a list that travels as one text: no header, scheme or the like has it.
inline constexpr char kListSeparator = '\x1f';

enum class FieldKind {
  kString,
  kBytes,
  kBool,
  kInt32,
  kEnum,
  kMessage,
  kStruct,
  kValue,
  kListValue,
  kTimestamp,
  // Not in ProtoJSON:
  kInline,      // an object whose members belong to the message around it
  kJoinedList,  // an array of strings for one string, joined by kListSeparator
  kTimeText,    // a time in any of ISO 8601's usual forms; what is none is not set
};

struct FieldRow {
  std::string name;       // in proto
  std::string json_name;  // lowerCamelCase
  std::uint32_t tag = 0;  // number and wire type; of a map: of its entries
  FieldKind kind = FieldKind::kString;
  bool repeated = false;
  bool is_map = false;                                       // from strings; `kind` and what follows are its values'
  bool has_presence = false;                                 // told on the wire even when it holds its default
  bool takes_null = false;                                   // null is a value and not the absence of one
  int oneof = kNoOneof;                                      // index within the message, or one of the two below
  std::uint32_t value_tag = 0;                               // of a map: the value in an entry
  const MessageTable* message = nullptr;                     // kMessage, kInline
  std::vector<std::pair<std::string, std::int32_t>> values;  // kEnum: names and numbers

  static constexpr int kNoOneof = -1;
  static constexpr int kThoseInside = -2;  // kInline
};

// What the JSON of a message is.
enum class MessageForm {
  kObject,  // ProtoJSON
  kBare,    // that of its only field
  kTold,    // an object that names its one field by `told_by`, and has that field's members
  kOneOf,   // ProtoJSON that must have one of the members that exclude each other; `told_by` names which
};

struct MessageTable {
  std::string full_name;
  std::vector<FieldRow> fields;
  MessageForm form = MessageForm::kObject;
  std::string told_by;      // kTold, kOneOf
  bool first_wins = false;  // of members that exclude each other the first counts, and the others are no error

  // By either name. Null: the message has no such field.
  const FieldRow* Find(std::string_view name) const {
    for (const FieldRow& row : fields) {
      if (row.json_name == name || row.name == name) return &row;
    }
    return nullptr;
  }
};

// The tables of the messages of some files, and of those they hold. Immutable; tables stay where they are.
class MessageTables {
 public:
  using Edit = void (*)(MessageTable& table);

  // `edit` may change each table once its rows are made: for a JSON that is not ProtoJSON.
  explicit MessageTables(const std::vector<const google::protobuf::FileDescriptor*>& files, Edit edit = nullptr);

  // Null when there is no such type, or one of its fields is of a kind that A2A does not use. A well-known type of
  // google.protobuf is a field's kind and has no table.
  const MessageTable* Find(std::string_view full_name) const;

 private:
  struct Entry {
    MessageTable table;
    bool complete = true;
  };

  const Entry& Make(const google::protobuf::Descriptor& message);
  std::optional<FieldRow> MakeRow(const google::protobuf::FieldDescriptor& field);

  Edit edit_;
  std::map<std::string, Entry, std::less<>> by_name_;
};

// The ProtoJSON table of a message of A2A 1.0 or 0.3, or of google.protobuf.Empty. Thread-safe; tables are made on
// first use and live for ever.
const MessageTable* FindMessageTable(std::string_view full_name);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MESSAGE_TABLE_H_
