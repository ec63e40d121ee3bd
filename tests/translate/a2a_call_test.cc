#include "server/translate/a2a_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "server/translate/a2a_json.h"
#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using namespace testing;  // NOLINT: the answers
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// ---------------------------------------------------------------------------------------------------------------------
// One row per rpc: what goes up, and what comes down.

struct RpcRow {
  std::string rpc;
  std::string params;  // ProtoJSON of the request, exactly as it must go up
  std::string result;  // what the agent answers, exactly as the response must read
  friend void PrintTo(const RpcRow& row, std::ostream* os) { *os << row.rpc; }
};
class A2aRpcTest : public ::testing::TestWithParam<RpcRow> {
 protected:
  const A2aMethod& method_ = *FindA2aMethod(GetParam().rpc);
  A2aCall call_ = *A2aCall::Begin(method_, *JsonToProto(method_.request, GetParam().params), "42", kLimits);
};

TEST_P(A2aRpcTest, SendsTheRequestAsJsonRpc) {
  EXPECT_EQ(call_.body(),
            R"({"jsonrpc":"2.0","id":42,"method":")" + GetParam().rpc + R"(","params":)" + GetParam().params + "}");
  EXPECT_THAT(call_.headers(), Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(call_.headers(), Contains(Pair("a2a-version", "1.0")));
  EXPECT_THAT(call_.headers(),
              Contains(Pair("accept", method_.streaming ? "text/event-stream, application/json" : "application/json")));
}

TEST_P(A2aRpcTest, GivesTheResultAsTheResponseMessage) {
  EXPECT_EQ(EndOf(call_.OnHead(method_.streaming ? SseHead() : JsonHead())), "-");
  const std::string response = Result(GetParam().result, "42");
  Step step = call_.OnBytes(method_.streaming ? Sse(response) : response);
  if (!method_.streaming) {
    EXPECT_EQ(EndOf(step), "-") << "a document is whole when its body is";
    step = call_.OnEnd(Ended(ExchangeOutcome::kComplete));
  }
  EXPECT_EQ(EndOf(step), method_.streaming ? "-" : "OK");
  ASSERT_EQ(step.messages.size(), 1u);
  const auto json = ProtoToJson(method_.response, step.messages[0].wire);
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*json, GetParam().result);
}

TEST_P(A2aRpcTest, GivesTheErrorAsTheStatus) {
  call_.OnHead(JsonHead());
  call_.OnBytes(Error(-32001, "42"));
  const Step step = call_.OnEnd(Ended(ExchangeOutcome::kComplete));
  EXPECT_TRUE(step.messages.empty());
  EXPECT_EQ(EndOf(step), "TASK_NOT_FOUND");
  EXPECT_EQ(step.end->message(), "the agent says no");
}

const std::string kSend =
    R"({"tenant":"acme","message":{"messageId":"m-1","contextId":"c","taskId":"t","role":"ROLE_USER","parts":[)"
    R"({"text":"hi"},{"raw":"AAEC","filename":"f.bin","mediaType":"application/octet-stream"},{"url":"http://x/y"},)"
    R"({"data":{"a":[1,null,true,"b"]}},{"data":null}],"metadata":{"k":1.5},"extensions":["urn:e"],)"
    R"("referenceTaskIds":["t0"]},"configuration":{"acceptedOutputModes":["text/plain"],)"
    R"("taskPushNotificationConfig":{"url":"http://hook"},"historyLength":0,"returnImmediately":true},"metadata":{"m":"n"}})";
const std::string kTaskResult =
    R"({"id":"t-1","contextId":"c-1","status":{"state":"TASK_STATE_WORKING","message":{"messageId":"m","role":"ROLE_AGENT",)"
    R"("parts":[{"text":"on it"}]},"timestamp":"2025-10-28T10:30:00.500Z"},"artifacts":[{"artifactId":"a","parts":[)"
    R"({"text":"x"}]}],"history":[{"messageId":"m-1","role":"ROLE_USER","parts":[{"text":"hi"}]}],"metadata":{"k":null}})";
const std::string kHook =
    R"({"id":"h","taskId":"t","url":"http://hook","token":"x","authentication":{"scheme":"Bearer","credentials":"c"}})";
const std::string kCard =
    R"({"name":"n","description":"d","supportedInterfaces":[{"url":"http://a/","protocolBinding":"JSONRPC","protocolVersion":"1.0"}],)"
    R"("version":"1","documentationUrl":"","capabilities":{"streaming":false},"securitySchemes":{"k":{"apiKeySecurityScheme":)"
    R"({"location":"header","name":"x-key"}}},"defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],)"
    R"("skills":[{"id":"s","name":"s","description":"d","tags":["t"]}]})";

