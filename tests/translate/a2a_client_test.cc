// A client of either version of A2A before an agent of either: the four pairings, and each message on its way.
#include "server/translate/a2a_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_json.h"
#include "server/translate/a2a_request.h"
#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using namespace testing;  // NOLINT: the answers
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

const A2aClient kClient03(A2aVersion::k03, {});
const A2aClient kClient10(A2aVersion::k10, {});

// What 1.0 makes of a request of 0.3, both in ProtoJSON; or what is wrong with it.
std::string Request(std::string_view rpc, std::string_view json, const A2aClient& client = kClient03) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  const auto request = client.Request(method, *JsonToProto(method.v03.request, json));
  return request.ok() ? *ProtoToJson(method.request, *request) : std::string(request.status().message());
}

// What 0.3 makes of an answer of 1.0.
std::string Answer(std::string_view rpc, std::string_view json, std::optional<bool> final_update = {}) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  return *ProtoToJson(method.v03.response,
                      kClient03.Answer(method, {*JsonToProto(method.response, json), final_update}));
}

// ---------------------------------------------------------------------------------------------------------------------
// Requests of 0.3.

struct Golden {
  std::string name, rpc, v03, v10;
  friend void PrintTo(const Golden& row, std::ostream* os) { *os << row.name; }
};
std::string NameOf(const ::testing::TestParamInfo<Golden>& row) { return row.param.name; }

class A2aV03RequestTest : public ::testing::TestWithParam<Golden> {};
TEST_P(A2aV03RequestTest, IsTheRequestOf10) { EXPECT_EQ(Request(GetParam().rpc, GetParam().v03), GetParam().v10); }

const std::string kMessage03 =
    R"("messageId":"m","contextId":"c","taskId":"t","role":"ROLE_USER","content":[{"text":"hi","metadata":{"k":1}},)"
    R"({"file":{"fileWithBytes":"QUFFQw==","mimeType":"image/png","name":"f"}},{"file":{"fileWithUri":"http://x"}},)"
    R"({"data":{"data":{"a":1}}},{"data":{"data":{"value":[1]}},"metadata":{"data_part_compat":true}}],)"
    R"("metadata":{"m":2},"extensions":["urn:e"])";
const std::string kMessage10 =
    R"("messageId":"m","contextId":"c","taskId":"t","role":"ROLE_USER","parts":[{"text":"hi","metadata":{"k":1}},)"
    R"({"raw":"AAEC","filename":"f","mediaType":"image/png"},{"url":"http://x"},)"
    R"({"data":{"a":1}},{"data":[1]}],)"
    R"("metadata":{"m":2},"extensions":["urn:e"])";
const std::string kConfig03 =
    R"("url":"http://h","token":"x","authentication":{"schemes":["A","B"],"credentials":"c"})";
const std::string kConfig10 =
    R"("url":"http://h","token":"x","authentication":{"scheme":"A\u001fB","credentials":"c"})";

