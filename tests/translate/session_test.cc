#include "server/translate/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/status.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::SessionRequest;
using v1::SessionResponse;

std::string Message(const std::string& json) {
  SessionRequest frame;
  frame.mutable_message()->set_json(json);
  return frame.SerializeAsString();
}
std::string Request(const std::string& id, const std::string& method = "m") {
  return Message(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"("})");
}
std::string Cancel(const std::string& id) {
  SessionRequest frame;
  frame.mutable_cancel()->set_id(id);
  return frame.SerializeAsString();
}
std::string Open() {
  SessionRequest frame;
  frame.mutable_open();
  return frame.SerializeAsString();
}
ResponseHead Head(const std::string& type, int status = 200) { return {status, {{"content-type", type}}}; }
std::string Response(const std::string& id, const std::string& result = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}";
}
std::string Event(const std::string& json) { return "data: " + json + "\n\n"; }
std::string A2aState(const std::string& state) {
  return Event(
      Response("1", R"({"statusUpdate":{"taskId":"t","contextId":"c","status":{"state":")" + state + R"("}}})"));
}

std::vector<SessionResponse> Frames(const Session::Step& step) {
  std::vector<SessionResponse> frames;
  for (const std::string& bytes : step.frames) EXPECT_TRUE(frames.emplace_back().ParseFromString(bytes));
  return frames;
}
// The one Ended frame of a step.
v1::Ended EndedOf(const Session::Step& step) {
  const auto frames = Frames(step);
  EXPECT_EQ(frames.size(), 1u);
  if (frames.size() != 1 || !frames[0].has_ended()) {
    ADD_FAILURE() << "not one Ended frame";
    return {};
  }
  return frames[0].ended();
}

google::rpc::ErrorInfo InfoOf(const v1::Ended& ended) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : ended.status().details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info;
}

const ExchangeEnd kComplete{ExchangeOutcome::kComplete, "", true};
const ExchangeEnd kTruncated{ExchangeOutcome::kTruncated, "cut", true};

class SessionTest : public ::testing::Test {
 protected:
  Session::Key Start(const std::string& frame) {
    const Session::Step step = session.OnFrame(frame);
    EXPECT_EQ(step.requests.size(), 1u);
    return step.requests.at(0).key;
  }
  Session session{{"up", SessionKind::kJsonRpc, {1024, 256, 3}}};
};

TEST(SessionOpenTest, TakesUpstreamAndHeadersWithNamesInLowerCase) {
  SessionRequest frame;
  frame.mutable_open()->set_upstream("x");
  (*frame.mutable_open()->mutable_headers())["X-Request-ID"] = "7";
  const auto open = ParseSessionOpen(frame.SerializeAsString());
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->upstream, "x");
  EXPECT_THAT(open->headers, ElementsAre(std::make_pair("x-request-id", "7")));
}

