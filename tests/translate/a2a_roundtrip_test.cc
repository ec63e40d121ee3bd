// Every message of A2A goes to JSON and comes back as it was. What JSON cannot carry stands in one table, with what
// happens to it instead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/util/message_differencer.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/translate/a2a_json.h"
#include "server/translate/json_scanner.h"
#include "tests/translate/property.h"
#include "tests/translate/random_message.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;
namespace pb = google::protobuf;
namespace v1 = lf::a2a::v1;

// Maps in the order of their keys, so that equal messages are equal bytes.
std::string Deterministic(const pb::Message& message) {
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    EXPECT_TRUE(message.SerializeToCodedStream(&out));
  }
  return bytes;
}

std::vector<const pb::Descriptor*> MessageTypes() {
  const pb::FileDescriptor& file = *v1::Task::descriptor()->file();
  std::vector<const pb::Descriptor*> types;
  for (int i = 0; i < file.message_type_count(); ++i) types.push_back(file.message_type(i));
  return types;
}

std::unique_ptr<pb::Message> New(const pb::Descriptor& type) {
  return std::unique_ptr<pb::Message>(pb::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

// ---- the property ---------------------------------------------------------------------------------------------------

class A2aRoundTripTest : public ::testing::TestWithParam<const pb::Descriptor*> {};

TEST_P(A2aRoundTripTest, ProtoToJsonToProtoIsTheSameMessage) {
  const pb::Descriptor& type = *GetParam();
  const std::string name(type.full_name());
  testing::ForEachSeed(/*rounds=*/100, [&](std::uint64_t seed) {
    const auto message = New(type);
    testing::RandomMessage(seed).Fill(*message);
    ASSERT_TRUE(message->ParseFromString(message->SerializeAsString()));  // of a map's equal keys the last one stays
    const auto json = ProtoToJson(name, message->SerializeAsString());
    ASSERT_TRUE(json.ok()) << json.status() << '\n' << message->DebugString();
    JsonScanner scanner(*json);
    std::string_view value;
    ASSERT_TRUE(scanner.Value(value) && scanner.AtEnd()) << scanner.error() << '\n' << *json;
    const auto bytes = JsonToProto(name, *json);
    ASSERT_TRUE(bytes.ok()) << bytes.status() << '\n' << *json;
    const auto back = New(type);
    ASSERT_TRUE(back->ParseFromString(*bytes));
    std::string difference;
    pb::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(*message, *back)) << difference << *json;
    EXPECT_EQ(Deterministic(*message), Deterministic(*back)) << *json;
  });
}

INSTANTIATE_TEST_SUITE_P(EveryType, A2aRoundTripTest, ::testing::ValuesIn(MessageTypes()),
                         [](const auto& type) { return std::string(type.param->name()); });

TEST(A2aRoundTrip, IsTriedOnEveryTypeOfTheProtocol) { EXPECT_EQ(MessageTypes().size(), 44u); }

// The property would hold for a generator that makes nothing.
TEST(A2aRoundTrip, IsTriedOnMessagesThatHoldEverything) {
  std::string all;
  int deepest = 0;
  const std::function<void(const pb::Message&, int)> visit = [&](const pb::Message& message, int nesting) {
    deepest = std::max(deepest, nesting);
    const pb::Reflection& reflection = *message.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const pb::FieldDescriptor* field : fields) {
      all += std::string(field->full_name()) + '\n';
      if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const int below = nesting + (field->is_map() ? 0 : 1);
      if (!field->is_repeated()) visit(reflection.GetMessage(message, field), below);
      for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
        visit(reflection.GetRepeatedMessage(message, field, i), below);
      }
    }
  };
  for (const pb::Descriptor* type : MessageTypes()) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      const auto message = New(*type);
      testing::RandomMessage(seed).Fill(*message);
      visit(*message, 1);
    }
    for (int i = 0; i < type->field_count(); ++i) {
      EXPECT_THAT(all, HasSubstr(std::string(type->field(i)->full_name()) + '\n')) << "is never set";
    }
  }
  for (const char* kind : {"null", "number", "string", "bool", "struct", "list"}) {
    EXPECT_THAT(all, HasSubstr("google.protobuf.Value." + std::string(kind) + "_value\n"));
  }
  EXPECT_GE(deepest, testing::RandomMessage::kMaxNesting - 1);
}

