// The one wait, state by state: what a flow is told, what is started, and in which order a call ends.
#include "server/frontend/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/base/status.h"
#include "tests/frontend/fake_wire.h"

namespace sluice::frontend {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using upstream::ExchangeEvent;
using upstream::ExchangeId;

// What a flow was told, as words.
std::string Describe(const Occurrence& occurrence) {
  if (const auto* message = std::get_if<ClientMessage>(&occurrence)) return "message:" + message->bytes;
  if (std::holds_alternative<HalfClose>(occurrence)) return "half-close";
  if (std::holds_alternative<FlowTimer>(occurrence)) return "timer";
  if (const auto* change = std::get_if<PhaseChange>(&occurrence)) {
    return change->phase == Phase::kDraining ? "draining" : "lame-duck";
  }
  if (const auto* cancelled = std::get_if<Cancelled>(&occurrence)) {
    return "cancelled:" + std::string(ToStd(absl::StatusCodeToString(cancelled->why.code())));
  }
  const auto& what = std::get<ExchangeEvent>(occurrence).what;
  if (std::holds_alternative<ResponseHead>(what)) return "head";
  if (const auto* body = std::get_if<upstream::BodyBytes>(&what)) return "bytes:" + body->bytes;
  return "end";
}

class CallTest : public ::testing::Test {
 protected:
  // What the flow does with an occurrence; a status ends it.
  using Handler = std::function<std::optional<absl::Status>(Call&, Occurrence&)>;

  static Task<absl::Status> RunFlow(Call& call, CallTest* test) {
    if (test->at_start) test->at_start(call);
    for (;;) {
      Occurrence next = co_await call.Next();
      test->told.push_back(Describe(next));
      if (test->on_next) {
        std::optional<absl::Status> end = test->on_next(call, next);
        if (end) co_return *end;
      }
      if (auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    }
  }

  Call& Begin(Call::Clock::time_point deadline = Call::Clock::time_point::max()) {
    call = std::make_unique<Call>(downstream, switchboard, CallLimits{16, 64, milliseconds(1000), 4096});
    call->Begin([this](Call& one) { return RunFlow(one, this); }, deadline);
    return *call;
  }

  void Tell(ExchangeId id, decltype(ExchangeEvent::what) what) {
    switchboard.Route(ExchangeEvent{id, std::move(what)});
  }
  // As the I/O thread does: bytes are charged before they are told.
  void TellBytes(ExchangeId id, std::string bytes) {
    stopped = upstream.started.front().request.budget->Charge(bytes.size());
    Tell(id, upstream::BodyBytes{std::move(bytes)});
  }
  void FireTimerAt(Call::Clock::time_point when) {
    now = when;
    switchboard.Route(upstream::TimerFired{timer_id()});
  }
  upstream::TimerId timer_id() const { return upstream::TimerId{1}; }  // the first id that the switchboard gave

  // The client has the status and gRPC says so.
  void CompleteFinish() {
    ASSERT_TRUE(downstream.finished.has_value());
    call->OnDone(false);
    call->OnFinished(true);
  }

  static upstream::ExchangeRequest AnyRequest() { return {}; }

  FakeDownstream downstream;
  FakeUpstream upstream;
  observe::Counters counters;
  Call::Clock::time_point now{};
  Switchboard switchboard{upstream, counters, [this] { return now; }};
  std::unique_ptr<Call> call;
  std::vector<std::string> told;
  std::function<void(Call&)> at_start;
  Handler on_next;
  bool stopped = false;
};

TEST_F(CallTest, ReadsNothingUntilTheFlowWantsAMessage) {
  Begin();
  EXPECT_EQ(downstream.reads, 0);
}

TEST_F(CallTest, TellsOneClientMessagePerWant) {
  at_start = [](Call& one) { one.WantMessage(); };
  Begin().OnRead("a");
  EXPECT_THAT(told, ElementsAre("message:a"));
  EXPECT_EQ(downstream.reads, 1) << "a second read without a second want";
}

TEST_F(CallTest, TellsHalfCloseAndTheCallGoesOn) {
  at_start = [](Call& one) { one.WantMessage(); };
  Begin().OnRead(std::nullopt);
  EXPECT_THAT(told, ElementsAre("half-close"));
  EXPECT_FALSE(downstream.finished.has_value());
}

TEST_F(CallTest, TellsHalfCloseAgainToAFlowThatAsksAgain) {
  at_start = [](Call& one) { one.WantMessage(); };
  on_next = [](Call& one, Occurrence&) -> std::optional<absl::Status> {
    static int asked = 0;
    if (++asked == 1) one.WantMessage();
    return std::nullopt;
  };
  Begin().OnRead(std::nullopt);
  EXPECT_THAT(told, ElementsAre("half-close", "half-close"));
  EXPECT_EQ(downstream.reads, 1) << "after a half-close there is nothing to read, ever";
}

TEST_F(CallTest, TellsHeadBytesAndEndOfAnExchangeInOrder) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin();
  const ExchangeId id = upstream.started.front().id;
  Tell(id, ResponseHead{});
  TellBytes(id, "x");
  Tell(id, ExchangeEnd{});
  EXPECT_THAT(told, ElementsAre("head", "bytes:x", "end"));
  EXPECT_EQ(counters.exchanges_live, 0);
}

TEST_F(CallTest, TellsNothingMoreOfAnAbortedExchange) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin();
  const ExchangeId id = upstream.started.front().id;
  call->Abort(id);
  TellBytes(id, "x");
  Tell(id, ExchangeEnd{});
  EXPECT_THAT(told, IsEmpty());
  EXPECT_THAT(upstream.aborted, ElementsAre(id));
  EXPECT_EQ(upstream.started.front().request.budget->held_bytes(), 0);
}