INSTANTIATE_TEST_SUITE_P(
    Rpcs, A2aV03RequestTest,
    ::testing::Values(
        Golden{"SendMessage", "SendMessage",
               R"({"message":{)" + kMessage03 + R"(},"configuration":{"acceptedOutputModes":["a/b"],)" +
                   R"("pushNotification":{"id":"h",)" + kConfig03 + R"(},"historyLength":3},"metadata":{"k":"v"}})",
               R"({"message":{)" + kMessage10 + R"(},"configuration":{"acceptedOutputModes":["a/b"],)" +
                   R"("taskPushNotificationConfig":{"id":"h",)" + kConfig10 +
                   R"(},"historyLength":3,"returnImmediately":true},"metadata":{"k":"v"}})"},
        Golden{"Blocking", "SendMessage", R"({"message":{},"configuration":{"blocking":true}})",
               R"({"message":{},"configuration":{}})"},
        Golden{"NoConfigurationIsBlocking", "SendStreamingMessage", R"({"message":{)" + kMessage03 + "}}",
               R"({"message":{)" + kMessage10 + "}}"},
        Golden{"GetTask", "GetTask", R"({"name":"tasks/t","historyLength":2})", R"({"id":"t","historyLength":2})"},
        Golden{"NoHistoryLength", "GetTask", R"({"name":"tasks/t","historyLength":0})", R"({"id":"t"})"},
        Golden{"CancelTask", "CancelTask", R"({"name":"tasks/t"})", R"({"id":"t"})"},
        Golden{"TaskSubscription", "SubscribeToTask", R"({"name":"tasks/t"})", R"({"id":"t"})"},
        Golden{"CreateConfig", "CreateTaskPushNotificationConfig",
               R"({"parent":"tasks/t","configId":"h","config":{"name":"tasks/t/pushNotificationConfigs/h",)"
               R"("pushNotificationConfig":{)" +
                   kConfig03 + "}}}",
               R"({"id":"h","taskId":"t",)" + kConfig10 + "}"},
        Golden{"CreateConfigWithoutId", "CreateTaskPushNotificationConfig",
               R"({"parent":"tasks/t","config":{"name":"tasks/t/pushNotificationConfigs/","pushNotificationConfig":)"
               R"({"url":"u"}}})",
               R"({"taskId":"t","url":"u"})"},
        Golden{"GetConfig", "GetTaskPushNotificationConfig", R"({"name":"tasks/t/pushNotificationConfigs/h"})",
               R"({"taskId":"t","id":"h"})"},
        Golden{"DeleteConfig", "DeleteTaskPushNotificationConfig", R"({"name":"tasks/t/pushNotificationConfigs/h"})",
               R"({"taskId":"t","id":"h"})"},
        Golden{"ListConfigs", "ListTaskPushNotificationConfigs", R"({"parent":"tasks/t","pageSize":5,"pageToken":"p"})",
               R"({"taskId":"t","pageSize":5,"pageToken":"p"})"},
        Golden{"GetAgentCard", "GetExtendedAgentCard", "{}", "{}"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    WrongNames, A2aV03RequestTest,
    ::testing::Values(Golden{"NoName", "GetTask", "{}", R"(name must be "tasks/{id}")"},
                      Golden{"PlainId", "CancelTask", R"({"name":"t"})", R"(name must be "tasks/{id}")"},
                      Golden{"NoId", "SubscribeToTask", R"({"name":"tasks/"})", R"(name must be "tasks/{id}")"},
                      Golden{"TwoIds", "GetTask", R"({"name":"tasks/a/b"})", R"(name must be "tasks/{id}")"},
                      Golden{"NoParent", "ListTaskPushNotificationConfigs", R"({"parent":"task/t"})",
                             R"(parent must be "tasks/{id}")"},
                      Golden{"NoConfig", "GetTaskPushNotificationConfig", R"({"name":"tasks/t"})",
                             R"(name must be "tasks/{id}/pushNotificationConfigs/{configId}")"},
                      Golden{"NoConfigId", "DeleteTaskPushNotificationConfig",
                             R"({"name":"tasks/t/pushNotificationConfigs/"})",
                             R"(name must be "tasks/{id}/pushNotificationConfigs/{configId}")"},
                      Golden{"NoTask", "DeleteTaskPushNotificationConfig",
                             R"({"name":"tasks/pushNotificationConfigs/h"})",
                             R"(name must be "tasks/{id}/pushNotificationConfigs/{configId}")"},
                      Golden{"ConfigOfAnotherTask", "CreateTaskPushNotificationConfig",
                             R"({"parent":"tasks/t","config":{"name":"tasks/u/pushNotificationConfigs/h"}})",
                             R"(config.name must be "tasks/t/pushNotificationConfigs/{configId}")"},
                      Golden{"TwoConfigIds", "CreateTaskPushNotificationConfig",
                             R"({"parent":"tasks/t","configId":"a","config":{"pushNotificationConfig":{"id":"b"}}})",
                             R"(config_id must be "b")"}),
    NameOf);

TEST(A2aV03Request, AWrongNameIsAnInvalidParam) {
  const A2aMethod& method = *FindA2aMethod("GetTask");
  const absl::Status status = kClient03.Request(method, "").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(status), "INVALID_PARAMS");
}

TEST(A2aV03Request, WhatIsNoMessageOrTooMuchOfOneIsRefused) {
  const A2aMethod& method = *FindA2aMethod("SendMessage");
  EXPECT_THAT(kClient03.Request(method, "\xff").status().message(), HasSubstr("no valid a2a.v1.SendMessageRequest"));
  ::a2a::v1::SendMessageRequest request;
  for (int i = 0; i < 100'001; ++i) request.mutable_request()->add_content();
  EXPECT_THAT(kClient03.Request(method, request.SerializeAsString()).status().message(), HasSubstr("100000 values"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Answers for 0.3.

class A2aV03AnswerTest : public ::testing::TestWithParam<Golden> {};
TEST_P(A2aV03AnswerTest, IsTheAnswerOf10) { EXPECT_EQ(Answer(GetParam().rpc, GetParam().v10), GetParam().v03); }

const std::string kTask03 =
    R"({"id":"t","contextId":"c","status":{"state":"TASK_STATE_CANCELLED","message":{)" + kMessage03 +
    R"(},"timestamp":"2025-10-28T10:30:00Z"},"artifacts":[{"artifactId":"a","name":"n","description":"d","parts":[)"
    R"({"text":"x"}],"metadata":{"k":1},"extensions":["urn:e"]}],"history":[{)" +
    kMessage03 + R"(}],"metadata":{"k":null}})";
const std::string kTask10 =
    R"({"id":"t","contextId":"c","status":{"state":"TASK_STATE_CANCELED","message":{)" + kMessage10 +
    R"(},"timestamp":"2025-10-28T10:30:00Z"},"artifacts":[{"artifactId":"a","name":"n","description":"d","parts":[)"
    R"({"text":"x"}],"metadata":{"k":1},"extensions":["urn:e"]}],"history":[{)" +
    kMessage10 + R"(}],"metadata":{"k":null}})";
const std::string kHook03 =
    R"({"name":"tasks/t/pushNotificationConfigs/h","pushNotificationConfig":{"id":"h",)" + kConfig03 + "}}";
const std::string kHook10 = R"({"id":"h","taskId":"t",)" + kConfig10 + "}";

INSTANTIATE_TEST_SUITE_P(
    Rpcs, A2aV03AnswerTest,
    ::testing::Values(
        Golden{"Task", "GetTask", kTask03, kTask10}, Golden{"TaskOfCancel", "CancelTask", kTask03, kTask10},
        Golden{"TaskOfSend", "SendMessage", R"({"task":)" + kTask03 + "}", R"({"task":)" + kTask10 + "}"},
        Golden{"MessageOfSend", "SendMessage", R"({"message":{)" + kMessage03 + "}}",
               R"({"message":{)" + kMessage10 + "}}"},
        Golden{"TaskEvent", "SendStreamingMessage", R"({"task":)" + kTask03 + "}", R"({"task":)" + kTask10 + "}"},
        Golden{"MessageEvent", "SubscribeToTask", R"({"message":{)" + kMessage03 + "}}",
               R"({"message":{)" + kMessage10 + "}}"},
        Golden{
            "ArtifactUpdate", "SubscribeToTask",
            R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"x"}]},)"
            R"("append":true,"lastChunk":true,"metadata":{"k":1}}})",
            R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"x"}]},)"
            R"("append":true,"lastChunk":true,"metadata":{"k":1}}})"},
        Golden{"Config", "CreateTaskPushNotificationConfig", kHook03, kHook10},
        Golden{"ConfigOfGet", "GetTaskPushNotificationConfig", kHook03, kHook10},
        Golden{"Configs", "ListTaskPushNotificationConfigs", R"({"configs":[)" + kHook03 + R"(],"nextPageToken":"p"})",
               R"({"configs":[)" + kHook10 + R"(],"nextPageToken":"p"})"},
        Golden{"Nothing", "DeleteTaskPushNotificationConfig", "{}", "{}"},
        Golden{
            "Card", "GetExtendedAgentCard",
            R"({"name":"n","description":"d","url":"http://a/","provider":{"url":"u","organization":"o"},"version":"1",)"
            R"("documentationUrl":"doc","capabilities":{"streaming":true},"securitySchemes":{"k":)"
            R"({"httpAuthSecurityScheme":{"scheme":"bearer"}}},"security":[{"schemes":{"k":{"list":["s"]}}}],)"
            R"("defaultInputModes":["a/b"],"defaultOutputModes":["c/d"],"skills":[{"id":"s","security":[{"schemes":)"
            R"({"k":{}}}]}],"supportsAuthenticatedExtendedCard":true,"preferredTransport":"JSONRPC",)"
            R"("additionalInterfaces":[{"url":"a:1","transport":"GRPC"}],"protocolVersion":"0.3.0",)"
            R"("signatures":[{"protected":"p"}],"iconUrl":"icon"})",
            R"({"name":"n","description":"d","supportedInterfaces":[{"url":"http://a/","protocolBinding":"JSONRPC",)"
            R"("protocolVersion":"0.3"},{"url":"a:1","protocolBinding":"GRPC","protocolVersion":"0.3"}],)"
            R"("provider":{"url":"u","organization":"o"},"version":"1","documentationUrl":"doc",)"
            R"("capabilities":{"streaming":true,"extendedAgentCard":true},"securitySchemes":{"k":)"
            R"({"httpAuthSecurityScheme":{"scheme":"bearer"}}},"securityRequirements":[{"schemes":{"k":{"list":["s"]}}}],)"
            R"("defaultInputModes":["a/b"],"defaultOutputModes":["c/d"],"skills":[{"id":"s","securityRequirements":[)"
            R"({"schemes":{"k":{}}}]}],"signatures":[{"protected":"p"}],"iconUrl":"icon"})"}),
    NameOf);

