#include "server/translate/json_to_wire.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/base/status.h"
#include "server/translate/excerpt.h"
#include "server/translate/fast_utf8.h"
#include "server/translate/json_members.h"
#include "server/translate/json_scanner.h"
#include "server/translate/rfc3339.h"
#include "server/translate/wire_writer.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

constexpr auto kBytes = WireType::kLengthDelimited;
constexpr std::uint32_t kMapKey = WireTag(1, kBytes);
constexpr std::uint32_t kMapValue = WireTag(2, kBytes);
// google/protobuf/struct.proto.
constexpr std::uint32_t kStructFields = WireTag(1, kBytes);
constexpr std::uint32_t kListValues = WireTag(1, kBytes);
constexpr std::uint32_t kValueNull = WireTag(1, WireType::kVarint);
constexpr std::uint32_t kValueNumber = WireTag(2, WireType::kFixed64);
constexpr std::uint32_t kValueString = WireTag(3, kBytes);
constexpr std::uint32_t kValueBool = WireTag(4, WireType::kVarint);
constexpr std::uint32_t kValueStruct = WireTag(5, kBytes);
constexpr std::uint32_t kValueList = WireTag(6, kBytes);

// Reads one text, writes one message. Its functions say false at the first thing that does not fit; on the way back
// each level adds its name to the path of the error.
class Transcoder {
 public:
  explicit Transcoder(std::string_view json, int levels_above = 0) : scanner_(json), depth_(levels_above + 1) {}

  // `oneofs_around`: those that the message around was told, when the object's members are the message's.
  bool Message(const MessageTable& table, std::uint64_t* oneofs_around = nullptr);
  bool Value();
  bool AtEnd() { return scanner_.AtEnd() || Fail("nothing more was expected after the value"); }

  std::string Take() { return out_.Take(); }
  absl::Status error() const {
    const absl::Status malformed = what_.empty() ? scanner_.error() : absl::OkStatus();
    const std::string what = what_.empty() ? std::string(ToStd(malformed.message())) : what_;
    return absl::InvalidArgumentError(absl::StrCat(path_, path_.empty() ? "" : ": ", what));
  }

 private:
  using Nested = WireWriter::Nested;

  ABSL_ATTRIBUTE_NOINLINE bool Formed(const MessageTable& table);
  bool OneOf(const MessageTable& table);
  bool Member(const FieldRow& row);
  bool Repeated(const FieldRow& row);
  bool Map(const FieldRow& row);
  bool One(const FieldRow& row, std::uint32_t tag, bool tell_default);
  bool Struct();
  bool ListValue();
  bool Timestamp(std::uint32_t tag);
  // Apart from the rest, which they would slow down.
  ABSL_ATTRIBUTE_NOINLINE bool TimeText(std::uint32_t tag);
  void WriteTime(std::uint32_t tag, const TimePoint& time);
  ABSL_ATTRIBUTE_NOINLINE bool JoinedList(std::uint32_t tag);

  bool String(std::uint32_t tag, bool tell_default);
  bool Base64(std::uint32_t tag, bool tell_default);
  bool Bool(std::uint32_t tag, bool tell_default);
  bool Int32(std::uint32_t tag, bool tell_default);
  bool Enum(const FieldRow& row, std::uint32_t tag, bool tell_default);

  // A length-delimited field around what `content` writes.
  template <typename Content>
  bool Nest(std::uint32_t tag, Content content) {
    if (++depth_ > kMaxWireNesting) return Fail("nested deeper than protobuf allows");
    const Nested nested = out_.Begin(tag, scanner_.bytes_left());
    if (!content()) return false;
    out_.End(nested);
    --depth_;
    return true;
  }

  // A scalar's token, or a failure that says what was expected.
  bool Token(std::string_view& raw, const char* expected) {
    const char next = scanner_.Peek();
    if (next == '{' || next == '[') return Fail(expected);
    return scanner_.Value(raw);
  }
  // The text of a string token. It points into the JSON, or into `unquoted_` when there are escapes.
  bool Text(std::string_view& text, const char* expected);
  bool Unquoted(std::string_view token, std::string_view& text);

