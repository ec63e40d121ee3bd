#include "server/discovery/card_fetch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"

namespace sluice::discovery {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kWellKnown = "/.well-known/agent-card.json";
constexpr std::string_view kWellKnown02 = "/.well-known/agent.json";  // A2A up to 0.2
constexpr milliseconds kFirstRetry{1000};
constexpr milliseconds kLongestAbsence{10'000};
constexpr int kMaxDoublings = 20;
constexpr int kTooManyRequests = 429;
constexpr std::size_t kMaxEtag = 256;

// The path without query and without "/" at its end.
std::string BaseOf(const config::Url& url) {
  std::string base = url.path.substr(0, url.path.find('?'));
  while (base.ends_with('/')) base.pop_back();
  return base;
}

// Below the configured path first: several agents may share a host.
std::vector<config::Url> UrlsOf(const config::Upstream& configured) {
  if (!configured.card.url.host.empty()) return {configured.card.url};
  std::vector<config::Url> urls;
  for (const std::string_view name : {kWellKnown, kWellKnown02}) {
    for (const std::string& base : {BaseOf(configured.url), std::string()}) {
      config::Url url = configured.url;
      url.path = base + std::string(name);
      if (std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(std::move(url));
    }
  }
  return urls;
}

}  // namespace

CardFetch::CardFetch(const config::Upstream& configured) : configured_(configured), urls_(UrlsOf(configured)) {}

bool CardFetch::is_of_upstream() const {
  return url().tls == configured_.url.tls && url().host == configured_.url.host && url().port == configured_.url.port;
}

Headers CardFetch::headers() const {
  Headers headers;
  if (is_of_upstream()) headers = configured_.headers;
  headers.emplace_back("accept", "application/json");
  headers.emplace_back("a2a-version", "1.0");
  if (has_etag()) headers.emplace_back("if-none-match", etag_);
  return headers;
}

void CardFetch::BeginRound() {
  at_ = 0;
  why_.clear();
}

CardFetch::Result CardFetch::OnAnswer(const ResponseHead& head, std::string_view body) {
  if (head.status == 304 && has_etag()) {
    failures_ = 0;
    return {Verdict::kSame};
  }
  const std::string status = absl::StrCat("HTTP ", head.status);
  if (head.status >= 500 || head.status == kTooManyRequests) return Failed(status, /*away=*/true);
  if (head.status != 200) return NotHere(status);
  auto card = translate::ReadAgentCard(body);
  if (!card.ok()) return NotHere(std::string(card.status().message()));
  return Found(*std::move(card), head);
}

CardFetch::Result CardFetch::OnNoAnswer(std::string why) { return Failed(std::move(why), /*away=*/true); }

CardFetch::Result CardFetch::Found(translate::AgentCard card, const ResponseHead& head) {
  failures_ = 0;
  const std::string_view etag = FindHeader(head.headers, "etag");
  etag_ = etag.size() <= kMaxEtag ? etag : std::string_view();
  etag_of_ = at_;
  if (card.json == json_) return {Verdict::kSame};
  json_ = card.json;
  return {Verdict::kCard, std::move(card)};
}

CardFetch::Result CardFetch::NotHere(std::string why) {
  if (at_ + 1 == urls_.size()) return Failed(std::move(why), /*away=*/false);
  if (at_ == 0) why_ = std::move(why);
  ++at_;
  return {Verdict::kTryNext};
}

CardFetch::Result CardFetch::Failed(std::string why, bool away) {
  away_ = away;
  failures_ = std::min(failures_ + 1, kMaxDoublings);
  return {Verdict::kFailed, std::nullopt, at_ == 0 ? std::move(why) : why_};
}

milliseconds CardFetch::Wait(double random) const {
  const milliseconds refresh = configured_.card.refresh.value_or(milliseconds(0));
  const milliseconds longest = json_.empty() && away_ ? std::min(refresh, kLongestAbsence) : refresh;
  const milliseconds wait = failures_ == 0 ? refresh : std::min(longest, kFirstRetry * (1 << (failures_ - 1)));
  const double spread = 0.8 + 0.4 * random;
  return std::chrono::duration_cast<milliseconds>(wait * spread);
}

}  // namespace sluice::discovery