TEST(A2aV03Answer, AStatusUpdateIsFinalWhenTheTaskIsOverOrTheAgentSaidSo) {
  const auto is_final = [](const std::string& state, std::optional<bool> told) {
    const std::string update =
        Answer("SubscribeToTask", R"({"statusUpdate":{"status":{"state":"TASK_STATE_)" + state + R"("}}})", told);
    return update.find(R"("final":true)") != update.npos;
  };
  for (const char* over : {"COMPLETED", "FAILED", "CANCELED", "REJECTED"}) {
    EXPECT_TRUE(is_final(over, {})) << over;
    EXPECT_FALSE(is_final(over, false)) << over << ", and the agent said that more follows";
  }
  for (const char* other : {"SUBMITTED", "WORKING", "INPUT_REQUIRED", "AUTH_REQUIRED", "UNSPECIFIED"}) {
    EXPECT_FALSE(is_final(other, {})) << other;
    EXPECT_TRUE(is_final(other, true)) << other;
  }
}

TEST(A2aV03Files, HoldBase64TextOrTheBytesThemselves) {
  const A2aMethod& method = *FindA2aMethod("SendMessage");
  const A2aClient raw(A2aVersion::k03, {.file_bytes = FileBytes::kRaw});
  const auto read = [&](const A2aClient& client, std::string bytes) {
    ::a2a::v1::SendMessageRequest request;
    request.mutable_request()->add_content()->mutable_file()->set_file_with_bytes(std::move(bytes));
    lf::a2a::v1::SendMessageRequest converted;
    converted.ParseFromString(*client.Request(method, request.SerializeAsString()));
    return converted.message().parts(0).raw();
  };
  const auto write = [&](const A2aClient& client, std::string bytes) {
    lf::a2a::v1::SendMessageResponse answer;
    answer.mutable_message()->add_parts()->set_raw(std::move(bytes));
    ::a2a::v1::SendMessageResponse converted;
    converted.ParseFromString(client.Answer(method, {answer.SerializeAsString()}));
    return converted.msg().content(0).file().file_with_bytes();
  };
  EXPECT_EQ(read(kClient03, "aGk="), "hi");
  for (const std::string& bytes :
       {std::string("aGk"), std::string("aG k="), std::string("a-_="), std::string("\x00\xff", 2)}) {
    EXPECT_EQ(read(kClient03, bytes), bytes) << "is no base64";
  }
  EXPECT_EQ(read(kClient03, ""), "");
  EXPECT_EQ(read(raw, "aGk="), "aGk=");
  EXPECT_EQ(write(kClient03, "hi"), "aGk=");
  EXPECT_EQ(write(raw, "hi"), "hi");
}