TEST(A2aRoundTrip, TheSameSeedGivesTheSameMessage) {
  v1::Task one, two, other;
  testing::RandomMessage(7).Fill(one);
  testing::RandomMessage(7).Fill(two);
  testing::RandomMessage(8).Fill(other);
  EXPECT_EQ(Deterministic(one), Deterministic(two));
  EXPECT_NE(Deterministic(one), Deterministic(other));
}

// ---- what JSON cannot carry -----------------------------------------------------------------------------------------

// One thing that the generator leaves out, and why. What a client sends and JSON cannot tell is refused, and the error
// names the field. Where ProtoJSON itself says that something is not told, that is what happens.
struct Exclusion {
  std::string name;
  std::string why;
  std::string type;
  std::string serialized;
  std::string refusal;  // part of the error; empty: it is told as `json`
  std::string json = {};
  friend void PrintTo(const Exclusion& row, std::ostream* os) { *os << row.name; }
};

v1::Part NumberPart(double number) {
  v1::Part part;
  part.mutable_data()->set_number_value(number);
  return part;
}

v1::TaskStatus TimedStatus(std::int64_t seconds, std::int32_t nanos) {
  v1::TaskStatus status;
  status.mutable_timestamp()->set_seconds(seconds);
  status.mutable_timestamp()->set_nanos(nanos);
  return status;
}

// `levels` lists in one another.
v1::Part DeepPart(int levels) {
  v1::Part part;
  auto* value = part.mutable_data();
  for (int i = 0; i < levels; ++i) value = value->mutable_list_value()->add_values();
  value->set_bool_value(true);
  return part;
}

void AddUnknownField(pb::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(1000, "y");
}

