// The vectors of sse-vectors.json in every cutting, then what they cannot say: limits, cost, and random input.
#include "server/translate/sse.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status.h"
#include "server/translate/fast_utf8.h"
#include "simdjson.h"
#include "tests/translate/sse_printing.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kAmple = 1 << 20;

// What a body gave in the end.
struct Outcome {
  std::vector<SseEvent> events;
  std::string last_event_id;
  std::optional<std::uint64_t> retry_ms;
  absl::StatusCode code = absl::StatusCode::kOk;
  bool operator==(const Outcome&) const = default;
};

Outcome Parse(const std::vector<std::string>& chunks, std::size_t limit = kAmple) {
  SseParser parser(limit);
  Outcome outcome;
  for (const std::string& chunk : chunks) {
    outcome.code = parser.Feed(chunk, outcome.events).code();
    // Only the line that broke the limit may stand above it, as U+FFFD.
    EXPECT_LE(parser.pending_bytes(), outcome.code == absl::StatusCode::kOk ? limit : 3 * limit);
  }
  outcome.last_event_id = parser.last_event_id();
  outcome.retry_ms = parser.retry_ms();
  return outcome;
}

std::vector<SseEvent> Events(const std::string& body) { return Parse({body}).events; }

std::vector<std::string> Bytes(const std::string& body) {
  std::vector<std::string> chunks;
  for (char c : body) chunks.emplace_back(1, c);
  return chunks;
}

std::vector<std::string> Cut(const std::string& body, std::mt19937& random) {
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < body.size();) {
    chunks.push_back(body.substr(at, random() % 9));  // empty chunks too
    at += chunks.back().size();
  }
  return chunks;
}

std::string Joined(const std::vector<std::string>& chunks) {
  std::string body;
  for (const std::string& chunk : chunks) body += chunk;
  return body;
}

// The standard's steps one after the other over a whole body, with no thought of speed: decode, drop the byte order
// mark, split, interpret. `retry` is left to the vectors.
Outcome ParseSlowly(const std::string& body) {
  std::string text;
  AppendAsValidUtf8(body, text);
  if (text.starts_with("\uFEFF")) text.erase(0, 3);
  Outcome outcome;
  std::string line, type, data, id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') {
      line += text[i];
      continue;
    }
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    if (line.empty()) {
      outcome.last_event_id = id;
      if (!data.empty()) {
        outcome.events.push_back({type.empty() ? "message" : type, data.substr(0, data.size() - 1), id});
      }
      type = data = "";
    }
    const std::size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    std::string value = colon == line.npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "event") type = value;
    if (name == "data") data += value + "\n";
    if (name == "id" && value.find('\0') == value.npos) id = value;
    line.clear();
  }
  return outcome;
}

struct Vector {
  std::string name;
  std::vector<std::string> chunks;
  Outcome outcome;
  bool any_retry = false;
  friend void PrintTo(const Vector& row, std::ostream* os) { *os << row.name; }
};

std::string Text(simdjson::dom::element element) { return std::string(std::string_view(element)); }

