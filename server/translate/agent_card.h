// What an agent card says, of either version of A2A. Pure. A2A 1.0, "Agent Discovery"; A2A 0.3, 5.5.
#ifndef SLUICE_SERVER_TRANSLATE_AGENT_CARD_H_
#define SLUICE_SERVER_TRANSLATE_AGENT_CARD_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/translate/a2a_version.h"

namespace sluice::translate {

// A larger card is not read.
inline constexpr std::size_t kMaxCardBytes = 256 * 1024;

// One way to call an agent.
struct AgentInterface {
  std::string url;
  A2aVersion version = A2aVersion::k10;
  std::string tenant;  // to be sent with every request; empty: none

  bool operator==(const AgentInterface&) const = default;
};

// What a gateway needs to know of a card, and the card itself.
struct AgentCard {
  std::string name;  // cut to 256 bytes, the description to 1024
  std::string description;
  std::string version;  // of the agent, not of A2A
  bool streaming = false;
  bool push_notifications = false;
  bool extended_card = false;              // GetExtendedAgentCard has more to tell
  std::vector<AgentInterface> interfaces;  // those of JSON-RPC, in the card's order, those of 1.0 first; 16 at most
  std::string json;                        // as it was read

  bool operator==(const AgentCard&) const = default;
};

// Reads a card of 1.0 (supportedInterfaces), of 0.3 (url, preferredTransport, additionalInterfaces), or one that has
// the members of both. What the card leaves out is empty; interfaces of other bindings or versions are left out.
// INVALID_ARGUMENT: no JSON object, larger than kMaxCardBytes, nested too deep, not UTF-8, or neither name nor
// interfaces in it.
absl::StatusOr<AgentCard> ReadAgentCard(std::string_view json);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_AGENT_CARD_H_
