// Where a card is looked for, and when.
#include "server/discovery/card_fetch.h"

#include <gtest/gtest.h>

#include "server/config/parse_address.h"

namespace sluice::discovery {
namespace {

using std::chrono::milliseconds;
using Verdict = CardFetch::Verdict;

constexpr std::string_view kCard = R"({"name": "A"})";

config::Upstream Configured(std::string_view url) {
  config::Upstream upstream;
  upstream.url = *config::ParseUrl(url);
  upstream.headers = {{"authorization", "Bearer secret"}};
  return upstream;
}

// All URLs of a round in which none has a card.
std::vector<std::string> RoundOf(const config::Upstream& configured) {
  CardFetch fetch(configured);
  std::vector<std::string> urls = {config::PrintUrl(fetch.url())};
  while (fetch.OnAnswer({404, {}}, "").verdict == Verdict::kTryNext) urls.push_back(config::PrintUrl(fetch.url()));
  return urls;
}

TEST(CardFetchTest, LooksBelowThePathFirstThenAtTheRootThenForTheOldName) {
  EXPECT_EQ(RoundOf(Configured("https://a.example:8443/agents/one/?key=secret")),
            (std::vector<std::string>{"https://a.example:8443/agents/one/.well-known/agent-card.json",
                                      "https://a.example:8443/.well-known/agent-card.json",
                                      "https://a.example:8443/agents/one/.well-known/agent.json",
                                      "https://a.example:8443/.well-known/agent.json"}));
}

TEST(CardFetchTest, AsksNoUrlTwice) {
  EXPECT_EQ(RoundOf(Configured("http://a/")),
            (std::vector<std::string>{"http://a/.well-known/agent-card.json", "http://a/.well-known/agent.json"}));
}

TEST(CardFetchTest, LooksNowhereButAtTheUrlThatIsConfigured) {
  config::Upstream upstream = Configured("http://a/x");
  upstream.card.url = *config::ParseUrl("http://cards/a.json?v=1");
  EXPECT_EQ(RoundOf(upstream), (std::vector<std::string>{"http://cards/a.json?v=1"}));
}

TEST(CardFetchTest, SendsTheUpstreamsHeadersToItsOwnOriginOnly) {
  config::Upstream upstream = Configured("http://a/x");
  EXPECT_EQ(CardFetch(upstream).headers(),
            (Headers{{"authorization", "Bearer secret"}, {"accept", "application/json"}, {"a2a-version", "1.0"}}));
  upstream.card.url = *config::ParseUrl("http://b/x");
  EXPECT_EQ(CardFetch(upstream).headers(), (Headers{{"accept", "application/json"}, {"a2a-version", "1.0"}}));
  EXPECT_FALSE(CardFetch(upstream).is_of_upstream());
}

TEST(CardFetchTest, BeginsWhereTheCardWasAndTakesItsEtagThere) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  ASSERT_EQ(fetch.OnAnswer({404, {}}, "").verdict, Verdict::kTryNext);
  const auto found = fetch.OnAnswer({200, {{"etag", "\"1\""}}}, kCard);
  ASSERT_EQ(found.verdict, Verdict::kCard);
  EXPECT_EQ(found.card->name, "A");
  EXPECT_EQ(fetch.url().path, "/.well-known/agent-card.json");
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "\"1\"");
  EXPECT_EQ(fetch.OnAnswer({304, {}}, "").verdict, Verdict::kSame);
  EXPECT_EQ(fetch.OnAnswer({200, {}}, kCard).verdict, Verdict::kSame);
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "");
  EXPECT_EQ(fetch.OnAnswer({200, {}}, R"({"name": "B"})").verdict, Verdict::kCard);
}

TEST(CardFetchTest, FindsACardThatHasMoved) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  ASSERT_EQ(fetch.OnAnswer({404, {}}, "").verdict, Verdict::kTryNext);
  ASSERT_EQ(fetch.OnAnswer({200, {{"etag", "\"1\""}}}, kCard).verdict, Verdict::kCard);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(fetch.OnAnswer({404, {}}, "").verdict, Verdict::kTryNext);
  EXPECT_EQ(fetch.url().path, "/x/.well-known/agent-card.json");
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "");  // it was another URL's
  EXPECT_EQ(fetch.OnAnswer({200, {}}, R"({"name": "B"})").verdict, Verdict::kCard);
}

TEST(CardFetchTest, FollowsNoRedirectAndBelievesNoPageThatIsNoCard) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  EXPECT_EQ(fetch.OnAnswer({302, {{"location", "http://evil/"}}}, "").verdict, Verdict::kTryNext);
  EXPECT_EQ(fetch.OnAnswer({200, {}}, "<html>all paths lead here</html>").verdict, Verdict::kTryNext);
  EXPECT_EQ(fetch.OnAnswer({304, {}}, "").verdict, Verdict::kTryNext);  // nobody asked if it is the same
  const auto over = fetch.OnAnswer({500, {}}, "");
  EXPECT_EQ(over.verdict, Verdict::kFailed);
  EXPECT_EQ(over.why, "HTTP 302");  // the first URL is the one that people look at
}

TEST(CardFetchTest, OfAHostThatDoesNotAnswerIsOverAtOnce) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  const auto over = fetch.OnNoAnswer("connection refused");
  EXPECT_EQ(over.verdict, Verdict::kFailed);
  EXPECT_EQ(over.why, "connection refused");
}

TEST(CardFetchTest, WaitsForTheRefreshAndAfterFailuresLongerAndLonger) {
  config::Upstream upstream = Configured("http://a/");
  upstream.card.refresh = milliseconds(10'000);
  CardFetch fetch(upstream);
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(10'000));
  for (const int seconds : {1, 2, 4, 8, 10, 10}) {
    (void)fetch.OnNoAnswer("");
    EXPECT_EQ(fetch.Wait(0.5), milliseconds(seconds * 1000));
    EXPECT_EQ(fetch.Wait(0), milliseconds(seconds * 800));
    EXPECT_LE(fetch.Wait(0.999), milliseconds(seconds * 1200));
  }
  for (int i = 0; i < 100; ++i) (void)fetch.OnNoAnswer("");
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(10'000));
  (void)fetch.OnAnswer({200, {}}, kCard);
  (void)fetch.OnNoAnswer("");
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(1000));
}

}  // namespace
}  // namespace sluice::discovery