TEST(SessionOpenTest, AnythingElseIsInvalid) {
  EXPECT_EQ(ParseSessionOpen(Request("1")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseSessionOpen("\xff\xff").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseSessionOpen("").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(SessionTest, BeginsWithOpened) {
  const auto frames = Frames(session.Begin());
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].opened().upstream(), "up");
  EXPECT_EQ(frames[0].opened().kind(), "jsonrpc");
}

TEST(A2aSessionEndedTest, AStreamThatBreaksOffIsToldWithItsTaskAndLastState) {
  Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
  const Session::Key key = session.OnFrame(Request("1", "SendStreamingMessage")).requests.at(0).key;
  (void)session.OnHead(key, Head("text/event-stream"));
  (void)session.OnBytes(key, "id: e-7\n" + A2aState("TASK_STATE_WORKING"));
  const google::rpc::ErrorInfo info = InfoOf(EndedOf(session.OnEnd(key, kTruncated)));
  EXPECT_EQ(info.reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(info.metadata().at("task_id"), "t");
  EXPECT_EQ(info.metadata().at("last_state"), "TASK_STATE_WORKING");
  EXPECT_EQ(info.metadata().at("last_event_id"), "e-7");
}

TEST_F(SessionTest, AnIdThatIsTooLongIsRefusedAndNotRepeated) {
  EXPECT_EQ(session.OnFrame(Request('"' + std::string(1022, 'i') + '"')).requests.size(), 1u);
  const Session::Step step = session.OnFrame(Request('"' + std::string(1023, 'i') + '"'));
  EXPECT_THAT(step.requests, IsEmpty());
  EXPECT_EQ(EndedOf(step).request_id(), "");
  EXPECT_EQ(EndedOf(step).frame(), 3u);
  EXPECT_EQ(EndedOf(step).status().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
}

TEST_F(SessionTest, AnExchangeThatIsGivenUpIsClosedAndItsRequestTold) {
  const Session::Key first = Start(Request("1"));
  const Session::Key second = Start(Request("2"));
  (void)session.OnHead(first, Head("application/json"));
  (void)session.OnBytes(first, "{");
  Session::Step step;
  session.GiveUp(first, MakeError(absl::StatusCode::kResourceExhausted, "no room", reason::kOverLimit), step);
  const v1::Ended ended = EndedOf(step);
  EXPECT_EQ(ended.request_id(), "1");
  EXPECT_EQ(InfoOf(ended).reason(), "OVER_LIMIT");
  EXPECT_THAT(step.closes, ElementsAre(first));
  EXPECT_FALSE(step.end) << "the other request goes on";
  EXPECT_EQ(session.pending_bytes(), 0u);

  Session::Step again;
  session.GiveUp(first, absl::CancelledError(), again);
  EXPECT_THAT(again.frames, IsEmpty()) << "it is over";
  (void)session.OnHalfClose();
  session.GiveUp(second, MakeError(absl::StatusCode::kResourceExhausted, "no room", reason::kOverLimit), again);
  ASSERT_TRUE(again.end) << "nothing runs any more";
  EXPECT_TRUE(again.end->ok());
}

TEST_F(SessionTest, AMessageIsPostedByteForByte) {
  const std::string json =
      "{ \"params\":[9007199254740993, 1.0],\"jsonrpc\":\"2.0\", \"method\":\"m\",\"id\":\"\\u0061\"}";
  const Session::Step step = session.OnFrame(Message(json));
  ASSERT_EQ(step.requests.size(), 1u);
  EXPECT_EQ(step.requests[0].body, json);
  EXPECT_EQ(FindHeader(step.requests[0].headers, "content-type"), "application/json");
  EXPECT_EQ(FindHeader(step.requests[0].headers, "accept"), "application/json, text/event-stream");
}

TEST_F(SessionTest, ADocumentIsTheResponseAndTheRequestIsOverWithoutAnEndedFrame) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("application/json"));
  EXPECT_THAT(session.OnBytes(key, " " + Response("7")).frames, IsEmpty());
  const auto frames = Frames(session.OnEnd(key, kComplete));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].message().json(), " " + Response("7"));
  EXPECT_EQ(frames[0].message().request_id(), "7");
  EXPECT_EQ(frames[0].message().sequence(), 1u);
  EXPECT_EQ(session.OnFrame(Request("7")).requests.size(), 1u) << "the id is free again";
}

TEST_F(SessionTest, EventsBecomeMessagesWithTheirEventIdsAndOneSequence) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("Text/Event-Stream; charset=utf-8"));
  const auto frames = Frames(session.OnBytes(
      key, "id: a\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"progress\"}\n\n" + Event(Response("7")) + ": ping\n\n"));
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].message().event_id(), "a");
  EXPECT_EQ(frames[1].message().sequence(), 2u);
}

TEST_F(SessionTest, ARequestOfTheUpstreamPasses) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("text/event-stream"));
  EXPECT_EQ(session.OnBytes(key, Event(R"({"jsonrpc":"2.0","id":0,"method":"sampling/createMessage"})")).frames.size(),
            1u);
}

