// MCP over Streamable HTTP, the legacy revisions: Model Context Protocol 2025-03-26, 2025-06-18, 2025-11-25.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/translate/mcp_scene.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using Code = absl::StatusCode;

TEST(McpHandshakeTest, InitializeNamesNeitherSessionNorVersion) {
  McpScene scene;
  scene.Send(Call("0", "initialize"));
  EXPECT_EQ(scene.Last().method, "POST");
  EXPECT_EQ(scene.Sent("accept"), "application/json, text/event-stream");
  EXPECT_EQ(scene.Sent("content-type"), "application/json");
  EXPECT_EQ(scene.Sent("mcp-session-id"), "");
  EXPECT_EQ(scene.Sent("mcp-protocol-version"), "");
}

TEST(McpHandshakeTest, WhatWasNegotiatedIsToldBeforeTheResponse) {
  McpScene scene;
  scene.Initialize("2025-06-18", "abc");
  ASSERT_EQ(scene.frames.size(), 3u);
  const v1::Negotiated& told = scene.frames[1].negotiated();
  EXPECT_EQ(told.era(), "legacy");
  EXPECT_EQ(told.protocol_version(), "2025-06-18");
  EXPECT_EQ(told.session_id(), "abc");
  EXPECT_EQ(told.resume_token(), "abc@2025-06-18 listen=") << "who goes on with it will want to listen";
  EXPECT_TRUE(scene.frames[2].has_message());
}

TEST(McpHandshakeTest, TheServersVersionCountsNotTheClients) {
  McpScene scene;
  scene.Send(Call("0", "initialize", R"({"protocolVersion":"2025-11-25"})"));
  scene.Answer(1, Result("0", R"({"protocolVersion":"2025-06-18"})"));
  scene.Send(Call("1", "ping"));
  EXPECT_EQ(scene.Sent("mcp-protocol-version"), "2025-06-18");
}

TEST(McpHandshakeTest, LaterRequestsNameTheSessionAndFrom20250618TheVersion) {
  for (const auto& [version, sent] : std::map<std::string, std::string>{
           {"2025-03-26", ""}, {"2025-06-18", "2025-06-18"}, {"2025-11-25", "2025-11-25"}}) {
    McpScene scene;
    scene.Initialize(version, "abc");
    scene.Send(Call("1", "tools/list"));
    EXPECT_EQ(scene.Sent("mcp-session-id"), "abc") << version;
    EXPECT_EQ(scene.Sent("mcp-protocol-version"), sent) << version;
  }
}

TEST(McpHandshakeTest, AServerWithoutSessionsGetsNoSessionIdAndNoDelete) {
  McpScene scene;
  scene.Initialize("2025-11-25", "");
  scene.Send(Call("1", "tools/list"));
  EXPECT_EQ(scene.Sent("mcp-session-id"), "");
  EXPECT_EQ(scene.frames[1].negotiated().resume_token(), "");
  scene.Answer(2, Result("1"));
  scene.HalfClose();
  EXPECT_EQ(scene.end, absl::OkStatus());
  EXPECT_THAT(scene.Methods(), ElementsAre("POST", "POST"));
}

TEST(McpHandshakeTest, ASecondInitializeIsRefusedAFailedOneMayBeRepeated) {
  McpScene scene;
  scene.Send(Call("0", "initialize"));
  scene.Answer(1, Error("0", -32602, "no"));
  scene.Initialize();
  scene.Send(Call("9", "initialize"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"9", Code::kFailedPrecondition, ""}));
}

TEST(McpHandshakeTest, ASessionIdOrAVersionThatIsNoneIsABadMessage) {
  McpScene odd_id;
  odd_id.Initialize("2025-11-25", "a b");
  EXPECT_THAT(odd_id.Ended(), ElementsAre(EndedRequest{"0", Code::kInternal, "UPSTREAM_BAD_MESSAGE"}));
  McpScene odd_version;
  odd_version.Initialize("2025 11\\n25");
  EXPECT_THAT(odd_version.Ended(), ElementsAre(EndedRequest{"0", Code::kInternal, "UPSTREAM_BAD_MESSAGE"}));
}

