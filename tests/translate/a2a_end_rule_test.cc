// When an A2A stream has truthfully ended: sequences of events × how the body ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using namespace testing;  // NOLINT: the answers

constexpr char kCut[] = "UPSTREAM_STREAM_TRUNCATED";

struct Row {
  std::string name;
  std::vector<std::string> events;
  std::string clean_end;    // the body ends as HTTP frames it
  std::string broken_end;   // the connection is lost
  std::string silent_end;   // the idle clock runs out
  std::string after_grace;  // "-": the grace means nothing
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};

class A2aEndRuleTest : public ::testing::TestWithParam<Row> {
 protected:
  A2aEndRuleTest() { call_.OnHead(SseHead()); }

  // Gives the events one by one, or all in one piece.
  void Tell(bool in_one_piece = false) {
    std::string all;
    for (const std::string& event : GetParam().events) {
      all += event;
      if (!in_one_piece) {
        EXPECT_EQ(EndOf(call_.OnBytes(event)), "-");
      }
    }
    if (in_one_piece) {
      EXPECT_EQ(EndOf(call_.OnBytes(all)), "-");
    }
  }

  A2aCall call_ = BeginCall("SendStreamingMessage");
};

TEST_P(A2aEndRuleTest, CleanEnd) {
  Tell();
  EXPECT_EQ(EndOf(call_.OnEnd(Ended(ExchangeOutcome::kComplete))), GetParam().clean_end);
}
TEST_P(A2aEndRuleTest, CleanEndOfOnePiece) {
  Tell(/*in_one_piece=*/true);
  EXPECT_EQ(EndOf(call_.OnEnd(Ended(ExchangeOutcome::kComplete))), GetParam().clean_end);
}
TEST_P(A2aEndRuleTest, BrokenEnd) {
  Tell();
  EXPECT_EQ(EndOf(call_.OnEnd(Ended(ExchangeOutcome::kTruncated))), GetParam().broken_end);
}
TEST_P(A2aEndRuleTest, SilentEnd) {
  Tell();
  EXPECT_EQ(EndOf(call_.OnEnd(Ended(ExchangeOutcome::kIdleTimeout))), GetParam().silent_end);
}
TEST_P(A2aEndRuleTest, GraceOver) {
  Tell();
  EXPECT_EQ(EndOf(call_.OnGraceOver()), GetParam().after_grace);
}
TEST_P(A2aEndRuleTest, CleanEndInsideAnEventIsACutUnlessTheTaskIsOver) {
  Tell();
  EXPECT_EQ(EndOf(call_.OnBytes("data: {\"jsonrpc\"")), "-");
  const bool over = GetParam().after_grace == "OK";
  EXPECT_EQ(EndOf(call_.OnEnd(Ended(ExchangeOutcome::kComplete))), over ? "OK" : kCut);
}

Row Over(std::string name, std::vector<std::string> events) {
  return {std::move(name), std::move(events), "OK", "OK", "OK", "OK"};
}
Row Interrupted(std::string name, std::vector<std::string> events) {
  return {std::move(name), std::move(events), "OK", kCut, "UPSTREAM_TIMEOUT_IDLE", "-"};
}
Row Running(std::string name, std::vector<std::string> events) {
  return {std::move(name), std::move(events), kCut, kCut, "UPSTREAM_TIMEOUT_IDLE", "-"};
}

