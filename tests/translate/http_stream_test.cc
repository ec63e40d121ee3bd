// One answer to a Stream: what its caller sees of each form and each end.
#include "server/translate/http_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/base/status.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr HttpStream::Limits kLimits{1000, 200};
constexpr ExchangeEnd kWhole{.outcome = ExchangeOutcome::kComplete, .request_sent = true};
const ExchangeEnd kCut{.outcome = ExchangeOutcome::kTruncated, .request_sent = true};

// "head 200", "event message#1 a", "body x", and how it ended.
struct Seen {
  std::vector<std::string> frames;
  std::optional<absl::Status> end;

  void Take(const HttpStream::Step& step) {
    EXPECT_FALSE(end.has_value()) << "nothing is fed after the end";
    for (const std::string& bytes : step.frames) {
      v1::StreamResponse frame;
      EXPECT_TRUE(frame.ParseFromString(bytes));
      frames.push_back(Shown(frame));
    }
    if (step.end) end = step.end;
  }
  static std::string Shown(const v1::StreamResponse& frame) {
    if (frame.has_head()) return "head " + std::to_string(frame.head().status());
    if (frame.has_body()) return "body " + frame.body().data();
    return "event " + frame.event().type() + '#' + std::to_string(frame.event().sequence()) + ' ' +
           frame.event().data();
  }
  StatusCode code() const { return end.value_or(absl::UnknownError("no end")).code(); }
  std::string reason() const { return ErrorReason(*end); }
};

ResponseHead Head(int status, const std::string& type) { return {status, {{"content-type", type}}}; }

Seen Answer(SseDialect dialect, const ResponseHead& head, const std::vector<std::string>& pieces,
            const ExchangeEnd& end = kWhole, bool acts = true) {
  HttpStream stream(dialect, acts, "", kLimits);
  Seen seen;
  seen.Take(stream.OnHead(head, {}));
  for (const std::string& piece : pieces) {
    if (!seen.end) seen.Take(stream.OnBytes(piece));
  }
  if (!seen.end) seen.Take(stream.OnEnd(end));
  return seen;
}

Seen Events(SseDialect dialect, const std::string& body, const ExchangeEnd& end = kWhole) {
  return Answer(dialect, Head(200, "text/event-stream; charset=utf-8"), {body}, end);
}

struct EndRow {
  std::string name;
  SseDialect dialect;
  std::string body;
  std::vector<std::string> frames;  // behind the head
  StatusCode code;
  std::string reason;
  ExchangeEnd end = kWhole;
  friend void PrintTo(const EndRow& row, std::ostream* os) { *os << row.name; }
};

class HttpStreamEndTest : public ::testing::TestWithParam<EndRow> {};

// However the body was cut.
TEST_P(HttpStreamEndTest, IsToldTruly) {
  const EndRow& row = GetParam();
  std::vector<std::string> bytes;
  for (const char byte : row.body) bytes.emplace_back(1, byte);
  for (const auto& pieces : {std::vector<std::string>{row.body}, bytes}) {
    const Seen seen = Answer(row.dialect, Head(200, "text/event-stream"), pieces, row.end);
    std::vector<std::string> frames = {"head 200"};
    frames.insert(frames.end(), row.frames.begin(), row.frames.end());
    EXPECT_EQ(seen.frames, frames);
    EXPECT_EQ(seen.code(), row.code);
    EXPECT_EQ(seen.reason(), row.reason);
  }
}