TEST_F(CallTest, CountsAnEventThatFindsNoCall) {
  Begin();
  Tell(ExchangeId{77}, ResponseHead{});
  EXPECT_EQ(counters.late_events_dropped, 1);
}

TEST_F(CallTest, WritesOneMessageAtATimeAndHintsAllButTheFirstAndTheLast) {
  at_start = [](Call& one) {
    for (const char* message : {"1", "2", "3"}) one.Write(message);
  };
  Begin();
  ASSERT_EQ(downstream.writes.size(), 1u);
  call->OnWritten(true);
  call->OnWritten(true);
  ASSERT_EQ(downstream.writes.size(), 3u);
  EXPECT_FALSE(downstream.writes[0].more_follow) << "the first write carries the headers";
  EXPECT_TRUE(downstream.writes[1].more_follow);
  EXPECT_FALSE(downstream.writes[2].more_follow) << "a hint on the last one would hold it back";
}

TEST_F(CallTest, FinishesOnlyWhenAllMessagesAreWritten) {
  at_start = [](Call& one) { one.Write("1"); };
  on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
  Begin();
  call->OnPhaseChange({Phase::kDraining, {}});  // any occurrence: the flow returns
  EXPECT_FALSE(downstream.finished.has_value());
  call->OnWritten(true);
  EXPECT_EQ(downstream.finished, absl::OkStatus());
}

TEST_F(CallTest, SendsHeadersByThemselvesWhenNoMessageIsThere) {
  at_start = [](Call& one) { one.SendHeaders({{"a2a-extensions", "x"}}); };
  Begin();
  EXPECT_EQ(downstream.headers_sent, 1);
  EXPECT_THAT(downstream.headers, ElementsAre(std::make_pair("a2a-extensions", "x")));
}

TEST_F(CallTest, SendsHeadersWithTheFirstMessageWhenOneIsThere) {
  at_start = [](Call& one) {
    one.SendHeaders({});
    one.Write("1");
  };
  Begin();
  EXPECT_EQ(downstream.headers_sent, 0);
  EXPECT_EQ(downstream.writes.size(), 1u);
}

