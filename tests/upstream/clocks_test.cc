// The four clocks of an exchange. Their servers keep silent for ever, so it is the clock that ends the exchange.
#include <gmock/gmock.h>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using ::testing::HasSubstr;

constexpr milliseconds kShort{50};

class ClocksTest : public LoopFixture {
 protected:
  // A server that writes `answer` to a request, says no more, and waits for us to close.
  static RawUpstream::Script SilentAfter(std::string answer) {
    return [answer = std::move(answer)](RawConnection& connection) {
      connection.ReadRequest();
      connection.Write(answer);
      connection.WaitForPeerClose();
    };
  }
};

TEST_F(ClocksTest, ConnectRunsOutWhenNobodyAccepts) {
  const testing::FullListener full;
  ExchangeRequest request = Post(full.port());
  request.clocks.connect = kShort;
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kConnectTimeout);
  EXPECT_EQ(told.end->detail, "connect to 127.0.0.1:" + std::to_string(full.port()) + ": no connection within 50 ms");
  EXPECT_FALSE(told.end->request_sent);
  EXPECT_EQ(loop_.connections_open(), 0);
}

TEST_F(ClocksTest, ConnectCoversTheTlsHandshake) {
  RawUpstream server([](RawConnection& connection) { connection.WaitForPeerClose(); });
  ExchangeRequest request = Post(server.port());
  auto target = TargetAt(server.port());
  target->tls = true;
  request.target = target;
  request.clocks.connect = kShort;
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kConnectTimeout);
  EXPECT_FALSE(told.end->request_sent);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(ClocksTest, FirstByteRunsOutWhenNoAnswerBegins) {
  RawUpstream server(SilentAfter(""));
  ExchangeRequest request = Post(server.port());
  request.clocks.first_byte = kShort;
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kFirstByteTimeout);
  EXPECT_THAT(told.end->detail, HasSubstr("did not begin to answer within 50 ms"));
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(ClocksTest, AnInterimAnswerDoesNotStopFirstByte) {
  RawUpstream server(SilentAfter("HTTP/1.1 100 Continue\r\n\r\n"));
  ExchangeRequest request = Post(server.port());
  request.clocks.first_byte = kShort;
  EXPECT_EQ(Run(std::move(request)).outcome(), ExchangeOutcome::kFirstByteTimeout);
}

TEST_F(ClocksTest, FirstByteRunsOutWhenTheRequestIsNotTaken) {
  Gate ended;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequestHead();
    EXPECT_TRUE(ended.Wait());
  });
  ExchangeRequest request = Post(server.port(), std::string(16 * 1024 * 1024, 'x'));
  request.clocks.first_byte = milliseconds(300);
  const Told told = Run(std::move(request));
  ended.Open();
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kFirstByteTimeout);
  EXPECT_TRUE(told.end->request_sent);
}

