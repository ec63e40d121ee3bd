#include "server/upstream/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using State = AnswerReader::State;
using ::testing::HasSubstr;

// What came of feeding some pieces to one reader, one after the other.
struct Outcome {
  State state = State::kMore;
  int status = 0;
  std::string body;
  bool keeps_connection = false;
  std::string error;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome FeedAll(const std::vector<std::string>& pieces, bool answers_head = false) {
  AnswerReader reader(answers_head);
  Outcome outcome;
  for (const auto& bytes : pieces) {
    if (outcome.state != State::kMore) break;
    AnswerPiece piece;
    outcome.state = reader.Feed(bytes, piece);
    if (piece.head) outcome.status = piece.head->status;
    outcome.body += piece.body;
  }
  outcome.keeps_connection = reader.keeps_connection();
  outcome.error = reader.error();
  return outcome;
}

std::vector<std::string> SingleBytes(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char byte : text) bytes.emplace_back(1, byte);
  return bytes;
}

struct Case {
  std::string name;
  std::string answer;
  std::string body;
  bool keeps_connection = true;
  int status = 200;
  friend void PrintTo(const Case& row, std::ostream* os) { *os << row.name; }
};
class AnswerReaderTest : public ::testing::TestWithParam<Case> {};

TEST_P(AnswerReaderTest, GivesTheSameForEverySplit) {
  const Case& row = GetParam();
  const Outcome expected{State::kDone, row.status, row.body, row.keeps_connection, ""};
  EXPECT_EQ(FeedAll({row.answer}).error, "");
  EXPECT_EQ(FeedAll({row.answer}), expected);
  EXPECT_EQ(FeedAll(SingleBytes(row.answer)), expected);
  for (std::size_t cut = 1; cut < row.answer.size(); ++cut) {
    EXPECT_EQ(FeedAll({row.answer.substr(0, cut), row.answer.substr(cut)}), expected) << "cut at byte " << cut;
  }
}