TEST_F(CallTest, AddedHeadersWaitForTheFirstMessageOrTheStatus) {
  at_start = [](Call& one) { one.AddHeaders({{"a2a-extensions", "x"}}); };
  Begin();
  EXPECT_EQ(downstream.headers_sent, 0);
  EXPECT_THAT(downstream.headers, ElementsAre(std::make_pair("a2a-extensions", "x")));
}

TEST_F(CallTest, ClientCancelAbortsTheExchangeAtOnceAndTellsTheFlow) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin();
  call->OnDone(/*cancelled=*/true);
  EXPECT_EQ(upstream.aborted.size(), 1u);
  EXPECT_THAT(told, ElementsAre("cancelled:CANCELLED"));
  EXPECT_FALSE(downstream.finished.has_value()) << "nobody is there to take a status";
  EXPECT_EQ(call->record().end, "client_cancelled");
}

TEST_F(CallTest, IsNotFreedBeforeItsAbortedExchangeHasEnded) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin();
  call->OnDone(true);
  EXPECT_FALSE(downstream.retired);
  Tell(upstream.started.front().id, ExchangeEnd{ExchangeOutcome::kAborted, "", true});
  EXPECT_TRUE(downstream.retired);
}

TEST_F(CallTest, IsNotFreedBeforeItsReadAndItsWriteCameBack) {
  at_start = [](Call& one) {
    one.WantMessage();
    one.Write("1");
  };
  Begin();
  call->OnDone(true);
  EXPECT_FALSE(downstream.retired);
  call->OnRead(std::nullopt);
  EXPECT_FALSE(downstream.retired);
  call->OnWritten(false);
  EXPECT_TRUE(downstream.retired);
}

// gRPC promises no order between "done", Finish, Read and Write.
TEST_F(CallTest, IsFreedOnceWhateverTheOrderOfTheLastTags) {
  const std::vector<std::function<void(Call&)>> last = {[](Call& one) { one.OnDone(false); },
                                                        [](Call& one) { one.OnFinished(true); },
                                                        [](Call& one) { one.OnRead(std::nullopt); }};
  std::vector<int> order = {0, 1, 2};
  do {
    downstream = {};
    told.clear();
    at_start = [](Call& one) { one.WantMessage(); };
    on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
    Begin();
    call->OnPhaseChange({Phase::kDraining, {}});
    ASSERT_TRUE(downstream.finished.has_value());
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_FALSE(downstream.retired);
      last[static_cast<std::size_t>(order[i])](*call);
    }
    EXPECT_TRUE(downstream.retired);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(CallTest, DeadlineComesALittleBeforeTheCallersAndGivesItsStatus) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin(now + milliseconds(1000));
  ASSERT_EQ(upstream.timer, now + milliseconds(960));
  FireTimerAt(now + milliseconds(960));
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(upstream.aborted.size(), 1u);
  EXPECT_EQ(call->record().end, "deadline");
}

// ---- trailers, and a status that waits for the flow ----

TEST_F(CallTest, TrailersGoWithTheStatusAndIntoTheRecord) {
  on_next = [](Call& one, Occurrence&) {
    one.SetTrailer("sluice-x", "1");
    one.SetTrailer("sluice-x", "2");
    return std::optional(absl::OkStatus());
  };
  at_start = [](Call& one) { one.WantMessage(); };
  Begin().OnRead("a");
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_THAT(downstream.trailers, ElementsAre(std::pair<std::string, std::string>("sluice-x", "2")));
  EXPECT_EQ(call->record().trailers, downstream.trailers);
}