// ---------------------------------------------------------------------------------------------------------------------
// Errors.

absl::Status FromAgent(int code) { return StatusFromJsonRpcError({.code = code, .message = "no", .data = ""}); }

TEST(A2aClientEnd, NamesTheErrorForAClientOf03) {
  EXPECT_EQ(kClient03.End(FromAgent(-32001)).message(), "TaskNotFoundError: no");
  EXPECT_EQ(ErrorReason(kClient03.End(FromAgent(-32001))), "TASK_NOT_FOUND");
  EXPECT_EQ(kClient03.End(FromAgent(-32700)).message(), "JSONParseError: no");
  EXPECT_EQ(kClient03.End(FromAgent(-32050)).message(), "no") << "has no name";
  EXPECT_EQ(kClient10.End(FromAgent(-32001)).message(), "no");
  EXPECT_EQ(A2aClient(A2aVersion::k03, {.error_names = false}).End(FromAgent(-32001)).message(), "no");
  const absl::Status ours = MakeError(absl::StatusCode::kUnavailable, "gone", reason::kUpstreamUnreachable);
  EXPECT_EQ(kClient03.End(ours), ours);
  EXPECT_TRUE(kClient03.End(absl::OkStatus()).ok());
}

using FieldViolations = std::vector<std::pair<std::string, std::string>>;
FieldViolations FieldViolationsOf(const absl::Status& status) {
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  google::rpc::BadRequest request;
  EXPECT_TRUE(payload && request.ParseFromString(std::string(*payload))) << status;
  FieldViolations violations;
  for (const auto& one : request.field_violations()) violations.emplace_back(one.field(), one.description());
  return violations;
}

