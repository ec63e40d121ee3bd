// How one upstream's card is looked for: which URLs, what an answer means, when to look again. Pure.
#ifndef SLUICE_SERVER_DISCOVERY_CARD_FETCH_H_
#define SLUICE_SERVER_DISCOVERY_CARD_FETCH_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/http.h"
#include "server/config/config.h"
#include "server/translate/agent_card.h"

namespace sluice::discovery {

// A round tries one URL after the other until one has a card. A server that fails ends the round: the next URL may have
// the card of another agent.
class CardFetch {
 public:
  // `configured` outlives it and is of kind a2a.
  explicit CardFetch(const config::Upstream& configured);

  // To be called before the first GET of a round.
  void BeginRound();
  // What to GET now.
  const config::Url& url() const { return urls_[at_]; }
  // The url is of the origin of the upstream itself.
  bool is_of_upstream() const;
  // The upstream's fixed headers, which another origin does not get; what the protocol says; If-None-Match.
  Headers headers() const;

  enum class Verdict {
    kTryNext,  // not here: GET url() now
    kCard,     // a card, and not the one of before
    kSame,     // the card of before
    kFailed,   // nowhere: the round is over
  };
  struct Result {
    Verdict verdict;
    std::optional<translate::AgentCard> card = {};  // kCard
    std::string why = {};                           // kFailed, for people
  };
  Result OnAnswer(const ResponseHead& head, std::string_view body);
  // No answer, for this reason; the other URLs of this origin would have none either.
  Result OnNoAnswer(std::string why);

  // From the end of a round to the next; 0 <= `random` < 1 spreads it. After failures 1 s, 2 s, 4 s, ..., the refresh
  // at most, and 10 s while an agent of which no card is known is not there: what it speaks is to be known soon.
  std::chrono::milliseconds Wait(double random) const;

 private:
  bool has_etag() const { return !etag_.empty() && etag_of_ == at_; }
  Result NotHere(std::string why);
  Result Failed(std::string why, bool away);
  Result Found(translate::AgentCard card, const ResponseHead& head);

  const config::Upstream& configured_;
  std::vector<config::Url> urls_;
  std::size_t at_ = 0;       // the URL that is asked
  int failures_ = 0;         // rounds without card, one after the other
  bool away_ = false;        // the last one ended without an answer, or with a failure of the server
  std::string why_;          // what the first URL of this round answered
  std::string etag_;         // of the last card; empty: it had none
  std::size_t etag_of_ = 0;  // the URL that gave it
  std::string json_;         // the last card
};

}  // namespace sluice::discovery

#endif  // SLUICE_SERVER_DISCOVERY_CARD_FETCH_H_