// A flow that, when it is cancelled, holds the status and then does something that takes until the second "timer".
class HeldStatusTest : public CallTest {
 protected:
  static Task<absl::Status> HoldAndTidy(Call& call, milliseconds at_most, milliseconds tidying) {
    absl::Status why;
    for (bool over = false; !over;) {
      Occurrence next = co_await call.Next();
      if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
        why = cancelled->why;
        call.HoldStatus(at_most);
        call.SetFlowTimer(tidying);
      }
      over = std::holds_alternative<FlowTimer>(next);
    }
    call.SetTrailer("sluice-said", "bye");
    call.Note("said", "bye");
    co_return why;
  }
  void Begin(milliseconds at_most, milliseconds tidying, Call::Clock::time_point deadline) {
    call = std::make_unique<Call>(downstream, switchboard, CallLimits{16, 64, milliseconds(1000), 4096});
    call->Begin([=](Call& one) { return HoldAndTidy(one, at_most, tidying); }, deadline);
  }
};

TEST_F(HeldStatusTest, TheStatusHasWhatTheFlowAddsInTime) {
  Begin(milliseconds(200), milliseconds(50), Call::Clock::time_point::max());
  call->Cancel(MakeError(absl::StatusCode::kUnavailable, "drain", reason::kDraining), "draining");
  EXPECT_FALSE(downstream.finished.has_value());
  FireTimerAt(now + milliseconds(50));
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_EQ(ErrorMetadataValue(*downstream.finished, "said"), "bye");
  EXPECT_EQ(downstream.trailers.size(), 1u);
}

TEST_F(HeldStatusTest, ASlowFlowDoesNotHoldItLonger) {
  Begin(milliseconds(200), milliseconds(5000), Call::Clock::time_point::max());
  call->Cancel(MakeError(absl::StatusCode::kUnavailable, "drain", reason::kDraining), "draining");
  FireTimerAt(now + milliseconds(199));
  EXPECT_FALSE(downstream.finished.has_value());
  FireTimerAt(now + milliseconds(1));
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_TRUE(downstream.trailers.empty());
  FireTimerAt(now + milliseconds(4800));
  EXPECT_EQ(call->record().trailers.size(), 1u) << "the log has it all the same";
}

TEST_F(HeldStatusTest, TheCallersDeadlineIsNeverOverrun) {
  Begin(milliseconds(200), milliseconds(5000), now + milliseconds(1000));
  FireTimerAt(now + milliseconds(960));
  EXPECT_FALSE(downstream.finished.has_value());
  FireTimerAt(now + milliseconds(20));  // half of the 40 ms that are left
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(HeldStatusTest, AClientThatLeavesMeanwhileDoesNotCancelTheTidying) {
  Begin(milliseconds(200), milliseconds(50), Call::Clock::time_point::max());
  call->Cancel(absl::UnavailableError("drain"), "draining");
  call->OnDone(true);
  EXPECT_FALSE(downstream.finished.has_value());
  EXPECT_FALSE(downstream.retired) << "the flow is not over";
  FireTimerAt(now + milliseconds(50));
  EXPECT_TRUE(downstream.retired);
  EXPECT_EQ(call->record().end, "draining");
}

TEST_F(HeldStatusTest, AClientThatIsStalledIsNotCancelledAgainBeforeItsStatusIsSent) {
  Begin(milliseconds(200), milliseconds(50), Call::Clock::time_point::max());
  call->Write("1");
  call->Write("2");
  call->OnTimer();  // arms the stall clock: the client takes nothing
  FireTimerAt(now + milliseconds(1000));
  EXPECT_FALSE(downstream.finished.has_value()) << "held";
  const upstream::ExchangeId tidying = call->StartExchange({});
  FireTimerAt(now + milliseconds(1));
  EXPECT_THAT(upstream.aborted, IsEmpty()) << "what the flow tidies up with goes on";
  FireTimerAt(now + milliseconds(49));
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kClientStalled);
  EXPECT_EQ(ErrorMetadataValue(*downstream.finished, "said"), "bye");
  EXPECT_THAT(upstream.aborted, ElementsAre(tidying)) << "with the flow";
  FireTimerAt(now + milliseconds(1000));
  EXPECT_EQ(downstream.resets, 1) << "it does not take the status either";
}

TEST_F(CallTest, NoDeadlineArmsNoTimer) {
  Begin();
  EXPECT_FALSE(upstream.timer.has_value());
}