std::vector<Exclusion> Exclusions() {
  const std::string part = "lf.a2a.v1.Part", status = "lf.a2a.v1.TaskStatus";
  v1::Part no_kind, no_kind_in_list, no_kind_in_struct;
  no_kind.mutable_data();
  no_kind_in_list.mutable_data()->mutable_list_value()->add_values();
  (*no_kind_in_struct.mutable_metadata()->mutable_fields())["k"];
  v1::Part unknown_in_list, unknown_in_struct, unknown_in_value;
  auto* list = unknown_in_list.mutable_data()->mutable_list_value();
  AddUnknownField(*list->add_values()->mutable_list_value());
  AddUnknownField(*list->add_values()->mutable_struct_value());
  AddUnknownField(*unknown_in_struct.mutable_metadata());
  unknown_in_value.mutable_data()->set_string_value("x");
  AddUnknownField(*unknown_in_value.mutable_data());
  v1::TaskStatus unknown_in_time = TimedStatus(1, 0);
  AddUnknownField(*unknown_in_time.mutable_timestamp());
  v1::Part other_null;
  other_null.mutable_data()->set_null_value(static_cast<pb::NullValue>(50));
  const char* unknown = "ProtoJSON tells fields by name, and this one has none here";
  const char* not_finite = "JSON has no word for it, and the string \"NaN\" would be another value";
  const char* no_value = "JSON has no value that is none; null is null_value";
  const char* out_of_range = "google/protobuf/timestamp.proto: RFC 3339 has four digits for the year";
  return {
      {"NotANumber", not_finite, part, NumberPart(std::nan("")).SerializeAsString(), "data is not a finite number"},
      {"Infinity", not_finite, part, NumberPart(std::numeric_limits<double>::infinity()).SerializeAsString(),
       "data is not a finite number"},
      {"MinusInfinity", not_finite, part, NumberPart(-std::numeric_limits<double>::infinity()).SerializeAsString(),
       "data is not a finite number"},
      {"AValueWithoutAKind", no_value, part, no_kind.SerializeAsString(), "data holds no value"},
      {"AValueWithoutAKindInAList", no_value, part, no_kind_in_list.SerializeAsString(),
       "data.list_value.values[0] holds no value"},
      {"AValueWithoutAKindInAStruct", no_value, part, no_kind_in_struct.SerializeAsString(),
       "metadata.fields[0].value holds no value"},
      {"ATimeBeforeTheYear1", out_of_range, status, TimedStatus(-62'135'596'801, 0).SerializeAsString(),
       "timestamp is not a time"},
      {"ATimeAfterTheYear9999", out_of_range, status, TimedStatus(253'402'300'800, 0).SerializeAsString(),
       "timestamp is not a time"},
      {"NanosBelowZero", out_of_range, status, TimedStatus(0, -1).SerializeAsString(), "timestamp is not a time"},
      {"NanosOfASecond", out_of_range, status, TimedStatus(0, 1'000'000'000).SerializeAsString(),
       "timestamp is not a time"},
      {"NestedTooDeep", "readers of JSON bound the nesting, protobuf's too", part, DeepPart(30).SerializeAsString(),
       "is nested too deep for JSON"},
      {"TextThatIsNotUtf8", "RFC 8259, 8.1", part, std::string("\x0a\x01\xff", 3), "is no valid lf.a2a.v1.Part"},
      {"BytesOfAnotherMessage", "there is no message to tell", part, std::string("\x0a\x7f", 2),
       "is no valid lf.a2a.v1.Part"},
      {"AnUnknownField", unknown, part, std::string("\x0a\x01x\xfa\x3f\x01y", 7), "", R"({"text":"x"})"},
      {"AnUnknownFieldInAList", unknown, part, unknown_in_list.SerializeAsString(), "", R"({"data":[[],{}]})"},
      {"AnUnknownFieldInAStruct", unknown, part, unknown_in_struct.SerializeAsString(), "", R"({"metadata":{}})"},
      {"AnUnknownFieldInAValue", unknown, part, unknown_in_value.SerializeAsString(), "", R"({"data":"x"})"},
      {"AnUnknownFieldInATime", unknown, status, unknown_in_time.SerializeAsString(), "",
       R"({"timestamp":"1970-01-01T00:00:01Z"})"},
      {"ANullOfAnotherNumber", "google/protobuf/struct.proto: the enum NullValue is JSON's null, whatever its number",
       part, other_null.SerializeAsString(), "", R"({"data":null})"},
      {"MinusZero", "it is told; protobuf reads it back as the integer 0, which has no sign", part,
       NumberPart(-0.0).SerializeAsString(), "", R"({"data":-0})"},
  };
}

class A2aExclusionTest : public ::testing::TestWithParam<Exclusion> {};

TEST_P(A2aExclusionTest, IsRefusedNamingTheFieldOrToldAsProtoJsonSays) {
  const Exclusion& row = GetParam();
  const auto json = ProtoToJson(row.type, row.serialized);
  if (row.refusal.empty()) {
    ASSERT_TRUE(json.ok()) << json.status();
    EXPECT_EQ(*json, row.json) << row.why;
  } else {
    ASSERT_FALSE(json.ok()) << *json << '\n' << row.why;
    EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(json.status().message()), HasSubstr(row.refusal));
  }
}

INSTANTIATE_TEST_SUITE_P(JsonCannotTell, A2aExclusionTest, ::testing::ValuesIn(Exclusions()),
                         [](const auto& row) { return row.param.name; });

// ---- at the edge of what it can -------------------------------------------------------------------------------------

std::string BackAndForth(const std::string& type, const pb::Message& message) {
  const auto json = ProtoToJson(type, message.SerializeAsString());
  if (!json.ok()) return std::string(json.status().message());
  const auto bytes = JsonToProto(type, *json);
  return bytes.ok() ? *bytes : std::string(bytes.status().message());
}

TEST(A2aRoundTripEdge, AnEnumNumberWithoutANameComesBack) {
  v1::TaskStatus status;
  for (const int state : {9, 1000, -1, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    status.set_state(static_cast<v1::TaskState>(state));
    EXPECT_EQ(BackAndForth("lf.a2a.v1.TaskStatus", status), status.SerializeAsString()) << state;
  }
}

TEST(A2aRoundTripEdge, TheFirstAndTheLastTimeComeBack) {
  for (const auto& status : {TimedStatus(-62'135'596'800, 0), TimedStatus(253'402'300'799, 999'999'999),
                             TimedStatus(-1, 1), TimedStatus(0, 0)}) {
    EXPECT_EQ(BackAndForth("lf.a2a.v1.TaskStatus", status), status.SerializeAsString());
  }
}

TEST(A2aRoundTripEdge, TheDeepestMessageThatIsTakenComesBack) {
  const v1::Part part = DeepPart(29);
  EXPECT_EQ(BackAndForth("lf.a2a.v1.Part", part), part.SerializeAsString());
}

}  // namespace
}  // namespace sluice::translate