INSTANTIATE_TEST_SUITE_P(
    AllRpcs, A2aRpcTest,
    ::testing::Values(
        RpcRow{"SendMessage", kSend, R"({"task":)" + kTaskResult + "}"},
        RpcRow{
            "SendStreamingMessage", kSend,
            R"({"artifactUpdate":{"taskId":"t-1","contextId":"c-1","artifact":{"artifactId":"a","parts":[{"text":"x"}]},)"
            R"("append":true,"lastChunk":true}})"},
        RpcRow{"GetTask", R"({"id":"t","historyLength":0})", kTaskResult},
        RpcRow{"ListTasks",
               R"({"contextId":"c","status":"TASK_STATE_WORKING","pageSize":0,"pageToken":"p","historyLength":3,)"
               R"("statusTimestampAfter":"2025-10-28T10:30:00Z","includeArtifacts":false})",
               R"({"tasks":[)" + kTaskResult + R"(],"nextPageToken":"q","pageSize":50,"totalSize":1})"},
        RpcRow{"CancelTask", R"({"tenant":"acme","id":"t","metadata":{"why":"late"}})", kTaskResult},
        RpcRow{"SubscribeToTask", R"({"id":"t"})", R"({"task":)" + kTaskResult + "}"},
        RpcRow{"CreateTaskPushNotificationConfig", kHook, kHook},
        RpcRow{"GetTaskPushNotificationConfig", R"({"taskId":"t","id":"h"})", kHook},
        RpcRow{"ListTaskPushNotificationConfigs", R"({"taskId":"t","pageSize":5,"pageToken":"p","tenant":"acme"})",
               R"({"configs":[)" + kHook + R"(],"nextPageToken":"q"})"},
        RpcRow{"DeleteTaskPushNotificationConfig", R"({"taskId":"t","id":"h"})", "{}"},
        RpcRow{"GetExtendedAgentCard", R"({"tenant":"acme"})", kCard}),
    [](const auto& named) { return named.param.rpc; });

// ---------------------------------------------------------------------------------------------------------------------
// Unary answers.

// Head, body, clean end: the last of the three steps that said something.
Step Answer(A2aCall& call, const ResponseHead& head, std::string_view body,
            ExchangeOutcome outcome = ExchangeOutcome::kComplete) {
  Step step = call.OnHead(head);
  if (!step.end) step = call.OnBytes(body);
  if (!step.end) {
    Step last = call.OnEnd(Ended(outcome));
    last.messages.insert(last.messages.begin(), step.messages.begin(), step.messages.end());
    step = std::move(last);
  }
  return step;
}

Step AnswerTo(std::string_view rpc, const ResponseHead& head, std::string_view body,
              ExchangeOutcome outcome = ExchangeOutcome::kComplete) {
  A2aCall call = BeginCall(rpc);
  return Answer(call, head, body, outcome);
}

Step AnswerToDelete(std::string_view body, A2aVersion upstream = A2aVersion::k10) {
  const A2aMethod& method = *FindA2aMethod("DeleteTaskPushNotificationConfig");
  const std::string request = *JsonToProto(method.request, R"({"taskId":"t","id":"h"})");
  auto call = *A2aCall::Begin(method, request, "1", kLimits, upstream);
  return Answer(call, JsonHead(), body);
}

TEST(A2aUnary, DeleteIsAnsweredByNullOrByAnObject) {
  for (const char* result : {"null", "{}", R"({"deleted":true})"}) {
    const Step step = AnswerToDelete(Result(result));
    EXPECT_EQ(EndOf(step), "OK") << result;
    EXPECT_THAT(step.messages, ElementsAre(A2aMessage{""})) << result;
  }
  EXPECT_EQ(EndOf(AnswerToDelete(Result("true"))), "UPSTREAM_BAD_MESSAGE");
}

// As a2a-sdk's servers of 0.3 do, which leave null members out.
TEST(A2aUnary, DeleteIsAnsweredByAnIdAlone) {
  for (const A2aVersion upstream : {A2aVersion::k10, A2aVersion::k03}) {
    const Step step = AnswerToDelete(R"({"id":1,"jsonrpc":"2.0"})", upstream);
    EXPECT_EQ(EndOf(step), "OK");
    EXPECT_THAT(step.messages, ElementsAre(A2aMessage{""}));
  }
  EXPECT_EQ(EndOf(AnswerTo("GetTask", JsonHead(), R"({"id":1,"jsonrpc":"2.0"})")), "UPSTREAM_BAD_MESSAGE");
}