  bool Fail(std::string what) {
    if (what_.empty()) what_ = std::move(what);
    return false;
  }
  bool FailIn(std::string_view member) {
    const std::string name = Excerpt(member, kMaxShownName);
    path_ = absl::StrCat(name, path_.empty() || path_.front() == '[' ? "" : ".", path_);
    return false;
  }
  bool FailIn(std::size_t index) {
    path_ = absl::StrCat("[", index, "]", path_.empty() || path_.front() == '[' ? "" : ".", path_);
    return false;
  }

  static constexpr std::size_t kMaxShownName = 64;

  JsonScanner scanner_;
  WireWriter out_;
  std::string unquoted_;
  int depth_;
  std::string what_;  // empty: the scanner says what is wrong
  std::string path_;
};

bool Transcoder::Message(const MessageTable& table, std::uint64_t* oneofs_around) {
  if (table.form != MessageForm::kObject && oneofs_around == nullptr) return Formed(table);
  std::uint64_t own = 0;
  std::uint64_t& oneofs_told = oneofs_around == nullptr ? own : *oneofs_around;
  if (scanner_.Peek() != '{') return Fail("an object was expected");
  return scanner_.Members([&](std::string_view token) {
    std::string_view name;
    if (!Unquoted(token, name)) return false;
    const FieldRow* row = table.Find(name);
    std::string_view skipped;
    if (row == nullptr) return scanner_.Value(skipped);
    if (scanner_.Peek() == 'n' && !row->takes_null) return scanner_.Value(skipped);  // null: not set
    if (row->oneof != FieldRow::kNoOneof) {
      if (row->kind == FieldKind::kInline) return Message(*row->message, &oneofs_told) || FailIn(row->json_name);
      const std::uint64_t bit = std::uint64_t{1} << row->oneof;
      if ((oneofs_told & bit) != 0 && table.first_wins) return scanner_.Value(skipped);
      if ((oneofs_told & bit) != 0)
        return Fail("only one of the members that exclude each other may be there") || FailIn(row->json_name);
      oneofs_told |= bit;
    }
    return Member(*row) || FailIn(row->json_name);
  });
}

// {"type":"http", ...}: the members are those of the field that `type` names; what it does not know says nothing.
bool Transcoder::Formed(const MessageTable& table) {
  if (table.form == MessageForm::kBare) return Member(table.fields.front());
  if (table.form == MessageForm::kOneOf) return OneOf(table);
  if (scanner_.Peek() != '{') return Fail("an object was expected");
  const FieldRow* told = table.Find(TextOf(table.told_by, scanner_));
  std::string_view skipped;
  return told == nullptr ? scanner_.Value(skipped) : Member(*told);
}

// {"kind":"smell", ...}: what a new kind holds is not known, and the message without it would be empty.
bool Transcoder::OneOf(const MessageTable& table) {
  const JsonScanner start = scanner_;
  std::uint64_t oneofs_told = 0;
  if (!Message(table, &oneofs_told)) return false;
  return oneofs_told != 0 || Fail(absl::StrCat("no content that is known here; its ", table.told_by, " is \"",
                                               Excerpt(TextOf(table.told_by, start), kMaxShownName), "\""));
}

bool Transcoder::Member(const FieldRow& row) {
  if (row.is_map) return Map(row);
  return row.repeated ? Repeated(row) : One(row, row.tag, row.has_presence);
}

bool Transcoder::Repeated(const FieldRow& row) {
  if (scanner_.Peek() != '[') return Fail("an array was expected");
  std::size_t index = 0;
  return scanner_.Elements([&] {
    if (!One(row, row.tag, true)) return FailIn(index);
    ++index;
    return true;
  });
}

bool Transcoder::Map(const FieldRow& row) {
  if (scanner_.Peek() != '{') return Fail("an object was expected");
  return scanner_.Members([&](std::string_view token) {
    std::string_view key;
    return Nest(row.tag, [&] {
      if (!Unquoted(token, key)) return false;
      out_.BytesField(kMapKey, key);
      return One(row, row.value_tag, true) || FailIn(token);
    });
  });
}

