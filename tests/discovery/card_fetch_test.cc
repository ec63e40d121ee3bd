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

TEST(CardFetchTest, AnEtagIsThatOfItsUrl) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  ASSERT_EQ(fetch.OnAnswer({404, {}}, "").verdict, Verdict::kTryNext);
  const auto found = fetch.OnAnswer({200, {{"etag", "\"1\""}}}, kCard);
  ASSERT_EQ(found.verdict, Verdict::kCard);
  EXPECT_EQ(found.card->name, "A");

  fetch.BeginRound();
  EXPECT_EQ(fetch.url().path, "/x/.well-known/agent-card.json");
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "");  // it is another URL's
  ASSERT_EQ(fetch.OnAnswer({404, {}}, "").verdict, Verdict::kTryNext);
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "\"1\"");
  EXPECT_EQ(fetch.OnAnswer({304, {}}, "").verdict, Verdict::kSame);

  EXPECT_EQ(fetch.OnAnswer({200, {}}, kCard).verdict, Verdict::kSame);
  EXPECT_EQ(FindHeader(fetch.headers(), "if-none-match"), "");
  EXPECT_EQ(fetch.OnAnswer({200, {}}, R"({"name": "B"})").verdict, Verdict::kCard);
}

// At the root of a shared host is the card of somebody else, maybe.
TEST(CardFetchTest, AServerThatFailsIsNotPassedOverForTheNextUrl) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  for (const int status : {429, 500, 503}) {
    fetch.BeginRound();
    const auto over = fetch.OnAnswer({status, {}}, "");
    EXPECT_EQ(over.verdict, Verdict::kFailed);
    EXPECT_EQ(over.why, "HTTP " + std::to_string(status));
  }
}

TEST(CardFetchTest, FollowsNoRedirectAndBelievesNoPageThatIsNoCard) {
  const config::Upstream upstream = Configured("http://a/x");
  CardFetch fetch(upstream);
  EXPECT_EQ(fetch.OnAnswer({302, {{"location", "http://evil/"}}}, "").verdict, Verdict::kTryNext);
  EXPECT_EQ(fetch.OnAnswer({200, {}}, "<html>all paths lead here</html>").verdict, Verdict::kTryNext);
  EXPECT_EQ(fetch.OnAnswer({304, {}}, "").verdict, Verdict::kTryNext);  // nobody asked if it is the same
  const auto over = fetch.OnAnswer({401, {}}, "");
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
  upstream.card.refresh = milliseconds(60'000);
  CardFetch fetch(upstream);
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(60'000));
  const auto fail = [&] {
    fetch.BeginRound();
    while (fetch.OnAnswer({404, {}}, "").verdict == Verdict::kTryNext) {
    }
  };
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    fail();
    EXPECT_EQ(fetch.Wait(0.5), milliseconds(seconds * 1000));
    EXPECT_EQ(fetch.Wait(0), milliseconds(seconds * 800));
    EXPECT_LE(fetch.Wait(0.999), milliseconds(seconds * 1200));
  }
  for (int i = 0; i < 100; ++i) fail();
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(60'000));
  (void)fetch.OnAnswer({200, {}}, kCard);
  fail();
  EXPECT_EQ(fetch.Wait(0.5), milliseconds(1000));
}

TEST(CardFetchTest, AnAgentThatIsNotThereYetIsLookedForAgainSoon) {
  config::Upstream upstream = Configured("http://a/");
  upstream.card.refresh = milliseconds(60'000);
  CardFetch fetch(upstream);
  const auto wait_after_absence = [&] {
    for (int i = 0; i < 10; ++i) (void)fetch.OnNoAnswer("connection refused");
    return fetch.Wait(0.5);
  };
  EXPECT_EQ(wait_after_absence(), milliseconds(10'000));
  ASSERT_EQ(fetch.OnAnswer({200, {}}, kCard).verdict, Verdict::kCard);
  EXPECT_EQ(wait_after_absence(), milliseconds(60'000)) << "what it speaks is known";
}

}  // namespace
}  // namespace sluice::discovery