TEST_F(SessionTest, AResponseThatNobodyAskedForIsDroppedAndCounted) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("text/event-stream"));
  EXPECT_THAT(session.OnBytes(key, Event(Response("8")) + Event(Response("\"7\""))).frames, IsEmpty());
  EXPECT_EQ(session.dropped_responses(), 2u);
}

TEST_F(SessionTest, AnErrorWithoutAnIdBelongsToTheRequestThatCarriedIt) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("application/json", 400));
  session.OnBytes(key, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}})");
  const auto frames = Frames(session.OnEnd(key, kComplete));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].message().request_id(), "7");
}

TEST_F(SessionTest, AnEndWithoutAResponseIsToldAsACut) {
  for (const ExchangeEnd& end : {kComplete, kTruncated}) {
    const Session::Key key = Start(Request("7"));
    session.OnHead(key, Head("text/event-stream"));
    const v1::Ended ended = EndedOf(session.OnEnd(key, end));
    EXPECT_EQ(ended.request_id(), "7");
    EXPECT_EQ(ended.status().code(), static_cast<int>(absl::StatusCode::kUnavailable));
    EXPECT_EQ(ended.frame(), 0u);
  }
}

TEST_F(SessionTest, ASuccessWithoutAResponseIsABadMessage) {
  const Session::Key accepted = Start(Request("7"));
  session.OnHead(accepted, {202, {}});
  EXPECT_EQ(EndedOf(session.OnEnd(accepted, kComplete)).status().code(), static_cast<int>(absl::StatusCode::kInternal));
  const Session::Key other = Start(Request("8"));
  session.OnHead(other, Head("application/json"));
  session.OnBytes(other, Response("9"));
  EXPECT_EQ(EndedOf(session.OnEnd(other, kComplete)).status().code(), static_cast<int>(absl::StatusCode::kInternal));
}

TEST_F(SessionTest, WhatTheUpstreamCausedNamesItAndWhatTheClientCausedDoesNot) {
  const Session::Key key = Start(Request("7"));
  EXPECT_EQ(InfoOf(EndedOf(session.OnEnd(key, kTruncated))).metadata().at("upstream"), "up");
  EXPECT_EQ(InfoOf(EndedOf(session.OnFrame(Message("{")))).metadata().count("upstream"), 0u);
  Start(Request("7"));
  EXPECT_EQ(InfoOf(EndedOf(session.OnFrame(Cancel("7")))).metadata().count("upstream"), 0u);
}

TEST_F(SessionTest, AnHttpErrorEndsTheRequestWithItsStatus) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("text/html", 401));
  session.OnBytes(key, "<h1>no</h1>");
  EXPECT_EQ(EndedOf(session.OnEnd(key, kComplete)).status().code(),
            static_cast<int>(absl::StatusCode::kUnauthenticated));
}

TEST_F(SessionTest, AnEventThatIsNoJsonRpcEndsThatRequestAndClosesItsExchange) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("text/event-stream"));
  const Session::Step step = session.OnBytes(key, Event("nonsense") + Event(Response("7")));
  EXPECT_EQ(EndedOf(step).status().code(), static_cast<int>(absl::StatusCode::kInternal));
  EXPECT_THAT(step.closes, ElementsAre(key));
  EXPECT_FALSE(step.end.has_value());
}

TEST_F(SessionTest, AnEventOverTheLimitEndsThatRequest) {
  const Session::Key key = Start(Request("7"));
  session.OnHead(key, Head("text/event-stream"));
  EXPECT_EQ(EndedOf(session.OnBytes(key, "data: " + std::string(2000, 'x'))).status().code(),
            static_cast<int>(absl::StatusCode::kResourceExhausted));
}

TEST_F(SessionTest, ANotificationThatIsTakenIsAnsweredByNothing) {
  const Session::Key key = Start(Message(R"({"jsonrpc":"2.0","method":"n"})"));
  session.OnHead(key, {202, {}});
  EXPECT_THAT(session.OnEnd(key, kComplete).frames, IsEmpty());
}