// What a request of 0.3 misses has the names of 0.3, and the same request of 1.0 those of 1.0.
TEST(A2aClientEnd, NamesTheFieldsOfTheClientsVersion) {
  const auto refused = [](const A2aClient& client, std::string_view rpc, std::string_view v03) {
    const A2aMethod& method = *FindA2aMethod(rpc);
    const auto request = kClient03.Request(method, *JsonToProto(method.v03.request, v03));
    const absl::Status status = client.End(CheckA2aRequest(method, *request, A2aVersion::k10));
    std::string told(status.message());
    for (const auto& [field, what] : FieldViolationsOf(status)) told += " | " + field + " " + what;
    return told;
  };
  const std::string empty = R"({"message":{"content":[{}],"role":"ROLE_USER"},"configuration":{"pushNotification":{)"
                            R"("authentication":{"schemes":["A","B"]}}}})";
  EXPECT_EQ(refused(kClient03, "SendMessage", empty),
            "InvalidParamsError: request.message_id is required | request.message_id is required | "
            "request.content[0] is required: one of text, file, data | "
            "configuration.push_notification.url is required | "
            "configuration.push_notification.authentication.schemes is one scheme for an agent of A2A 1.0");
  EXPECT_EQ(refused(kClient10, "SendMessage", empty),
            "message.message_id is required | message.message_id is required | "
            "message.parts[0] is required: one of text, raw, url, data | "
            "configuration.task_push_notification_config.url is required | "
            "configuration.task_push_notification_config.authentication.scheme is one scheme for an agent of A2A 1.0");
  EXPECT_EQ(refused(kClient03, "SendMessage", R"({"configuration":{}})"),
            "InvalidParamsError: request is required | request is required");
  EXPECT_EQ(refused(kClient03, "CreateTaskPushNotificationConfig", R"({"parent":"tasks/t"})"),
            "InvalidParamsError: config.push_notification_config.url is required | "
            "config.push_notification_config.url is required");
}

TEST(A2aClientEnd, LeavesFieldsThatAreTheSameAsTheyAre) {
  absl::Status status = InvalidA2aRequest("it is wrong");
  for (const char* field : {"identity", "page_token", "configuration.return_immediately", "id"}) {
    AddFieldViolation(status, field, "x");
  }
  const absl::Status told = kClient03.End(status);
  EXPECT_EQ(told.message(), "InvalidParamsError: it is wrong");
  EXPECT_EQ(FieldViolationsOf(told),
            (FieldViolations{{"identity", "x"}, {"page_token", "x"}, {"configuration.blocking", "x"}, {"name", "x"}}));
}

TEST(A2aClientEnd, EachErrorOfTheTableHasItsName) {
  for (const RpcErrorRow& row : AllRpcErrors()) {
    const std::string message(kClient03.End(FromAgent(row.rpc_code)).message());
    EXPECT_EQ(message, std::string(row.name) + ": no");
    EXPECT_TRUE(row.name.ends_with("Error")) << row.name;
  }
}