TEST(A2aUnary, AnAnswerWithoutAPayloadIsNoAnswer) {
  for (const char* result : {"{}", R"({"kind":"task","id":"t"})", R"({"task":null})"}) {
    EXPECT_EQ(EndOf(AnswerTo("SendMessage", JsonHead(), Result(result))), "UPSTREAM_BAD_MESSAGE") << result;
    EXPECT_EQ(EndOf(AnswerTo("SendStreamingMessage", SseHead(), Sse(Result(result)))), "UPSTREAM_BAD_MESSAGE")
        << result;
  }
}

TEST(A2aUnary, AnAnswerThatDoesNotFitSaysWhy) {
  const Step step = AnswerTo("GetTask", JsonHead(), Result(R"({"id":5})"));
  EXPECT_EQ(EndOf(step), "UPSTREAM_BAD_MESSAGE");
  EXPECT_EQ(step.end->code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(step.end->message()), HasSubstr("lf.a2a.v1.Task"));
}

TEST(A2aUnary, WhatIsNoJsonRpcIsABadMessage) {
  for (const char* body :
       {"", "null", "[]", "<html>", R"({"result":{}})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{"}) {
    EXPECT_EQ(EndOf(AnswerTo("GetTask", JsonHead(), body)), "UPSTREAM_BAD_MESSAGE") << body;
  }
}

