// What the direct way refuses, and how it says so; that it reads what protobuf's own reader reads. What is understood
// stands in a2a_json_test.cc.
#include "server/translate/json_to_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {
namespace {

using ::testing::StartsWith;
namespace v1 = lf::a2a::v1;

const MessageTable& TableOf(const std::string& name) { return *FindMessageTable("lf.a2a.v1." + name); }

TEST(MessageTable, ThereIsOneForEveryMessageOfA2a) {
  const auto* file = v1::Task::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const MessageTable* table = FindMessageTable(std::string(file->message_type(i)->full_name()));
    ASSERT_NE(table, nullptr) << file->message_type(i)->full_name();
    EXPECT_EQ(static_cast<int>(table->fields.size()), file->message_type(i)->field_count());
  }
  EXPECT_EQ(FindMessageTable("lf.a2a.v1.Nothing"), nullptr);
  EXPECT_EQ(FindMessageTable("google.protobuf.Struct"), nullptr);
}

struct Wrong {
  std::string name, type, json, error;
  friend void PrintTo(const Wrong& row, std::ostream* os) { *os << row.name; }
};
class JsonToWireErrorTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(JsonToWireErrorTest, NamesTheMemberAndWhatWasExpected) {
  const auto wire = JsonToWire(TableOf(GetParam().type), GetParam().json);
  ASSERT_FALSE(wire.ok());
  EXPECT_EQ(wire.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(wire.status().message()), StartsWith(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Each, JsonToWireErrorTest,
    ::testing::Values(
        Wrong{"Deep", "StreamResponse", R"({"artifactUpdate":{"artifact":{"parts":[{"text":"a"},{"text":5}]}}})",
              "artifactUpdate.artifact.parts[1].text: a string was expected"},
        Wrong{"Oneof", "Part", R"({"text":"a","url":"b"})", "url: only one of the members that exclude each other"},
        Wrong{"SameMemberTwice", "Part", R"({"text":"a","text":"b"})", "text: only one of"},
        Wrong{"NotAnArray", "Message", R"({"parts":{}})", "parts: an array was expected"},
        Wrong{"NullElement", "Message", R"({"parts":[null]})", "parts[0]: an object was expected"},
        Wrong{"NullMapValue", "SecurityRequirement", R"({"schemes":{"a":null}})", "schemes.\"a\": an object was"},
        Wrong{"NotAMap", "SecurityRequirement", R"({"schemes":[]})", "schemes: an object was expected"},
        Wrong{"Struct", "Part", R"({"metadata":[]})", "metadata: an object was expected"},
        Wrong{"Bool", "AgentCapabilities", R"({"streaming":"true"})", "streaming: true or false was expected"},
        Wrong{"IntegerTooLarge", "GetTaskRequest", R"({"historyLength":2147483648})",
              "historyLength: a 32-bit integer was expected"},
        Wrong{"Fraction", "GetTaskRequest", R"({"historyLength":1.5})", "historyLength: a 32-bit integer"},
        Wrong{"EnumIsNoObject", "TaskStatus", R"({"state":{}})", "state: a 32-bit integer"},
        Wrong{"Base64", "Part", R"({"raw":"%"})", "raw: base64 was expected"},
        Wrong{"Time", "TaskStatus", R"({"timestamp":"2025-13-01T00:00:00Z"})", "timestamp: an RFC 3339 time"},
        Wrong{"TimeIsText", "TaskStatus", R"({"timestamp":5})", "timestamp: an RFC 3339 time"},
        Wrong{"NumberOutOfRange", "Part", R"({"data":[1,-1e999]})", "data: a number within a double's range"},
        Wrong{"HalfAPair", "Part", R"({"text":"\udc00"})", "text: half of a surrogate pair"},
        Wrong{"Malformed", "Part", R"({"text":"a",})", "a member name was expected at byte 12 of 13"},
        Wrong{"MalformedWhereIgnored", "Part", R"({"x":[1,]})", "a value was expected at byte 8"},
        Wrong{"Blank", "Part", " \n", "an object was expected"},
        Wrong{"TwoValues", "Part", "{}{}", "nothing more was expected"},
        Wrong{"NotUtf8", "Part", "{\"x\":\"\xC3\"}", "the JSON is not valid UTF-8"}),
    [](const auto& row) { return row.param.name; });

// Arrays in a Part's data: two messages a level, below the Value in `data`.
TEST(JsonToWire, NestsAsDeepAsProtobufReads) {
  const auto nested = [](int levels) {
    return R"({"data":)" + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "}";
  };
  const auto deepest = JsonToWire(TableOf("Part"), nested(49));
  ASSERT_TRUE(deepest.ok()) << deepest.status();
  EXPECT_TRUE(v1::Part().ParseFromString(*deepest));
  const auto deeper = JsonToWire(TableOf("Part"), nested(50));
  ASSERT_FALSE(deeper.ok());
  EXPECT_THAT(std::string(deeper.status().message()), StartsWith("data: nested deeper than protobuf allows"));
}

TEST(JsonToWire, IntegersMayBeWrittenInManyWays) {
  for (const std::string text : {"7", "7.0", "70e-1", "0.7e1", "\"7\""}) {
    const auto wire = JsonToWire(TableOf("GetTaskRequest"), R"({"historyLength":)" + text + "}");
    v1::GetTaskRequest request;
    ASSERT_TRUE(wire.ok() && request.ParseFromString(*wire)) << text;
    EXPECT_EQ(request.history_length(), 7) << text;
  }
}

// A whole event, a task and a card with every kind of field that A2A has, byte for byte as protobuf would have it. (The
// members stand in the order of the fields' numbers, in which protobuf writes them.)
TEST(JsonToWire, GivesTheBytesThatProtobufGives) {
  const struct {
    const char* type;
    google::protobuf::Message* message;
    std::string json;
  } rows[] = {
      {"StreamResponse", new v1::StreamResponse,
       R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"h\u00e9 \" x"},
           {"raw":"AAEC","mediaType":"image/png"},{"data":{"one":[1,2.5,null,true,"s",{}]}}]},"append":true}})"},
      {"Task", new v1::Task,
       R"({"id":"t","status":{"state":"TASK_STATE_INPUT_REQUIRED","message":{"messageId":"m","role":"ROLE_AGENT",
           "parts":[{"text":""}]},"timestamp":"2026-01-02T03:04:05.678Z"},"history":[],"metadata":{"k":null}})"},
      {"AgentCard", new v1::AgentCard,
       R"({"name":"n","capabilities":{"streaming":false},"securitySchemes":{"o":{"oauth2SecurityScheme":{"flows":{
           "clientCredentials":{"tokenUrl":"u","scopes":{"s":"d"}}}}}},"iconUrl":""})"},
  };
  for (const auto& row : rows) {
    const std::unique_ptr<google::protobuf::Message> expected(row.message);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(row.json, expected.get()).ok()) << row.json;
    const auto wire = JsonToWire(TableOf(row.type), row.json);
    ASSERT_TRUE(wire.ok()) << wire.status();
    EXPECT_EQ(*wire, expected->SerializeAsString()) << row.type;
  }
}

TEST(JsonToValueWire, TakesAnyValue) {
  for (const std::string json : {"null", "true", "1.5", "\"s\"", "[1,[]]", R"({"a":{"b":[null]}})"}) {
    google::protobuf::Value expected;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &expected).ok());
    const auto wire = JsonToValueWire(json);
    ASSERT_TRUE(wire.ok()) << json;
    EXPECT_EQ(*wire, expected.SerializeAsString()) << json;
  }
  EXPECT_FALSE(JsonToValueWire("[").ok());
  EXPECT_FALSE(JsonToValueWire("").ok());
}

}  // namespace
}  // namespace sluice::translate