bool Transcoder::One(const FieldRow& row, std::uint32_t tag, bool tell_default) {
  switch (row.kind) {
    case FieldKind::kString:
      return String(tag, tell_default);
    case FieldKind::kBytes:
      return Base64(tag, tell_default);
    case FieldKind::kBool:
      return Bool(tag, tell_default);
    case FieldKind::kInt32:
      return Int32(tag, tell_default);
    case FieldKind::kEnum:
      return Enum(row, tag, tell_default);
    case FieldKind::kMessage:
      return Nest(tag, [&] { return Message(*row.message); });
    case FieldKind::kStruct:
      return Nest(tag, [&] { return Struct(); });
    case FieldKind::kValue:
      return Nest(tag, [&] { return Value(); });
    case FieldKind::kListValue:
      return Nest(tag, [&] { return ListValue(); });
    case FieldKind::kTimestamp:
      return Timestamp(tag);
    case FieldKind::kTimeText:
      return TimeText(tag);
    case FieldKind::kJoinedList:
      return JoinedList(tag);
    case FieldKind::kInline:
      break;  // its members were taken
  }
  return false;
}

// ---- google.protobuf.Struct, Value, ListValue, Timestamp

bool Transcoder::Struct() {
  if (scanner_.Peek() != '{') return Fail("an object was expected");
  return scanner_.Members([&](std::string_view token) {
    std::string_view key;
    return Nest(kStructFields, [&] {
      if (!Unquoted(token, key)) return false;
      out_.BytesField(kMapKey, key);
      return Nest(kMapValue, [&] { return Value(); });
    });
  });
}

bool Transcoder::ListValue() {
  if (scanner_.Peek() != '[') return Fail("an array was expected");
  return scanner_.Elements([&] { return Nest(kListValues, [&] { return Value(); }); });
}

bool Transcoder::Value() {
  std::string_view raw;
  switch (scanner_.Peek()) {
    case '{':
      return Nest(kValueStruct, [&] { return Struct(); });
    case '[':
      return Nest(kValueList, [&] { return ListValue(); });
    case '"':
      return String(kValueString, true);
    case 't':
    case 'f':
      return Bool(kValueBool, true);
    case 'n':
      if (!scanner_.Value(raw)) return false;
      out_.VarintField(kValueNull, 0);
      return true;
    default:
      break;
  }
  double number = 0;
  if (!scanner_.Value(raw)) return false;
  if (!absl::SimpleAtod(ToAbsl(raw), &number) || !std::isfinite(number))
    return Fail("a number within a double's range was expected");
  out_.DoubleField(kValueNumber, number);
  return true;
}

bool Transcoder::Timestamp(std::uint32_t tag) {
  std::string_view text;
  if (!Text(text, "an RFC 3339 time was expected")) return false;
  const auto time = ParseTime(text, TimeForm::kRfc3339);
  if (!time) return Fail("an RFC 3339 time between the years 1 and 9999 was expected");
  WriteTime(tag, *time);
  return true;
}

// A text that is no time is not told.
bool Transcoder::TimeText(std::uint32_t tag) {
  std::string_view text;
  if (!Text(text, "a time was expected")) return false;
  if (const auto time = ParseTime(text, TimeForm::kLoose)) WriteTime(tag, *time);
  return true;
}

void Transcoder::WriteTime(std::uint32_t tag, const TimePoint& time) {
  pb::Timestamp told;
  told.set_seconds(time.seconds);
  told.set_nanos(time.nanos);
  out_.BytesField(tag, told.SerializeAsString());
}

// ---- scalars

bool Transcoder::JoinedList(std::uint32_t tag) {
  if (scanner_.Peek() != '[') return Fail("an array was expected");
  std::string joined;
  const bool whole = scanner_.Elements([&] {
    std::string_view text;
    if (!Text(text, "a string was expected")) return false;
    if (!joined.empty()) joined += kListSeparator;
    joined.append(text);
    return true;
  });
  if (whole && !joined.empty()) out_.BytesField(tag, joined);
  return whole;
}

