// How the MCP server differs from the ordinary.
#ifndef SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_
#define SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_

namespace sluice::agent::mcp {

enum class Eras { kBoth, kLegacy, kModern };

struct Options {
  Eras eras = Eras::kBoth;
  bool stateless = false;               // legacy: no sessions, no GET
  bool json = false;                    // every answer as JSON
  bool unknown_session_is_400 = false;  // legacy: for a session that is over, 400 where the standard has 404
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_OPTIONS_H_