const std::string kTruncated = "UPSTREAM_STREAM_TRUNCATED";
INSTANTIATE_TEST_SUITE_P(
    Rows, HttpStreamEndTest,
    ::testing::Values(
        EndRow{"PlainWhole",
               SseDialect::kPlain,
               "data: a\n\nevent: e\ndata: b\n\n",
               {"event message#1 a", "event e#2 b"},
               StatusCode::kOk,
               ""},
        EndRow{"PlainCut",
               SseDialect::kPlain,
               "data: a\n\n",
               {"event message#1 a"},
               StatusCode::kUnavailable,
               kTruncated,
               kCut},
        EndRow{"PlainEndsInsideAnEvent",
               SseDialect::kPlain,
               "data: a\n\ndata: b",
               {"event message#1 a"},
               StatusCode::kUnavailable,
               kTruncated},
        EndRow{"PlainEndsInsideAnEventThatIsEmpty",
               SseDialect::kPlain,
               "data: a\n\ndata\n",
               {"event message#1 a"},
               StatusCode::kUnavailable,
               kTruncated},
        EndRow{"PlainEndsInsideAComment",
               SseDialect::kPlain,
               "data: a\n\n: bye",
               {"event message#1 a"},
               StatusCode::kOk,
               ""},
        EndRow{"PlainEndsWithABlank", SseDialect::kPlain, "data: a\n\n ", {"event message#1 a"}, StatusCode::kOk, ""},
        EndRow{"PlainKeepsPingsErrorsAndMarks",
               SseDialect::kPlain,
               "event: ping\ndata: {}\n\nevent: error\ndata: {}\n\ndata: [DONE]\n\n",
               {"event ping#1 {}", "event error#2 {}", "event message#3 [DONE]"},
               StatusCode::kOk,
               ""},
        EndRow{"PlainNothing", SseDialect::kPlain, "", {}, StatusCode::kOk, ""},
        EndRow{"OpenAiDone",
               SseDialect::kOpenAi,
               "data: {\"a\":9007199254740993,\"a\":1.0}\n\ndata: [DONE]\n\ndata: x\n\n",
               {"event message#1 {\"a\":9007199254740993,\"a\":1.0}"},
               StatusCode::kOk,
               ""},
        EndRow{"OpenAiDoneWithoutBlankLine",
               SseDialect::kOpenAi,
               "data: {}\n\ndata: [DONE]\n",
               {"event message#1 {}"},
               StatusCode::kOk,
               ""},
        EndRow{"OpenAiDoneThenCut", SseDialect::kOpenAi, "data: [DONE]\n\n", {}, StatusCode::kOk, "", kCut},
        EndRow{"OpenAiWithoutDone",
               SseDialect::kOpenAi,
               "data: {}\n\n",
               {"event message#1 {}"},
               StatusCode::kUnavailable,
               kTruncated},
        EndRow{
            "OpenAiDoneCutOff", SseDialect::kOpenAi, "data: [DONE]\n", {}, StatusCode::kUnavailable, kTruncated, kCut},
        EndRow{"OpenAiError",
               SseDialect::kOpenAi,
               "data: {}\n\ndata: {\"error\":{\"type\":\"server_error\",\"message\":\"m\"}}\n\ndata: [DONE]\n\n",
               {"event message#1 {}"},
               StatusCode::kInternal,
               "UPSTREAM_ERROR"},
        EndRow{"ResponsesCompleted",
               SseDialect::kOpenAi,
               "event: response.of_tomorrow\ndata: 1\n\nevent: response.completed\ndata: 2\n\ndata: [DONE]\n\n",
               {"event response.of_tomorrow#1 1", "event response.completed#2 2"},
               StatusCode::kOk,
               ""},
        EndRow{"ResponsesFailed",
               SseDialect::kOpenAi,
               "event: response.failed\ndata: {\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\"}}}\n\n",
               {},
               StatusCode::kResourceExhausted,
               "UPSTREAM_ERROR"},
        EndRow{"AnthropicWhole",
               SseDialect::kAnthropic,
               "event: message_start\ndata: 1\n\nevent: ping\ndata: {}\n\nevent: message_stop\ndata: 2\n\ndata: x\n\n",
               {"event message_start#1 1", "event message_stop#2 2"},
               StatusCode::kOk,
               ""},
        EndRow{"AnthropicWithoutStop",
               SseDialect::kAnthropic,
               "event: message_start\ndata: 1\n\n",
               {"event message_start#1 1"},
               StatusCode::kUnavailable,
               kTruncated},
        EndRow{"AnthropicOverloaded",
               SseDialect::kAnthropic,
               "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n",
               {},
               StatusCode::kUnavailable,
               "UPSTREAM_ERROR"},
        EndRow{"Silent",
               SseDialect::kAnthropic,
               ": hello\n\n",
               {},
               StatusCode::kDeadlineExceeded,
               "UPSTREAM_TIMEOUT_IDLE",
               {.outcome = ExchangeOutcome::kIdleTimeout, .request_sent = true}},
        EndRow{"TooLarge",
               SseDialect::kPlain,
               "data: a\n\ndata: " + std::string(1001, 'x') + "\n\n",
               {"event message#1 a"},
               StatusCode::kResourceExhausted,
               "EVENT_TOO_LARGE"}),
    [](const auto& row) { return row.param.name; });

