// What the agent says about itself.
#ifndef SLUICE_CLIENT_AGENT_AGENT_CARD_H_
#define SLUICE_CLIENT_AGENT_AGENT_CARD_H_

#include <string>
#include <string_view>

namespace sluice::agent {

// The public card, or the extended one, which has one more skill. `url` is where JSON-RPC is served.
std::string AgentCardJson(std::string_view url, bool extended);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_AGENT_CARD_H_