// Every two cuts of the tail, where a chunk head, the trailers and the end meet.
TEST_P(AnswerReaderTest, GivesTheSameForEveryTwoCutsNearTheEnd) {
  const Case& row = GetParam();
  const Outcome expected{State::kDone, row.status, row.body, row.keeps_connection, ""};
  const std::size_t from = row.answer.size() > 40 ? row.answer.size() - 40 : 1;
  for (std::size_t one = from; one < row.answer.size(); ++one) {
    for (std::size_t two = one + 1; two < row.answer.size(); ++two) {
      EXPECT_EQ(FeedAll({row.answer.substr(0, one), row.answer.substr(one, two - one), row.answer.substr(two)}),
                expected)
          << "cut at bytes " << one << " and " << two;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, AnswerReaderTest,
    ::testing::Values(
        Case{"ContentLength", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
        Case{"NoBytes", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
        Case{"Chunks", std::string(kChunkedHead) + "5\r\nhello\r\n1;ext=\"v\"\r\n!\r\n0\r\n\r\n", "hello!"},
        Case{"ChunksWithTrailers", std::string(kChunkedHead) + "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n", "x"},
        Case{"NoChunks", std::string(kChunkedHead) + "0\r\n\r\n", ""},
        Case{"NoChunksButTrailers", std::string(kChunkedHead) + "0\r\nA: b\r\n\r\n", ""},
        Case{"AChunkThatLooksLikeTheLastOne", std::string(kChunkedHead) + "4\r\n0\r\n\r\r\n0\r\n\r\n", "0\r\n\r"},
        Case{"ConnectionClose", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", "x", false},
        Case{"Http10", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "x", false},
        Case{"Http10KeptAlive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", "x", true},
        Case{"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", "", true, 204},
        Case{"Interim",
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 201 "
             "Created\r\nContent-Length: 1\r\n\r\nx",
             "x", true, 201}),
    [](const auto& row) { return row.param.name; });

TEST(AnswerReaderLimitsTest, DoesNotKeepAConnectionWithStrayBytes) {
  const Outcome outcome = FeedAll({Ok("a") + "stray"});
  EXPECT_EQ(outcome.state, State::kDone);
  EXPECT_FALSE(outcome.keeps_connection);
}

TEST(AnswerReaderLimitsTest, AnAnswerToHeadHasNoBody) {
  const Outcome outcome = FeedAll({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}, /*answers_head=*/true);
  EXPECT_EQ(outcome.state, State::kDone);
  EXPECT_TRUE(outcome.keeps_connection);
}

TEST(AnswerReaderLimitsTest, BoundsAHeadThatComesInOneLine) {
  std::vector<std::string> pieces = {"HTTP/1.1 200 OK\r\nX: "};
  for (int i = 0; i < 80; ++i) pieces.push_back(std::string(1024, 'x'));
  const Outcome outcome = FeedAll(pieces);
  EXPECT_EQ(outcome.state, State::kMalformed);
  EXPECT_THAT(outcome.error, HasSubstr("larger than 64 KiB"));
}

TEST(AnswerReaderLimitsTest, BoundsAHeadThatComesInManyLines) {
  std::vector<std::string> pieces = {"HTTP/1.1 200 OK\r\n"};
  for (int i = 0; i < 8000; ++i) pieces.push_back("X: 0123456789\r\n");
  const Outcome outcome = FeedAll(pieces);
  EXPECT_EQ(outcome.state, State::kMalformed);
  EXPECT_THAT(outcome.error, HasSubstr("larger than 64 KiB"));
}

TEST(AnswerReaderLimitsTest, BoundsChunkExtensionsAndTrailers) {
  std::vector<std::string> extension = {std::string(kChunkedHead) + "5;a="};
  std::vector<std::string> trailers = {std::string(kChunkedHead) + "0\r\n"};
  for (int i = 0; i < 80; ++i) {
    extension.push_back(std::string(1024, 'x'));
    trailers.push_back("X: " + std::string(1024, 'x') + "\r\n");
  }
  EXPECT_EQ(FeedAll(extension).state, State::kMalformed);
  EXPECT_EQ(FeedAll(trailers).state, State::kMalformed);
}

TEST(AnswerReaderLimitsTest, HasNoLimitForTheBody) {
  std::vector<std::string> pieces = {kChunkedHead};
  std::size_t bytes = 0;
  for (; bytes < 32 * 1024 * 1024; bytes += 64 * 1024) pieces.push_back(Chunk(std::string(64 * 1024, 'b')));
  pieces.push_back(kLastChunk);
  const Outcome outcome = FeedAll(pieces);
  EXPECT_EQ(outcome.state, State::kDone);
  EXPECT_EQ(outcome.body.size(), bytes);
}

// ---- closing

bool FinishesAtClose(const std::string& so_far) {
  AnswerReader reader(/*answers_head=*/false);
  AnswerPiece piece;
  EXPECT_EQ(reader.Feed(so_far, piece), State::kMore);
  return reader.FinishAtClose();
}

TEST(AnswerReaderCloseTest, OnlyABodyWithoutLengthEndsByClosing) {
  EXPECT_TRUE(FinishesAtClose("HTTP/1.1 200 OK\r\n\r\nsome"));
  EXPECT_TRUE(FinishesAtClose("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(FinishesAtClose(""));
  EXPECT_FALSE(FinishesAtClose("HTTP"));
  EXPECT_FALSE(FinishesAtClose("HTTP/1.1 200 OK\r\nA: b\r\n"));
  EXPECT_FALSE(FinishesAtClose("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_FALSE(FinishesAtClose("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"));
  EXPECT_FALSE(FinishesAtClose(std::string(kChunkedHead) + "5\r\nhello\r\n"));
  EXPECT_FALSE(FinishesAtClose(std::string(kChunkedHead) + "5\r\nhello\r\n0\r\n"));
}

}  // namespace
}  // namespace sluice::upstream