TEST_F(CallTest, CancelDropsWhatWaitsAndFinishesBesideAPendingWrite) {
  at_start = [](Call& one) {
    one.Write("1");
    one.Write("2");
  };
  Begin();
  call->Cancel(absl::UnavailableError("going away"), "draining");
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kUnavailable);
  call->OnWritten(true);
  EXPECT_EQ(downstream.writes.size(), 1u) << "nothing is written after Finish";
}

TEST_F(CallTest, FinishesOnceWhenCancelledTwice) {
  Begin();
  call->Cancel(absl::UnavailableError("going away"), "draining");
  call->Cancel(absl::UnavailableError("still going away"), "draining");
  CompleteFinish();
  EXPECT_TRUE(downstream.retired);
}

TEST_F(CallTest, AFlowMayCleanUpAfterACancelAndASecondCancelEndsThat) {
  int cancels = 0;
  // It starts an exchange when it is cancelled and waits for its end, or for a second cancel.
  struct CleansUp {
    static Task<absl::Status> Run(Call& one, int* seen) {
      for (;;) {
        Occurrence next = co_await one.Next();
        if (!std::holds_alternative<Cancelled>(next)) continue;
        if (++*seen == 2) co_return absl::CancelledError("twice");
        one.StartExchange(AnyRequest());
      }
    }
  };
  call = std::make_unique<Call>(downstream, switchboard, CallLimits{16, 64, milliseconds(1000), 4096});
  call->Begin([&](Call& one) { return CleansUp::Run(one, &cancels); }, Call::Clock::time_point::max());
  call->Cancel(absl::DeadlineExceededError("late"), "deadline");
  CompleteFinish();
  ASSERT_EQ(upstream.started.size(), 1u);
  EXPECT_THAT(upstream.aborted, IsEmpty()) << "the clean-up may run";
  call->Cancel(absl::UnavailableError("going away"), "draining");
  EXPECT_EQ(cancels, 2);
  EXPECT_EQ(upstream.aborted.size(), 1u);
  EXPECT_FALSE(downstream.retired);
  Tell(upstream.started.front().id, ExchangeEnd{});
  EXPECT_TRUE(downstream.retired);
}

TEST_F(CallTest, AMessageOverTheLimitEndsTheCallWithAStatusOfOurs) {
  at_start = [](Call& one) { one.Write(std::string(5000, 'm')); };
  Begin();
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kEventTooLarge);
  EXPECT_TRUE(downstream.writes.empty());
}

TEST_F(CallTest, AFlowsTimerEndsWithTheFlow) {
  at_start = [](Call& one) {
    one.Write("1");
    one.SetFlowTimer(milliseconds(10));
  };
  on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
  Begin();
  call->OnPhaseChange({Phase::kDraining, {}});
  upstream.timer.reset();
  FireTimerAt(now + milliseconds(10));
  EXPECT_EQ(upstream.timer, now - milliseconds(10) + milliseconds(1000)) << "only the stall clock runs on";
}

TEST_F(CallTest, AClientThatLeavesTheLastMessageUntakenStallsTheStatusBehindIt) {
  at_start = [](Call& one) { one.Write("1"); };
  on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
  Begin();
  call->OnPhaseChange({Phase::kDraining, {}});
  FireTimerAt(now + milliseconds(1000));
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kClientStalled);
  FireTimerAt(now + milliseconds(1000));
  EXPECT_EQ(downstream.resets, 1) << "it does not even take the status";
}

TEST_F(CallTest, ErrorsFromOutsideOfTheFlowTellWhatItNoted) {
  at_start = [](Call& one) {
    one.Note("task_id", "t-0");
    one.Note("task_id", "t-1");
  };
  Begin();
  call->Cancel(MakeError(absl::StatusCode::kUnavailable, "gone", reason::kDraining), "draining");
  ASSERT_TRUE(downstream.finished.has_value());
  EXPECT_EQ(ErrorMetadataValue(*downstream.finished, "task_id"), "t-1");
}

