// How the MCP server differs from the ordinary.
#ifndef SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_
#define SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_

#include <cstdint>

namespace sluice::agent::mcp {

enum class Eras { kBoth, kLegacy, kModern };

struct Options {
  Eras eras = Eras::kBoth;
  bool json = false;  // every answer as JSON
  // Of the legacy era:
  bool stateless = false;               // no sessions, no GET
  bool unknown_session_is_400 = false;  // for a session that is over, where the standard has 404
  std::uint64_t resume_repeats = 0;     // a resumed stream begins with so many events that were sent before
  bool resume_stays_open = false;       // and does not end with its call
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_