// ---- the server's own stream ----

TEST(McpListenTest, InitializedWaitsUntilTheStreamIsOpenAndWhatFollowsWaitsWithIt) {
  McpScene scene;
  scene.Initialize();
  scene.Clear();
  scene.Send(Notice("notifications/initialized"));
  scene.Send(Call("1", "tools/list"));
  ASSERT_THAT(scene.Methods(), ElementsAre("GET"));
  EXPECT_EQ(scene.Sent("accept"), "text/event-stream");
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s1");
  EXPECT_GT(scene.session.pending_bytes(), 0u) << "what waits is counted";
  scene.Events(scene.Last().key);
  ASSERT_THAT(scene.Methods(), ElementsAre("GET", "POST")) << "the list waits until the server took it";
  EXPECT_THAT(scene.requests[1].body, HasSubstr("initialized"));
  scene.Accepted(scene.requests[1].key);
  ASSERT_THAT(scene.Methods(), ElementsAre("GET", "POST", "POST"));
  EXPECT_THAT(scene.requests[2].body, HasSubstr("tools/list"));
  EXPECT_EQ(scene.session.pending_bytes(), 0u);
}

TEST(McpListenTest, AServerThatHasNoSuchStreamIsNotAskedAgain) {
  for (const int status : {405, 404, 400}) {
    McpScene scene;
    scene.Initialize();
    scene.Clear();
    scene.Send(Notice("notifications/initialized"));
    scene.Answer(scene.Last().key, "no", status);
    EXPECT_THAT(scene.Methods(), ElementsAre("GET", "POST")) << status;
    EXPECT_FALSE(scene.end) << status << " of the first one is not the loss of the session";
    EXPECT_EQ(scene.timers.size(), 2u) << "those of the two waits, and none to ask again";
  }
}

TEST(McpListenTest, AServerThatHoldsItsHeadBackDoesNotHoldUpTheClient) {
  McpScene scene;
  scene.Initialize();
  scene.Clear();
  scene.Send(Notice("notifications/initialized"));
  scene.Timer(scene.timers.at(0).id);
  EXPECT_THAT(scene.Methods(), ElementsAre("GET", "POST"));
}

TEST(McpListenTest, ACancelledRequestThatWaitedIsNeverSent) {
  McpScene scene;
  scene.Initialize();
  scene.Clear();
  scene.Send(Notice("notifications/initialized"));
  scene.Send(Call("1", "tools/list"));
  scene.Cancel("1");
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kCancelled, ""}));
  scene.Events(scene.requests.at(0).key);
  EXPECT_THAT(scene.Methods(), ElementsAre("GET", "POST"));
}

TEST(McpListenTest, AnIdThatWasCancelledWhileItWaitedCanBeUsedAgain) {
  McpScene scene;
  scene.Initialize();
  scene.Clear();
  scene.Send(Notice("notifications/initialized"));
  scene.Send(Call("1", "first"));
  scene.Cancel("1");
  scene.Send(Call("1", "second"));
  scene.Events(scene.requests.at(0).key);
  scene.Accepted(scene.requests.at(1).key);
  ASSERT_THAT(scene.Methods(), ElementsAre("GET", "POST", "POST"));
  EXPECT_THAT(scene.Last().body, HasSubstr("second"));
}

TEST(McpListenTest, AnAnswerToARequestThatStillWaitsIsNone) {
  McpScene scene;
  scene.Initialize();
  scene.Send(Notice("notifications/initialized"));
  const Session::Key listen = scene.Last().key;
  scene.Events(listen);
  const Session::Key initialized = scene.Last().key;
  scene.Send(Call("1", "tools/list"));
  scene.Clear();
  scene.Bytes(listen, Sse(Result("1", R"({"early":true})"), "e1"));
  EXPECT_THAT(scene.frames, IsEmpty());
  EXPECT_EQ(scene.session.dropped_responses(), 1u);
  scene.Accepted(initialized);
  ASSERT_THAT(scene.Methods(), ElementsAre("POST")) << "it is sent in its turn";
  scene.Answer(scene.Last().key, Result("1"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("1", Result("1")))) << "and has one end";
}

