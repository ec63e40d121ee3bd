// Going on after a cut. Model Context Protocol 2025-03-26 to 2025-11-25, "Resumability and Redelivery".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/translate/mcp_session.h"
#include "tests/translate/mcp_scene.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Code = absl::StatusCode;
using std::chrono::milliseconds;

const ExchangeEnd kUnreachable{ExchangeOutcome::kUnreachable, "refused", false};
const EndedRequest kTruncated5{"5", Code::kUnavailable, "UPSTREAM_STREAM_TRUNCATED"};

class McpResumeTest : public ::testing::Test {
 protected:
  McpResumeTest() : listen(scene.Handshake()) {}
  // A request whose answer was cut after an event `cursor`; its timer runs.
  void Cut(const std::string& id, const std::string& cursor, const ExchangeEnd& end = kCutOff) {
    const Session::Key key = scene.Begin(id);
    scene.Bytes(key, Sse(Notice("p"), cursor));
    scene.End(key, end);
  }
  // The last timer's time comes: the key of what is asked for.
  Session::Key Again() {
    scene.Timer(scene.timers.back().id);
    return scene.Last().key;
  }
  McpScene scene;
  const Session::Key listen;
};

TEST_F(McpResumeTest, ACutAnswerIsAskedForAgainAfterItsLastEvent) {
  Cut("5", "e3");
  EXPECT_THAT(scene.Ended(), IsEmpty());
  EXPECT_EQ(scene.timers.back().after, McpSession::kFirstRetry);
  const Session::Key again = Again();
  EXPECT_EQ(scene.Last().method, "GET");
  EXPECT_EQ(scene.Sent("last-event-id"), "e3");
  EXPECT_EQ(scene.Sent("accept"), "text/event-stream");
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s1");
  scene.Events(again);
  scene.Bytes(again, Sse(Result("5"), "e4"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Notice("p")), Pair("5", Result("5"))));
  EXPECT_THAT(scene.closes, ElementsAre(again)) << "a resumed stream does not end by itself";
}

TEST_F(McpResumeTest, ACleanEndAfterAPrimingEventMeansComeBackAfterTheTimeTold) {
  const Session::Key key = scene.Begin("5");
  scene.Bytes(key, "id: e1\nretry: 1500\ndata: \n\n");
  scene.End(key, kWhole);
  EXPECT_EQ(scene.timers.back().after, milliseconds(1500));
  EXPECT_THAT(scene.Messages(), IsEmpty()) << "a priming event is no message";
  Again();
  EXPECT_EQ(scene.Sent("last-event-id"), "e1");
}

TEST_F(McpResumeTest, WithoutAnEventIdThereIsNothingToGoOnFrom) {
  scene.End(scene.Begin("5"), kCutOff);
  EXPECT_THAT(scene.Ended(), ElementsAre(kTruncated5));
  EXPECT_THAT(scene.timers, IsEmpty());
}

TEST_F(McpResumeTest, ASecondCutBeforeAnyEventKeepsThePlace) {
  Cut("5", "e3");
  const Session::Key again = Again();
  scene.Events(again);
  scene.End(again, kCutOff);
  Again();
  EXPECT_EQ(scene.Sent("last-event-id"), "e3");
}

TEST_F(McpResumeTest, WhatCameBeforeIsNotToldAgain) {
  Cut("5", "e3");
  const Session::Key other = scene.Begin("6");
  scene.Bytes(other, Sse(Notice("q"), "e4"));
  const Session::Key again = Again();
  scene.Events(again);
  scene.Bytes(again, Sse(Notice("q"), "e4") + Sse(Notice("r"), "e5"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Notice("p")), Pair("6", Notice("q")), Pair("5", Notice("r"))));
}

TEST_F(McpResumeTest, EventsWithoutAnIdOfTheirOwnAreNotTakenForRepeated) {
  Cut("5", "e3");
  const Session::Key again = Again();
  scene.Events(again);
  scene.Bytes(again, Sse(Notice("a")) + Sse(Notice("b")));
  EXPECT_THAT(scene.Messages(), SizeIs(3));
}

TEST_F(McpResumeTest, ServersThatNumberEachStreamAnewLoseNothing) {
  const Session::Key first = scene.Begin("5");
  const Session::Key second = scene.Begin("6");
  scene.Bytes(first, Sse(Notice("a"), "1"));
  scene.Bytes(second, Sse(Notice("b"), "1"));
  EXPECT_THAT(scene.Messages(), SizeIs(2));
}

TEST_F(McpResumeTest, TheResponseOfARequestThatRunsIsTakenWhateverItsEventIsCalled) {
  const Session::Key other = scene.Begin("6");
  scene.Bytes(other, Sse(Notice("q"), "2"));
  Cut("5", "1");
  const Session::Key again = Again();
  scene.Events(again);
  scene.Bytes(again, Sse(Result("5"), "2"));
  EXPECT_EQ(scene.Messages().back(), std::make_pair(std::string("5"), Result("5")));
}