bool Transcoder::String(std::uint32_t tag, bool tell_default) {
  std::string_view text;
  if (!Text(text, "a string was expected")) return false;
  if (tell_default || !text.empty()) out_.BytesField(tag, text);
  return true;
}

// RFC 4648, either alphabet, padded or not.
bool Transcoder::Base64(std::uint32_t tag, bool tell_default) {
  std::string_view text;
  if (!Text(text, "base64 was expected")) return false;
  std::string bytes;
  const bool url_safe = text.find_first_of("-_") != std::string_view::npos;
  if (!(url_safe ? absl::WebSafeBase64Unescape(ToAbsl(text), &bytes) : absl::Base64Unescape(ToAbsl(text), &bytes))) {
    return Fail("base64 was expected");
  }
  if (tell_default || !bytes.empty()) out_.BytesField(tag, bytes);
  return true;
}

bool Transcoder::Bool(std::uint32_t tag, bool tell_default) {
  std::string_view raw;
  if (!Token(raw, "true or false was expected")) return false;
  if (raw != "true" && raw != "false") return Fail("true or false was expected");
  if (tell_default || raw == "true") out_.VarintField(tag, raw == "true" ? 1 : 0);
  return true;
}

// A number, or a string that holds one. Some peers write integers as 1.0 or 1e3.
bool Transcoder::Int32(std::uint32_t tag, bool tell_default) {
  constexpr const char* kExpected = "a 32-bit integer was expected";
  std::string_view raw;
  if (!Token(raw, kExpected)) return false;
  if (raw.starts_with('"') && !Unquoted(raw, raw)) return false;
  double number = 0;  // holds every int32
  if (!absl::SimpleAtod(ToAbsl(raw), &number) || std::trunc(number) != number || number < INT32_MIN ||
      number > INT32_MAX) {
    return Fail(kExpected);
  }
  const auto value = static_cast<std::int32_t>(number);
  if (tell_default || value != 0) out_.VarintField(tag, static_cast<std::uint64_t>(std::int64_t{value}));
  return true;
}

// By name or number. A name that is not known is passed over, as the field's other unknown members are.
bool Transcoder::Enum(const FieldRow& row, std::uint32_t tag, bool tell_default) {
  if (scanner_.Peek() != '"') return Int32(tag, tell_default);
  std::string_view name;
  if (!Text(name, "a name was expected")) return false;
  for (const auto& [known, number] : row.values) {
    if (known != name) continue;
    if (tell_default || number != 0) out_.VarintField(tag, static_cast<std::uint64_t>(std::int64_t{number}));
    break;
  }
  return true;
}

bool Transcoder::Text(std::string_view& text, const char* expected) {
  if (scanner_.Peek() != '"') return Fail(expected);
  std::string_view token;
  return scanner_.Value(token) && Unquoted(token, text);
}

bool Transcoder::Unquoted(std::string_view token, std::string_view& text) {
  text = token.substr(1, token.size() - 2);
  if (text.find('\\') == std::string_view::npos) return true;
  unquoted_.clear();
  if (!AppendUnquotedJson(token, unquoted_)) return Fail("half of a surrogate pair is no text");
  text = unquoted_;
  return true;
}

}  // namespace

absl::StatusOr<std::string> JsonToWire(const MessageTable& table, std::string_view json, int levels_above) {
  if (!IsValidUtf8(json)) return absl::InvalidArgumentError("the JSON is not valid UTF-8");
  Transcoder transcoder(json, levels_above);
  if (!transcoder.Message(table) || !transcoder.AtEnd()) return transcoder.error();
  return transcoder.Take();
}

absl::StatusOr<std::string> JsonToValueWire(std::string_view json) {
  if (!IsValidUtf8(json)) return absl::InvalidArgumentError("the JSON is not valid UTF-8");
  Transcoder transcoder(json);
  if (!transcoder.Value() || !transcoder.AtEnd()) return transcoder.error();
  return transcoder.Take();
}

}  // namespace sluice::translate