TEST(McpListenTest, WhatWaitsIsBounded) {
  McpScene scene;
  scene.Initialize();
  scene.Send(Notice("notifications/initialized"));
  scene.Send(Call("1", "m", R"({"x":")" + std::string(700'000, 'x') + "\"}"));
  scene.Send(Call("2", "m", R"({"x":")" + std::string(700'000, 'x') + "\"}"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"2", Code::kResourceExhausted, "OVER_LIMIT"}));
  McpScene large;
  large.Initialize();
  large.Send(Notice("notifications/initialized", R"({"x":")" + std::string(1'100'000, 'x') + "\"}"));
  EXPECT_THAT(large.Ended(), ElementsAre(EndedRequest{"", Code::kResourceExhausted, "OVER_LIMIT"}));
  large.Events(large.Last().key);
}

TEST(McpListenTest, WhatIsRefusedLaterNamesTheFrameThatBroughtIt) {
  McpScene scene;
  scene.Initialize();
  scene.Clear();
  scene.Send(Notice("notifications/initialized"));  // frame 3
  scene.Send(Call("1", "m"));                       // frame 4
  scene.Events(scene.requests.at(0).key);
  scene.Answer(scene.Last().key, "no", 500);
  EXPECT_EQ(scene.frames.at(0).ended().frame(), 3u);
}

TEST(McpListenTest, ItsMessagesBelongToNoRequest) {
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  scene.Bytes(listen, Sse(Call("0", "roots/list"), "e1"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("", Call("0", "roots/list"))));
  EXPECT_EQ(scene.frames[0].message().event_id(), "e1");
}

TEST(McpListenTest, ItIsOpenedAgainAfterItsLastEventAndDoesNotHoldUpTheEnd) {
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  scene.Bytes(listen, Sse("", "e7") + "retry: 700\n\n");
  scene.End(listen);
  ASSERT_EQ(scene.timers.size(), 1u);
  EXPECT_EQ(scene.timers[0].after, std::chrono::milliseconds(700));
  scene.Timer(scene.timers[0].id);
  EXPECT_EQ(scene.Last().method, "GET");
  EXPECT_EQ(scene.Sent("last-event-id"), "e7");
  scene.HalfClose();
  EXPECT_EQ(scene.Last().method, "DELETE");
}

TEST(McpListenTest, ASessionThatIsLeftListensNoMore) {
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  scene.End(listen);
  scene.HalfClose();
  const std::size_t requests = scene.requests.size();
  scene.Timer(scene.timers.at(0).id);
  EXPECT_EQ(scene.requests.size(), requests);
  scene.Answer(scene.Last().key, "gone", 404);
  EXPECT_EQ(scene.end, absl::OkStatus()) << "what was to be deleted is not lost";
}

TEST(McpListenTest, TheLossOfTheSessionIsHeardOnItTooButNotOnTheFirst) {
  const std::string lost = Error("null", -32000, "Bad Request: No valid session ID provided");
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  scene.End(listen);
  scene.Timer(scene.timers.at(0).id);
  scene.Answer(scene.Last().key, lost, 400);
  ASSERT_TRUE(scene.end);
  EXPECT_EQ(scene.end->code(), Code::kAborted);
  McpScene first;
  first.Initialize();
  first.Send(Notice("notifications/initialized"));
  first.Answer(first.Last().key, lost, 400);
  EXPECT_FALSE(first.end);
}

// ---- messages of both sides ----