TEST_F(McpResumeTest, TheTimeThatWasToldHoldsForLaterAttempts) {
  const Session::Key key = scene.Begin("5");
  scene.Bytes(key, "id: e1\nretry: 5000\ndata: \n\n");
  scene.End(key);
  scene.End(Again(), kUnreachable);
  EXPECT_EQ(scene.timers.back().after, milliseconds(5000));
}

TEST_F(McpResumeTest, AServerThatTellsTheSameAgainAndAgainIsNotHeardOf) {
  Cut("5", "e3");
  int rounds = 0;
  for (; scene.Ended().empty() && rounds < 2 * McpSession::kMaxSilences; ++rounds) {
    const Session::Key again = Again();
    scene.Events(again);
    scene.Bytes(again, Sse(Notice("p"), "e2") + Sse(Notice("p"), "e3"));
    scene.End(again);
  }
  EXPECT_LE(rounds, McpSession::kMaxSilences + 2);
}

TEST_F(McpResumeTest, AReplayMayBringTheResponseOfAnotherRequest) {
  Cut("5", "e3");
  const Session::Key other = scene.Begin("6");
  const Session::Key again = Again();
  scene.Events(again);
  scene.Bytes(again, Sse(Result("6"), "e4"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Notice("p")), Pair("6", Result("6"))));
  EXPECT_THAT(scene.closes, ElementsAre(other));
  scene.Bytes(again, Sse(Result("5"), "e5"));
  EXPECT_THAT(scene.closes, ElementsAre(other, again));
}

TEST_F(McpResumeTest, AServerThatRefusesIsNotAskedAgain) {
  for (const int status : {400, 405}) {
    McpScene refused;
    refused.Handshake();
    const Session::Key key = refused.Begin("5");
    refused.Bytes(key, Sse(Notice("p"), "e3"));
    refused.End(key, kCutOff);
    refused.Timer(refused.timers.back().id);
    refused.Answer(refused.Last().key, "no", status);
    EXPECT_THAT(refused.Ended(), ElementsAre(kTruncated5)) << status;
    EXPECT_THAT(refused.LastMessageOfEnded(), HasSubstr(std::to_string(status)));
  }
}

TEST_F(McpResumeTest, AServerThatForgotTheSessionEndsTheCall) {
  Cut("5", "e3");
  scene.Answer(Again(), "gone", 404);
  EXPECT_EQ(scene.end->code(), Code::kAborted);
}

TEST_F(McpResumeTest, AServerThatCannotBeReachedIsTriedFiveTimesEachLater) {
  Cut("5", "e3");
  std::vector<milliseconds> delays;
  while (scene.Ended().empty()) {
    delays.push_back(scene.timers.back().after);
    scene.End(Again(), kUnreachable);
  }
  EXPECT_THAT(scene.Ended(), ElementsAre(kTruncated5));
  EXPECT_THAT(delays, SizeIs(McpSession::kMaxAttempts + 1)) << "the first is that after the cut";
  EXPECT_GT(delays.back(), delays.front());
}

TEST_F(McpResumeTest, AConflictIsTriedAgain) {
  Cut("5", "e3");
  scene.Answer(Again(), "still connected", 409);
  EXPECT_THAT(scene.Ended(), IsEmpty());
  EXPECT_EQ((Again(), scene.Sent("last-event-id")), "e3");
}

TEST_F(McpResumeTest, AReplayThatStaysSilentIsGivenUp) {
  Cut("5", "unknown");
  const Session::Key again = Again();
  const Session::TimerId silence = scene.timers.back().id;
  ASSERT_EQ(scene.timers.back().after, McpSession::kReplaySilence);
  scene.Events(again);
  scene.Bytes(again, ": keepalive\n\n");
  scene.Timer(silence);
  EXPECT_THAT(scene.Ended(), ElementsAre(kTruncated5));
  EXPECT_THAT(scene.closes, ElementsAre(again));
}

TEST_F(McpResumeTest, ARequestThatWaitsToBeAskedForCanBeCancelled) {
  Cut("5", "e3");
  scene.Cancel("5");
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"5", Code::kCancelled, ""}));
  EXPECT_THAT(scene.Last().body, HasSubstr("notifications/cancelled"));
  const std::size_t requests = scene.requests.size();
  scene.Timer(scene.timers.back().id);
  EXPECT_EQ(scene.requests.size(), requests) << "a timer that has become nobody's does nothing";
}

