// What is asked of an LLM, how its answer is read, and which upstream is one.
#include "client/ctl/chat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/ctl/json_view.h"
#include "client/ctl/upstreams.h"

namespace sluice::ctl {
namespace {

using ::testing::HasSubstr;

std::string Take(ChatReader& reader, const std::string& data) {
  sluice::v1::StreamResponse frame;
  frame.mutable_event()->set_data(data);
  return reader.Take(frame);
}

TEST(ChatBody, IsWhatEachApiTakes) {
  EXPECT_EQ(ChatBody("openai", "m", "say \"hi\"", ""),
            R"({"model":"m","stream":true,"stream_options":{"include_usage":true},)"
            R"("messages":[{"role":"user","content":"say \"hi\""}]})");
  EXPECT_EQ(ChatBody("openai", "m", "hi", "/v1/responses"), R"({"model":"m","stream":true,"input":"hi"})");
  EXPECT_EQ(ChatBody("anthropic", "m", "hi", "/v1/messages"),
            R"({"model":"m","stream":true,"max_tokens":4096,"messages":[{"role":"user","content":"hi"}]})");
  EXPECT_EQ(Member(ChatBody("openai", "", "hi", ""), "model"), "") << "the server's default";
}

TEST(ChatReader, ReadsChatCompletions) {
  ChatReader reader;
  EXPECT_EQ(Take(reader, R"({"choices":[{"delta":{"role":"assistant","content":null}}],"usage":null})"), "");
  EXPECT_EQ(Take(reader, R"({"choices":[{"delta":{"content":"a\nb"},"finish_reason":null}]})"), "a\nb");
  EXPECT_EQ(Take(reader, R"({"choices":[{"delta":{},"finish_reason":"length"}]})"), "");
  EXPECT_EQ(Take(reader, R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34}})"), "");
  EXPECT_EQ(reader.Summary(), "12 tokens in, 34 out, stop: length");
}

TEST(ChatReader, ReadsResponses) {
  ChatReader reader;
  EXPECT_EQ(Take(reader, R"({"type":"response.output_text.delta","delta":"a"})"), "a");
  EXPECT_EQ(Take(reader, R"({"type":"response.function_call_arguments.delta","delta":"{"})"), "");
  EXPECT_EQ(Take(reader, R"({"type":"response.incomplete","response":{"usage":{"input_tokens":1,"output_tokens":2},)"
                         R"("incomplete_details":{"reason":"max_output_tokens"}}})"),
            "");
  EXPECT_EQ(reader.Summary(), "1 tokens in, 2 out, stop: max_output_tokens");
}

TEST(ChatReader, ReadsMessages) {
  ChatReader reader;
  EXPECT_EQ(Take(reader, R"({"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}})"), "");
  EXPECT_EQ(Take(reader, R"({"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}})"), "a");
  EXPECT_EQ(Take(reader, R"({"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}})"),
            "");
  EXPECT_EQ(Take(reader, R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}})"),
            "");
  EXPECT_EQ(reader.Summary(), "5 tokens in, 9 out, stop: end_turn");
}

TEST(ChatReader, WhatIsNotKnownSaysNothing) {
  ChatReader reader;
  for (const char* data : {"", "[DONE]", "[]", "{\"type\":\"new\"}", "{\"choices\":{}}", "{\"choices\":[1]}"}) {
    EXPECT_EQ(Take(reader, data), "") << data;
  }
  EXPECT_EQ(reader.Summary() + reader.Rest(), "");
}

TEST(ChatReader, AnAnswerThatIsNoStreamIsReadAtItsEnd) {
  for (const char* document : {R"({"choices":[{"message":{"content":"Hello"}}]})",
                               R"({"content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]})", "Hello"}) {
    ChatReader reader;
    sluice::v1::StreamResponse frame;
    for (const char* at = document; *at != '\0'; ++at) {
      frame.mutable_body()->set_data(std::string(1, *at));
      EXPECT_EQ(reader.Take(frame), "");
    }
    EXPECT_EQ(reader.Rest(), "Hello");
  }
}

sluice::v1::ListUpstreamsResponse List() {
  sluice::v1::ListUpstreamsResponse list;
  const auto add = [&list](const char* name, const char* kind, const char* dialect, bool reachable) {
    sluice::v1::UpstreamInfo& upstream = *list.add_upstreams();
    upstream.set_name(name);
    upstream.set_kind(kind);
    upstream.set_dialect(dialect);
    upstream.set_reachable(reachable);
  };
  add("tools", "mcp", "auto", true);
  add("gpt", "sse", "openai", false);
  add("raw", "sse", "plain", true);
  list.mutable_upstreams(0)->set_agent_name("Research\x1b[31m");
  list.mutable_upstreams(1)->set_agent_name("Writer");
  return list;
}

TEST(Upstreams, AreATable) {
  EXPECT_EQ(UpstreamsText(List(), /*colour=*/false),
            "NAME   KIND  SPEAKS  REACHABLE  AGENT\n"
            "tools  mcp   auto    yes        Research\\x1b[31m\n"
            "gpt    sse   openai  no         Writer\n"
            "raw    sse   plain   yes\n");
}

TEST(Upstreams, AChatTakesTheFirstStreamOrTheOneThatIsNamed) {
  EXPECT_EQ(*ChatDialect(List(), ""), "openai");
  EXPECT_EQ(*ChatDialect(List(), "gpt"), "openai");
}

TEST(Upstreams, WhatIsNoChatIsRefusedWithTheFlagToSet) {
  const auto refusal = [](const sluice::v1::ListUpstreamsResponse& list, const char* name) {
    return std::string(ChatDialect(list, name).status().message());
  };
  EXPECT_EQ(refusal(List(), "nope"), "--upstream: there is no 'nope'; there are tools, gpt, raw");
  EXPECT_EQ(refusal(List(), "tools"), "--upstream: 'tools' is of kind mcp; a chat needs one of kind sse");
  EXPECT_EQ(refusal(List(), "raw"), "--dialect: 'raw' is set to plain; say openai or anthropic");
  EXPECT_THAT(refusal({}, ""), HasSubstr("--upstream: the gateway has none of kind sse"));
}

}  // namespace
}  // namespace sluice::ctl