Vector ReadVector(simdjson::dom::element row) {
  Vector vector;
  vector.name = Text(row["name"]);
  std::replace_if(
      vector.name.begin(), vector.name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  for (simdjson::dom::element chunk : row["chunks"]) {
    vector.chunks.push_back(Text(chunk));
    std::string& bytes = vector.chunks.back();
    EXPECT_TRUE(!bool(row["base64"]) || absl::Base64Unescape(std::string(bytes), &bytes)) << vector.name;
  }
  for (simdjson::dom::element event : row["events"]) {
    vector.outcome.events.push_back({Text(event["event"]), Text(event["data"]), Text(event["id"])});
  }
  vector.outcome.last_event_id = Text(row["last_event_id"]);
  if (!row["retry"].is_null()) vector.outcome.retry_ms = std::uint64_t(row["retry"]);
  vector.any_retry = row["retry_any"].error() == simdjson::SUCCESS;
  return vector;
}

std::vector<Vector> ReadVectors() {
  simdjson::dom::parser parser;
  std::vector<Vector> vectors;
  for (simdjson::dom::element row : parser.load(SLUICE_SSE_VECTORS)["vectors"]) vectors.push_back(ReadVector(row));
  return vectors;
}

class SseVectorTest : public ::testing::TestWithParam<Vector> {
 protected:
  void Expect(const std::vector<std::string>& chunks) {
    const Outcome outcome = Parse(chunks);
    EXPECT_EQ(WithoutRetry(outcome.events), GetParam().outcome.events);
    EXPECT_EQ(outcome.last_event_id, GetParam().outcome.last_event_id);
    EXPECT_EQ(outcome.code, absl::StatusCode::kOk);
    EXPECT_TRUE(GetParam().any_retry || outcome.retry_ms == GetParam().outcome.retry_ms);
  }
};

TEST_P(SseVectorTest, HoldsAsGiven) { Expect(GetParam().chunks); }

TEST_P(SseVectorTest, HoldsAsOneChunk) { Expect({Joined(GetParam().chunks)}); }

TEST_P(SseVectorTest, HoldsByteByByte) { Expect(Bytes(Joined(GetParam().chunks))); }

TEST_P(SseVectorTest, HoldsInRandomCuts) {
  std::mt19937 random(2);
  for (int round = 0; round < 100; ++round) Expect(Cut(Joined(GetParam().chunks), random));
}

TEST_P(SseVectorTest, HoldsWithNoLimitToSpare) {
  std::size_t limit = 0;
  while (Parse(GetParam().chunks, limit).code != absl::StatusCode::kOk) ++limit;
  EXPECT_LE(limit, Joined(GetParam().chunks).size() * 3);
  EXPECT_EQ(WithoutRetry(Parse(GetParam().chunks, limit).events), GetParam().outcome.events);
}

TEST_P(SseVectorTest, TellsWhatIsCompleteBeforeTheNextChunk) {
  SseParser parser(kAmple);
  std::vector<SseEvent> events;
  std::string so_far;
  for (const std::string& chunk : GetParam().chunks) {
    ASSERT_TRUE(parser.Feed(chunk, events).ok());
    so_far += chunk;
    const Outcome complete = ParseSlowly(so_far);
    EXPECT_EQ(WithoutRetry(events), complete.events);
    EXPECT_EQ(parser.last_event_id(), complete.last_event_id);
  }
}

INSTANTIATE_TEST_SUITE_P(Standard, SseVectorTest, ::testing::ValuesIn(ReadVectors()),
                         [](const auto& row) { return row.param.name; });

TEST(SseVectorsTest, AllOfThemWereRead) { EXPECT_EQ(ReadVectors().size(), 92u); }

// --- limits ---------------------------------------------------------------------------------------------------------

TEST(SseLimitTest, AnEventAsLargeAsTheLimitPasses) {
  std::vector<SseEvent> events;
  EXPECT_TRUE(SseParser(10).Feed("data: 7890\n\n", events).ok());
  EXPECT_THAT(events, ElementsAre(SseEvent{"message", "7890", ""}));
}

TEST(SseLimitTest, OneByteMoreIsRefusedWithTheLimitAndAReason) {
  std::vector<SseEvent> events;
  const absl::Status status = SseParser(10).Feed("data: 78901\n\n", events);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(ToStd(status.message()), HasSubstr("a server-sent event is larger than the limit of 10 bytes"));
  EXPECT_EQ(ErrorReason(status), reason::kEventTooLarge);
  EXPECT_THAT(events, IsEmpty());
}

TEST(SseLimitTest, EventsBeforeTheLargeOneAreKept) {
  std::vector<SseEvent> events;
  EXPECT_FALSE(SseParser(10).Feed("data: a\n\ndata: b\n\ndata: 78901\n\ndata: c\n\n", events).ok());
  EXPECT_THAT(events, ElementsAre(SseEvent{"message", "a", ""}, SseEvent{"message", "b", ""}));
}

TEST(SseLimitTest, ALineIsRefusedBeforeItEnds) {
  std::vector<SseEvent> events;
  SseParser parser(10);
  EXPECT_TRUE(parser.Feed("data: 7890", events).ok());
  EXPECT_FALSE(parser.Feed("1", events).ok());
}

TEST(SseLimitTest, CommentsAndUnknownFieldsCountWhileTheyLast) {
  std::vector<SseEvent> events;
  EXPECT_TRUE(SseParser(10).Feed(": 34567890\n: 34567890\nfoo: 67890\n", events).ok());
  EXPECT_FALSE(SseParser(10).Feed(": 345678901", events).ok());
  EXPECT_FALSE(SseParser(10).Feed("foo: 678901", events).ok());
}

TEST(SseLimitTest, DataTypeAndIdCountTogether) {
  std::vector<SseEvent> events;
  const std::string body = "event: 12345\nid: 12345\ndata: 12345\ndata: 12345\n\n";
  EXPECT_TRUE(SseParser(26).Feed(body, events).ok());  // 5 type, 5 id, 5 data, and the last line
  EXPECT_FALSE(SseParser(25).Feed(body, events).ok());
}

TEST(SseLimitTest, ManyShortDataLinesCannotOutgrowTheLimit) {
  SseParser parser(1000);
  std::vector<SseEvent> events;
  int lines = 0;
  while (parser.Feed("data\n", events).ok()) ASSERT_LT(++lines, 2000);
  EXPECT_LE(parser.pending_bytes(), 1000u);
  EXPECT_THAT(events, IsEmpty());
}

TEST(SseLimitTest, MalformedBytesCountAsWhatTheyBecome) {
  std::vector<SseEvent> events;
  EXPECT_TRUE(SseParser(12).Feed("data: \xFF\xFF\xFF\xFF\n\n", events).ok());
  EXPECT_FALSE(SseParser(12).Feed("data: \xFF\xFF\xFF\xFF\xFF\n\n", events).ok());
}

TEST(SseLimitTest, AnIdLargerThanAnyInUseIsRefused) {
  std::vector<SseEvent> events;
  const std::string longest(SseParser::kMaxIdBytes, 'x');
  EXPECT_TRUE(SseParser(kAmple).Feed("id: " + longest + "\ndata\n\n", events).ok());
  EXPECT_THAT(events, ElementsAre(SseEvent{"message", "", longest}));
  const absl::Status status = SseParser(kAmple).Feed("id: " + longest + "x\ndata\n\n", events);
  EXPECT_EQ(ErrorReason(status), reason::kEventTooLarge);
  EXPECT_THAT(ToStd(status.message()), HasSubstr("the id of a server-sent event is larger than the limit of 512"));
  EXPECT_EQ(events.size(), 1u);
}

TEST(SseLimitTest, AfterAnErrorTheParserIsSpent) {
  std::vector<SseEvent> events;
  SseParser parser(10);
  const absl::Status first = parser.Feed("data: 78901", events);
  EXPECT_EQ(parser.Feed("\n\ndata: a\n\n", events), first);
  EXPECT_EQ(parser.Feed("", events), first);
  EXPECT_THAT(events, IsEmpty());
}

// One read of 16 KiB: what its events hold together.
TEST(SseLimitTest, TheSmallestEventsWithTheLongestIdStayInBounds) {
  std::string body = "id: " + std::string(SseParser::kMaxIdBytes, 'x') + "\n";
  while (body.size() < 16 * 1024) body += "data\n\n";
  std::vector<SseEvent> events;
  ASSERT_TRUE(SseParser(kAmple).Feed(body, events).ok());
  std::size_t held = 0;
  for (const SseEvent& event : events) held += event.type.size() + event.data.size() + event.id.size();
  EXPECT_GT(events.size(), 2600u);
  EXPECT_LT(held, 1500u * 1024);
}

// --- state ----------------------------------------------------------------------------------------------------------

TEST(SseStateTest, PendingBytesAreThoseOfTheUnfinishedEvent) {
  std::vector<SseEvent> events;
  SseParser parser(kAmple);
  ASSERT_TRUE(parser.Feed("id: 1\ndata: a\n\n", events).ok());
  EXPECT_EQ(parser.pending_bytes(), 0u);
  ASSERT_TRUE(parser.Feed("event: abc\ndata: de\nda", events).ok());
  EXPECT_EQ(parser.pending_bytes(), 3u + 2u + 2u);
  ASSERT_TRUE(parser.Feed("ta\n\n", events).ok());
  EXPECT_EQ(parser.pending_bytes(), 0u);
}

TEST(SseStateTest, KnowsWhetherABodyEndsInsideAnEvent) {
  const struct {
    std::string body;
    bool inside;
  } rows[] = {{"", false},
              {"data: a\n\n", false},
              {"data: a\n\n\n", false},
              {"data: a\r\n\r\n", false},
              {": a comment", false},
              {": a comment\n", false},
              {"\xEF\xBB\xBF: a comment", false},
              {"data: a\n\n \t", false},
              {"id: 7\n", false},
              {"retry: 7\n", false},
              {"data", true},
              {"data\n", true},
              {"data:\n: a comment", true},
              {"data: a\n\nda", true},
              {"\xEF\xBB\xBF"
               "data: a",
               true},
              {"event: e\n", true},
              {"id: 7", true}};
  for (const auto& row : rows) {
    std::vector<SseEvent> events;
    SseParser parser(kAmple);
    ASSERT_TRUE(parser.Feed(row.body, events).ok());
    EXPECT_EQ(parser.inside_event(), row.inside) << row.body;
  }
}

TEST(SseStateTest, ABodyThatContinuesAnotherKeepsItsId) {
  std::vector<SseEvent> events;
  SseParser parser(kAmple, "e7");
  EXPECT_EQ(parser.last_event_id(), "e7");
  ASSERT_TRUE(parser.Feed("data: a\n\nid\ndata: b\n\n", events).ok());
  EXPECT_THAT(events, ElementsAre(SseEvent{"message", "a", "e7"}, SseEvent{"message", "b", ""}));
}

TEST(SseStateTest, ARetryBeyond64BitsSaturates) {
  EXPECT_EQ(Parse({"retry: 18446744073709551615\n"}).retry_ms, 18446744073709551615u);
  EXPECT_EQ(Parse({"retry: 18446744073709551616\n"}).retry_ms, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Parse({"retry: " + std::string(1000, '9') + "\n"}).retry_ms, std::numeric_limits<std::uint64_t>::max());
}

TEST(SseStateTest, EventsAreAppendedToWhatTheCallerHolds) {
  std::vector<SseEvent> events = {{"x", "y", "z"}};
  ASSERT_TRUE(SseParser(kAmple).Feed("data: a\n\n", events).ok());
  EXPECT_THAT(events, ElementsAre(SseEvent{"x", "y", "z"}, SseEvent{"message", "a", ""}));
}

// --- cost: work that grows with the square of the input would not end within the test's time
// ---------------------------

TEST(SseCostTest, ALongLineThatComesByteByByteIsLinear) {
  const std::string data(2 << 20, 'x');
  SseParser parser(4 << 20);
  std::vector<SseEvent> events;
  for (const char& c : "data:" + data + "\n\n") ASSERT_TRUE(parser.Feed({&c, 1}, events).ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].data == data);
}

