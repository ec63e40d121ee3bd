#include "server/base/http.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(FindHeaderTest, GivesTheFirstValueOfARepeatedName) {
  const Headers headers = {{"x-a", "0"}, {"set-cookie", "one"}, {"set-cookie", "two"}};
  EXPECT_EQ(FindHeader(headers, "set-cookie"), "one");
}

TEST(FindHeaderTest, GivesAnEmptyViewForAnAbsentName) {
  EXPECT_EQ(FindHeader({{"content-type", "text/html"}}, "content-length"), "");
  EXPECT_EQ(FindHeader({}, "content-length"), "");
}

TEST(FindHeaderTest, MatchesWholeNamesOnly) {
  const Headers headers = {{"content-type-options", "a"}, {"content", "b"}, {"content-type", "c"}};
  EXPECT_EQ(FindHeader(headers, "content-type"), "c");
}

TEST(FindHeaderTest, GivesAViewOfTheHeadersOwnValue) {
  const Headers headers = {{"retry-after", "120"}};
  EXPECT_EQ(FindHeader(headers, "retry-after").data(), headers[0].second.data());
}

TEST(ExchangeEndTest, IsACleanEndWithNothingSentUnlessSaidOtherwise) {
  const ExchangeEnd end;
  EXPECT_EQ(end.outcome, ExchangeOutcome::kComplete);
  EXPECT_FALSE(end.request_sent);
}

}  // namespace
}  // namespace sluice