TEST(A2aUnary, MayComeAsAnEventAndEndsWithIt) {
  A2aCall call = BeginCall("SendMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(": hello\n\n" + TaskEvent("WORKING") + TaskEvent("COMPLETED"));
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(EndOf(step), "OK");
  EXPECT_FALSE(step.start_grace);
  EXPECT_EQ(call.task_id(), "t-1");
}

TEST(A2aUnary, EventsThatEndWithoutAnAnswerAreACut) {
  const Step step = AnswerTo("SendMessage", SseHead(), ": ping\n\n");
  EXPECT_EQ(EndOf(step), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(ErrorMetadataValue(*step.end, "may_have_run"), "true");
}

TEST(A2aUnary, ACutDocumentIsNoAnswerEvenIfItsJsonIsWhole) {
  const Step step = AnswerTo("SendMessage", JsonHead(), Result(R"({"task":)" + TaskJson("COMPLETED") + "}"),
                             ExchangeOutcome::kTruncated);
  EXPECT_EQ(EndOf(step), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_TRUE(step.messages.empty());
}

TEST(A2aUnary, JsonThatEndsTooSoonOrTooLateIsABadMessageAndShown) {
  const std::string whole = Result(TaskJson("COMPLETED"));
  for (const std::string& body :
       {whole.substr(0, whole.size() / 2), whole + "}", whole + whole, whole + "<!-- x -->"}) {
    const Step step = AnswerTo("GetTask", JsonHead(), body);
    EXPECT_EQ(EndOf(step), "UPSTREAM_BAD_MESSAGE") << body;
    EXPECT_THAT(std::string(step.end->message()), HasSubstr("it begins: {\"jsonrpc\"")) << body;
  }
}

TEST(A2aStream, ADocumentThatLeavesTheTaskRunningIsACut) {
  const Step step = AnswerTo("SendStreamingMessage", JsonHead(), Result(R"({"task":)" + TaskJson("WORKING") + "}"));
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(EndOf(step), "UPSTREAM_STREAM_TRUNCATED");
}

TEST(A2aUnary, NoAnswerAtAllTellsWhetherItMayHaveRun) {
  A2aCall refused = BeginCall("SendMessage");
  const Step unsent = refused.OnEnd({ExchangeOutcome::kUnreachable, "127.0.0.1:1: refused", /*request_sent=*/false});
  EXPECT_EQ(EndOf(unsent), "UPSTREAM_UNREACHABLE");
  EXPECT_EQ(ErrorMetadataValue(*unsent.end, "may_have_run"), "");
  A2aCall silent = BeginCall("SendMessage");
  const Step sent = silent.OnEnd(Ended(ExchangeOutcome::kFirstByteTimeout));
  EXPECT_EQ(EndOf(sent), "UPSTREAM_TIMEOUT_FIRST_BYTE");
  EXPECT_EQ(ErrorMetadataValue(*sent.end, "may_have_run"), "true");
}

// ---------------------------------------------------------------------------------------------------------------------
// Ids.

struct IdRow {
  std::string name, ours, theirs;
  bool same;
  friend void PrintTo(const IdRow& row, std::ostream* os) { *os << row.name; }
};
class A2aIdTest : public ::testing::TestWithParam<IdRow> {};

TEST_P(A2aIdTest, DecidesWhoseResultItIs) {
  const IdRow& row = GetParam();
  A2aCall call = BeginCall("SendMessage", row.ours);
  call.OnHead(SseHead());
  const Step step = call.OnBytes(Sse(Result(R"({"task":)" + TaskJson("COMPLETED") + "}", row.theirs)));
  EXPECT_EQ(EndOf(step), row.same ? "OK" : "-");
  EXPECT_EQ(step.messages.size(), row.same ? 1u : 0u);
  EXPECT_EQ(call.dropped_responses(), row.same ? 0u : 1u);
}

INSTANTIATE_TEST_SUITE_P(Ids, A2aIdTest,
                         ::testing::Values(IdRow{"Same", "7", "7", true}, IdRow{"SameAsAString", "7", R"("7")", true},
                                           IdRow{"Another", "7", "8", false},
                                           IdRow{"AnotherAsAString", "7", R"("77")", false},
                                           IdRow{"Longer", "7", "77", false}, IdRow{"Null", "7", "null", false},
                                           IdRow{"Fraction", "7", "7.0", false},
                                           IdRow{"StringForString", R"("a")", R"("a")", true},
                                           IdRow{"NumberForString", R"("7")", "7", false}),
                         [](const auto& named) { return named.param.name; });

TEST(A2aIds, AnErrorWithNullOrWithoutAnIdIsOurs) {
  EXPECT_EQ(EndOf(AnswerTo("GetTask", JsonHead(), Error(-32700, "null"))), "JSON_PARSE_ERROR");
  EXPECT_EQ(EndOf(AnswerTo("GetTask", JsonHead(), R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"m"}})")),
            "JSON_PARSE_ERROR");
  EXPECT_EQ(EndOf(AnswerTo("SendStreamingMessage", SseHead(), Sse(Error(-32603, "null")))), "INTERNAL_ERROR");
}

TEST(A2aIds, AnErrorForAnotherIdIsDropped) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(Sse(Error(-32603, "2")) + TaskEvent("WORKING"));
  EXPECT_EQ(EndOf(step), "-");
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(call.dropped_responses(), 1u);
}

TEST(A2aIds, RequestsAndNotificationsOfTheAgentAreDropped) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(Sse(R"({"jsonrpc":"2.0","id":1,"method":"GetTask","params":{}})") +
                                 Sse(R"({"jsonrpc":"2.0","method":"notifications/progress"})"));
  EXPECT_EQ(EndOf(step), "-");
  EXPECT_TRUE(step.messages.empty());
  EXPECT_EQ(call.dropped_responses(), 2u);
}

TEST(A2aIds, ADocumentForAnotherIdIsABadMessage) {
  A2aCall call = BeginCall("GetTask");
  EXPECT_EQ(EndOf(Answer(call, JsonHead(), Result(TaskJson("WORKING"), "2"))), "UPSTREAM_BAD_MESSAGE");
  EXPECT_EQ(call.dropped_responses(), 1u);
}

// ---------------------------------------------------------------------------------------------------------------------
// Content types and HTTP statuses.

