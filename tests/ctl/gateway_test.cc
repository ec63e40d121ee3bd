// sluicectl chat and upstreams as a user sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/ctl/sluicectl.h"

namespace sluice::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(Sluicectl, UpstreamsShowsWhatIsBehindTheGateway) {
  const auto child = Run({"upstreams"}, 0);
  EXPECT_THAT(child->out(), HasSubstr("\ngpt     sse   openai     no\n"));
  EXPECT_EQ(child->err(), "");
}

TEST_F(Sluicectl, ChatShowsTheWordsAndOnStderrHowItEnded) {
  const auto child = Run({"chat", "--model=m", "--path=/v1/x", "hi"}, 0);
  EXPECT_EQ(child->out(), "Hello\n");
  EXPECT_THAT(child->err(), StartsWith("12 tokens in, 34 out\nended: OK, 4 events, "));
  EXPECT_EQ(gateway_.journal().Metadata("stream.path"), "/v1/x");
  EXPECT_THAT(gateway_.journal().Metadata("stream.body"), StartsWith("{\"model\":\"m\",\"stream\":true,"));
}

TEST_F(Sluicectl, ChatSpeaksTheDialectOfTheUpstream) {
  EXPECT_EQ(Run({"chat", "--upstream=claude", "--header", "x-api-key: k"}, 0, "hi")->out(), "Hello\n");
  EXPECT_EQ(gateway_.journal().Metadata("stream.anthropic-version"), "") << "the gateway knows the version";
  EXPECT_EQ(gateway_.journal().Metadata("stream.path"), "/v1/messages");
  EXPECT_EQ(gateway_.journal().Metadata("stream.x-api-key"), "k");
  EXPECT_THAT(gateway_.journal().Metadata("stream.body"), HasSubstr("max_tokens"));
}

TEST_F(Sluicectl, ChatGoesToTheUrlItselfIfTheUserSaysSo) {
  Run({"chat", "--upstream=gpt", "hi"}, 0);
  EXPECT_EQ(gateway_.journal().Metadata("stream.path"), "/v1/chat/completions");
  Run({"chat", "--upstream=gpt", "--path", "", "hi"}, 0);
  EXPECT_EQ(gateway_.journal().Metadata("stream.path"), "");
}

TEST_F(Sluicectl, ChatSaysOfACutAnswerThatItWasCut) {
  const auto child = Run({"chat", "cut"}, 78);
  EXPECT_EQ(child->out(), "Hel\n");
  EXPECT_THAT(child->err(), StartsWith("cut: UNAVAILABLE: the answer broke off (UPSTREAM_STREAM_TRUNCATED)"));
}

TEST_F(Sluicectl, ChatTakesAnAnswerThatIsNoStream) {
  EXPECT_EQ(Run({"chat", "json"}, 0)->out(), "Hello\n");
  EXPECT_EQ(Run({"chat", "json", "-o", "json"}, 0)->out(), "{\"choices\":[{\"message\": {\"content\":\"Hello\"}}]}\n");
  EXPECT_EQ(Run({"chat", "plain", "-o", "json"}, 0)->out(), "\"He\\u001bl\\u007f\"\n");
}

TEST_F(Sluicectl, ChatInJsonIsTheEventsAsLines) {
  const auto child = Run({"chat", "hi", "-o", "json"}, 0);
  EXPECT_THAT(child->out(), StartsWith("{\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n"));
  EXPECT_THAT(child->out(), EndsWith("\"completion_tokens\":34}}\n"));
}

TEST_F(Sluicectl, ChatWithADialectDoesNotAskForIt) {
  EXPECT_EQ(Run({"chat", "--upstream=raw", "--dialect=openai", "hi"}, 0)->out(), "Hello\n");
  EXPECT_EQ(Run({"chat", "--upstream=raw", "hi"}, 64)->err(),
            "sluicectl: --dialect: 'raw' is set to plain; say openai or anthropic\n");
}

}  // namespace
}  // namespace sluice::testing
