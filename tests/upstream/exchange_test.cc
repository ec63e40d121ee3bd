// One exchange at a time, on a connection of its own: what is sent, what is told, and how it ends.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using ::testing::HasSubstr;

class ExchangeTest : public LoopFixture {
 protected:
  // What is told of an exchange whose server reads the request, writes `answer` and closes.
  Told RunAgainst(const std::string& answer) {
    RawUpstream server([&](RawConnection& connection) {
      connection.ReadRequest();
      connection.Write(answer);
    });
    return Run(Post(server.port()));
  }
};

// ---- what is sent

TEST_F(ExchangeTest, SendsHeadAndBodyAsHttp11) {
  testing::RawRequest seen;
  RawUpstream server([&](RawConnection& connection) {
    seen = connection.ReadRequest().value_or(testing::RawRequest{});
    connection.Write(Ok("fine"));
  });
  ExchangeRequest request = Post(server.port(), "{\"id\":1}");
  request.path = "/rpc?x=1";
  request.headers = {{"content-type", "application/json"}, {"accept", "text/event-stream"}};
  const Told told = Run(std::move(request));

  EXPECT_EQ(seen.head,
            "POST /rpc?x=1 HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) +
                "\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: 8\r\n\r\n");
  EXPECT_EQ(seen.body, "{\"id\":1}");
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete);
  EXPECT_TRUE(told.end->request_sent);
}

TEST_F(ExchangeTest, RefusesAHeaderThatWouldBreakTheRequest) {
  RawUpstream server([](RawConnection&) {});
  ExchangeRequest request = Post(server.port());
  request.headers = {{"x-evil", "a\r\nx-injected: b"}};
  const Told told = Run(std::move(request));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kUnreachable);
  EXPECT_EQ(told.end->cause, Cause::kRequest);
  EXPECT_THAT(told.end->detail, HasSubstr("x-evil"));
  EXPECT_FALSE(told.end->request_sent);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(ExchangeTest, WritesALargeBodyWholeWhileOtherExchangesGoOn) {
  constexpr std::size_t kLarge = 16 * 1024 * 1024;
  Gate read_on;
  bool body_is_whole = false;
  RawUpstream slow([&](RawConnection& connection) {
    connection.ReadRequestHead();  // counts, and leaves the body where it is
    EXPECT_TRUE(read_on.Wait());
    connection.Write(Ok("late"));
  });
  RawUpstream reader([&](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    body_is_whole = request && request->body == std::string(kLarge, 'x');
    connection.Write(Ok("whole"));
  });
  RawUpstream quick([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok("quick"));
  });
  const ExchangeId stuck = Start(Post(slow.port(), std::string(kLarge, 's')));
  const ExchangeId large = Start(Post(reader.port(), std::string(kLarge, 'x')));
  EXPECT_EQ(Run(Post(quick.port())).body, "quick");
  EXPECT_EQ(log_.WaitForEnd(large).body, "whole");
  EXPECT_TRUE(body_is_whole);
  EXPECT_EQ(log_.Get(stuck).ends, 0) << "its server has not read the body yet";
  read_on.Open();
  EXPECT_EQ(log_.WaitForEnd(stuck).body, "late") << "an early answer ends it, with most of the body unsent";
}

TEST_F(ExchangeTest, ReadsTheAnswerOfAServerThatDoesNotWantTheBody) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequestHead();
    connection.Write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
  });
  const Told told = Run(Post(server.port(), std::string(16 * 1024 * 1024, 'x')));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_EQ(told.head->status, 413);
  EXPECT_EQ(told.body, "big");
}

TEST_F(ExchangeTest, DoesNotReuseAConnectionWhoseRequestIsHalfSent) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequestHead();
    connection.Write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    connection.WaitForPeerClose();
  });
  const std::string large(16 * 1024 * 1024, 'x');
  EXPECT_EQ(Run(Post(server.port(), large)).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(Run(Post(server.port(), large)).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_TRUE(server.WaitForPeerCloses(2));
}

TEST_F(ExchangeTest, IgnoresTheEnvironmentsProxy) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(RunAgainst(Ok("direct")).body, "direct");
  ::unsetenv("http_proxy");
}

// ---- what is told

