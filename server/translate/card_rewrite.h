// An agent's card as the gateway hands it on: the interfaces are the gateway's own, all else is the agent's. Pure.
//
// Signatures are dropped, since they would not hold any more.
#ifndef SLUICE_SERVER_TRANSLATE_CARD_REWRITE_H_
#define SLUICE_SERVER_TRANSLATE_CARD_REWRITE_H_

#include <string>
#include <string_view>

#include "server/translate/a2a_version.h"

namespace sluice::translate {

// How an agent is reached through the gateway.
struct GatewayInterface {
  std::string address;          // "host:port" of gRPC: what SDKs want, without scheme
  std::string tenant;           // what routes to the agent; empty: the address does
  bool reachable_by_03 = true;  // A2A 0.3 has no tenants: whether its clients get to this agent
};

// `card` is the JSON object of a card of either version. For a reader of 0.3, who may be of 1.0 as well, the answer has
// the members of both: clients of 1.0 find GRPC in supportedInterfaces, those of 0.3 in url and preferredTransport, and
// security schemes and requirements are in the form that both read. For a reader of 1.0 it has those of 1.0 alone. What
// the reader's version requires and the card does not have is filled in: `name` for its name.
std::string RewriteCard(std::string_view card, const GatewayInterface& gateway, std::string_view name,
                        A2aVersion reader);

// The same for a serialized lf.a2a.v1.AgentCard; what is none is left as it is.
std::string RewriteCardMessage(std::string_view card, const GatewayInterface& gateway);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CARD_REWRITE_H_
