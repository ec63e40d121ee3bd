#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "client/agent/llm/script.h"

namespace sluice::agent::llm {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Script Parsed(std::string_view text) {
  const auto script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << text << ": " << script.status();
  return script.ok() ? *script : Script{};
}

std::string ErrorOf(std::string_view text) { return std::string(ParseScript(text).status().message()); }

TEST(LlmScript, EachWordMakesItsPieces) {
  EXPECT_EQ(Parsed("words 5 100").pace, (Pace{.steps = 5, .interval = milliseconds(100)}));
  EXPECT_EQ(PieceOf(Parsed("words 5 100"), 2), "word 3 of 5. ");
  EXPECT_EQ(PieceOf(Parsed("size 2 0 4"), 0), "word");
  EXPECT_EQ(PieceOf(Parsed("size 2 0 20"), 0), "word 1 of 2. .......");
  EXPECT_EQ(WholeText(Parsed("silent 7")), "As asked.");
  EXPECT_TRUE(Parsed("ping 3 10").pings);
  EXPECT_TRUE(Parsed("mirror").mirror);
  EXPECT_EQ(Parsed("error overloaded_error").error_type, "overloaded_error");
  EXPECT_EQ(Parsed("error overloaded_error").pace.steps, 2);
  EXPECT_EQ(Parsed("error server_error 7 1").pace, (Pace{.steps = 7, .interval = milliseconds(1)}));
}

TEST(LlmScript, AnEchoComesBackWordByWordAndWhole) {
  EXPECT_THAT(Parsed("echo hello  there\n you ").pieces, ElementsAre("hello  ", "there\n ", "you "));
  EXPECT_THAT(Parsed("What is this?").pieces, ElementsAre("What ", "is ", "this?"));
  EXPECT_EQ(WholeText(Parsed("What is  this?")), "What is  this?");
  for (const std::string_view text : {"words", "words 5", "words x 1", "error", "error 500", "error x 1", "pinging"}) {
    EXPECT_EQ(WholeText(Parsed(text)), text);
  }
  EXPECT_EQ(Parsed(""), Script{});
}

TEST(LlmScript, NoEndStandsInFront) {
  const Script script = Parsed(" no-end; words 2 0");
  EXPECT_TRUE(script.no_end);
  EXPECT_EQ(script.pace.steps, 2);
  EXPECT_FALSE(Parsed("no-end words").no_end);
}

TEST(LlmScript, WhatIsOutOfBoundsIsNamed) {
  EXPECT_THAT(ErrorOf("words 10000001 0"), HasSubstr("words: N"));
  EXPECT_THAT(ErrorOf("size 1 1 2000000"), HasSubstr("size: B"));
  EXPECT_THAT(ErrorOf("words 10000000 100"), HasSubstr("words: N times MS"));
  EXPECT_FALSE(IsBounded(Parsed("size 10000000 0 1000")));
  EXPECT_TRUE(IsBounded(Parsed("words 1000 0")));
}

}  // namespace
}  // namespace sluice::agent::llm
