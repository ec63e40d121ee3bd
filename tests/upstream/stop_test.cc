// Stop(): every exchange ends once, nothing is delivered afterwards, and what comes later does nothing.
#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

class StopTest : public LoopFixture {
 protected:
  // Reads a request, begins an answer if `begins`, and says no more.
  static RawUpstream::Script Hang(bool begins) {
    return [begins](RawConnection& connection) {
      connection.ReadRequest();
      if (begins) connection.Write(kChunkedHead + Chunk("hello"));
      connection.WaitForPeerClose();
    };
  }
};

TEST_F(StopTest, EndsExchangesOfEveryPhaseOnce) {
  const testing::FullListener full;
  RawUpstream silent(Hang(false));
  RawUpstream answering(Hang(true));
  std::vector<ExchangeId> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(Start(Post(full.port())));
    ids.push_back(Start(Post(silent.port())));
    ids.push_back(Start(Post(silent.port(), std::string(1024 * 1024, 'x'))));
    ids.push_back(Start(Post(answering.port())));
    ExchangeRequest stopped = Post(answering.port());
    stopped.budget = std::make_shared<ByteBudget>(1, 5);
    ids.push_back(Start(std::move(stopped)));
  }
  log_.WaitForBody(ids.back(), 5);
  loop_.Stop();
  for (const ExchangeId id : ids) {
    const Told told = log_.Get(id);
    ASSERT_EQ(told.ends, 1) << "it was there when Stop() returned";
    EXPECT_EQ(told.outcome(), ExchangeOutcome::kAborted) << told.end->detail;
  }
  EXPECT_EQ(loop_.exchanges_live(), 0);
  EXPECT_EQ(loop_.connections_open(), 0);
}

TEST_F(StopTest, ClosesIdleConnections) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("a"));
    connection.WaitForPeerClose();
  });
  Run(Post(server.port()));
  loop_.Stop();
  EXPECT_TRUE(server.WaitForPeerCloses(1));
  EXPECT_EQ(loop_.connections_open(), 0);
}

TEST_F(StopTest, CommandsAfterItDoNothingAndAreCounted) {
  RawUpstream server(Hang(false));
  loop_.Stop();
  const ExchangeId id = Start(Post(server.port()));
  loop_.Resume(id);
  loop_.Abort(id);
  loop_.ArmTimer(TimerId{1}, Clock::now());
  loop_.CancelTimer(TimerId{1});
  EXPECT_EQ(loop_.commands_refused(), 5u);
  EXPECT_EQ(loop_.exchanges_live(), 0);
  EXPECT_EQ(log_.Get(id).ends, 0);
  EXPECT_TRUE(log_.timers().empty());
}

TEST_F(StopTest, MayBeCalledTwice) {
  loop_.Stop();
  loop_.Stop();
  EXPECT_EQ(loop_.exchanges_live(), 0);
}

TEST_F(StopTest, DropsTimers) {
  loop_.ArmTimer(TimerId{1}, Clock::now() + std::chrono::hours(1));
  loop_.Stop();
  EXPECT_TRUE(log_.timers().empty());
}

// Whatever was started before the Stop ends, what was not is counted: none is lost in between.
TEST_F(StopTest, RacingWithStartsLosesNoExchange) {
  RawUpstream server(Hang(true));
  constexpr int kThreads = 4;
  constexpr int kEach = 100;
  Gate go;
  std::vector<std::thread> starters;
  for (int t = 0; t < kThreads; ++t) {
    starters.emplace_back([&, t] {
      go.Wait();
      for (int i = 0; i < kEach; ++i) {
        const ExchangeId id{static_cast<std::uint64_t>(1000 * (t + 1) + i)};
        loop_.Start(id, Post(server.port()));
        loop_.Abort(id);
      }
    });
  }
  go.Open();
  loop_.Stop();
  for (auto& thread : starters) thread.join();
  int ended = 0;
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kEach; ++i) {
      const int ends = log_.Get(ExchangeId{static_cast<std::uint64_t>(1000 * (t + 1) + i)}).ends;
      EXPECT_LE(ends, 1);
      ended += ends;
    }
  }
  // What did not end was refused, Start and Abort; and each thread may have met the Stop between its two.
  const int refused = static_cast<int>(loop_.commands_refused());
  EXPECT_GE(refused, 2 * (kThreads * kEach - ended));
  EXPECT_LE(refused, 2 * (kThreads * kEach - ended) + kThreads);
  EXPECT_EQ(loop_.exchanges_live(), 0);
}

TEST(LoopTest, DestructionStops) {
  EventLog log;
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForPeerClose();
  });
  auto target = std::make_shared<Target>();
  target->host = target->host_header = "127.0.0.1";
  target->port = server.port();
  {
    Loop loop(log);
    ExchangeRequest request;
    request.target = target;
    loop.Start(ExchangeId{1}, std::move(request));
  }
  EXPECT_EQ(log.Get(ExchangeId{1}).ends, 1);
}

// A sink that is out of memory loses its event; the loop goes on.
class ThrowingSink final : public EventSink {
 public:
  bool Deliver(ExchangeEvent) override { throw std::bad_alloc(); }
  bool Deliver(TimerFired) override {
    fired.Open();
    throw std::bad_alloc();
  }
  Gate fired;
};

TEST(LoopTest, SurvivesASinkThatThrows) {
  ThrowingSink sink;
  Loop loop(sink);
  loop.Start(ExchangeId{1}, ExchangeRequest{});
  loop.ArmTimer(TimerId{1}, Clock::now());
  EXPECT_TRUE(sink.fired.Wait());
  loop.Stop();
  EXPECT_EQ(loop.events_lost(), 2);
  EXPECT_EQ(loop.exchanges_live(), 0);
}

}  // namespace
}  // namespace sluice::upstream