TEST(A2aClientEnd, ThreeCodesAreThoseOfTheVersionThatIsSet) {
  for (const A2aVersion version : {A2aVersion::k10, A2aVersion::k03}) {
    const A2aClient old(version, {.error_codes = A2aErrorCodes::k100});
    const A2aClient now(version, {.error_codes = A2aErrorCodes::k101});
    for (const int code : {-32003, -32004, -32009}) {
      EXPECT_EQ(old.End(FromAgent(code)).code(), absl::StatusCode::kUnimplemented) << code;
      EXPECT_EQ(now.End(FromAgent(code)).code(), absl::StatusCode::kFailedPrecondition) << code;
      EXPECT_EQ(ErrorReason(old.End(FromAgent(code))), ErrorReason(now.End(FromAgent(code))));
    }
    for (const int code : {-32001, -32002, -32005, -32007}) {
      EXPECT_EQ(old.End(FromAgent(code)).code(), now.End(FromAgent(code)).code()) << code;
    }
  }
}

// SDKs of 0.3 that know an error by its code know these as UNIMPLEMENTED.
TEST(A2aClientEnd, ThreeCodesAreThoseOfTheClientsVersionIfNoneIsSet) {
  for (const int code : {-32003, -32004, -32009}) {
    EXPECT_EQ(kClient03.End(FromAgent(code)).code(), absl::StatusCode::kUnimplemented) << code;
    EXPECT_EQ(kClient10.End(FromAgent(code)).code(), absl::StatusCode::kFailedPrecondition) << code;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The four pairings: one stream each, of a task, an artifact and an end.

struct Pairing {
  A2aVersion client, upstream;
  friend void PrintTo(const Pairing& row, std::ostream* os) {
    *os << NameOf(row.client) << " to " << NameOf(row.upstream);
  }
};
class A2aPairingTest : public ::testing::TestWithParam<Pairing> {
 protected:
  bool is_client_03() const { return GetParam().client == A2aVersion::k03; }
  bool is_upstream_03() const { return GetParam().upstream == A2aVersion::k03; }

  // As the client reads it.
  std::string Told(const A2aMessage& message) const {
    return *ProtoToJson(is_client_03() ? method_.v03.response : method_.response, client_.Answer(method_, message));
  }

  const A2aMethod& method_ = *FindA2aMethod("SendStreamingMessage");
  const A2aClient client_{GetParam().client, {}};
};

TEST_P(A2aPairingTest, StreamsFromEndToEnd) {
  const std::string sent =
      is_client_03() ? *JsonToProto(method_.v03.request,
                                    R"({"message":{"messageId":"m","role":"ROLE_USER","content":[{"text":"hi"}]}})")
                     : *JsonToProto(method_.request,
                                    R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"hi"}]}})");
  const auto request = client_.Request(method_, sent);
  ASSERT_TRUE(request.ok()) << request.status();
  auto call = A2aCall::Begin(method_, *request, "1", kLimits, GetParam().upstream);
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(call->body(),
            is_upstream_03()
                ? R"({"jsonrpc":"2.0","id":1,"method":"message/stream","params":{"message":{"kind":"message",)"
                  R"("messageId":"m","role":"user","parts":[{"kind":"text","text":"hi"}]},)"
                  R"("configuration":{"acceptedOutputModes":[],"blocking":true}}})"
                : R"({"jsonrpc":"2.0","id":1,"method":"SendStreamingMessage","params":{"message":{"messageId":"m",)"
                  R"("role":"ROLE_USER","parts":[{"text":"hi"}]}}})");
  EXPECT_THAT(call->headers(), Contains(Pair("a2a-version", is_upstream_03() ? "0.3" : "1.0")));

  call->OnHead(SseHead());
  const std::string events =
      is_upstream_03()
          ? Sse(Result(R"({"kind":"task","id":"t","contextId":"c","status":{"state":"submitted"}})")) +
                Sse(Result(R"({"kind":"artifact-update","taskId":"t","contextId":"c","artifact":{"artifactId":"a",)"
                           R"("parts":[{"kind":"data","data":{"value":5},"metadata":{"data_part_compat":true}}]}})")) +
                Sse(Result(
                    R"({"kind":"status-update","taskId":"t","contextId":"c","status":{"state":"input-required"},)"
                    R"("final":true})"))
          : Sse(Result(R"({"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_SUBMITTED"}}})")) +
                Sse(Result(R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a",)"
                           R"("parts":[{"data":5}]}}})")) +
                Sse(Result(R"({"statusUpdate":{"taskId":"t","contextId":"c","status":)"
                           R"({"state":"TASK_STATE_INPUT_REQUIRED"}}})"));
  const Step step = call->OnBytes(events);
  ASSERT_EQ(EndOf(step), "-");
  ASSERT_EQ(step.messages.size(), 3u);
  EXPECT_EQ(Told(step.messages[0]), R"({"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_SUBMITTED"}}})");
  EXPECT_EQ(
      Told(step.messages[1]),
      is_client_03()
          ? R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[)"
            R"({"data":{"data":{"value":5}},"metadata":{"data_part_compat":true}}]}}})"
          : R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[{"data":5}]}}})");
  // Only 0.3 at both ends can tell what the agent called final.
  const std::string final = is_client_03() && is_upstream_03() ? R"(,"final":true)" : "";
  EXPECT_EQ(
      Told(step.messages[2]),
      R"({"statusUpdate":{"taskId":"t","contextId":"c","status":{"state":"TASK_STATE_INPUT_REQUIRED"})" + final + "}}");
  EXPECT_EQ(call->task_id(), "t");
  EXPECT_EQ(EndOf(call->OnEnd(Ended(ExchangeOutcome::kComplete))), "OK");
}

