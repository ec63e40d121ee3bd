// What the agent says about itself.
#ifndef SLUICE_CLIENT_AGENT_AGENT_CARD_H_
#define SLUICE_CLIENT_AGENT_AGENT_CARD_H_

#include <boost/json/object.hpp>
#include <string_view>

#include "client/agent/a2a_options.h"

namespace sluice::agent {

// What everyone may read, in the shape of the version; for both versions it has the members of both. `url` is where
// JSON-RPC is served.
boost::json::object PublicCard(std::string_view url, A2aVersions versions);

// The extended card has one more skill. In the shape of 1.0.
boost::json::object ExtendedCard(std::string_view url, A2aVersions versions);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_AGENT_CARD_H_