struct TypeRow {
  std::string name, content_type, reads_as;
  friend void PrintTo(const TypeRow& row, std::ostream* os) { *os << row.name; }
};
class A2aContentTypeTest : public ::testing::TestWithParam<TypeRow> {};
TEST_P(A2aContentTypeTest, DecidesHowTheBodyIsRead) {
  const std::string json = Result(TaskJson("COMPLETED"));
  const bool as_events = EndOf(AnswerTo("GetTask", Head(200, GetParam().content_type), Sse(json))) == "OK";
  const bool as_json = EndOf(AnswerTo("GetTask", Head(200, GetParam().content_type), json)) == "OK";
  EXPECT_EQ(as_events ? "events" : as_json ? "json" : "other", GetParam().reads_as);
  if (GetParam().reads_as != "other") return;
  const Step step = AnswerTo("GetTask", Head(200, GetParam().content_type), "an excerpt");
  EXPECT_EQ(EndOf(step), "UPSTREAM_BAD_CONTENT_TYPE");
  EXPECT_THAT(std::string(step.end->message()), HasSubstr("an excerpt"));
}
INSTANTIATE_TEST_SUITE_P(Types, A2aContentTypeTest,
                         ::testing::Values(TypeRow{"Events", "text/event-stream", "events"},
                                           TypeRow{"EventsWithParameter", "text/event-stream; charset=utf-8", "events"},
                                           TypeRow{"EventsInCapitals", "Text/Event-Stream;charset=UTF-8", "events"},
                                           TypeRow{"Json", "application/json", "json"},
                                           TypeRow{"JsonInCapitals", "APPLICATION/JSON ; charset=utf-8", "json"},
                                           TypeRow{"A2aJson", "application/a2a+json", "json"},
                                           TypeRow{"Html", "text/html", "other"}, TypeRow{"None", "", "other"},
                                           TypeRow{"NearlyJson", "application/json-seq", "other"},
                                           TypeRow{"NearlyEvents", "text/event-streams", "other"}),
                         [](const auto& named) { return named.param.name; });

TEST(A2aHead, CreatedAndAcceptedAreReadAsOk) {
  for (const int status : {200, 201, 202, 299}) {
    EXPECT_EQ(EndOf(AnswerTo("GetTask", Head(status, "application/json"), Result(TaskJson("COMPLETED")))), "OK");
  }
}

TEST(A2aHead, ASuccessWithoutABodyIsABadMessageThatSaysSo) {
  for (const ResponseHead& head :
       {ResponseHead{.status = 204, .headers = {}}, ResponseHead{.status = 202, .headers = {}},
        ResponseHead{.status = 200, .headers = {}}, Head(200, "text/html"), JsonHead()}) {
    for (const char* rpc : {"GetTask", "SendStreamingMessage"}) {
      const Step step = AnswerTo(rpc, head, "");
      EXPECT_EQ(EndOf(step), "UPSTREAM_BAD_MESSAGE") << head.status;
      EXPECT_THAT(std::string(step.end->message()),
                  HasSubstr("HTTP " + std::to_string(head.status) + " with an empty body"));
    }
  }
}

TEST(A2aHead, ACodingThatWasNotAskedForEndsAtOnce) {
  ResponseHead head = JsonHead();
  head.headers.emplace_back("content-encoding", "gzip");
  A2aCall call = BeginCall("GetTask");
  EXPECT_EQ(EndOf(call.OnHead(head)), "UPSTREAM_BAD_MESSAGE");
  head.headers.back().second = "identity";
  EXPECT_EQ(EndOf(BeginCall("GetTask").OnHead(head)), "-");
}

TEST(A2aHttpError, IsTheJsonRpcErrorInItsBodyWhateverTheTypeAndId) {
  for (const char* id : {"1", "null", "99"}) {
    EXPECT_EQ(EndOf(AnswerTo("GetTask", Head(404, "text/plain"), Error(-32001, id))), "TASK_NOT_FOUND") << id;
    EXPECT_EQ(EndOf(AnswerTo("SendStreamingMessage", Head(500, "application/json"), Error(-32603, id))),
              "INTERNAL_ERROR");
  }
}

TEST(A2aHttpError, MayBeFramedAsAnEvent) {
  for (const char* frame : {"", "event: error\n", ": hello\n\nevent: error\r\n"}) {
    EXPECT_EQ(
        EndOf(AnswerTo("SendStreamingMessage", Head(500, "text/event-stream"), frame + Sse(Error(-32603, "null")))),
        "INTERNAL_ERROR")
        << frame;
  }
  EXPECT_EQ(EndOf(AnswerTo("SendStreamingMessage", Head(500, "text/event-stream"), Sse("out of order"))),
            "UPSTREAM_HTTP_STATUS");
}

TEST(A2aHttpError, OtherwiseIsTheHttpStatusWithAnExcerpt) {
  for (const char* body : {"", "<h1>nothing here</h1>", R"({"detail":"nothing here"})", "null"}) {
    const Step step = AnswerTo("GetTask", Head(404, "text/html"), body);
    EXPECT_EQ(EndOf(step), "UPSTREAM_HTTP_STATUS") << body;
    EXPECT_EQ(step.end->code(), absl::StatusCode::kUnimplemented) << body;
  }
  // A result can be no reason for a 500.
  EXPECT_EQ(EndOf(AnswerTo("GetTask", Head(500, "application/json"), Result(TaskJson("COMPLETED")))),
            "UPSTREAM_HTTP_STATUS");
}