INSTANTIATE_TEST_SUITE_P(
    All, A2aPairingTest,
    ::testing::Values(Pairing{A2aVersion::k10, A2aVersion::k10}, Pairing{A2aVersion::k10, A2aVersion::k03},
                      Pairing{A2aVersion::k03, A2aVersion::k10}, Pairing{A2aVersion::k03, A2aVersion::k03}),
    [](const auto& row) {
      const auto text = [](A2aVersion version) { return version == A2aVersion::k03 ? "03" : "10"; };
      return std::string("From") + text(row.param.client) + "To" + text(row.param.upstream);
    });

// ---------------------------------------------------------------------------------------------------------------------
// What an agent of 0.3 may do on a stream.

A2aCall Follow() {
  const A2aMethod& method = *FindA2aMethod("SubscribeToTask");
  return *A2aCall::Begin(method, *JsonToProto(method.request, R"({"id":"t"})"), "1", kLimits, A2aVersion::k03);
}
std::string Update(const std::string& state, const std::string& final) {
  return Sse(Result(R"({"kind":"status-update","taskId":"t","contextId":"c","status":{"state":")" + state +
                    R"("},"final":)" + final + "}"));
}

struct Ending {
  std::string name, state, final, clean, broken;
  friend void PrintTo(const Ending& row, std::ostream* os) { *os << row.name; }
};
class A2aV03EndTest : public ::testing::TestWithParam<Ending> {};

TEST_P(A2aV03EndTest, IsToldByTheLastState) {
  const auto end = [](ExchangeOutcome outcome) {
    A2aCall call = Follow();
    call.OnHead(SseHead());
    const Step step = call.OnBytes(Update(GetParam().state, GetParam().final));
    EXPECT_EQ(EndOf(step), "-") << "a stream may begin with an update";
    return EndOf(call.OnEnd(Ended(outcome)));
  };
  EXPECT_EQ(end(ExchangeOutcome::kComplete), GetParam().clean);
  EXPECT_EQ(end(ExchangeOutcome::kTruncated), GetParam().broken);
}

INSTANTIATE_TEST_SUITE_P(
    States, A2aV03EndTest,
    ::testing::Values(Ending{"Working", "working", "false", "UPSTREAM_STREAM_TRUNCATED", "UPSTREAM_STREAM_TRUNCATED"},
                      Ending{"WorkingButFinal", "working", "true", "OK", "UPSTREAM_STREAM_TRUNCATED"},
                      Ending{"InputRequired", "input-required", "true", "OK", "UPSTREAM_STREAM_TRUNCATED"},
                      Ending{"InputRequiredNotFinal", "input-required", "false", "OK", "UPSTREAM_STREAM_TRUNCATED"},
                      Ending{"Completed", "completed", "true", "OK", "OK"},
                      Ending{"CompletedNotFinal", "completed", "false", "OK", "OK"}),
    [](const auto& row) { return row.param.name; });