TEST_F(CallTest, ProducerIsStoppedAtTheHighMarkAndResumedAtTheLowMark) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  on_next = [](Call& one, Occurrence& next) -> std::optional<absl::Status> {
    if (std::holds_alternative<ExchangeEvent>(next)) one.Write(std::string(40, 'm'));
    return std::nullopt;
  };
  Begin();
  const ExchangeId id = upstream.started.front().id;
  TellBytes(id, std::string(40, 'b'));
  TellBytes(id, std::string(40, 'b'));
  EXPECT_TRUE(stopped) << "80 bytes wait for the client, the mark is 64";
  EXPECT_THAT(upstream.resumed, IsEmpty());
  call->OnWritten(true);
  EXPECT_THAT(upstream.resumed, IsEmpty()) << "40 bytes are above the low mark of 16";
  call->OnWritten(true);
  EXPECT_THAT(upstream.resumed, ElementsAre(id));
}

TEST_F(CallTest, BytesThatOnlyBuildUpAnEventDoNotStopTheProducer) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  Begin();
  for (int i = 0; i < 100; ++i) {
    TellBytes(upstream.started.front().id, std::string(60, 'b'));
    EXPECT_FALSE(stopped) << "piece " << i;
  }
}

TEST_F(CallTest, ReadsNoClientMessageWhileTheClientDoesNotRead) {
  at_start = [](Call& one) {
    one.Write(std::string(100, 'm'));
    one.WantMessage();
  };
  Begin();
  EXPECT_EQ(downstream.reads, 0);
  call->OnWritten(true);
  EXPECT_EQ(downstream.reads, 1);
}

TEST_F(CallTest, AClientThatTakesNothingWhileMoreWaitsLosesTheCall) {
  at_start = [](Call& one) {
    one.Write("1");
    one.Write("2");
  };
  Begin();
  ASSERT_EQ(upstream.timer, now + milliseconds(1000));
  FireTimerAt(now + milliseconds(1000));
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kClientStalled);
}

TEST_F(CallTest, AClientThatLeavesAMessageUntakenWhileTheUpstreamIsStoppedForItLosesTheCall) {
  at_start = [](Call& one) { one.StartExchange(AnyRequest()); };
  on_next = [](Call& one, Occurrence& next) -> std::optional<absl::Status> {
    if (std::holds_alternative<ExchangeEvent>(next)) one.Write(std::string(70, 'm'));
    return std::nullopt;
  };
  Begin();
  TellBytes(upstream.started.front().id, "b");
  ASSERT_EQ(downstream.writes.size(), 1u);
  FireTimerAt(now + milliseconds(1000));
  ASSERT_TRUE(downstream.finished.has_value()) << "nothing else is queued, but more would come";
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kClientStalled);
}

TEST_F(CallTest, AClientThatTakesSomethingNowAndThenIsNotStalled) {
  at_start = [](Call& one) {
    for (const char* message : {"1", "2", "3"}) one.Write(message);
  };
  Begin();
  const auto begun = now;
  now = begun + milliseconds(900);
  call->OnWritten(true);
  FireTimerAt(begun + milliseconds(1000));
  EXPECT_FALSE(downstream.finished.has_value());
  EXPECT_EQ(upstream.timer, begun + milliseconds(1900));
}

TEST_F(CallTest, AStalledClientThatDoesNotEvenTakeItsStatusIsReset) {
  at_start = [](Call& one) { one.Write("1"); };
  Begin();
  call->Cancel(absl::UnavailableError("going away"), "draining");
  ASSERT_EQ(upstream.timer, now + milliseconds(1000));
  FireTimerAt(now + milliseconds(1000));
  EXPECT_EQ(downstream.resets, 1);
}

TEST_F(CallTest, FlowTimerIsToldOnceAtItsTime) {
  at_start = [](Call& one) { one.SetFlowTimer(milliseconds(10)); };
  Begin();
  FireTimerAt(now + milliseconds(9));
  EXPECT_THAT(told, IsEmpty());
  FireTimerAt(now + milliseconds(1));
  EXPECT_THAT(told, ElementsAre("timer"));
}

