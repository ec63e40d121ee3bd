// What an agent sends may be cut anywhere and may be anything: no crash, no false OK, nothing that depends on how the
// bytes were split.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/translate/a2a_facts.h"
#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using namespace testing;  // NOLINT: the answers

struct Outcome {
  std::vector<std::string> messages;
  Step end;
  bool operator==(const Outcome& other) const { return messages == other.messages && EndOf(end) == EndOf(other.end); }
};

Outcome Relay(std::string_view rpc, const ResponseHead& head, const std::vector<std::string_view>& pieces,
              ExchangeOutcome outcome) {
  A2aCall call = BeginCall(rpc);
  Outcome seen;
  const auto take = [&](Step step) {
    for (A2aMessage& message : step.messages) seen.messages.push_back(std::move(message.wire));
    if (step.end) seen.end = std::move(step);
  };
  take(call.OnHead(head));
  for (const std::string_view piece : pieces) take(call.OnBytes(piece));
  take(call.OnEnd(Ended(outcome)));
  return seen;
}

std::string GoodStream() {
  return ": ping\r\n\r\n" + TaskEvent("SUBMITTED") + StatusEvent("WORKING") +
         ArtifactEvent("caf\xC3\xA9 \xF0\x9F\x98\x80") + StatusEvent("INPUT_REQUIRED") + StatusEvent("WORKING") +
         ArtifactEvent("two") + StatusEvent("COMPLETED");
}

TEST(A2aRobustness, EveryCutOfAStreamIsACutUntilTheTaskIsOver) {
  const std::string body = GoodStream();
  const std::size_t over_at = body.size();  // the blank line after COMPLETED
  const std::size_t waits_at = body.find("INPUT_REQUIRED");
  const std::size_t waits_from = body.find("\n\n", waits_at) + 2;
  for (std::size_t cut = 0; cut < over_at; ++cut) {
    const std::string_view told = std::string_view(body).substr(0, cut);
    EXPECT_EQ(EndOf(Relay("SendStreamingMessage", SseHead(), {told}, ExchangeOutcome::kTruncated).end),
              "UPSTREAM_STREAM_TRUNCATED")
        << "cut at " << cut;
    // Exactly between two events a waiting task may be left alone.
    EXPECT_EQ(EndOf(Relay("SendStreamingMessage", SseHead(), {told}, ExchangeOutcome::kComplete).end),
              cut == waits_from ? "OK" : "UPSTREAM_STREAM_TRUNCATED")
        << "closed at " << cut;
  }
  EXPECT_EQ(EndOf(Relay("SendStreamingMessage", SseHead(), {body}, ExchangeOutcome::kTruncated).end), "OK");
}

TEST(A2aRobustness, EverySplitOfAStreamReadsTheSame) {
  const std::string body = GoodStream();
  const Outcome whole = Relay("SendStreamingMessage", SseHead(), {body}, ExchangeOutcome::kComplete);
  EXPECT_EQ(whole.messages.size(), 7u);
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    const std::string_view text = body;
    EXPECT_EQ(
        Relay("SendStreamingMessage", SseHead(), {text.substr(0, cut), text.substr(cut)}, ExchangeOutcome::kComplete),
        whole)
        << "split at " << cut;
  }
}

TEST(A2aRobustness, EveryCutOfADocumentIsNoAnswer) {
  const std::string body = Result(R"({"task":)" + TaskJson("COMPLETED") + "}");
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    for (const ExchangeOutcome outcome : {ExchangeOutcome::kTruncated, ExchangeOutcome::kComplete}) {
      const Outcome seen = Relay("SendMessage", JsonHead(), {std::string_view(body).substr(0, cut)}, outcome);
      EXPECT_TRUE(seen.messages.empty());
      EXPECT_EQ(EndOf(seen.end),
                outcome == ExchangeOutcome::kComplete ? "UPSTREAM_BAD_MESSAGE" : "UPSTREAM_STREAM_TRUNCATED")
          << "cut at " << cut;
    }
  }
}

TEST(A2aRobustness, FactsOfACutMessageAreReadAsFarAsTheyGo) {
  lf::a2a::v1::StreamResponse response;
  response.mutable_status_update()->set_task_id("t-1");
  response.mutable_status_update()->mutable_status()->set_state(lf::a2a::v1::TASK_STATE_FAILED);
  const std::string bytes = response.SerializeAsString();
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ(ReadResponseFacts(bytes.substr(0, cut)).payload, A2aPayload::kNone) << cut;
  }
  const A2aFacts facts = ReadResponseFacts(bytes);
  EXPECT_EQ(facts.payload, A2aPayload::kStatusUpdate);
  EXPECT_EQ(facts.task_id, "t-1");
  EXPECT_EQ(facts.state, lf::a2a::v1::TASK_STATE_FAILED);
}

// Changes, removes, doubles or inserts a few bytes; reproducible.
std::string Mutated(std::string text, std::mt19937& random) {
  static constexpr std::string_view kInteresting = "{}[]\",:\\\n\r '0123456789eE-+.ntf\0\xff\xc3\x80";
  const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  for (std::size_t edits = 1 + pick(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = pick(text.size());
    const char byte = kInteresting[pick(kInteresting.size())];
    switch (pick(5)) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + pick(20));
        break;
      case 3:
        text.insert(at, text.substr(pick(text.size()), pick(60)));
        break;
      default:
        text[at] = static_cast<char>(text[at] ^ (1 << pick(8)));
    }
  }
  return text;
}

TEST(A2aRobustness, MutatedAnswersEndTheCallOnceAndInOrder) {
  std::mt19937 random(20251122);
  const std::string stream = GoodStream();
  const std::string document = Result(R"({"task":)" + TaskJson("COMPLETED") + "}");
  const std::string error = R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"m","data":[)"
                            R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":)"
                            R"("a2a-protocol.org","metadata":{"a":"b"}},{"@type":"google.rpc.BadRequest",)"
                            R"("fieldViolations":[{"field":"f","description":"d"}]}]}})";
  for (int round = 0; round < 3000; ++round) {
    for (const auto& [head, body] : {std::pair(SseHead(), stream), std::pair(JsonHead(), document),
                                     std::pair(JsonHead(), error), std::pair(Head(400, "application/json"), error)}) {
      const std::string bytes = Mutated(body, random);
      const std::size_t cut = random() % (bytes.size() + 1);
      const std::string_view text = bytes;
      const std::string rpc = round % 2 == 0 ? "SendStreamingMessage" : "SendMessage";
      const Outcome seen = Relay(rpc, head, {text.substr(0, cut), text.substr(cut)}, ExchangeOutcome::kComplete);
      ASSERT_TRUE(seen.end.end.has_value()) << bytes;
      // Whatever was handed on is what the client will parse.
      for (const std::string& message : seen.messages) {
        lf::a2a::v1::StreamResponse response;
        ASSERT_TRUE(response.ParseFromString(message)) << bytes;
        ASSERT_NE(response.payload_case(), lf::a2a::v1::StreamResponse::PAYLOAD_NOT_SET) << bytes;
      }
    }
  }
}

TEST(A2aRobustness, MutatedRequestsAreToldOrRefused) {
  std::mt19937 random(20251123);
  const std::string good = Hello().SerializeAsString();
  for (int round = 0; round < 3000; ++round) {
    const std::string bytes = Mutated(good, random);
    const auto call = A2aCall::Begin(*FindA2aMethod("SendMessage"), bytes, "1", kLimits);
    ReadResponseFacts(bytes);
    if (!call.ok()) {
      ASSERT_EQ(call.status().code(), absl::StatusCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace sluice::translate
