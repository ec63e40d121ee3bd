// The interfaces of OpenAI and Anthropic, and plain streams, without sockets.
#include "client/agent/llm/llm_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::agent::llm {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Headers = std::vector<std::pair<std::string, std::string>>;

class LlmSiteTest : public ::testing::Test {
 protected:
  explicit LlmSiteTest(const Options& options = {}) : site_(options, [this] { return std::to_string(++ids_); }) {}

  void Pass(int ms) {
    now_.steady += std::chrono::milliseconds(ms);
    site_.Advance(now_);
  }
  SiteAnswer Serve(std::string_view method, const std::string& target, const std::string& body,
                   const Headers& headers = {}) {
    HttpCall call{.method = method, .target = target, .content_type = "application/json", .body = body};
    for (const auto& [name, value] : headers) call.headers.emplace_back(name, value);
    return site_.Serve(call, now_);
  }
  SiteAnswer Chat(const std::string& text, const std::string& more = R"(,"stream":true)") {
    return Serve("POST", "/v1/chat/completions",
                 R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":")" +
                     text + "\"}]" + more + "}");
  }
  SiteAnswer Responses(const std::string& text, const std::string& more = R"(,"stream":true)") {
    return Serve("POST", "/v1/responses", R"({"model":"m","input":")" + text + "\"" + more + "}");
  }
  SiteAnswer Messages(const std::string& text, const std::string& more = R"(,"stream":true)") {
    return Serve("POST", "/v1/messages",
                 R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":")" + text +
                     "\"}]}]" + more + "}",
                 {{"anthropic-version", "2023-06-01"}});
  }

  // What is ready of an answer that comes bit by bit; a mark when it has ended with it.
  static std::string Ready(SiteAnswer& answer) {
    auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer.what);
    if (feed == nullptr) return "(at once) " + std::get<HttpReply>(answer.what).body;
    std::string text;
    const Feed::State state = (*feed)->Fill(text, 1 << 20);
    return state == Feed::State::kEnded ? text + "(end)" : text;
  }
  // The event names of a text, or "-" for an event without one.
  static std::vector<std::string> Names(const std::string& text) {
    std::vector<std::string> names;
    std::size_t begin = 0;
    for (std::size_t end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n", begin)) {
      const std::string block = text.substr(begin, end - begin);
      const bool named = block.rfind("event: ", 0) == 0;
      names.push_back(named ? block.substr(7, block.find('\n') - 7) : block[0] == ':' ? ":" : "-");
      begin = end + 2;
    }
    return names;
  }
  static int Status(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    return reply == nullptr ? 0 : reply->status;
  }
  static std::string Body(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    return reply == nullptr ? "" : reply->body;
  }

  int ids_ = 0;
  Now now_{SteadyTime(std::chrono::hours(1)), UnixMillis(1'700'000'000'000)};
  LlmSite site_;
};

TEST_F(LlmSiteTest, AChatStreamsItsDeltasAndEndsWithDone) {
  SiteAnswer answer = Chat("words 2 10");
  EXPECT_EQ(Ready(answer), "") << "nothing before the first word";
  Pass(10);
  const std::string first = Ready(answer);
  EXPECT_THAT(first, HasSubstr(R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,)"
                               R"("model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},)"
                               R"("finish_reason":null}]})"));
  EXPECT_THAT(first, HasSubstr(R"("delta":{"content":"word 1 of 2. "})"));
  Pass(10);
  const std::string rest = Ready(answer);
  EXPECT_THAT(rest, HasSubstr(R"("delta":{},"finish_reason":"stop")"));
  EXPECT_THAT(rest, HasSubstr("data: [DONE]\n\n(end)"));
  EXPECT_THAT(rest, Not(HasSubstr("usage")));
}

TEST_F(LlmSiteTest, UsageIsAChunkOfItsOwnWhenAskedFor) {
  SiteAnswer answer = Chat("words 3 0", R"(,"stream":true,"stream_options":{"include_usage":true})");
  const std::string text = Ready(answer);
  EXPECT_THAT(text, HasSubstr(R"("choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}})"));
  EXPECT_THAT(text, HasSubstr(R"("usage":null})"));
}

TEST_F(LlmSiteTest, EachInterfaceHasItsEventsInTheirOrder) {
  SiteAnswer chat = Chat("words 2 0");
  EXPECT_THAT(Names(Ready(chat)), ElementsAre("-", "-", "-", "-", "-"));
  SiteAnswer responses = Responses("words 2 0");
  EXPECT_THAT(Names(Ready(responses)),
              ElementsAre("response.created", "response.in_progress", "response.output_item.added",
                          "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
                          "response.output_text.done", "response.content_part.done", "response.output_item.done",
                          "response.completed"));
  SiteAnswer messages = Messages("words 2 0");
  EXPECT_THAT(Names(Ready(messages)),
              ElementsAre("message_start", "content_block_start", "content_block_delta", "content_block_delta",
                          "content_block_stop", "message_delta", "message_stop"));
}