TEST(McpMessagesTest, ARequestOfTheServerComesDownAndItsAnswerGoesUp) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("5");
  scene.Bytes(call, Sse(Call("0", "sampling/createMessage")));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Call("0", "sampling/createMessage"))));
  scene.Send(Result("0", R"({"role":"assistant"})"));
  EXPECT_EQ(scene.Last().body, Result("0", R"({"role":"assistant"})"));
  scene.Accepted(scene.Last().key);
  scene.Bytes(call, Sse(Result("5")));
  EXPECT_THAT(scene.Messages(), testing::SizeIs(2));
  EXPECT_THAT(scene.Ended(), IsEmpty());
}

TEST(McpMessagesTest, WhoCannotAnswerAnyMoreIsAnsweredFor) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("5");
  scene.HalfClose();
  scene.Bytes(call, Sse(Call("\"q\"", "elicitation/create")));
  EXPECT_THAT(scene.Last().body, testing::AllOf(HasSubstr(R"("id":"q")"), HasSubstr("-32601")));
  EXPECT_FALSE(scene.end);
}

TEST(McpMessagesTest, ProgressAndResultPassInTheirOrder) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("5");
  scene.Bytes(call, Sse(Notice("notifications/progress")) + Sse(Result("5")));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Notice("notifications/progress")), Pair("5", Result("5"))));
  EXPECT_THAT(scene.closes, ElementsAre(call)) << "its response is the end, whether the server closes or not";
}

TEST(McpMessagesTest, ABatchOfTheServerIsTakenApart) {
  McpScene scene;
  scene.Handshake("2025-03-26");
  scene.Send(Call("5", "tools/list"));
  scene.Answer(scene.Last().key, " [" + Notice("a") + ", " + Result("5") + "]");
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Notice("a")), Pair("5", Result("5"))));
}

TEST(McpMessagesTest, ABatchIsBounded) {
  McpScene scene;
  scene.Handshake("2025-03-26");
  scene.Send(Call("5", "tools/list"));
  std::string batch = "[1";
  for (int i = 0; i < 1000; ++i) batch += ",1";
  scene.Answer(scene.Last().key, batch + "]");
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"5", Code::kInternal, "UPSTREAM_BAD_MESSAGE"}));
  EXPECT_THAT(scene.Messages(), IsEmpty());
}

TEST(McpMessagesTest, AnIdThatTheServerSpellsAnewIsTheSameIdOnItsOwnAnswer) {
  const std::vector<std::pair<std::string, std::string>> spellings = {
      {"1.0", "1"}, {R"("\u00fc")", "\"ü\""}, {"9007199254740993", "9007199254740992"}, {"1e2", "100"}};
  for (const auto& [id, answered] : spellings) {
    McpScene scene;
    scene.Handshake();
    const Session::Key key = scene.Begin(id);
    scene.Bytes(key, Sse(Result(answered)));
    EXPECT_THAT(scene.Messages(), ElementsAre(Pair(id, Result(answered)))) << id;
    EXPECT_THAT(scene.closes, ElementsAre(key)) << id;
  }
}

TEST(McpMessagesTest, AnswersOfTheClientAreTakenHoweverManyRequestsWaitForThem) {
  McpScene scene;
  scene.Handshake();
  for (int id = 0; id < 8; ++id) scene.Begin(std::to_string(id));
  scene.Send(Call("8", "m"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"8", Code::kResourceExhausted, "OVER_LIMIT"}));
  scene.Send(Result("0"));
  EXPECT_EQ(scene.Last().body, Result("0"));
}

TEST(McpMessagesTest, WhatIsAnsweredForTheClientIsBounded) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("5");
  scene.HalfClose();
  scene.Clear();
  for (int i = 0; i < 100; ++i) scene.Bytes(call, Sse(Call("1", "roots/list")));
  EXPECT_EQ(scene.requests.size(), 16u);
  EXPECT_EQ(scene.session.dropped_responses(), 84u);
}

TEST(McpMessagesTest, AHandshakeThatHoldsNoStringsIsRefusedAndNotReadBeyondItsEnd) {
  for (const std::string version : {R"("\u1")", R"("\)", R"("\uD800\u1")", "1", "null"}) {
    McpScene scene;
    scene.Send(Call("0", "initialize"));
    scene.Answer(1, Result("0", R"({"protocolVersion":)" + version + "}"));
    EXPECT_THAT(scene.Messages(), IsEmpty()) << version;
    EXPECT_THAT(scene.Ended(), testing::SizeIs(1)) << version;
  }
}

