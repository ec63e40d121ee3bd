#include "server/translate/a2a_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;
namespace v1 = lf::a2a::v1;

constexpr std::string_view kPart = "lf.a2a.v1.Part";

// JSON → message → JSON, the usual way to say what was understood.
std::string RoundTrip(std::string_view type, std::string_view json) {
  const auto proto = JsonToProto(type, json);
  if (!proto.ok()) return "refused";
  const auto back = ProtoToJson(type, *proto);
  return back.ok() ? *back : "cannot be told: " + std::string(back.status().message());
}

struct Row {
  std::string name, type, json, understood;
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};
class A2aJsonTest : public ::testing::TestWithParam<Row> {};

TEST_P(A2aJsonTest, IsUnderstoodAs) {
  const Row& row = GetParam();
  EXPECT_EQ(RoundTrip("lf.a2a.v1." + row.type, row.json), row.understood);
}

INSTANTIATE_TEST_SUITE_P(
    ProtoJson, A2aJsonTest,
    ::testing::Values(
        Row{"NullDataIsADataPartHoldingNull", "Part", R"({"data":null})", R"({"data":null})"},
        Row{"NullTextIsNoText", "Part", R"({"text":null})", "{}"},
        Row{"EmptyTextIsAText", "Part", R"({"text":""})", R"({"text":""})"},
        Row{"EmptyObjectIsData", "Part", R"({"data":{}})", R"({"data":{}})"},
        Row{"EmptyArrayIsData", "Part", R"({"data":[]})", R"({"data":[]})"},
        Row{"FalseIsData", "Part", R"({"data":false})", R"({"data":false})"},
        Row{"NullsInsideDataStay", "Part", R"({"data":{"a":[null,{"b":null}]}})",
            R"({"data":{"a":[null,{"b":null}]}})"},
        Row{"NumberIsADouble", "Part", R"({"data":[1.0,1e5,-0.5,18446744073709551616]})",
            R"({"data":[1,100000,-0.5,1.8446744073709552e+19]})"},
        Row{"NumberAboveDoubleIsRefused", "Part", R"({"data":1e400})", "refused"},
        Row{"RawIsStandardBase64", "Part", R"({"raw":"+/8="})", R"({"raw":"+/8="})"},
        Row{"RawUrlSafeAndUnpaddedIsRead", "Part", R"({"raw":"-_8"})", R"({"raw":"+/8="})"},
        Row{"RawThatIsNoBase64IsRefused", "Part", R"({"raw":"!!"})", "refused"},
        Row{"SurrogatePairIsOneCharacter", "Part", R"({"text":"\ud83d\ude00"})", "{\"text\":\"\xF0\x9F\x98\x80\"}"},
        Row{"LoneSurrogateIsRefused", "Part", R"({"text":"\ud800"})", "refused"},
        Row{"InvalidUtf8IsRefused", "Part", "{\"text\":\"\xFF\"}", "refused"},
        Row{"NulCharacterIsKept", "Part", R"({"text":"a\u0000b"})", R"({"text":"a\u0000b"})"},
        Row{"TwoContentsAreRefused", "Part", R"({"text":"a","url":"b"})", "refused"},
        Row{"UnknownMembersAreIgnored", "Part", R"({"kind":"text","x":{"y":[1,null]},"text":"a"})", R"({"text":"a"})"},
        Row{"ProtoNamesAreRead", "Part", R"({"text":"a","media_type":"b"})", R"({"text":"a","mediaType":"b"})"},
        Row{"NumberIsNoText", "Part", R"({"text":5})", "refused"},
        Row{"MetadataIsAnObject", "Part", R"({"text":"a","metadata":{"k":[1]}})",
            R"({"text":"a","metadata":{"k":[1]}})"},
        Row{"MetadataIsNoArray", "Part", R"({"metadata":[]})", "refused"},
        Row{"StateByName", "TaskStatus", R"({"state":"TASK_STATE_WORKING"})", R"({"state":"TASK_STATE_WORKING"})"},
        Row{"StateByNumber", "TaskStatus", R"({"state":8})", R"({"state":"TASK_STATE_AUTH_REQUIRED"})"},
        Row{"UnknownStateNameIsUnspecified", "TaskStatus", R"({"state":"TASK_STATE_PAUSED"})", "{}"},
        Row{"TimestampInUtc", "TaskStatus", R"({"timestamp":"2025-10-28T10:30:00.000Z"})",
            R"({"timestamp":"2025-10-28T10:30:00Z"})"},
        Row{"TimestampWithOffset", "TaskStatus", R"({"timestamp":"2025-10-28T10:30:00.123456+02:00"})",
            R"({"timestamp":"2025-10-28T08:30:00.123456Z"})"},
        Row{"TimestampThatIsNone", "TaskStatus", R"({"timestamp":"yesterday"})", "refused"},
        Row{"ZeroHistoryLengthDiffersFromNone", "GetTaskRequest", R"({"id":"t","historyLength":0})",
            R"({"id":"t","historyLength":0})"},
        Row{"NullHistoryLengthIsNone", "GetTaskRequest", R"({"id":"t","historyLength":null})", R"({"id":"t"})"},
        Row{"FalseIncludeArtifactsIsTold", "ListTasksRequest", R"({"includeArtifacts":false})",
            R"({"includeArtifacts":false})"},
        Row{"EmptyIconUrlIsTold", "AgentCard", R"({"iconUrl":"","name":""})", R"({"iconUrl":""})"},
        Row{"FalseCapabilityIsTold", "AgentCapabilities", R"({"streaming":false})", R"({"streaming":false})"},
        Row{"FalseAppendIsLeftOut", "TaskArtifactUpdateEvent", R"({"append":false,"lastChunk":true})",
            R"({"lastChunk":true})"},
        Row{"MapsKeepTheirKeys", "SecurityRequirement", R"({"schemes":{"a b":{"list":["x"]}}})",
            R"({"schemes":{"a b":{"list":["x"]}}})"},
        Row{"ArrayIsNoMessage", "Part", "[]", "refused"}, Row{"NullIsNoMessage", "Part", "null", "refused"},
        Row{"StringIsNoMessage", "Part", R"("x")", "refused"}, Row{"NothingIsNoMessage", "Part", "", "refused"},
        Row{"TrailingTextIsRefused", "Part", "{} x", "refused"},
        Row{"CutJsonIsRefused", "Part", R"({"text":"a")", "refused"},
        Row{"ApostrophesAreNoQuotes", "Part", "{'text':'a'}", "refused"}),
    [](const auto& named) { return named.param.name; });

