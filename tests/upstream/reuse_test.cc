// Connections that carry more than one exchange, and what is never sent twice.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using ::testing::HasSubstr;

class ReuseTest : public LoopFixture {
 protected:
  // A script that answers `answered` requests of its connection and then goes on with `then`.
  static RawUpstream::Script Answer(int answered, std::function<void(RawConnection&)> then) {
    return [answered, then = std::move(then)](RawConnection& connection) {
      for (int i = 0; i < answered; ++i) {
        if (!connection.ReadRequest()) return;
        connection.Write(Ok("answer"));
      }
      then(connection);
    };
  }
};

TEST_F(ReuseTest, OneConnectionServesExchangesInTurn) {
  RawUpstream server(Answer(10, [](RawConnection&) {}));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Run(Post(server.port())).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests(), 10);
  EXPECT_LE(loop_.connections_open(), 1);
}

TEST_F(ReuseTest, ChunkedAnswersKeepTheConnectionToo) {
  RawUpstream server([](RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(kChunkedHead + Chunk("a") + kLastChunk);
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Run(Post(server.port())).body, "a");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ReuseTest, TargetsWithDifferentKeysShareNothing) {
  RawUpstream server(Answer(2, [](RawConnection&) {}));
  Run(Post(server.port()));
  ExchangeRequest other = Post(server.port());
  auto target = TargetAt(server.port());
  target->key = "another";
  other.target = target;
  Run(std::move(other));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ReuseTest, AConnectionThatTheServerClosesIsNotKept) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na");
    connection.WaitForPeerClose();
  });
  Run(Post(server.port()));
  EXPECT_TRUE(server.WaitForPeerCloses(1)) << "we close it without being closed";
  Run(Post(server.port()));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ReuseTest, AConnectionThatWasClosedWhileItWasIdleIsNotUsed) {
  Gate idle;
  Gate closed;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("a"));
    if (connection.index() > 0) return;
    EXPECT_TRUE(idle.Wait());
    connection.Close();
    closed.Open();
  });
  Run(Post(server.port()));
  idle.Open();
  ASSERT_TRUE(closed.Wait());
  const Told told = Run(Post(server.port()));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests(), 2);
}

TEST_F(ReuseTest, AnIdleConnectionWithStrayBytesIsNotUsed) {
  Gate idle;
  Gate written;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("a"));
    if (connection.index() > 0) return;
    EXPECT_TRUE(idle.Wait());
    connection.Write(Ok("not asked for"));
    written.Open();
    connection.WaitForPeerClose();
  });
  Run(Post(server.port()));
  idle.Open();
  ASSERT_TRUE(written.Wait());
  EXPECT_EQ(Run(Post(server.port())).body, "a");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(ReuseTest, ExchangesAtTheSameTimeHaveAConnectionEach) {
  Gate both;
  std::atomic<int> arrived{0};
  RawUpstream server([&](RawConnection& connection) {
    while (connection.ReadRequest()) {
      if (++arrived == 2) both.Open();
      EXPECT_TRUE(both.Wait());
      connection.Write(Ok("a"));
    }
  });
  const ExchangeId one = Start(Post(server.port()));
  const ExchangeId two = Start(Post(server.port()));
  log_.WaitForEnd(one);
  log_.WaitForEnd(two);
  EXPECT_EQ(server.connections(), 2);
  Run(Post(server.port()));
  EXPECT_EQ(server.connections(), 2);
}

// Makes the gateway's side of its connections to `port` unable to send, while they look open and quiet.
void MakeUnableToSend(std::uint16_t port) {
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family == AF_INET && ntohs(peer.sin_port) == port) ::shutdown(descriptor, SHUT_WR);
  }
}

TEST_F(ReuseTest, APostOfWhichNoByteCouldLeaveGoesOnAnotherConnection) {
  Gate done;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("answer " + std::to_string(connection.index())));
    if (connection.index() > 0) return;
    EXPECT_TRUE(done.Wait());  // keeps it open, and does not look at it
  });
  Run(Post(server.port()));
  MakeUnableToSend(server.port());
  const Told told = Run(Post(server.port()));
  done.Open();

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_EQ(told.body, "answer 1");
  EXPECT_EQ(server.requests(), 2);
  EXPECT_EQ(server.connections(), 2);
}

// ---- the rule: a POST that may have arrived is never sent again

TEST_F(ReuseTest, APostOnAConnectionThatDiesAfterReadingItIsSentOnce) {
  RawUpstream server(Answer(1, [](RawConnection& connection) { connection.ReadRequest(); }));
  Run(Post(server.port()));
  const Told told = Run(Post(server.port(), "charge the card"));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_THAT(told.end->detail, HasSubstr("without an answer"));
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_EQ(server.requests(), 2) << "the first exchange's and this one, once";
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ReuseTest, APostOnAConnectionThatIsResetAfterReadingItIsSentOnce) {
  RawUpstream server(Answer(1, [](RawConnection& connection) {
    connection.ReadRequest();
    connection.Reset();
  }));
  Run(Post(server.port()));
  const Told told = Run(Post(server.port()));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_EQ(server.requests(), 2);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(ReuseTest, APostOnAFreshConnectionThatDiesIsSentOnce) {
  RawUpstream server([](RawConnection& connection) { connection.ReadRequest(); });
  const Told told = Run(Post(server.port()));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(ReuseTest, ARetrySafeRequestIsSentAgainWhenAReusedConnectionDied) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("answer " + std::to_string(connection.index())));
    connection.ReadRequest();  // and closes without an answer
  });
  Run(Get(server.port()));
  const Told told = Run(Get(server.port()));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_EQ(told.body, "answer 1");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(ReuseTest, ARetrySafeRequestWithABodyIsSentAgainWhole) {
  const std::string large(100'000, 'q');
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("first"));
    const auto request = connection.ReadRequest();
    if (connection.index() == 0 || !request) return;
    connection.Write(Ok(request->body));
  });
  Run(Get(server.port()));
  ExchangeRequest query = Post(server.port(), large);
  query.retry_safe = true;
  EXPECT_EQ(Run(std::move(query)).body, "first") << "the second connection's first answer";
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(ReuseTest, ARetrySafeRequestIsSentAgainOnlyOnce) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    if (connection.index() > 0) return;
    connection.Write(Ok("a"));
    connection.ReadRequest();
  });
  Run(Get(server.port()));
  const Told told = Run(Get(server.port()));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(ReuseTest, ARetrySafeRequestIsNotSentAgainOnceItsAnswerBegan) {
  RawUpstream server(Answer(1, [](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 2");
  }));
  Run(Get(server.port()));
  EXPECT_EQ(Run(Get(server.port())).outcome(), ExchangeOutcome::kTruncated);
  EXPECT_EQ(server.requests(), 2);
}

TEST_F(ReuseTest, ARetrySafeRequestOnAFreshConnectionIsNotSentAgain) {
  RawUpstream server([](RawConnection& connection) { connection.ReadRequest(); });
  EXPECT_EQ(Run(Get(server.port())).outcome(), ExchangeOutcome::kTruncated);
  EXPECT_EQ(server.requests(), 1);
}

}  // namespace
}  // namespace sluice::upstream