TEST(HttpStreamTest, PassesAnEventWithAllThatItHas) {
  HttpStream stream(SseDialect::kPlain, true, "", kLimits);
  (void)stream.OnHead(Head(200, "text/event-stream"), {});
  const auto step = stream.OnBytes("retry: 2500\nid: 7\nevent: e\ndata: {\"a\" :1}\ndata: b\xff\n\ndata:\n\n");
  ASSERT_EQ(step.frames.size(), 2u);
  v1::StreamResponse frame;
  ASSERT_TRUE(frame.ParseFromString(step.frames[0]));
  EXPECT_EQ(frame.event().type(), "e");
  EXPECT_EQ(frame.event().data(), "{\"a\" :1}\nb\xef\xbf\xbd");
  EXPECT_EQ(frame.event().id(), "7");
  EXPECT_EQ(frame.event().retry().seconds(), 2);
  EXPECT_EQ(frame.event().retry().nanos(), 500'000'000);
  ASSERT_TRUE(frame.ParseFromString(step.frames[1]));
  EXPECT_EQ(frame.event().data(), "");
  EXPECT_EQ(frame.event().id(), "7");
  EXPECT_FALSE(frame.event().has_retry());
  EXPECT_EQ(frame.event().sequence(), 2u);
}

TEST(HttpStreamTest, KeepsAReconnectionTimeWithinWhatADurationHolds) {
  HttpStream stream(SseDialect::kPlain, true, "", kLimits);
  (void)stream.OnHead(Head(200, "text/event-stream"), {});
  v1::StreamResponse frame;
  ASSERT_TRUE(frame.ParseFromString(stream.OnBytes("retry: 99999999999999999999\ndata: a\n\n").frames.at(0)));
  EXPECT_EQ(frame.event().retry().seconds(), 315'576'000'000);
  EXPECT_EQ(frame.event().retry().nanos(), 0);
}

TEST(HttpStreamTest, TellsAReconnectionTimeThatCameWithAnEventThatIsNotSent) {
  for (const char* unsent : {"event: ping\ndata: {}\n\n", "data: [DONE]\n\n"}) {
    HttpStream stream(SseDialect::kAnthropic, true, "", kLimits);
    (void)stream.OnHead(Head(200, "text/event-stream"), {});
    EXPECT_THAT(stream.OnBytes(std::string("retry: 1000\n") + unsent).frames, ElementsAre());
    const auto step = stream.OnBytes("data: a\n\ndata: b\n\n");
    v1::StreamResponse frame;
    ASSERT_TRUE(frame.ParseFromString(step.frames.at(0)));
    EXPECT_EQ(frame.event().retry().seconds(), 1) << unsent;
    ASSERT_TRUE(frame.ParseFromString(step.frames.at(1)));
    EXPECT_FALSE(frame.event().has_retry()) << "told once";
  }
}

TEST(HttpStreamTest, TellsTheHeadWithTheTypeAndTheHeadersThatAreShown) {
  HttpStream stream(SseDialect::kPlain, true, "", kLimits);
  EXPECT_EQ(stream.Heartbeat(), "") << "the Head is the first frame";
  const auto step = stream.OnHead(Head(201, "application/json; v=\xff"), {{"x-a", "1"}, {"x-a", "2"}});
  v1::StreamResponse frame;
  ASSERT_TRUE(frame.ParseFromString(step.frames.at(0)));
  EXPECT_EQ(frame.head().status(), 201);
  ASSERT_EQ(frame.head().headers_size(), 3);
  EXPECT_EQ(frame.head().headers(0).value(), "application/json; v=\xef\xbf\xbd");
  EXPECT_EQ(frame.head().headers(2).name() + frame.head().headers(2).value(), "x-a2");
  ASSERT_TRUE(frame.ParseFromString(stream.Heartbeat()));
  EXPECT_TRUE(frame.has_heartbeat());
}

TEST(HttpStreamTest, PassesADocumentInPiecesAndEndsWithIt) {
  for (const SseDialect dialect : {SseDialect::kPlain, SseDialect::kOpenAi, SseDialect::kAnthropic}) {
    const std::string large(HttpStream::kMaxErrorDocumentBytes, ' ');
    const Seen seen = Answer(dialect, Head(200, "application/json"), {"{\"a\":", large, "1}"});
    EXPECT_THAT(seen.frames, ElementsAre("head 200", "body {\"a\":", "body " + large, "body 1}"));
    EXPECT_EQ(seen.code(), StatusCode::kOk);
    EXPECT_EQ(Answer(dialect, Head(200, "application/json"), {"{"}, kCut).reason(), kTruncated);
  }
}

// Of a large document too, and however it was cut.
TEST(HttpStreamTest, SaysThatADocumentIsCutThoughItsBodyEndedWell) {
  const std::string large = "[\"" + std::string(HttpStream::kMaxErrorDocumentBytes, ']') + "\\\"\"";
  const std::string deep = std::string(300, '[') + std::string(300, ']');
  const struct {
    std::string body;
    bool whole;
  } rows[] = {{R"({"a":[1,{"b":"}"}]})", true},
              {" 1 ", true},
              {"\"a\\\"\"", true},
              {"\xEF\xBB\xBF{}\r\n", true},
              {deep, true},
              {large + "]", true},
              {"", false},
              {" ", false},
              {"\xEF\xBB\xBF", false},
              {R"({"a":[1,{"b":"}"}])", false},
              {R"({"a":1)", false},
              {R"({"a)", false},
              {"\"a\\\"", false},
              {"tru", false},
              {"{}{}", false},
              {"{}]", false},
              {R"({"a":1])", false},
              {deep.substr(1), false},
              {deep.substr(0, 599), false},
              {large, false},
              {large + "]]", false},
              {large + "]{", false},
              {large.substr(0, large.size() - 1), false}};
  for (const SseDialect dialect : {SseDialect::kPlain, SseDialect::kOpenAi, SseDialect::kAnthropic}) {
    for (const auto& row : rows) {
      std::vector<std::string> bytes;
      for (const char byte : row.body) bytes.emplace_back(1, byte);
      for (const auto& pieces : {std::vector<std::string>{row.body}, bytes}) {
        const Seen seen = Answer(dialect, Head(200, "application/json"), pieces);
        EXPECT_EQ(seen.code(), row.whole ? StatusCode::kOk : StatusCode::kUnavailable) << row.body.substr(0, 99);
        EXPECT_EQ(seen.reason(), row.whole ? "" : kTruncated) << row.body.substr(0, 99);
      }
    }
    EXPECT_EQ(Answer(dialect, Head(202, "application/json"), {}).code(), StatusCode::kOk) << "as 202 may be";
  }
}