TEST(McpMessagesTest, AResponseThatNobodyAskedForOrThatComesTwiceIsDropped) {
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  const Session::Key call = scene.Begin("5");
  scene.Bytes(call, Sse(Result("77")) + Sse(Result("5")));
  scene.Bytes(listen, Sse(Result("5")));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Result("5"))));
  EXPECT_EQ(scene.session.dropped_responses(), 2u);
}

TEST(McpMessagesTest, ResponsesOutOfOrderPassAsTheyCome) {
  McpScene scene;
  scene.Handshake();
  const Session::Key first = scene.Begin("1");
  const Session::Key second = scene.Begin("2");
  scene.Bytes(second, Sse(Result("2")));
  scene.Bytes(first, Sse(Result("1")));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("2", Result("2")), Pair("1", Result("1"))));
}

TEST(McpMessagesTest, WhatIsNoJsonEndsTheRequestItCameFor) {
  McpScene scene;
  const Session::Key listen = scene.Handshake();
  scene.Bytes(listen, Sse("not json"));
  EXPECT_THAT(scene.closes, IsEmpty()) << "a stream of the server's own goes on";
  EXPECT_EQ(scene.session.dropped_responses(), 1u);
  scene.Bytes(scene.Begin("1"), Sse("not json"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kInternal, "UPSTREAM_BAD_MESSAGE"}));
}

// ---- cancelling ----

TEST(McpCancelTest, ACancelIsToldToTheServerAndClosesThatAnswerAlone) {
  McpScene scene;
  scene.Handshake();
  scene.Begin("1");
  const Session::Key second = scene.Begin("\"two\"");
  scene.Clear();
  scene.Cancel("\"two\"");
  EXPECT_THAT(scene.closes, ElementsAre(second));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"\"two\"", Code::kCancelled, ""}));
  EXPECT_THAT(scene.Last().body,
              testing::AllOf(HasSubstr("notifications/cancelled"), HasSubstr(R"("requestId":"two")")));
  EXPECT_TRUE(scene.Last().total) << "of our own making: bounded";
}

TEST(McpCancelTest, TheClientsOwnNotificationGoesUpAsItIsAndEndsTheRequest) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("1");
  scene.Clear();
  const std::string cancelled = Notice("notifications/cancelled", R"({"requestId":1,"reason":"why"})");
  scene.Send(cancelled);
  ASSERT_EQ(scene.requests.size(), 1u);
  EXPECT_EQ(scene.requests[0].body, cancelled);
  EXPECT_THAT(scene.closes, ElementsAre(call));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kCancelled, ""}));
}

TEST(McpCancelTest, InitializeIsClosedAndNotToldAsCancelled) {
  McpScene scene;
  scene.Send(Call("0", "initialize"));
  scene.Cancel("0");
  EXPECT_THAT(scene.Methods(), ElementsAre("POST"));
  EXPECT_THAT(scene.closes, ElementsAre(1u));
}

TEST(McpCancelTest, WhatTheGatewayGivesUpIsCancelledAtTheServerToo) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("1");
  scene.Clear();
  scene.Bytes(call, Sse('"' + std::string(5000, 'x') + '"'));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kResourceExhausted, "EVENT_TOO_LARGE"}));
  EXPECT_THAT(scene.Last().body, HasSubstr("notifications/cancelled"));
}

// ---- the end ----

TEST(McpEndTest, HalfCloseLetsRunWhatRunsThenDeletesTheSession) {
  McpScene scene;
  scene.Handshake();
  const Session::Key call = scene.Begin("1");
  scene.Clear();
  scene.HalfClose();
  EXPECT_THAT(scene.requests, IsEmpty());
  scene.Bytes(call, Sse(Result("1")));
  ASSERT_THAT(scene.Methods(), ElementsAre("DELETE"));
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s1");
  EXPECT_FALSE(scene.end) << "the server is told first";
  scene.Answer(scene.Last().key, "", 405);
  EXPECT_EQ(scene.end, absl::OkStatus());
}

