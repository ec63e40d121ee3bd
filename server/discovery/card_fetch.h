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

// A round tries one URL after the other, beginning with the one that had the card last, until one has it.
class CardFetch {
 public:
  // `configured` outlives it and is of kind a2a.
  explicit CardFetch(const config::Upstream& configured);

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
  // at most.
  std::chrono::milliseconds Wait(double random) const;

 private:
  Result NotHere(std::string why);
  Result Found(translate::AgentCard card, const ResponseHead& head);

  const config::Upstream& configured_;
  std::vector<config::Url> urls_;
  std::size_t at_ = 0;     // the URL that is asked
  std::size_t tried_ = 0;  // in this round
  int failures_ = 0;       // rounds without card, one after the other
  std::string why_;        // what the first URL of this round answered
  std::string etag_;       // of the card that urls_[at_] gave
  std::string json_;       // the last card
};

}  // namespace sluice::discovery

#endif  // SLUICE_SERVER_DISCOVERY_CARD_FETCH_H_