TEST_F(ClocksTest, IdleRunsOutWithinTheAnswer) {
  RawUpstream server(SilentAfter(kChunkedHead + Chunk("hello")));
  ExchangeRequest request = Post(server.port());
  request.clocks.idle = kShort;
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kIdleTimeout);
  EXPECT_EQ(told.body, "hello");
  EXPECT_THAT(told.end->detail, HasSubstr("was silent for 50 ms"));
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(ClocksTest, IdleDoesNotRunBeforeTheAnswerBegins) {
  Gate total_would_have_passed;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    EXPECT_TRUE(total_would_have_passed.Wait());
    connection.Write(Ok("late"));
  });
  ExchangeRequest patient = Post(server.port());
  patient.clocks.idle = kShort;
  const ExchangeId id = Start(std::move(patient));
  // An exchange with the same clock, started later, whose time is up.
  RawUpstream silent(SilentAfter("HTTP/1.1 200 OK\r\n"));
  ExchangeRequest impatient = Post(silent.port());
  impatient.clocks.idle = kShort;
  EXPECT_EQ(Run(std::move(impatient)).outcome(), ExchangeOutcome::kIdleTimeout);
  total_would_have_passed.Open();
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ClocksTest, IdleStandsStillWhileTheBudgetStopsReading) {
  Gate waited;
  Gate written;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead + Chunk("0123456789"));
    EXPECT_TRUE(waited.Wait());
    connection.Write(kLastChunk);
    written.Open();
    connection.WaitForPeerClose();
  });
  ExchangeRequest request = Post(server.port());
  request.budget = std::make_shared<ByteBudget>(1, 10);
  request.clocks.idle = kShort;
  auto budget = request.budget;
  const ExchangeId id = Start(std::move(request));
  log_.WaitForBody(id, 10);
  // Several times the idle clock, told by the loop's own clock.
  loop_.ArmTimer(TimerId{1}, Clock::now() + 4 * kShort);
  log_.WaitForTimers(1);
  EXPECT_EQ(log_.Get(id).ends, 0) << "it was we who did not read";
  waited.Open();
  ASSERT_TRUE(written.Wait());  // else the idle clock and the server would race
  ASSERT_TRUE(budget->Release(10));
  loop_.Resume(id);
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ClocksTest, IdleRunsAgainFromResumeOn) {
  constexpr milliseconds kIdle{200};
  RawUpstream server(SilentAfter(kChunkedHead + Chunk("0123456789")));
  ExchangeRequest request = Post(server.port());
  request.budget = std::make_shared<ByteBudget>(1, 10);
  request.clocks.idle = kIdle;
  auto budget = request.budget;
  const ExchangeId id = Start(std::move(request));
  log_.WaitForBody(id, 10);
  loop_.ArmTimer(TimerId{1}, Clock::now() + 2 * kIdle);
  log_.WaitForTimers(1);
  ASSERT_TRUE(budget->Release(10));
  loop_.ArmTimer(TimerId{2}, Clock::now() + kIdle / 10);
  loop_.Resume(id);
  const Told told = log_.WaitForEnd(id);
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kIdleTimeout);
  EXPECT_EQ(told.timers_before_end, 2u) << "the time that it was stopped must not count";
}

TEST_F(ClocksTest, TotalRunsOutHoweverBusyTheAnswerIs) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead);
    while (connection.Write(Chunk("tick"))) {
    }
  });
  ExchangeRequest request = Post(server.port());
  request.clocks.total = kShort;
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTotalTimeout);
  EXPECT_THAT(told.end->detail, HasSubstr("was not finished within 50 ms"));
}

TEST_F(ClocksTest, TotalRunsOutWhileConnecting) {
  const testing::FullListener full;
  ExchangeRequest request = Post(full.port());
  request.clocks.total = kShort;
  const Told told = Run(std::move(request));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTotalTimeout);
  EXPECT_FALSE(told.end->request_sent);
}

TEST_F(ClocksTest, TotalRunsOutWhileTheBudgetStopsReading) {
  RawUpstream server(SilentAfter(kChunkedHead + Chunk("0123456789")));
  ExchangeRequest request = Post(server.port());
  request.budget = std::make_shared<ByteBudget>(1, 10);
  request.clocks.total = kShort;
  EXPECT_EQ(Run(std::move(request)).outcome(), ExchangeOutcome::kTotalTimeout);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(ClocksTest, AClockWithoutALimitNeverRunsOut) {
  Gate waited;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    EXPECT_TRUE(waited.Wait());
    connection.Write(Ok("a"));
  });
  ExchangeRequest request = Post(server.port());
  request.clocks.total = milliseconds::max();
  request.clocks.first_byte = milliseconds::max();
  const ExchangeId id = Start(std::move(request));
  loop_.ArmTimer(TimerId{1}, Clock::now() + kShort);
  log_.WaitForTimers(1);
  waited.Open();
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
}

}  // namespace
}  // namespace sluice::upstream
