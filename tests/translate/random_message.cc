#include "tests/translate/random_message.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace sluice::translate::testing {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

// google/protobuf/timestamp.proto
constexpr std::int64_t kMinTimestampSeconds = -62'135'596'800;
constexpr std::int64_t kMaxTimestampSeconds = 253'402'300'799;

std::string ToUtf8(std::uint32_t code_point) {
  std::string text;
  const auto push = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | code_point >> 6), push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | code_point >> 12), push(0x80 | (code_point >> 6 & 0x3F)), push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | code_point >> 18), push(0x80 | (code_point >> 12 & 0x3F));
    push(0x80 | (code_point >> 6 & 0x3F)), push(0x80 | (code_point & 0x3F));
  }
  return text;
}

}  // namespace

std::int64_t RandomData::Integer(std::int64_t low, std::int64_t high) {
  switch (Below(6)) {
    case 0:
      return low;
    case 1:
      return high;
    case 2:
      return low <= 0 && high >= 0 ? 0 : low;
    default: {
      const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + Below(span + 1));
    }
  }
}

double RandomData::FiniteNumber() {
  static constexpr auto kOdd = std::to_array<double>(
      {0, 1, -1, 0.1, -0.5, 1e21, 1e-7, 9007199254740991, 9007199254740992, -9223372036854775808.0,
       18446744073709551616.0, 4294967296.0, std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest(),
       std::numeric_limits<double>::min(), std::numeric_limits<double>::denorm_min()});
  if (OneIn(2)) return kOdd[Below(kOdd.size())];
  if (OneIn(2)) return static_cast<double>(Integer(-1'000'000, 1'000'000)) / 64;
  for (;;) {
    const std::uint64_t bits = engine_();
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (std::isfinite(number) && number != 0) return number;
  }
}

std::string RandomData::CodePoint() {
  // JSON escapes some, protobuf's printer some more; the others are the ends of what UTF-8 writes in 1, 2, 3, 4 bytes.
  static constexpr auto kOdd =
      std::to_array<std::uint32_t>({0,      '"',    '\\',   '/',    '<',     '>',     '&',     '\'',    '\n',    0x1F,
                                    0x7F,   0x80,   0xAD,   0x7FF,  0x800,   0x2028,  0x2029,  0xD7FF,  0xE000,  0xFDD0,
                                    0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0xE0001, 0xF0000, 0x10FFFF});
  static constexpr std::uint32_t kPlanes = 17;
  if (OneIn(3)) return ToUtf8(kOdd[Below(kOdd.size())]);
  if (OneIn(2)) return ToUtf8(static_cast<std::uint32_t>(Below(0x80)));
  const auto code_point = static_cast<std::uint32_t>(Below(kPlanes) * 0x10000 + Below(0x10000));
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return ToUtf8(surrogate ? code_point - 0x800 : code_point);
}

std::string RandomData::Text() {
  std::string text;
  for (std::uint64_t left = OneIn(4) ? 0 : Below(OneIn(8) ? 200 : 8); left > 0; --left) text += CodePoint();
  return text;
}

std::string RandomData::Bytes() {
  std::string bytes(OneIn(4) ? 0 : Below(OneIn(8) ? 300 : 8), '\0');
  for (char& byte : bytes) byte = static_cast<char>(Below(256));
  return bytes;
}

void RandomMessage::Fill(pb::Message& message, int nesting) {
  --messages_left_;
  const std::string type(message.GetDescriptor()->full_name());
  if (type == "google.protobuf.Value") {
    FillValue(static_cast<pb::Value&>(message), nesting);
  } else if (type == "google.protobuf.Timestamp") {
    auto& time = static_cast<pb::Timestamp&>(message);
    time.set_seconds(data_.Integer(kMinTimestampSeconds, kMaxTimestampSeconds));
    static constexpr std::int32_t kUnits[] = {1, 1'000, 1'000'000, 1'000'000'000};
    const std::int32_t unit = kUnits[data_.Below(4)];  // how many digits are printed depends on it
    time.set_nanos(static_cast<std::int32_t>(data_.Integer(0, 999'999'999 / unit)) * unit);
  } else {
    FillFields(message, nesting);
  }
}