TEST_F(ExchangeTest, TellsHeadThenBodyThenEnd) {
  const Told told =
      RunAgainst("HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nX-Two:  b \r\nContent-Length: 5\r\n\r\nhello");

  EXPECT_EQ(told.head->status, 202);
  EXPECT_EQ(told.head->headers, (Headers{{"content-type", "text/plain"}, {"x-two", "b"}, {"content-length", "5"}}));
  EXPECT_EQ(told.body, "hello");
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ExchangeTest, TellsTheHeadAsSoonAsItIsThere) {
  Gate head_seen;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead);
    EXPECT_TRUE(head_seen.Wait());
    connection.Write(kLastChunk);
  });
  const ExchangeId id = Start(Post(server.port()));
  log_.WaitForHead(id);
  head_seen.Open();
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ExchangeTest, UndoesChunksHoweverTheyAreCut) {
  const std::string answer = std::string(kChunkedHead) + Chunk("data: a\n\n") + Chunk("data: b\n\n") + kLastChunk;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    for (const char byte : answer) connection.Write(std::string_view(&byte, 1));
  });
  const Told told = Run(Post(server.port()));

  EXPECT_EQ(told.body, "data: a\n\ndata: b\n\n");
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ExchangeTest, HandsOnTheChunksOfOneReadAsOnePiece) {
  std::string answer = kChunkedHead;
  for (int i = 0; i < 100; ++i) answer += Chunk("0123456789");
  const Told told = RunAgainst(answer + kLastChunk);

  EXPECT_EQ(told.body.size(), 1000u);
  EXPECT_EQ(told.pieces.size(), 1u);
}

TEST_F(ExchangeTest, HandsOnALargeBodyInPiecesOf16KiBAtMost) {
  const std::string body(1024 * 1024, 'b');
  const Told told = RunAgainst(Ok(body));

  EXPECT_EQ(told.body, body);
  EXPECT_THAT(told.pieces, ::testing::Each(::testing::Le(16u * 1024)));
}

TEST_F(ExchangeTest, TakesACloseAsTheEndOfABodyWithoutLength) {
  const Told told = RunAgainst("HTTP/1.1 200 OK\r\n\r\nuntil I close");

  EXPECT_EQ(told.body, "until I close");
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete);
}

TEST_F(ExchangeTest, SkipsInterimAnswers) {
  const Told told =
      RunAgainst("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + Ok("at last"));

  EXPECT_EQ(told.head->status, 200);
  EXPECT_EQ(told.head->headers, (Headers{{"content-length", "7"}}));
  EXPECT_EQ(told.body, "at last");
}

TEST_F(ExchangeTest, ExpectsNoBodyWhereHttpHasNone) {
  EXPECT_EQ(RunAgainst("HTTP/1.1 204 No Content\r\n\r\n").outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(RunAgainst("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n").outcome(), ExchangeOutcome::kComplete);

  RawUpstream server([](RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
  });
  ExchangeRequest request = Get(server.port());
  request.method = "HEAD";
  const Told told = Run(std::move(request));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(told.body, "");
}

// ---- how it ends

struct Ending {
  std::string name;
  std::string answer;
  bool reset;
  ExchangeOutcome outcome;
  std::string body;
  std::string detail;
  friend void PrintTo(const Ending& row, std::ostream* os) { *os << row.name; }
};
class ExchangeEndingTest : public LoopFixture, public ::testing::WithParamInterface<Ending> {};

TEST_P(ExchangeEndingTest, SaysTruthfullyHowTheAnswerEnded) {
  const Ending& row = GetParam();
  Gate body_seen;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(row.answer);
    EXPECT_TRUE(body_seen.Wait());
    if (row.reset) connection.Reset();
  });
  const ExchangeId id = Start(Post(server.port()));
  if (!row.body.empty()) log_.WaitForBody(id, row.body.size());
  body_seen.Open();
  const Told told = log_.WaitForEnd(id);

  EXPECT_EQ(told.outcome(), row.outcome) << told.end->detail;
  EXPECT_EQ(told.body, row.body);
  EXPECT_THAT(told.end->detail, HasSubstr(row.detail));
  const std::string peer = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(told.end->detail.find(peer) != std::string::npos, row.outcome != ExchangeOutcome::kComplete);
  EXPECT_TRUE(told.end->request_sent);
}