TEST(SseCostTest, ALargeChunkOfManyLinesIsLinearForEveryLineEnd) {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    std::string body;
    while (body.size() < (16 << 20)) body += ':' + std::string(60, ' ') + end;
    EXPECT_THAT(Events(body + "data: a" + end + end), ElementsAre(SseEvent{"message", "a", ""}));
  }
}

// --- random bodies
// ----------------------------------------------------------------------------------------------------

std::string RandomBody(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {
      "data",   "data:",  "data: ", "event:", "id:",      "id: ",     "retry:", ":", " ",
      "\n",     "\n",     "\n\n",   "\r",     "\r",       "\r\n",     "1",      "x", "{}",
      "\uFEFF", "\u00E9", "\xE2",   "\x82",   "\xED\xA0", "\xF0\x9F", "\xFF"};
  std::string body;
  for (auto pieces = random() % 60; pieces > 0; --pieces) {
    if (random() % 16 == 0) body.push_back(static_cast<char>(random() % 256));
    body += kPieces[random() % kPieces.size()];
  }
  return body;
}

TEST(SseTest, TellsTheReconnectionTimeWithTheNextEventAndOnce) {
  std::vector<std::optional<std::uint64_t>> told;
  for (const SseEvent& event :
       Events("data: a\n\nretry: 5\n\ndata: b\n\ndata: c\n\nretry: 6\nretry: 7\ndata: d\nretry: x\n\n")) {
    told.push_back(event.retry_ms);
  }
  EXPECT_THAT(told, ElementsAre(std::nullopt, 5u, std::nullopt, 7u));
}