std::string Nested(int levels, const std::string& open, const std::string& close) {
  std::string json = R"({"data":)";
  for (int i = 0; i < levels; ++i) json += open;
  json += "1";
  for (int i = 0; i < levels; ++i) json += close;
  return json + "}";
}

TEST(A2aJson, DataNestedThirtyDeepPassesInBothDirections) {
  for (const std::string& json : {Nested(28, "[", "]"), Nested(28, R"({"a":)", "}")}) {
    EXPECT_EQ(RoundTrip(kPart, json), json);
  }
}

TEST(A2aJson, DeepNestingIsRefusedAndNotPaidFor) {
  for (const int levels : {101, 1'000, 100'000}) {
    EXPECT_FALSE(JsonToProto(kPart, Nested(levels, "[", "]")).ok()) << levels;
    EXPECT_FALSE(JsonToProto(kPart, Nested(levels, R"({"a":)", "}")).ok()) << levels;
  }
  for (const int levels : {257, 100'000}) {
    EXPECT_FALSE(JsonToProto(kPart, R"({"unknown":)" + Nested(levels, "[", "]") + "}").ok()) << levels;
  }
}

TEST(A2aJson, BracketsInsideStringsAreNoNesting) {
  const std::string json = R"({"text":")" + std::string(5'000, '[') + R"(\"{"})";
  EXPECT_EQ(RoundTrip(kPart, json), json);
}

struct Untellable {
  std::string name;
  v1::SendMessageRequest request;
  std::string field;
  friend void PrintTo(const Untellable& row, std::ostream* os) { *os << row.name; }
};

std::vector<Untellable> UntellableRows() {
  std::vector<Untellable> rows;
  const auto add = [&](const std::string& name, const std::string& field) -> v1::SendMessageRequest& {
    return rows.emplace_back(Untellable{name, {}, field}).request;
  };
  add("ValueWithoutAKind", "message.parts[0].data").mutable_message()->add_parts()->mutable_data();
  auto* numbers = add("NotANumber", "message.parts[1].data").mutable_message();
  numbers->add_parts()->set_text("fine");
  numbers->add_parts()->mutable_data()->set_number_value(std::nan(""));
  auto* infinite = add("InfinityInAList", "message.parts[0].data.list_value.values[1]").mutable_message();
  auto* list = infinite->add_parts()->mutable_data()->mutable_list_value();
  list->add_values()->set_bool_value(true);
  list->add_values()->set_number_value(-std::numeric_limits<double>::infinity());
  (*add("EmptyValueInMetadata", "metadata.fields[0].value").mutable_metadata()->mutable_fields())["k"];
  auto* deep = add("TooDeep", "is nested too deep").mutable_message()->add_parts()->mutable_data();
  for (int i = 0; i < 45; ++i) deep = deep->mutable_list_value()->add_values();
  deep->set_bool_value(true);
  return rows;
}

class A2aJsonUntellableTest : public ::testing::TestWithParam<Untellable> {};
TEST_P(A2aJsonUntellableTest, IsRefusedNamingTheField) {
  const auto json = ProtoToJson("lf.a2a.v1.SendMessageRequest", GetParam().request.SerializeAsString());
  ASSERT_FALSE(json.ok()) << *json;
  EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(json.status().message()), HasSubstr(GetParam().field));
}
INSTANTIATE_TEST_SUITE_P(Requests, A2aJsonUntellableTest, ::testing::ValuesIn(UntellableRows()),
                         [](const auto& named) { return named.param.name; });

TEST(A2aJson, TimestampsOutOfRangeAreRefused) {
  v1::ListTasksRequest request;
  request.mutable_status_timestamp_after()->set_seconds(253'402'300'799);
  EXPECT_TRUE(ProtoToJson("lf.a2a.v1.ListTasksRequest", request.SerializeAsString()).ok());
  request.mutable_status_timestamp_after()->set_seconds(253'402'300'800);
  EXPECT_FALSE(ProtoToJson("lf.a2a.v1.ListTasksRequest", request.SerializeAsString()).ok());
  request.mutable_status_timestamp_after()->set_seconds(0);
  request.mutable_status_timestamp_after()->set_nanos(-1);
  EXPECT_FALSE(ProtoToJson("lf.a2a.v1.ListTasksRequest", request.SerializeAsString()).ok());
}

TEST(A2aJson, BytesThatAreNoMessageAreRefused) {
  EXPECT_EQ(ProtoToJson(kPart, "\x0a\x7f").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ProtoToJson(kPart, "\x0a\x01\xff").status().code(), absl::StatusCode::kInvalidArgument) << "not UTF-8";
}

TEST(A2aJson, UnknownMessageTypeIsOurOwnFault) {
  EXPECT_EQ(JsonToProto("lf.a2a.v1.Nothing", "{}").status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace sluice::translate