INSTANTIATE_TEST_SUITE_P(
    Ends, ExchangeEndingTest,
    ::testing::Values(
        Ending{"FinWithinChunk", std::string(kChunkedHead) + "a\r\nhello", false, ExchangeOutcome::kTruncated, "hello",
               "before the end of its answer"},
        Ending{"FinBetweenChunks", kChunkedHead + Chunk("hello"), false, ExchangeOutcome::kTruncated, "hello",
               "before the end of its answer"},
        Ending{"FinWithinLength", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", false,
               ExchangeOutcome::kTruncated, "hello", "before the end of its answer"},
        Ending{"FinWithinHead", "HTTP/1.1 200 OK\r\nContent-Le", false, ExchangeOutcome::kTruncated, "",
               "before the end of its answer"},
        Ending{"FinAfterInterimAnswer", "HTTP/1.1 100 Continue\r\n\r\n", false, ExchangeOutcome::kTruncated, "",
               "before the end of its answer"},
        Ending{"FinWithoutAnswer", "", false, ExchangeOutcome::kTruncated, "",
               "closed the connection without an answer"},
        Ending{"ResetWithinChunks", kChunkedHead + Chunk("hello"), true, ExchangeOutcome::kTruncated, "hello", "reset"},
        Ending{"ResetWithinLength", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", true,
               ExchangeOutcome::kTruncated, "hello", "reset"},
        Ending{"ResetOfABodyThatIsEndedByClosing", "HTTP/1.1 200 OK\r\n\r\nhello", true, ExchangeOutcome::kTruncated,
               "hello", "reset"},
        Ending{"ResetWithoutAnswer", "", true, ExchangeOutcome::kTruncated, "", "without an answer"},
        Ending{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n", false, ExchangeOutcome::kMalformed, "", "not HTTP/1.1"},
        Ending{"BadChunkSize", std::string(kChunkedHead) + Chunk("good") + "zz\r\n", false, ExchangeOutcome::kMalformed,
               "good", "chunk"},
        Ending{"LengthAndChunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", false,
               ExchangeOutcome::kMalformed, "", "not HTTP/1.1"},
        Ending{"TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", false,
               ExchangeOutcome::kMalformed, "", "not HTTP/1.1"},
        Ending{"SwitchedProtocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", false,
               ExchangeOutcome::kMalformed, "", "switched protocols"},
        Ending{"HugeHeader", "HTTP/1.1 200 OK\r\nX: " + std::string(65 * 1024, 'x') + "\r\n\r\n", false,
               ExchangeOutcome::kMalformed, "", "larger than 64 KiB"},
        Ending{"StrayBytesAfterTheEnd", Ok("hello") + "stray", false, ExchangeOutcome::kComplete, "hello", ""}),
    [](const auto& row) { return row.param.name; });

// Neither leaves the machine: TCP knows no broadcast, and a link-local address needs the name of its link.
TEST_F(ExchangeTest, TellsWhyAnAddressCannotBeReached) {
  ExchangeRequest request = Post(0);
  request.target = TargetAt(80, "255.255.255.255");
  EXPECT_EQ(Run(std::move(request)).end->cause, Cause::kNoRoute);
  request = Post(0);
  request.target = TargetAt(80, "fe80::1");
  EXPECT_EQ(Run(std::move(request)).end->cause, Cause::kConnect);
}

TEST_F(ExchangeTest, SaysWhereItCouldNotConnect) {
  const testing::ClosedPort closed;
  const Told told = Run(Post(closed.port()));

  EXPECT_EQ(told.outcome(), ExchangeOutcome::kUnreachable);
  EXPECT_EQ(told.end->detail, "connect to 127.0.0.1:" + std::to_string(closed.port()) + ": Connection refused");
  EXPECT_EQ(told.end->cause, Cause::kRefused);
  EXPECT_FALSE(told.end->request_sent);
}

TEST_F(ExchangeTest, RunsManyAtOnce) {
  constexpr int kMany = 200;
  std::atomic<int> arrived{0};
  Gate all_here;
  RawUpstream server([&](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (++arrived == kMany) all_here.Open();
    EXPECT_TRUE(all_here.Wait());
    connection.Write(kChunkedHead);
    for (int i = 0; i < 10; ++i) connection.Write(Chunk(request ? request->body : "?"));
    connection.Write(kLastChunk);
  });
  std::vector<ExchangeId> ids;
  for (int i = 0; i < kMany; ++i) ids.push_back(Start(Post(server.port(), "body " + std::to_string(i) + ";")));
  for (int i = 0; i < kMany; ++i) {
    const Told told = log_.WaitForEnd(ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
    std::string expected;
    for (int k = 0; k < 10; ++k) expected += "body " + std::to_string(i) + ";";
    EXPECT_EQ(told.body, expected);
  }
  EXPECT_EQ(loop_.exchanges_live(), 0);
}

}  // namespace
}  // namespace sluice::upstream
