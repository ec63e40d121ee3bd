#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "client/agent/mcp/script.h"

namespace sluice::agent::mcp {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

Script Parsed(std::string_view text) {
  const auto script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << text << ": " << script.status();
  return script.ok() ? *script : Script{};
}

std::string ErrorOf(std::string_view text) { return std::string(ParseScript(text).status().message()); }

TEST(McpScript, NoticesArePacedAndOfTheirKind) {
  EXPECT_EQ(Parsed("progress 5 10").pace, (Pace{.steps = 5, .interval = milliseconds(10)}));
  EXPECT_EQ(Parsed("progress 5 10").notice, Notice::kProgress);
  EXPECT_EQ(Parsed("size 5 10 300").notice_bytes, 300u);
  EXPECT_EQ(Parsed("log 2 0").notice, Notice::kLog);
  EXPECT_EQ(Parsed("log").pace.steps, 1);
  EXPECT_EQ(Parsed("silent 9").pace, (Pace{.end_delay = milliseconds(9)}));
}

TEST(McpScript, EachWordDoesWhatItSays) {
  EXPECT_EQ(Parsed("sample").question, Question::kSampling);
  EXPECT_EQ(Parsed("elicit").question, Question::kElicitation);
  EXPECT_EQ(Parsed("roots").question, Question::kRoots);
  EXPECT_EQ(Parsed("changed").act, Act::kToolsChanged);
  EXPECT_EQ(Parsed("mirror").act, Act::kMirror);
  EXPECT_EQ(Parsed("fail").act, Act::kFail);
  EXPECT_EQ(Parsed("never").act, Act::kNever);
  EXPECT_EQ(Parsed("drop-get").act, Act::kDropGet);
  EXPECT_EQ(Parsed("lose-session").act, Act::kLoseSession);
  EXPECT_EQ(Parsed("end-listen").act, Act::kEndListen);
  EXPECT_EQ(Parsed("updated demo://x").act, Act::kResourceUpdated);
  EXPECT_EQ(Parsed("updated demo://x").text, "demo://x");
  EXPECT_EQ(Parsed("big 3").text_kib, 3u);
}

TEST(McpScript, RawIsKeptByteForByte) {
  EXPECT_EQ(Parsed(R"(raw {"b": 1.0, "b":9007199254740993 , "a;":"é"})").raw_result,
            R"({"b": 1.0, "b":9007199254740993 , "a;":"é"})");
}

TEST(McpScript, AnythingElseIsAnEcho) {
  for (const std::string_view text :
       {"hello there", "progress", "progress 5", "sample me", "poll x; hello", "echoes"}) {
    EXPECT_EQ(Parsed(text), Script{.text = std::string(text)}) << text;
  }
  EXPECT_EQ(Parsed("echo progress 5 10").text, "progress 5 10");
}

TEST(McpScript, OrdersStandInFront) {
  EXPECT_TRUE(Parsed("json; sample").json);
  EXPECT_EQ(Parsed("poll 2; progress 5 10").poll, 2);
  const Script both = Parsed(" json ; poll 7;hello");
  EXPECT_TRUE(both.json);
  EXPECT_EQ(both.poll, 7);
  EXPECT_EQ(both.text, "hello");
  EXPECT_TRUE(Parsed("again; hello").again);
}

TEST(McpScript, WhatIsOutOfBoundsIsNamed) {
  EXPECT_THAT(ErrorOf("progress 10000001 1"), HasSubstr("progress: N must be 0 to 10000000"));
  EXPECT_THAT(ErrorOf("progress 10000000 86400"), HasSubstr("progress: N times MS"));
  EXPECT_THAT(ErrorOf("size 1 1 1048577"), HasSubstr("size: B"));
  EXPECT_THAT(ErrorOf("poll 0; hello"), HasSubstr("poll: K"));
  EXPECT_THAT(ErrorOf("raw {"), HasSubstr("raw: what follows is not JSON"));
}

}  // namespace
}  // namespace sluice::agent::mcp