TEST_F(SessionTest, ANotificationThatIsRefusedIsToldWithoutAnId) {
  const Session::Key key = Start(Message(R"({"jsonrpc":"2.0","method":"n"})"));
  session.OnHead(key, Head("text/plain", 404));
  const v1::Ended ended = EndedOf(session.OnEnd(key, kComplete));
  EXPECT_EQ(ended.request_id(), "");
  EXPECT_EQ(ended.frame(), 2u);
  EXPECT_NE(ended.status().code(), 0);
}

TEST_F(SessionTest, CancelClosesThatExchangeAlone) {
  const Session::Key one = Start(Request("1"));
  Start(Request("2"));
  const Session::Step step = session.OnFrame(Cancel("1"));
  EXPECT_THAT(step.closes, ElementsAre(one));
  EXPECT_EQ(EndedOf(step).status().code(), static_cast<int>(absl::StatusCode::kCancelled));
  EXPECT_THAT(session.OnFrame(Cancel("1")).frames, IsEmpty()) << "it has ended";
  EXPECT_THAT(session.OnFrame(Cancel("\"2\"")).frames, IsEmpty()) << "\"2\" is not 2";
}

TEST_F(SessionTest, RefusesAFrameByItsNumberAndGoesOn) {
  Start(Request("1"));
  for (const std::string& json :
       {std::string("{"), std::string("[]"), std::string(R"({"jsonrpc":"2.0","id":1,"method":"m"})"),
        std::string(R"({"jsonrpc":"2.0","id":null,"method":"m"})")}) {
    const Session::Step step = session.OnFrame(Message(json));
    EXPECT_GT(EndedOf(step).frame(), 2u) << json;
    EXPECT_EQ(EndedOf(step).status().code(), static_cast<int>(absl::StatusCode::kInvalidArgument)) << json;
    EXPECT_THAT(step.requests, IsEmpty());
    EXPECT_FALSE(step.end.has_value());
  }
}

