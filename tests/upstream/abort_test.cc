// Abort() in every phase: the exchange ends once, at once, and the server sees the connection close.
#include <gmock/gmock.h>

#include <functional>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

class AbortTest : public LoopFixture {
 protected:
  // Aborts a running exchange and checks what every abort must give.
  Told Abort(ExchangeId id) {
    loop_.Abort(id);
    const Told told = log_.WaitForEnd(id);
    EXPECT_EQ(told.outcome(), ExchangeOutcome::kAborted) << told.end->detail;
    // What comes later must find nothing: the fence shows that the commands have been handled.
    loop_.Abort(id);
    loop_.Resume(id);
    loop_.ArmTimer(TimerId{99}, Clock::now());
    log_.WaitForTimers(1);
    EXPECT_EQ(log_.Get(id).ends, 1);
    EXPECT_EQ(loop_.exchanges_live(), 0);
    return told;
  }
};

TEST_F(AbortTest, RightAfterStart) {
  RawUpstream server([](RawConnection& connection) { connection.WaitForPeerClose(); });
  Abort(Start(Post(server.port())));
  EXPECT_EQ(loop_.connections_open(), 0);
}

TEST_F(AbortTest, WhileConnecting) {
  const testing::FullListener full;
  const ExchangeId id = Start(Post(full.port()));
  loop_.ArmTimer(TimerId{1}, Clock::now());  // a fence: when it fires the connect has begun
  log_.WaitForTimers(1);
  EXPECT_EQ(loop_.connections_open(), 1);
  EXPECT_FALSE(Abort(id).end->request_sent);
  EXPECT_EQ(loop_.connections_open(), 0);
}

TEST_F(AbortTest, WithinTheTlsHandshake) {
  Gate connected;
  RawUpstream server([&](RawConnection& connection) {
    connected.Open();
    connection.WaitForPeerClose();
  });
  ExchangeRequest request = Post(server.port());
  auto target = TargetAt(server.port());
  target->tls = true;
  request.target = target;
  const ExchangeId id = Start(std::move(request));
  ASSERT_TRUE(connected.Wait());
  EXPECT_FALSE(Abort(id).end->request_sent);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(AbortTest, WhileTheRequestIsWritten) {
  Gate head_read;
  Gate aborted;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequestHead();
    head_read.Open();
    EXPECT_TRUE(aborted.Wait());
    connection.WaitForPeerClose();
  });
  const ExchangeId id = Start(Post(server.port(), std::string(16 * 1024 * 1024, 'x')));
  ASSERT_TRUE(head_read.Wait());
  EXPECT_TRUE(Abort(id).end->request_sent);
  aborted.Open();
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(AbortTest, WhileWaitingForTheAnswer) {
  Gate request_read;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    request_read.Open();
    connection.WaitForPeerClose();
  });
  const ExchangeId id = Start(Post(server.port()));
  ASSERT_TRUE(request_read.Wait());
  EXPECT_TRUE(Abort(id).end->request_sent);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(AbortTest, WithinTheAnswer) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead + Chunk("hello"));
    connection.WaitForPeerClose();
  });
  const ExchangeId id = Start(Post(server.port()));
  log_.WaitForBody(id, 5);
  EXPECT_EQ(Abort(id).body, "hello");
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(AbortTest, WhileTheBudgetStopsReading) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead + Chunk("hello"));
    connection.WaitForPeerClose();
  });
  ExchangeRequest request = Post(server.port());
  request.budget = std::make_shared<ByteBudget>(1, 5);
  const ExchangeId id = Start(std::move(request));
  log_.WaitForBody(id, 5);
  Abort(id);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(AbortTest, OnAReusedConnectionClosesIt) {
  Gate second;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("a"));
    connection.ReadRequest();
    second.Open();
    connection.WaitForPeerClose();
  });
  Run(Post(server.port()));
  const ExchangeId id = Start(Post(server.port()));
  ASSERT_TRUE(second.Wait());
  Abort(id);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(AbortTest, AfterTheEndDoesNothing) {
  RawUpstream server([](RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(Ok("a"));
  });
  const ExchangeId id = Start(Post(server.port()));
  log_.WaitForEnd(id);
  loop_.Abort(id);
  EXPECT_EQ(Run(Post(server.port())).body, "a");
  EXPECT_EQ(log_.Get(id).ends, 1);
  EXPECT_EQ(server.connections(), 1) << "the connection that the pool got is not the exchange's any more";
}

TEST_F(AbortTest, OfManyAtRandomMomentsEndsEachOnce) {
  RawUpstream server([](RawConnection& connection) {
    while (connection.ReadRequest()) {
      connection.Write(kChunkedHead);
      for (int i = 0; i < 20; ++i) connection.Write(Chunk("some bytes"));
      connection.Write(kLastChunk);
    }
  });
  std::vector<ExchangeId> ids;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 10; ++i) ids.push_back(Start(Post(server.port())));
    // Those of the round before are by now anywhere between connecting and done.
    for (std::size_t i = ids.size() > 20 ? ids.size() - 20 : 0; i + 10 < ids.size(); ++i) loop_.Abort(ids[i]);
  }
  for (const ExchangeId id : ids) {
    const Told told = log_.WaitForEnd(id);
    EXPECT_TRUE(told.outcome() == ExchangeOutcome::kComplete || told.outcome() == ExchangeOutcome::kAborted)
        << told.end->detail;
  }
  loop_.Stop();
  for (const ExchangeId id : ids) EXPECT_EQ(log_.Get(id).ends, 1);
  EXPECT_EQ(loop_.exchanges_live(), 0);
  EXPECT_EQ(loop_.connections_open(), 0);
}

}  // namespace
}  // namespace sluice::upstream