INSTANTIATE_TEST_SUITE_P(
    LastStateTold, A2aEndRuleTest,
    ::testing::Values(Running("Nothing", {}), Running("KeepAlivesOnly", {": ping\n\n", "data:\n\n"}),
                      Running("ArtifactOnly", {ArtifactEvent()}), Running("Submitted", {TaskEvent("SUBMITTED")}),
                      Running("Working", {TaskEvent("SUBMITTED"), StatusEvent("WORKING"), ArtifactEvent()}),
                      Running("Unspecified", {StatusEvent("UNSPECIFIED")}),
                      Running("StateNobodyKnows", {TaskEvent("WORKING"), StatusEvent("PAUSED")}),
                      Running("TaskWithoutAStatus", {Sse(Result(R"({"task":{"id":"t-1"}})"))}),
                      Over("CompletedTask", {TaskEvent("COMPLETED")}),
                      Over("CompletedUpdate", {TaskEvent("WORKING"), StatusEvent("COMPLETED")}),
                      Over("Failed", {TaskEvent("WORKING"), StatusEvent("FAILED")}),
                      Over("Canceled", {TaskEvent("WORKING"), StatusEvent("CANCELED")}),
                      Over("Rejected", {TaskEvent("WORKING"), StatusEvent("REJECTED")}),
                      Over("LateArtifactKeepsTheState", {StatusEvent("COMPLETED"), ArtifactEvent()}),
                      Over("WholeTaskRepeatedAtTheEnd", {StatusEvent("COMPLETED"), TaskEvent("COMPLETED")}),
                      Over("StatusWithoutAStateKeepsIt",
                           {StatusEvent("COMPLETED"), Sse(Result(R"({"statusUpdate":{"taskId":"t-1"}})"))}),
                      Over("InterruptedThenCompleted", {StatusEvent("INPUT_REQUIRED"), StatusEvent("COMPLETED")}),
                      Running("CompletedThenWorkingAgain", {StatusEvent("COMPLETED"), StatusEvent("WORKING")}),
                      Interrupted("InputRequired", {TaskEvent("WORKING"), StatusEvent("INPUT_REQUIRED")}),
                      Interrupted("AuthRequired", {TaskEvent("AUTH_REQUIRED")}),
                      Interrupted("ArtifactAfterInputRequired", {StatusEvent("INPUT_REQUIRED"), ArtifactEvent()}),
                      Interrupted("CompletedThenInputRequired",
                                  {StatusEvent("COMPLETED"), StatusEvent("INPUT_REQUIRED")}),
                      Running("WorkingAfterAuthRequired", {StatusEvent("AUTH_REQUIRED"), StatusEvent("WORKING")})),
    [](const auto& named) { return named.param.name; });

TEST(A2aEnd, AMessageIsTheWholeStreamAndEndsItAtOnce) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(MessageEvent() + MessageEvent());
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(EndOf(step), "OK");
}

TEST(A2aEnd, AnErrorEndsTheStreamAndNamesTheTask) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(TaskEvent("WORKING") + "event: error\n" + Sse(Error(-32603)));
  EXPECT_EQ(step.messages.size(), 1u);
  EXPECT_EQ(EndOf(step), "INTERNAL_ERROR");
  EXPECT_EQ(ErrorMetadataValue(*step.end, "task_id"), "t-1");
}

TEST(A2aEnd, ACutTellsWhatIsNeededToGoOn) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  call.OnBytes("id: e-7\n" + StatusEvent("WORKING"));
  const Step step = call.OnEnd(Ended(ExchangeOutcome::kTruncated));
  EXPECT_EQ(step.end->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(EndOf(step), kCut);
  EXPECT_EQ(ErrorMetadataValue(*step.end, "task_id"), "t-1");
  EXPECT_EQ(ErrorMetadataValue(*step.end, "last_state"), "TASK_STATE_WORKING");
  EXPECT_EQ(ErrorMetadataValue(*step.end, "last_event_id"), "e-7");
  EXPECT_EQ(ErrorMetadataValue(*step.end, "may_have_run"), "true");
}

struct OutcomeRow {
  ExchangeOutcome outcome;
  std::string reason;
};
TEST(A2aEnd, EveryOtherOutcomeKeepsItsReasonAndNamesTheTask) {
  for (const OutcomeRow& row : {OutcomeRow{ExchangeOutcome::kIdleTimeout, "UPSTREAM_TIMEOUT_IDLE"},
                                OutcomeRow{ExchangeOutcome::kTotalTimeout, "UPSTREAM_TIMEOUT_TOTAL"},
                                OutcomeRow{ExchangeOutcome::kMalformed, "UPSTREAM_BAD_MESSAGE"}}) {
    A2aCall call = BeginCall("SubscribeToTask");
    call.OnHead(SseHead());
    call.OnBytes(TaskEvent("WORKING"));
    const Step step = call.OnEnd(Ended(row.outcome));
    EXPECT_EQ(EndOf(step), row.reason);
    EXPECT_EQ(ErrorMetadataValue(*step.end, "task_id"), "t-1");
  }
}