TEST(SseRandomTest, EveryCuttingGivesWhatTheStandardsStepsGive) {
  std::mt19937 random(3);
  std::size_t events = 0;
  for (int round = 0; round < 5'000; ++round) {
    const std::string body = RandomBody(random);
    const Outcome whole = Parse({body});
    const Outcome slow = ParseSlowly(body);
    ASSERT_EQ(WithoutRetry(whole.events), slow.events) << ::testing::PrintToString(body);
    ASSERT_EQ(whole.last_event_id, slow.last_event_id) << ::testing::PrintToString(body);
    ASSERT_EQ(Parse(Bytes(body)), whole) << ::testing::PrintToString(body);
    ASSERT_EQ(Parse(Cut(body, random)), whole) << ::testing::PrintToString(body);
    events += whole.events.size();
  }
  EXPECT_GT(events, 1'000u) << "the bodies hardly ever hold an event";
}

TEST(SseRandomTest, TheLimitStrikesAtTheSameByteInEveryCutting) {
  std::mt19937 random(4);
  int refused = 0;
  for (int round = 0; round < 5'000; ++round) {
    const std::string body = RandomBody(random);
    const std::size_t limit = random() % 24;
    const Outcome whole = Parse({body}, limit);
    ASSERT_EQ(Parse(Bytes(body), limit), whole) << limit << ' ' << ::testing::PrintToString(body);
    ASSERT_EQ(Parse(Cut(body, random), limit), whole) << limit << ' ' << ::testing::PrintToString(body);
    refused += whole.code == absl::StatusCode::kResourceExhausted;
  }
  EXPECT_GT(refused, 1'000);
  EXPECT_LT(refused, 4'900);
}

TEST(SseRandomTest, WhatIsToldIsAlwaysValidUtf8) {
  std::mt19937 random(5);
  for (int round = 0; round < 2'000; ++round) {
    for (const SseEvent& event : Events(RandomBody(random))) {
      ASSERT_TRUE(IsValidUtf8(event.type) && IsValidUtf8(event.data) && IsValidUtf8(event.id));
    }
  }
}

}  // namespace
}  // namespace sluice::translate