TEST_F(LlmSiteTest, EveryEventIsJsonAndResponsesAreNumbered) {
  SiteAnswer answer = Responses("error server_error 3 0");
  const std::string text = Ready(answer);
  std::int64_t expected = 0;
  for (std::size_t at = text.find("data: "); at != std::string::npos; at = text.find("data: ", at + 1)) {
    const json::value event = json::parse(text.substr(at + 6, text.find('\n', at) - at - 6));
    EXPECT_EQ(event.at("sequence_number"), expected++);
  }
  EXPECT_EQ(expected, 9);
}

TEST_F(LlmSiteTest, WithoutAStreamTheAnswerComesWhole) {
  SiteAnswer chat = Chat("words 2 10", "");
  EXPECT_EQ(Ready(chat), "");
  Pass(20);
  EXPECT_THAT(Ready(chat), HasSubstr(R"("message":{"role":"assistant","content":"word 1 of 2. word 2 of 2. "})"));
  SiteAnswer responses = Responses("hello you", "");
  EXPECT_THAT(Ready(responses), HasSubstr(R"("content":[{"type":"output_text","annotations":[],"text":"hello you"}])"));
  SiteAnswer messages = Messages("hello you", "");
  EXPECT_THAT(Ready(messages), HasSubstr(R"("content":[{"type":"text","text":"hello you"}],"stop_reason":"end_turn")"));
}

TEST_F(LlmSiteTest, PingsComeBeforeTheText) {
  SiteAnswer messages = Messages("ping 2 10");
  Pass(10);
  EXPECT_THAT(Names(Ready(messages)), ElementsAre("message_start", "content_block_start", "ping"));
  Pass(10);
  EXPECT_THAT(Names(Ready(messages)),
              ElementsAre("ping", "content_block_delta", "content_block_stop", "message_delta", "message_stop"));
  SiteAnswer chat = Chat("ping 2 0");
  EXPECT_THAT(Names(Ready(chat)), ElementsAre("-", ":", ":", "-", "-", "-"));
}

TEST_F(LlmSiteTest, AnErrorInsideAStreamIsTheLastOfIt) {
  SiteAnswer chat = Chat("error server_error");
  const std::string chat_text = Ready(chat);
  EXPECT_THAT(chat_text, HasSubstr(R"(data: {"error":{"message":"An error, as asked.","type":"server_error")"));
  EXPECT_THAT(chat_text, Not(HasSubstr("[DONE]")));
  SiteAnswer responses = Responses("error server_error 1 0");
  EXPECT_THAT(Names(Ready(responses)),
              ElementsAre("response.created", "response.in_progress", "response.output_item.added",
                          "response.content_part.added", "response.output_text.delta", "error", "response.failed"));
  SiteAnswer messages = Messages("error overloaded_error 1 0");
  const std::string text = Ready(messages);
  EXPECT_THAT(Names(text), ElementsAre("message_start", "content_block_start", "content_block_delta", "error"));
  EXPECT_THAT(text, HasSubstr(R"({"type":"error","error":{"type":"overloaded_error")"));
}

TEST_F(LlmSiteTest, WithoutItsEndMarkABodyEndsAllTheSame) {
  SiteAnswer chat = Chat("no-end; words 1 0");
  const std::string chat_text = Ready(chat);
  EXPECT_THAT(chat_text, Not(HasSubstr("[DONE]")));
  EXPECT_THAT(chat_text, HasSubstr("(end)"));
  SiteAnswer responses = Responses("no-end; words 1 0");
  EXPECT_EQ(Names(Ready(responses)).back(), "response.output_item.done");
  SiteAnswer messages = Messages("no-end; words 1 0");
  EXPECT_EQ(Names(Ready(messages)).back(), "message_delta");
}

TEST_F(LlmSiteTest, AMirrorTellsTheRequest) {
  SiteAnswer answer = Serve("POST", "/v1/responses", R"({"model":"m","input":"mirror","x":1.0})", {{"X-Tenant", "a"}});
  const std::string text = Ready(answer);
  const json::value whole = json::parse(text.substr(0, text.find("(end)")));
  const json::value seen =
      json::parse(std::string(whole.at("output").at(0).at("content").at(0).at("text").get_string()));
  EXPECT_EQ(seen.at("headers").at("x-tenant"), "a");
  EXPECT_EQ(seen.at("body"), R"({"model":"m","input":"mirror","x":1.0})");
}