TEST(A2aGrace, BeginsOnTheStepThatToldTheEndOfTheTaskAndOnNoOther) {
  A2aCall call = BeginCall("SendStreamingMessage");
  EXPECT_FALSE(call.OnHead(SseHead()).start_grace);
  EXPECT_FALSE(call.OnBytes(TaskEvent("WORKING")).start_grace);
  EXPECT_TRUE(call.OnBytes(StatusEvent("COMPLETED")).start_grace);
  EXPECT_FALSE(call.OnBytes(ArtifactEvent()).start_grace);
  EXPECT_FALSE(call.OnBytes(TaskEvent("COMPLETED")).start_grace) << "it is running already";
  EXPECT_EQ(EndOf(call.OnGraceOver()), "OK");
}

TEST(A2aGrace, IsTakenBackByALaterStateAndCanBeginAgain) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  EXPECT_FALSE(call.OnBytes(StatusEvent("COMPLETED") + StatusEvent("WORKING")).start_grace);
  EXPECT_TRUE(call.OnBytes(StatusEvent("COMPLETED")).start_grace);
  EXPECT_FALSE(call.OnBytes(StatusEvent("WORKING")).start_grace);
  EXPECT_EQ(EndOf(call.OnGraceOver()), "-");
  EXPECT_TRUE(call.OnBytes(StatusEvent("FAILED")).start_grace);
  EXPECT_EQ(EndOf(call.OnGraceOver()), "OK");
}

TEST(A2aGrace, IsNotAskedForWhenTheCallIsOver) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(SseHead());
  const Step step = call.OnBytes(StatusEvent("COMPLETED") + Sse(Error(-32603)));
  EXPECT_EQ(EndOf(step), "INTERNAL_ERROR");
  EXPECT_FALSE(step.start_grace);
}

struct JsonRow {
  std::string name, body, reason;
  std::size_t messages;
  friend void PrintTo(const JsonRow& row, std::ostream* os) { *os << row.name; }
};
class A2aStreamAnsweredAsJsonTest : public ::testing::TestWithParam<JsonRow> {};
TEST_P(A2aStreamAnsweredAsJsonTest, IsAStreamOfOneEvent) {
  A2aCall call = BeginCall("SendStreamingMessage");
  call.OnHead(JsonHead());
  EXPECT_EQ(EndOf(call.OnBytes(GetParam().body)), "-");
  EXPECT_EQ(EndOf(call.OnGraceOver()), "-");
  const Step step = call.OnEnd(Ended(ExchangeOutcome::kComplete));
  EXPECT_EQ(EndOf(step), GetParam().reason);
  EXPECT_EQ(step.messages.size(), GetParam().messages);
  EXPECT_FALSE(step.start_grace);
}
INSTANTIATE_TEST_SUITE_P(
    Answers, A2aStreamAnsweredAsJsonTest,
    ::testing::Values(JsonRow{"Message", Result(R"({"message":)" + std::string(kMessageJson) + "}"), "OK", 1},
                      JsonRow{"TaskThatIsOver", Result(R"({"task":)" + TaskJson("COMPLETED") + "}"), "OK", 1},
                      JsonRow{"TaskThatWaits", Result(R"({"task":)" + TaskJson("INPUT_REQUIRED") + "}"), "OK", 1},
                      JsonRow{"TaskThatRuns", Result(R"({"task":)" + TaskJson("WORKING") + "}"), kCut, 1},
                      JsonRow{"Error", Error(-32004), "UNSUPPORTED_OPERATION", 0}),
    [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace sluice::translate