TEST_F(SessionTest, RefusesMoreThanItsLimitAndStillHearsACancel) {
  for (const char* id : {"1", "2", "3"}) Start(Request(id));
  EXPECT_EQ(EndedOf(session.OnFrame(Request("4"))).status().code(),
            static_cast<int>(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(session.OnFrame(Cancel("2")).closes.size(), 1u);
}

TEST_F(SessionTest, ARequestIsOverWithItsResponseThoughTheUpstreamDoesNotClose) {
  const Session::Key key = Start(Request("7"));
  session.OnHalfClose();
  session.OnHead(key, Head("text/event-stream"));
  const Session::Step step = session.OnBytes(key, Event(Response("7")));
  EXPECT_EQ(step.frames.size(), 1u);
  EXPECT_THAT(step.closes, ElementsAre(key));
  EXPECT_EQ(step.end, absl::OkStatus());
}

TEST_F(SessionTest, AnswersThatAreNotCompleteAreBoundedTogether) {
  Session::Step step;
  std::size_t held = 0;
  for (const char* id : {"1", "2", "3"}) {
    const Session::Key key = Start(Request(id));
    session.OnHead(key, Head("text/event-stream"));
    step = session.OnBytes(key, "data: " + std::string(900, 'x'));
    held += step.closes.empty() ? 1 : 0;
  }
  EXPECT_EQ(held, 2u) << "two times the limit of one event, 1024 bytes";
  EXPECT_EQ(EndedOf(step).status().code(), static_cast<int>(absl::StatusCode::kResourceExhausted));
}

TEST_F(SessionTest, AnAnswerThatBreaksALimitIsNoLongerCountedAsHeld) {
  const std::string over = "data: " + std::string(2000, 'x');
  const std::string grows_over = "data: " + std::string(500, '\xFF') + '\n';  // each byte becomes U+FFFD
  for (const std::string& begun : {std::string(), "data: " + std::string(900, 'x')}) {
    for (const std::string& broken : {over, "\n\n" + over, grows_over}) {
      const Session::Key key = Start(Request("1"));
      session.OnHead(key, Head("text/event-stream"));
      session.OnBytes(key, begun);
      EXPECT_THAT(session.OnBytes(key, broken).closes, ElementsAre(key));
    }
  }
  std::size_t held = 0;
  for (const char* id : {"1", "2", "3"}) {
    const Session::Key key = Start(Request(id));
    session.OnHead(key, Head("text/event-stream"));
    held += session.OnBytes(key, "data: " + std::string(900, 'x')).closes.empty() ? 1 : 0;
  }
  EXPECT_EQ(held, 2u) << "as in a session in which nothing was broken";
}

TEST_F(SessionTest, ASecondOpenAnEmptyFrameAndBytesThatAreNoneEndTheCall) {
  for (const std::string& frame : {Open(), std::string(), std::string("\xff\xff")}) {
    const Session::Step step = session.OnFrame(frame);
    ASSERT_TRUE(step.end.has_value());
    EXPECT_EQ(step.end->code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(SessionTest, HalfCloseEndsWithOkOnceNothingRuns) {
  const Session::Key key = Start(Request("1"));
  EXPECT_FALSE(session.OnHalfClose().end.has_value());
  session.OnHead(key, Head("application/json"));
  session.OnBytes(key, Response("1"));
  EXPECT_EQ(session.OnEnd(key, kComplete).end, absl::OkStatus());
}

TEST_F(SessionTest, HalfCloseOfAnIdleSessionIsItsEnd) { EXPECT_EQ(session.OnHalfClose().end, absl::OkStatus()); }

TEST_F(SessionTest, DrainingTellsTheTimeLeft) {
  const auto frames = Frames(session.OnDraining(std::chrono::milliseconds(1500)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].draining().time_left().seconds(), 1);
  EXPECT_EQ(frames[0].draining().time_left().nanos(), 500'000'000);
}

class A2aSessionTest : public ::testing::Test {
 protected:
  // The Ended status of a streaming request whose events were `states` and whose exchange ended so.
  int EndOf(const std::vector<std::string>& states, const ExchangeEnd& end) {
    Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
    const Session::Step step = session.OnFrame(Request("1", "SendStreamingMessage"));
    EXPECT_EQ(FindHeader(step.requests.at(0).headers, "a2a-version"), "1.0");
    session.OnHead(1, Head("text/event-stream"));
    for (const std::string& state : states) EXPECT_EQ(session.OnBytes(1, A2aState(state)).frames.size(), 1u);
    return EndedOf(session.OnEnd(1, end)).status().code();
  }
  static constexpr int kOk = 0;
  static constexpr int kCut = static_cast<int>(absl::StatusCode::kUnavailable);
};

TEST_F(A2aSessionTest, TheLastStateDecidesHowAStreamOfResponsesEnded) {
  EXPECT_EQ(EndOf({"TASK_STATE_WORKING", "TASK_STATE_COMPLETED"}, kComplete), kOk);
  EXPECT_EQ(EndOf({"TASK_STATE_WORKING", "TASK_STATE_COMPLETED"}, kTruncated), kOk);
  EXPECT_EQ(EndOf({"TASK_STATE_INPUT_REQUIRED"}, kComplete), kOk);
  EXPECT_EQ(EndOf({"TASK_STATE_INPUT_REQUIRED"}, kTruncated), kCut);
  EXPECT_EQ(EndOf({"TASK_STATE_WORKING"}, kComplete), kCut);
  EXPECT_EQ(EndOf({}, kComplete), kCut);
}

// The client writes the JSON: what it calls the method tells the version.
TEST_F(A2aSessionTest, AMethodOf03IsFollowedByTheEventsOf03) {
  const auto end_of = [](const std::string& method, const std::string& event, const ExchangeEnd& end) {
    Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
    const Session::Step step = session.OnFrame(Request("1", method));
    EXPECT_EQ(FindHeader(step.requests.at(0).headers, "a2a-version"), "0.3");
    session.OnHead(1, Head("text/event-stream"));
    EXPECT_EQ(session.OnBytes(1, Event(Response("1", event))).frames.size(), 1u);
    return EndedOf(session.OnEnd(1, end)).status().code();
  };
  const auto update = [](const std::string& state, const std::string& final) {
    return R"({"kind":"status-update","taskId":"t","status":{"state":")" + state + R"("},"final":)" + final + "}";
  };
  for (const char* method : {"message/stream", "tasks/resubscribe"}) {
    EXPECT_EQ(end_of(method, update("completed", "true"), kTruncated), kOk);
    EXPECT_EQ(end_of(method, update("input-required", "true"), kComplete), kOk);
    EXPECT_EQ(end_of(method, update("input-required", "true"), kTruncated), kCut);
    EXPECT_EQ(end_of(method, update("working", "false"), kComplete), kCut);
    EXPECT_EQ(end_of(method, R"({"kind":"task","id":"t","status":{"state":"failed"}})", kComplete), kOk);
  }
}

TEST_F(A2aSessionTest, ABareMessageEndsAtOnce) {
  Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
  session.OnFrame(Request("1", "SendStreamingMessage"));
  session.OnHead(1, Head("text/event-stream"));
  const Session::Step step = session.OnBytes(
      1, Event(Response("1", R"({"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}})")));
  ASSERT_EQ(step.frames.size(), 2u);
  EXPECT_EQ(Frames(step)[1].ended().status().code(), kOk);
  EXPECT_THAT(step.closes, ElementsAre(1u));
}

TEST_F(A2aSessionTest, ATaskThatIsOverEndsAfterTheGraceWhenTheUpstreamDoesNotClose) {
  Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
  session.OnFrame(Request("1", "SendStreamingMessage"));
  session.OnHead(1, Head("text/event-stream"));
  const Session::Step told = session.OnBytes(1, A2aState("TASK_STATE_COMPLETED"));
  ASSERT_EQ(told.timers.size(), 1u);
  EXPECT_EQ(told.timers[0].after, std::chrono::seconds(10));
  EXPECT_THAT(told.closes, IsEmpty());
  const Session::Step over = session.OnTimer(told.timers[0].id);
  EXPECT_EQ(EndedOf(over).status().code(), kOk);
  EXPECT_THAT(over.closes, ElementsAre(1u));
  EXPECT_THAT(over.timers, IsEmpty());
}

TEST_F(A2aSessionTest, ALaterEventTakesTheEndBackAndTheFirstGraceCountsNoMore) {
  Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
  session.OnFrame(Request("1", "SendStreamingMessage"));
  session.OnHead(1, Head("text/event-stream"));
  const Session::Step first = session.OnBytes(1, A2aState("TASK_STATE_COMPLETED"));
  session.OnBytes(1, A2aState("TASK_STATE_WORKING"));
  EXPECT_THAT(session.OnBytes(1, A2aState("TASK_STATE_COMPLETED")).timers, IsEmpty()) << "one timer runs at a time";
  const Session::Step second = session.OnTimer(first.timers.at(0).id);
  EXPECT_THAT(second.frames, IsEmpty());
  EXPECT_EQ(EndedOf(session.OnTimer(second.timers.at(0).id)).status().code(), kOk);
}

TEST_F(A2aSessionTest, AnErrorAfterResultsIsTheEndAndIsToldOnce) {
  Session session({"up", SessionKind::kA2a, {1024, 256, 3}});
  session.OnFrame(Request("1", "SendStreamingMessage"));
  session.OnHead(1, Head("text/event-stream"));
  session.OnBytes(1, A2aState("TASK_STATE_WORKING"));
  const Session::Step step =
      session.OnBytes(1, Event(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}})"));
  EXPECT_EQ(step.frames.size(), 1u);
  EXPECT_THAT(step.closes, ElementsAre(1u));
}

}  // namespace
}  // namespace sluice::translate
