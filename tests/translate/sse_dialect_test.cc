#include "server/translate/sse_dialect.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "server/base/status.h"

namespace sluice::translate {
namespace {

constexpr auto kPlain = SseDialect::kPlain;
constexpr auto kOpenAi = SseDialect::kOpenAi;
constexpr auto kAnthropic = SseDialect::kAnthropic;

struct Row {
  SseDialect dialect;
  std::string type;
  std::string data;
  SseMeaning meaning;
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.type << ": " << row.data; }
};

class SseDialectTest : public ::testing::TestWithParam<Row> {};

TEST_P(SseDialectTest, MeansWhatTheDialectSays) {
  const Row& row = GetParam();
  EXPECT_EQ(MeaningOf(row.dialect, {row.type, row.data, ""}), row.meaning);
}

INSTANTIATE_TEST_SUITE_P(
    OpenAi, SseDialectTest,
    ::testing::Values(
        Row{kOpenAi, "message", R"({"choices":[{"delta":{"content":"a"}}]})", SseMeaning::kData},
        Row{kOpenAi, "message", "", SseMeaning::kData},
        Row{kOpenAi, "message", "no JSON with an \"error\"", SseMeaning::kData},
        Row{kOpenAi, "message", "[DONE]", SseMeaning::kEndMark},
        Row{kOpenAi, "message", " [DONE] ", SseMeaning::kEndMark}, Row{kOpenAi, "message", "[DONE", SseMeaning::kData},
        Row{kOpenAi, "message", R"({"choices":[{"delta":{"content":"[DONE]"}}]})", SseMeaning::kData},
        // A last chunk is none: usage may follow, and the mark does.
        Row{kOpenAi, "message", R"({"choices":[{"delta":{},"finish_reason":"stop"}]})", SseMeaning::kData},
        Row{kOpenAi, "message", R"({"error":{"message":"m","type":"server_error","code":null}})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"choices":[],"error":{"code":502,"message":"m"}})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"error":"overloaded"})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"object":"error","message":"m","code":400})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"error":null,"choices":[]})", SseMeaning::kData},
        Row{kOpenAi, "message", R"({"error":{},"choices":[]})", SseMeaning::kData},
        Row{kOpenAi, "message", R"({"error":{"code":null,"message":""},"choices":[]})", SseMeaning::kData},
        Row{kOpenAi, "error", R"({"error":{}})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"type":"error","error":{}})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"choices":[{"delta":{"content":"{\"error\":{}}"}}]})", SseMeaning::kData},
        Row{kOpenAi, "response.created", "{}", SseMeaning::kData},
        Row{kOpenAi, "response.output_text.delta", R"({"delta":"an \"error\""})", SseMeaning::kData},
        Row{kOpenAi, "response.completed", R"({"response":{"error":null}})", SseMeaning::kLast},
        Row{kOpenAi, "response.incomplete", "{}", SseMeaning::kLast},
        Row{kOpenAi, "response.failed", "{}", SseMeaning::kError}, Row{kOpenAi, "error", "x", SseMeaning::kError},
        Row{kOpenAi, "response.of_tomorrow", "{}", SseMeaning::kData},
        // Without the event's name, as some servers send it.
        Row{kOpenAi, "message", R"({"type":"response.completed","response":{}})", SseMeaning::kLast},
        Row{kOpenAi, "message", R"({"type":"response.failed","response":{}})", SseMeaning::kError},
        Row{kOpenAi, "message", R"({"type":"response.output_text.delta","delta":"response.completed"})",
            SseMeaning::kData},
        Row{kOpenAi, "ping", "{}", SseMeaning::kData}, Row{kOpenAi, "message_stop", "{}", SseMeaning::kData}));

INSTANTIATE_TEST_SUITE_P(
    Anthropic, SseDialectTest,
    ::testing::Values(Row{kAnthropic, "message_start", R"({"type":"message_start"})", SseMeaning::kData},
                      Row{kAnthropic, "content_block_delta", R"({"delta":{"text":"error"}})", SseMeaning::kData},
                      Row{kAnthropic, "ping", R"({"type":"ping"})", SseMeaning::kLife},
                      Row{kAnthropic, "message_stop", R"({"type":"message_stop"})", SseMeaning::kLast},
                      Row{kAnthropic, "error", R"({"type":"error","error":{}})", SseMeaning::kError},
                      Row{kAnthropic, "message", R"({"type":"ping"})", SseMeaning::kLife},
                      Row{kAnthropic, "message", R"({"type":"message_stop"})", SseMeaning::kLast},
                      Row{kAnthropic, "message", R"({"type":"error","error":{"type":"x"}})", SseMeaning::kError},
                      Row{kAnthropic, "message", R"({"type":"message_delta","text":"message_stop"})",
                          SseMeaning::kData},
                      Row{kAnthropic, "message", "[DONE]", SseMeaning::kLife},
                      Row{kAnthropic, "of_tomorrow", "{}", SseMeaning::kData}));

INSTANTIATE_TEST_SUITE_P(Plain, SseDialectTest,
                         ::testing::Values(Row{kPlain, "error", R"({"error":{}})", SseMeaning::kData},
                                           Row{kPlain, "ping", "{}", SseMeaning::kData},
                                           Row{kPlain, "message_stop", "{}", SseMeaning::kData},
                                           Row{kPlain, "message", "[DONE]", SseMeaning::kData},
                                           Row{kPlain, "message", "", SseMeaning::kData}));

TEST(SseDialectErrorTest, KeepsTheWordsOfAnErrorThatIsNoJson) {
  const absl::Status status = StatusFromErrorEvent({"error", "out of\nmemory", ""});
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(), "the upstream told an error inside its answer: out of memory");
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_ERROR");
}

}  // namespace
}  // namespace sluice::translate