TEST_F(LlmSiteTest, WhatIsWrongIsSaidInTheShapeOfEachInterface) {
  const Headers version = {{"anthropic-version", "2023-06-01"}};
  struct Row {
    std::string target;
    std::string body;
    Headers headers;
    std::string expected;
  };
  for (const Row& row : std::vector<Row>{
           {"/v1/chat/completions", "{", {}, "not JSON"},
           {"/v1/chat/completions", "[]", {}, "must be a JSON object"},
           {"/v1/chat/completions", R"({"messages":[]})", {}, R"("param":"model")"},
           {"/v1/chat/completions", R"({"model":"m"})", {}, R"("param":"messages")"},
           {"/v1/chat/completions", R"({"model":"m","messages":[{"role":"system","content":"x"}]})", {}, "role user"},
           {"/v1/chat/completions",
            R"({"model":"m","messages":[{"role":"user","content":"words 10000001 0"}]})",
            {},
            "words: N must be"},
           {"/v1/chat/completions",
            R"({"model":"m","messages":[{"role":"user","content":"size 1000000 0 1000"}]})",
            {},
            "ask for a stream"},
           {"/v1/chat/completions",
            R"({"model":"m","messages":[{"role":"user","content":"fault explode; x"}]})",
            {},
            "'explode' is no order"},
           {"/v1/responses", R"({"model":"m"})", {}, R"("param":"input")"},
           {"/v1/messages", "{", version, R"({"type":"error","error":{"type":"invalid_request_error")"},
           {"/v1/messages", R"({"messages":[]})", version, "model: "},
           {"/v1/messages", R"({"model":"m"})", {}, "anthropic-version: "},
       }) {
    const SiteAnswer answer = Serve("POST", row.target, row.body, row.headers);
    EXPECT_EQ(Status(answer), 400) << row.body;
    EXPECT_THAT(Body(answer), HasSubstr(row.expected)) << row.body;
    EXPECT_NO_THROW(json::parse(Body(answer)));
  }
  EXPECT_EQ(Status(Serve("GET", "/v1/messages", "")), 405);
  EXPECT_EQ(Status(Serve("GET", "/v1/models", "")), 404);
}

class LlmKeyTest : public LlmSiteTest {
 protected:
  LlmKeyTest() : LlmSiteTest({.key = "s3cret"}) {}
};

TEST_F(LlmKeyTest, OnlyWhoShowsTheKeyIsServed) {
  const std::string body = R"({"model":"m","input":"hi"})";
  EXPECT_EQ(Status(Serve("POST", "/v1/responses", body)), 401);
  EXPECT_EQ(Status(Serve("POST", "/v1/responses", body, {{"Authorization", "Bearer x"}})), 401);
  EXPECT_EQ(Status(Serve("POST", "/v1/responses", body, {{"Authorization", "Bearer s3cret"}})), 0);
  EXPECT_THAT(Body(Messages("hi")), HasSubstr("authentication_error"));
}

TEST_F(LlmSiteTest, APlainStreamHasIdsAndIsResumedBehindThem) {
  const std::string target = "/sse?x=1&script=words+3%200";
  SiteAnswer whole = Serve("GET", target, "");
  EXPECT_EQ(
      Ready(whole),
      "retry: 50\nid: 1\ndata: word 1 of 3. \n\nid: 2\ndata: word 2 of 3. \n\nid: 3\ndata: word 3 of 3. \n\n(end)");
  SiteAnswer rest = Serve("GET", target, "", {{"Last-Event-ID", "2"}});
  EXPECT_EQ(Ready(rest), "retry: 50\nid: 3\ndata: word 3 of 3. \n\n(end)");
  EXPECT_EQ(Status(Serve("GET", target, "", {{"Last-Event-ID", "3"}})), 204);
  EXPECT_EQ(Status(Serve("GET", target, "", {{"Last-Event-ID", "4"}})), 400);
  EXPECT_EQ(Status(Serve("GET", target, "", {{"Last-Event-ID", "x"}})), 400);
}

TEST_F(LlmSiteTest, APlainStreamCanPingFailAndTellItsRequest) {
  SiteAnswer error = Serve("GET", "/sse?script=error+oops+1+0", "");
  EXPECT_THAT(Ready(error), HasSubstr("event: error\ndata: oops\n\n(end)"));
  SiteAnswer ping = Serve("GET", "/sse?script=ping+1+0", "");
  EXPECT_THAT(Ready(ping), HasSubstr("id: 1\nevent: ping\ndata: \n\n(end)"));
  SiteAnswer lines = Serve("GET", "/sse?script=echo+a%0Ab", "");
  EXPECT_THAT(Ready(lines), HasSubstr("data: a\ndata: \n\n"));
  SiteAnswer mirror = Serve("POST", "/sse?script=mirror", "any bytes");
  EXPECT_THAT(Ready(mirror), HasSubstr(R"("body":"any bytes")"));
  EXPECT_THAT(Body(Serve("GET", "/sse?script=words+10000001+0", "")), HasSubstr("script: words: N"));
}

}  // namespace
}  // namespace sluice::agent::llm