TEST(A2aHttpError, WhoMayCallAndHowOftenIsHttpsToSay) {
  const Step unknown = AnswerTo("GetTask", Head(401, "application/json"), Error(-32000));
  EXPECT_EQ(unknown.end->code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(unknown.end->message()), HasSubstr("the agent says no"));
  ResponseHead busy = Head(429, "application/json");
  busy.headers.emplace_back("retry-after", "3");
  const Step limited = AnswerTo("GetTask", busy, Error(-32603));
  EXPECT_EQ(limited.end->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(limited.end->GetPayload("type.googleapis.com/google.rpc.RetryInfo"));
}

TEST(A2aHttpError, IsToldEvenIfItsBodyIsCut) {
  EXPECT_EQ(EndOf(AnswerTo("GetTask", Head(500, "text/html"), "<h1>oo", ExchangeOutcome::kTruncated)),
            "UPSTREAM_HTTP_STATUS");
}

// ---------------------------------------------------------------------------------------------------------------------
// Limits.

TEST(A2aLimits, AnErrorBodyEndsTheCallWhenItsLimitIsReached) {
  A2aCall call = BeginCall("GetTask");
  call.OnHead(Head(500, "text/html"));
  EXPECT_EQ(EndOf(call.OnBytes(std::string(kLimits.error_body_bytes - 1, 'x'))), "-");
  EXPECT_EQ(call.pending_bytes(), kLimits.error_body_bytes - 1);
  EXPECT_EQ(EndOf(call.OnBytes("xyz")), "UPSTREAM_HTTP_STATUS");
  EXPECT_EQ(call.pending_bytes(), 0u);
}

TEST(A2aLimits, ABodyOfAnotherTypeEndsTheCallWhenItsExcerptIsFull) {
  A2aCall call = BeginCall("GetTask");
  call.OnHead(Head(200, "video/mp4"));
  EXPECT_EQ(EndOf(call.OnBytes(std::string(511, 'x'))), "-");
  EXPECT_EQ(EndOf(call.OnBytes(std::string(1'000'000, 'x'))), "UPSTREAM_BAD_CONTENT_TYPE");
}

TEST(A2aLimits, ADocumentMayBeAsLargeAsItsLimitAndNoLarger) {
  const std::string whole = Result(TaskJson("COMPLETED"));
  const A2aCall::Limits just{.event_bytes = whole.size(), .error_body_bytes = 1};
  A2aCall fits = BeginCall("GetTask", "1", just);
  EXPECT_EQ(EndOf(Answer(fits, JsonHead(), whole)), "OK");
  A2aCall larger = BeginCall("GetTask", "1", just);
  const Step step = Answer(larger, JsonHead(), whole + " ");
  EXPECT_EQ(EndOf(step), "EVENT_TOO_LARGE");
  EXPECT_EQ(step.end->code(), absl::StatusCode::kResourceExhausted);
}

TEST(A2aLimits, ATooLargeEventEndsTheCallAfterWhatCameBefore) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(TaskEvent("WORKING") + "data: " + std::string(kLimits.event_bytes, 'x'));
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(EndOf(step), "EVENT_TOO_LARGE");
  EXPECT_EQ(step.end->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorMetadataValue(*step.end, "task_id"), "t-1");
}

// ---------------------------------------------------------------------------------------------------------------------
// After the end.

TEST(A2aCallOver, NothingMoreIsSaid) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  EXPECT_EQ(EndOf(call.OnBytes(Sse(Error(-32603)))), "INTERNAL_ERROR");
  for (const Step& step : {call.OnHead(SseHead()), call.OnBytes(TaskEvent("COMPLETED")), call.OnGraceOver(),
                           call.OnEnd(Ended(ExchangeOutcome::kComplete))}) {
    EXPECT_EQ(EndOf(step), "-");
    EXPECT_TRUE(step.messages.empty());
    EXPECT_FALSE(step.start_grace);
  }
}

TEST(A2aCallOver, MovingACallKeepsIt) {
  A2aCall first = BeginCall("SendStreamingMessage");
  first.OnHead(SseHead());
  first.OnBytes(TaskEvent("WORKING"));
  A2aCall second = std::move(first);
  EXPECT_EQ(second.task_id(), "t-1");
  EXPECT_EQ(EndOf(second.OnEnd(Ended(ExchangeOutcome::kTruncated))), "UPSTREAM_STREAM_TRUNCATED");
}

}  // namespace
}  // namespace sluice::translate