TEST_F(McpResumeTest, HalfCloseWaitsForWhatIsToGoOn) {
  Cut("5", "e3");
  scene.HalfClose();
  EXPECT_FALSE(scene.end);
  const Session::Key again = Again();
  scene.Events(again);
  scene.Bytes(again, Sse(Result("5"), "e4"));
  EXPECT_EQ(scene.Last().method, "DELETE");
}

// ---- another gateway ----

TEST_F(McpResumeTest, WhoHalfClosesInADrainLeavesTheSessionForItsToken) {
  scene.Take(scene.session.OnDraining(milliseconds(10'000)));
  scene.Clear();
  scene.HalfClose();
  EXPECT_THAT(scene.requests, IsEmpty());
  EXPECT_EQ(scene.end, absl::OkStatus());
}

TEST_F(McpResumeTest, ASessionThatIsBeingDeletedIsNotHandedOver) {
  scene.HalfClose();
  ASSERT_EQ(scene.Last().method, "DELETE");
  const Session::Key deletes = scene.Last().key;
  scene.Clear();
  scene.Take(scene.session.OnDraining(milliseconds(10'000)));
  EXPECT_THAT(scene.frames, IsEmpty());
  scene.Accepted(deletes);
  EXPECT_EQ(scene.end, absl::OkStatus());
}

TEST_F(McpResumeTest, DrainingTellsWhereTheSessionStandsAndAtLastAgain) {
  const Session::Key call = scene.Begin("5");
  scene.Bytes(call, Sse(Notice("p"), "e3"));
  scene.Bytes(listen, Sse(Notice("l"), "l9"));
  scene.Take(scene.session.OnDraining(milliseconds(10'000)));
  EXPECT_EQ(scene.frames.back().draining().resume_token(), "s1@2025-11-25 5=e3 listen=l9");
  EXPECT_EQ(scene.timers.back().after, milliseconds(9'500));
  scene.Bytes(call, Sse(Notice("p"), "e4"));
  scene.Clear();
  scene.Timer(scene.session.OnDraining(milliseconds(0)).timers.at(0).id);
  EXPECT_EQ(scene.frames.back().draining().resume_token(), "s1@2025-11-25 5=e4 listen=l9");
  EXPECT_EQ(scene.end->code(), Code::kUnavailable);
  EXPECT_THAT(scene.requests, IsEmpty()) << "the server's session stays";
}

TEST(McpRestoreTest, WhatRanGoesOnAndWhatCannotIsEnded) {
  const SessionResume stand{"srv", "2025-06-18", "s9", {{"5", "e3"}, {"\"x\"", ""}}, true, "l9"};
  McpScene scene(McpOptions(), &stand);
  ASSERT_TRUE(scene.frames.at(0).has_opened());
  EXPECT_EQ(scene.frames.at(1).negotiated().session_id(), "s9");
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"\"x\"", Code::kUnavailable, "UPSTREAM_STREAM_TRUNCATED"}));
  EXPECT_EQ(scene.frames.at(1).negotiated().resume_token(), "s9@2025-06-18 \"x\"= 5=e3 listen=l9");
  ASSERT_THAT(scene.Methods(), ElementsAre("GET", "GET", "POST"));
  EXPECT_EQ(FindHeader(scene.requests[0].headers, "last-event-id"), "l9");
  EXPECT_EQ(FindHeader(scene.requests[1].headers, "last-event-id"), "e3");
  EXPECT_THAT(scene.Last().body, HasSubstr(R"("requestId":"x")")) << "nobody can have its answer";
  EXPECT_EQ(scene.Sent("mcp-protocol-version"), "2025-06-18");
  scene.Events(scene.requests[1].key);
  scene.Bytes(scene.requests[1].key, Sse(Result("5"), "e4"));
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("5", Result("5"))));
}

TEST(McpRestoreTest, ATokenIsBoundedHoweverMuchRuns) {
  Session::Options options = McpOptions();
  options.limits.requests = 1000;
  std::size_t streams = 0;
  options.seal = [&](const SessionResume& stand) {
    streams = stand.streams.size();
    return std::string("token");
  };
  McpScene scene(options);
  scene.Handshake();
  for (int i = 100; i < 900; ++i)
    scene.Send(Call('"' + std::to_string(i) + std::string(1000, 'i') + '"', "tools/call"));
  scene.Take(scene.session.OnDraining(milliseconds(1000)));
  EXPECT_EQ(streams, 512 * 1024 / 1005u);
}

TEST(McpRestoreTest, TheIdsThatRunAreTaken) {
  const SessionResume stand{"srv", "2025-06-18", "s9", {{"5", "e3"}}, false, ""};
  McpScene scene(McpOptions(), &stand);
  scene.Send(Call("5", "tools/list"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"5", Code::kInvalidArgument, ""}));
  scene.Send(Call("6", "tools/list"));
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s9");
}

}  // namespace
}  // namespace sluice::translate