TEST_F(CallTest, PhaseChangesAreTold) {
  Begin();
  switchboard.Route(PhaseChange{Phase::kLameDuck, {}});
  switchboard.Route(PhaseChange{Phase::kDraining, {}});
  EXPECT_THAT(told, ElementsAre("lame-duck", "draining"));
}

TEST_F(CallTest, CancelAllEndsEveryLiveCall) {
  Begin();
  switchboard.Route(CancelAll{absl::UnavailableError("going away")});
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(call->record().end, "draining");
}

TEST_F(CallTest, AStatusThatTheClientNeverTookIsNotLoggedAsComplete) {
  on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
  Begin();
  call->OnPhaseChange({Phase::kDraining, {}});
  call->OnFinished(/*ok=*/false);
  EXPECT_EQ(call->record().end, "client_cancelled");
}

TEST_F(CallTest, AClientThatGoesWhileMessagesAreFlushedIsNotLoggedAsComplete) {
  at_start = [](Call& one) { one.Write("1"); };
  on_next = [](Call&, Occurrence&) { return absl::OkStatus(); };
  Begin();
  call->OnPhaseChange({Phase::kDraining, {}});
  call->OnDone(/*cancelled=*/true);
  EXPECT_EQ(call->record().end, "client_cancelled");
}

class OnlyMessageTest : public CallTest {
 protected:
  static Task<absl::Status> RunFlow(Call& one, std::vector<std::string>* got) {
    const absl::StatusOr<std::string> message = co_await one.OnlyMessage();
    if (!message.ok()) co_return message.status();
    got->push_back(*message);
    co_return absl::OkStatus();
  }
  void SetUp() override {
    call = std::make_unique<Call>(downstream, switchboard, CallLimits{16, 64, milliseconds(1000), 4096});
    call->Begin([this](Call& one) { return RunFlow(one, &got); }, Call::Clock::time_point::max());
  }
  std::vector<std::string> got;
};

TEST_F(OnlyMessageTest, GivesTheOneMessageOnceTheClientHalfClosed) {
  call->OnRead("request");
  EXPECT_THAT(got, IsEmpty());
  call->OnRead(std::nullopt);
  EXPECT_THAT(got, ElementsAre("request"));
  EXPECT_EQ(downstream.finished, absl::OkStatus());
}

TEST_F(OnlyMessageTest, ALargeOneThatIsNotEndedIsGivenUp) {
  call->OnRead(std::string(16 * 1024, 'x'));
  FireTimerAt(now + milliseconds(9'999));
  EXPECT_FALSE(downstream.finished);
  FireTimerAt(now + milliseconds(1));
  ASSERT_TRUE(downstream.finished);
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kClientStalled);
}

TEST_F(OnlyMessageTest, ASmallOneMayTakeItsTime) {
  call->OnRead("request");
  FireTimerAt(now + milliseconds(60'000));
  call->OnRead(std::nullopt);
  EXPECT_EQ(downstream.finished, absl::OkStatus());
}

TEST_F(OnlyMessageTest, OneThatIsNotWholeWhenTheProcessDrainsIsRefused) {
  call->OnRead("request");
  call->OnPhaseChange({Phase::kLameDuck, {}});
  EXPECT_FALSE(downstream.finished) << "still served";
  call->OnPhaseChange({Phase::kDraining, {}});
  ASSERT_TRUE(downstream.finished);
  EXPECT_EQ(ErrorReason(*downstream.finished), reason::kDraining);
}

TEST_F(OnlyMessageTest, NoMessageIsInvalid) {
  call->OnRead(std::nullopt);
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(OnlyMessageTest, TwoMessagesAreInvalid) {
  call->OnRead("one");
  call->OnRead("two");
  EXPECT_EQ(downstream.finished->code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sluice::frontend
