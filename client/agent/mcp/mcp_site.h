// An MCP server over Streamable HTTP. script.h has what its tools understand.
#ifndef SLUICE_CLIENT_AGENT_MCP_MCP_SITE_H_
#define SLUICE_CLIENT_AGENT_MCP_MCP_SITE_H_

#include <functional>
#include <optional>
#include <string>

#include "client/agent/mcp/legacy.h"
#include "client/agent/mcp/modern.h"
#include "client/agent/mcp/options.h"
#include "client/agent/mcp/performer.h"
#include "client/agent/mcp/session_store.h"
#include "client/agent/paced.h"
#include "client/agent/site.h"

namespace sluice::agent::mcp {

// Both eras at one endpoint: a request that says its version in params._meta is of the modern one.
// Thread: the agent's.
class McpSite final : public Site {
 public:
  // `make_id` makes unique ids, of sessions.
  McpSite(const Options& options, std::function<std::string()> make_id, const SessionLimits& limits = {});

  std::optional<SteadyTime> NextDue() const override { return clockwork_.NextDue(); }
  void Advance(Now now) override { clockwork_.Advance(now); }

 private:
  SiteAnswer Answer(const HttpCall& call, Now now) override;
  SiteAnswer Post(const HttpCall& call, Now now);

  const Options options_;
  Clockwork clockwork_;  // outlives what it moves
  SessionStore sessions_;
  Performer performer_;
  Legacy legacy_;
  Modern modern_;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_MCP_SITE_H_