void RandomMessage::FillFields(pb::Message& message, int nesting) {
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const pb::OneofDescriptor& oneof = *type.oneof_decl(i);
    if (data_.OneIn(8)) continue;
    FillField(message, *oneof.field(static_cast<int>(data_.Below(static_cast<std::uint64_t>(oneof.field_count())))),
              nesting);
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() == nullptr && !data_.OneIn(3)) FillField(message, field, nesting);
  }
}

void RandomMessage::FillField(pb::Message& message, const FieldDescriptor& field, int nesting) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (is_message && (nesting >= kMaxNesting || messages_left_ <= 0)) return;
  if (field.is_repeated()) {
    for (std::uint64_t left = data_.Below(data_.OneIn(6) ? 12 : 4); left > 0; --left) {
      AddElement(message, field, nesting);
    }
  } else if (is_message) {
    pb::Message& below = *message.GetReflection()->MutableMessage(&message, &field);
    // Empty, but set. A Value has no such state in JSON.
    if (data_.OneIn(8) && field.message_type()->full_name() != "google.protobuf.Value") return;
    Fill(below, nesting + 1);
  } else {
    SetScalar(message, field);
  }
}

void RandomMessage::AddElement(pb::Message& message, const FieldDescriptor& field, int nesting) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.is_map()) {
    pb::Message& entry = *reflection.AddMessage(&message, &field);
    SetScalar(entry, *field.message_type()->map_key());
    const FieldDescriptor& value = *field.message_type()->map_value();
    if (value.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return SetScalar(entry, value);
    Fill(*entry.GetReflection()->MutableMessage(&entry, &value), nesting + 1);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Fill(*reflection.AddMessage(&message, &field), nesting + 1);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, data_.Text());
  } else {
    throw std::logic_error("a repeated field of a new kind: " + std::string(field.full_name()));
  }
}

void RandomMessage::SetScalar(pb::Message& message, const FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field,
                                 static_cast<std::int32_t>(data_.Integer(std::numeric_limits<std::int32_t>::min(),
                                                                         std::numeric_limits<std::int32_t>::max())));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, data_.OneIn(2));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const pb::EnumDescriptor& type = *field.enum_type();
      return reflection.SetEnum(
          &message, &field, type.value(static_cast<int>(data_.Below(static_cast<std::uint64_t>(type.value_count())))));
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field,
                                  field.type() == FieldDescriptor::TYPE_BYTES ? data_.Bytes() : data_.Text());
    default:
      // The protocol has no others; one that it gets must be thought of here.
      throw std::logic_error("a field of a new kind: " + std::string(field.full_name()));
  }
}

void RandomMessage::FillValue(pb::Value& value, int nesting) {
  // A Value that holds Values is two levels further down in them.
  const bool may_nest = nesting + 2 <= kMaxNesting && messages_left_ > 0;
  // Now and then as deep as may be.
  const bool wants_nest = nesting > 12 ? !data_.OneIn(20) : data_.OneIn(2);
  if (may_nest && wants_nest) {
    const std::uint64_t width = nesting > 12 ? 1 : data_.Below(4);
    if (data_.OneIn(2)) {
      auto& list = *value.mutable_list_value();
      for (std::uint64_t i = 0; i < width; ++i) FillValue(*list.add_values(), nesting + 2);
    } else {
      auto& fields = *value.mutable_struct_value()->mutable_fields();
      for (std::uint64_t i = 0; i < width; ++i) FillValue(fields[data_.Text()] = {}, nesting + 2);
    }
    messages_left_ -= static_cast<int>(width);
    return;
  }
  switch (data_.Below(4)) {
    case 0:
      return value.set_null_value(pb::NULL_VALUE);
    case 1:
      return value.set_number_value(data_.FiniteNumber());
    case 2:
      return value.set_bool_value(data_.OneIn(2));
    default:
      return value.set_string_value(data_.Text());
  }
}

}  // namespace sluice::translate::testing
