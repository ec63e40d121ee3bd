// One field of a message as the wire sees it, and how a descriptor tells it.
#ifndef SLUICE_TESTS_PROTO_WIRE_H_
#define SLUICE_TESTS_PROTO_WIRE_H_

#include <google/protobuf/descriptor.h>

#include <ostream>
#include <string>

namespace sluice::testing {

struct WireField {
  std::string message;  // within its package
  std::string field;
  int number;
  std::string type;  // "repeated int32", "optional bool" (explicit presence), "map<string, Task>", ...
  friend void PrintTo(const WireField& row, std::ostream* os) { *os << row.message << "." << row.field; }
};

inline std::string TypeName(const google::protobuf::FieldDescriptor& field) {
  if (field.type() == field.TYPE_MESSAGE) return std::string(field.message_type()->name());
  if (field.type() == field.TYPE_ENUM) return std::string(field.enum_type()->name());
  return std::string(field.type_name());
}

inline std::string WireType(const google::protobuf::FieldDescriptor& field) {
  if (field.is_map()) {
    const auto& entry = *field.message_type();
    return "map<" + TypeName(*entry.FindFieldByNumber(1)) + ", " + TypeName(*entry.FindFieldByNumber(2)) + ">";
  }
  if (field.is_repeated()) return "repeated " + TypeName(field);
  if (field.real_containing_oneof() != nullptr) {
    return "oneof " + std::string(field.real_containing_oneof()->name()) + " " + TypeName(field);
  }
  const bool explicit_scalar = field.has_presence() && field.type() != field.TYPE_MESSAGE;
  return (explicit_scalar ? "optional " : "") + TypeName(field);
}

// "" when `file` has the field as the row says, else what is wrong.
inline std::string Mismatch(const google::protobuf::FileDescriptor& file, const WireField& row) {
  const auto* message = file.FindMessageTypeByName(row.message);
  if (message == nullptr) return "no such message";
  const auto* field = message->FindFieldByName(row.field);
  if (field == nullptr) return "no such field";
  if (field->number() != row.number) return "has number " + std::to_string(field->number());
  if (WireType(*field) != row.type) return "is " + WireType(*field);
  return "";
}

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_PROTO_WIRE_H_