TEST(McpEndTest, WhenTheCallerIsGoneEachRequestIsCancelledThenTheSessionDeleted) {
  McpScene scene;
  scene.Handshake();
  scene.Begin("1");
  scene.Begin("2");
  scene.Clear();
  scene.Take(scene.session.OnCancelled(/*draining=*/false));
  ASSERT_THAT(scene.Methods(), ElementsAre("POST", "POST"));
  scene.Accepted(scene.requests[0].key);
  scene.End(scene.requests[1].key, kCutOff);
  ASSERT_THAT(scene.Methods(), ElementsAre("POST", "POST", "DELETE"));
  scene.Accepted(scene.requests[2].key);
  EXPECT_EQ(scene.end->code(), Code::kCancelled);
}

TEST(McpEndTest, WhatWasOnItsWayWhenTheCallerWentIsToldAnew) {
  McpScene scene;
  scene.Handshake();
  scene.Begin("1");
  scene.Cancel("1");
  scene.Clear();
  scene.Take(scene.session.OnCancelled(/*draining=*/false));
  ASSERT_THAT(scene.Methods(), ElementsAre("POST")) << "the call closed the first cancel";
  EXPECT_THAT(scene.Last().body, HasSubstr(R"("requestId":1)"));
  scene.Accepted(scene.Last().key);
  EXPECT_EQ(scene.Last().method, "DELETE");

  McpScene deleting;
  deleting.Handshake();
  deleting.HalfClose();
  deleting.Clear();
  deleting.Take(deleting.session.OnCancelled(/*draining=*/false));
  ASSERT_THAT(deleting.Methods(), ElementsAre("DELETE"));
  deleting.Accepted(deleting.Last().key);
  EXPECT_TRUE(deleting.end);
}

TEST(McpEndTest, ASessionThatHadJustBegunIsDeletedTooThoughNobodyHeardOfIt) {
  McpScene scene;
  scene.Send(Call("0", "initialize"));
  scene.Head(1, "application/json", 200, {{"mcp-session-id", "s7"}});
  scene.Take(scene.session.OnCancelled(/*draining=*/false));
  EXPECT_EQ(scene.Last().method, "DELETE");
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s7");
}

TEST(McpEndTest, ASessionThatIsToStayIsLeftAlone) {
  McpScene scene;
  scene.Handshake();
  scene.Begin("1");
  scene.Clear();
  scene.Take(scene.session.OnCancelled(/*draining=*/true));
  EXPECT_THAT(scene.requests, IsEmpty());
  EXPECT_TRUE(scene.end);
}

TEST(McpEndTest, AServerThatLostTheSessionEndsTheCall) {
  struct Case {
    int status;
    std::string body;
    bool lost;
  };
  for (const Case& c : {Case{404, "gone", true}, Case{404, Error("null", -32001, "Session not found"), true},
                        Case{400, Error("null", -32000, "Bad Request: No valid session ID provided"), true},
                        Case{400, Error("null", -32600, "bad params"), false}, Case{500, "oops", false}}) {
    McpScene scene;
    scene.Handshake();
    scene.Send(Call("1", "tools/list"));
    scene.Answer(scene.Last().key, c.body, c.status);
    ASSERT_EQ(scene.end.has_value(), c.lost) << c.status << " " << c.body;
    if (c.lost) {
      EXPECT_EQ(scene.end->code(), Code::kAborted);
    }
  }
}

TEST(McpEndTest, ANotificationThatMeetsALostSessionEndsTheCallToo) {
  McpScene scene;
  scene.Handshake();
  scene.Send(Notice("notifications/roots/list_changed"));
  scene.Head(scene.Last().key, "text/plain", 404);
  EXPECT_EQ(scene.end->code(), Code::kAborted);
}

}  // namespace
}  // namespace sluice::translate