TEST(A2aV03Call, AMethodThatTheAgentHasNotIsNotPosted) {
  const auto call = A2aCall::Begin(*FindA2aMethod("ListTasks"), "", "1", kLimits, A2aVersion::k03);
  EXPECT_EQ(ErrorReason(call.status()), "UNSUPPORTED_OPERATION");
}

TEST(A2aV03Call, AResultThatDoesNotFitEndsTheCall) {
  A2aCall call = Follow();
  call.OnHead(SseHead());
  const Step step = call.OnBytes(Sse(Result(R"({"statusUpdate":{"taskId":"t"}})")));
  EXPECT_EQ(EndOf(step), "UPSTREAM_BAD_MESSAGE");
  EXPECT_THAT(step.end->message(), HasSubstr("set the upstream's version"));
}

TEST(A2aV03Call, RefusesARoleThatTheAgentCannotKnow) {
  lf::a2a::v1::SendMessageRequest request;
  request.mutable_message()->set_message_id("m");
  request.mutable_message()->set_role(static_cast<lf::a2a::v1::Role>(7));
  request.mutable_message()->add_parts()->set_text("hi");
  const A2aMethod& send = *FindA2aMethod("SendMessage");
  const auto to03 = A2aCall::Begin(send, request.SerializeAsString(), "1", kLimits, A2aVersion::k03);
  EXPECT_EQ(to03.status().message(), "message.role is no role that an agent of A2A 0.3 knows");
  EXPECT_TRUE(A2aCall::Begin(send, request.SerializeAsString(), "1", kLimits, A2aVersion::k10).ok());
}

TEST(A2aCallLimits, AMessageOfMoreValuesThanTheyAllowEndsTheCall) {
  A2aCall::Limits limits = kLimits;
  limits.values = 20;
  for (const auto& [values, fits] :
       {std::pair(std::string("0,0"), true), {"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", false}}) {
    for (const A2aVersion version : {A2aVersion::k10, A2aVersion::k03}) {
      const bool old = version == A2aVersion::k03;
      const std::string part = R"({"data":{"a":[)" + values + "]}" + (old ? R"(,"kind":"data"})" : "}");
      const std::string task = R"({"id":"a task of some length","artifacts":[{"artifactId":"a","parts":[)" + part +
                               "]}]" + (old ? R"(,"kind":"task","status":{"state":"working"}})" : "}");
      lf::a2a::v1::GetTaskRequest request;
      request.set_id("t");
      A2aCall call = *A2aCall::Begin(*FindA2aMethod("GetTask"), request.SerializeAsString(), "1", limits, version);
      call.OnHead(JsonHead());
      call.OnBytes(Result(task));
      const Step end = call.OnEnd(Ended(ExchangeOutcome::kComplete));
      EXPECT_EQ(EndOf(end), fits ? "OK" : "EVENT_TOO_LARGE") << task;
    }
  }
}

TEST(A2aV10Call, HandsOnASchemeWithAComma) {
  const A2aMethod& method = *FindA2aMethod("CreateTaskPushNotificationConfig");
  const std::string hook =
      *JsonToProto(method.request, R"({"taskId":"t","url":"http://h","authentication":{"scheme":"Digest a, b"}})");
  EXPECT_TRUE(A2aCall::Begin(method, hook, "1", kLimits, A2aVersion::k10).ok());
  EXPECT_EQ(A2aClient(A2aVersion::k10, {}).Answer(method, {hook}), hook);
}

TEST(A2aV10Call, TakesOneSchemeForAWebhook) {
  const A2aMethod& method = *FindA2aMethod("CreateTaskPushNotificationConfig");
  const std::string hook = *JsonToProto(method.request, kHook10);
  const auto to10 = A2aCall::Begin(method, hook, "1", kLimits, A2aVersion::k10);
  EXPECT_EQ(to10.status().message(), "authentication.scheme is one scheme for an agent of A2A 1.0");
  EXPECT_TRUE(A2aCall::Begin(method, hook, "1", kLimits, A2aVersion::k03).ok());
}

}  // namespace
}  // namespace sluice::translate
