// What a card changes in how its agent is called. Pure.
#ifndef SLUICE_SERVER_DISCOVERY_LEARN_H_
#define SLUICE_SERVER_DISCOVERY_LEARN_H_

#include <string>

#include "server/config/config.h"
#include "server/discovery/directory.h"
#include "server/translate/agent_card.h"

namespace sluice::discovery {

// How an upstream is called as long as there is no card: as configured, A2A 1.0 if no version is.
Agent WithoutCard(const config::Upstream& configured);

struct Learned {
  Agent agent;
  std::string note;  // what of the card is not followed, for the log; empty: nothing
};

// The configured version wins, else 1.0 if the card offers it. The path is that of the card's interface if it has the
// origin (scheme, host, port) of the configured URL and lies below it: a card cannot send calls, and the secrets in
// them, to another place. One whose interfaces are elsewhere at that origin is another agent's, and nothing is learned
// from it. A query in the configured URL stays unless the card brings one.
Learned LearnFrom(const config::Upstream& configured, translate::AgentCard card);

}  // namespace sluice::discovery

#endif  // SLUICE_SERVER_DISCOVERY_LEARN_H_