TEST(HttpStreamTest, TellsTheErrorOfADocumentThatIsOne) {
  const std::string error = R"({"type":"error","error":{"type":"rate_limit_error","message":"m"}})";
  const Seen seen = Answer(SseDialect::kAnthropic, Head(200, "application/json"), {error});
  EXPECT_THAT(seen.frames, ElementsAre("head 200", "body " + error));
  EXPECT_EQ(seen.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(seen.reason(), "UPSTREAM_ERROR");
  EXPECT_EQ(Answer(SseDialect::kPlain, Head(200, "application/json"), {error}).code(), StatusCode::kOk);
  EXPECT_EQ(Answer(SseDialect::kOpenAi, Head(200, "application/json"), {R"({"error":null})"}).code(), StatusCode::kOk);
}

// limits.error_body is of answers that are not 2xx.
TEST(HttpStreamTest, SeesTheErrorOfADocumentWhateverIsKeptOfAnErrorAnswer) {
  const std::string error = R"({"error":{"type":"server_error"}})";
  for (const std::size_t error_body_bytes : {std::size_t{0}, std::size_t{1} << 20}) {
    for (const bool small : {true, false}) {
      HttpStream stream(SseDialect::kOpenAi, true, "", {1000, error_body_bytes});
      (void)stream.OnHead(Head(200, "application/json"), {});
      (void)stream.OnBytes(error);
      (void)stream.OnBytes(std::string(HttpStream::kMaxErrorDocumentBytes - error.size() + (small ? 0 : 1), ' '));
      EXPECT_EQ(stream.OnEnd(kWhole).end->code(), small ? StatusCode::kInternal : StatusCode::kOk);
    }
  }
}

TEST(HttpStreamTest, TurnsAnHttpErrorIntoItsStatusWithTheUpstreamsWords) {
  const std::string body = R"({"error":{"type":"invalid_request_error","code":"bad_model","message":"no"}})";
  const Seen seen = Answer(SseDialect::kOpenAi, Head(400, "application/json"), {body});
  EXPECT_THAT(seen.frames, ElementsAre());
  EXPECT_EQ(seen.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(seen.reason(), "UPSTREAM_HTTP_STATUS");
  EXPECT_THAT(ToStd(seen.end->message()), HasSubstr("HTTP 400: {\"error\""));
  EXPECT_EQ(ErrorMetadataValue(*seen.end, "error_type"), "invalid_request_error");
  EXPECT_EQ(ErrorMetadataValue(*seen.end, "error_code"), "bad_model");
  EXPECT_EQ(Answer(SseDialect::kOpenAi, Head(404, "text/html"), {"<h1>"}, kCut).code(), StatusCode::kNotFound);
  EXPECT_EQ(Answer(SseDialect::kOpenAi, Head(503, "x"), {std::string(500, 'x')}).code(), StatusCode::kUnavailable);
}

TEST(HttpStreamTest, RefusesWhatIsNeitherEventsNorJson) {
  const Seen html = Answer(SseDialect::kPlain, Head(200, "text/html"), {"<h1>hello</h1>"});
  EXPECT_THAT(html.frames, ElementsAre());
  EXPECT_EQ(html.reason(), "UPSTREAM_BAD_CONTENT_TYPE");
  EXPECT_THAT(ToStd(html.end->message()), HasSubstr("<h1>hello</h1>"));
  const Seen coded =
      Answer(SseDialect::kPlain, {200, {{"content-type", "text/event-stream"}, {"content-encoding", "br"}}}, {});
  EXPECT_EQ(coded.reason(), "UPSTREAM_BAD_MESSAGE");
}

TEST(HttpStreamTest, TakesAnEmptyAnswerWhereThatIsWhole) {
  EXPECT_THAT(Answer(SseDialect::kOpenAi, {204, {}}, {}).frames, ElementsAre("head 204"));
  EXPECT_EQ(Answer(SseDialect::kOpenAi, {204, {}}, {}).code(), StatusCode::kOk);
  EXPECT_EQ(Answer(SseDialect::kPlain, {200, {}}, {}).code(), StatusCode::kOk);
  EXPECT_EQ(Answer(SseDialect::kOpenAi, {200, {}}, {}).reason(), "UPSTREAM_BAD_CONTENT_TYPE");
}

TEST(HttpStreamTest, SaysThatARequestMayHaveRunIfItCouldChangeAnything) {
  for (const bool acts : {true, false}) {
    for (const Seen& seen :
         {Answer(SseDialect::kPlain, Head(500, "x"), {}, kWhole, acts),
          Answer(SseDialect::kOpenAi, Head(200, "text/event-stream"), {"data: {\"error\":\"m\"}\n\n"}, kWhole, acts),
          Answer(SseDialect::kPlain, Head(200, "text/event-stream"), {"data: a"}, kCut, acts)}) {
      EXPECT_EQ(ErrorMetadataValue(*seen.end, "may_have_run"), acts ? "true" : "");
    }
  }
}

TEST(HttpStreamTest, SaysAfterWhichEventItBrokeOff) {
  const Seen seen = Events(SseDialect::kAnthropic, "id: 7\ndata: a\n\nid: 8\ndata: b", kCut);
  EXPECT_EQ(ErrorMetadataValue(*seen.end, "last_event_id"), "7");
  const Seen failed = Events(SseDialect::kAnthropic, "id: 7\nevent: error\ndata: a\n\nid: 8\n\n");
  EXPECT_EQ(ErrorMetadataValue(*failed.end, "last_event_id"), "7");
  HttpStream resumed(SseDialect::kPlain, false, "6", kLimits);
  EXPECT_EQ(ErrorMetadataValue(*resumed.OnEnd(kCut).end, "last_event_id"), "6");
}

}  // namespace
}  // namespace sluice::translate
