#include "server/translate/message_count.h"

#include "server/translate/json_to_wire.h"
#include "server/translate/wire_fields.h"

namespace sluice::translate {
namespace {

class Census {
 public:
  std::size_t count() const { return count_; }

  void Message(const MessageTable& table, std::string_view bytes) {
    Enter(bytes, [&](int number, std::string_view field) {
      for (const FieldRow& row : table.fields) {
        if (static_cast<int>(row.tag >> 3) == number) Field(row, field);
      }
    });
  }

 private:
  // google/protobuf/struct.proto.
  static constexpr int kStructFields = 1;
  static constexpr int kListValues = 1;
  static constexpr int kMapValue = 2;
  static constexpr int kValueStruct = 5;
  static constexpr int kValueList = 6;

  template <typename Visit>
  void Enter(std::string_view bytes, Visit visit) {
    if (depth_ == kMaxWireNesting) return;
    ++depth_;
    ++count_;
    ForEachField(bytes, [&](int number, std::uint64_t, std::string_view field) { visit(number, field); });
    --depth_;
  }

  void Field(const FieldRow& row, std::string_view bytes) {
    if (!row.is_map) return One(row, bytes);
    Enter(bytes, [&](int number, std::string_view value) {
      if (number == kMapValue) One(row, value);
    });
  }

  void One(const FieldRow& row, std::string_view bytes) {
    if (row.kind == FieldKind::kMessage) Message(*row.message, bytes);
    if (row.kind == FieldKind::kStruct) Struct(bytes);
    if (row.kind == FieldKind::kValue) Value(bytes);
    if (row.kind == FieldKind::kListValue) List(bytes);
    if (row.kind == FieldKind::kTimestamp) ++count_;
  }

  void Struct(std::string_view bytes) {
    Enter(bytes, [&](int number, std::string_view entry) {
      if (number != kStructFields) return;
      Enter(entry, [&](int in_entry, std::string_view value) {
        if (in_entry == kMapValue) Value(value);
      });
    });
  }
  void Value(std::string_view bytes) {
    Enter(bytes, [&](int number, std::string_view value) {
      if (number == kValueStruct) Struct(value);
      if (number == kValueList) List(value);
    });
  }
  void List(std::string_view bytes) {
    Enter(bytes, [&](int number, std::string_view value) {
      if (number == kListValues) Value(value);
    });
  }

  std::size_t count_ = 0;
  int depth_ = 0;
};

}  // namespace

std::size_t CountMessages(const MessageTable& table, std::string_view serialized) {
  Census census;
  census.Message(table, serialized);
  return census.count();
}

}  // namespace sluice::translate
