// MCP over Streamable HTTP, 2026-07-28: every request stands alone and tells what it is in its headers.
#ifndef SLUICE_CLIENT_AGENT_MCP_MODERN_H_
#define SLUICE_CLIENT_AGENT_MCP_MODERN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/mcp/message.h"
#include "client/agent/mcp/options.h"
#include "client/agent/mcp/performer.h"
#include "client/agent/mcp/tool_call.h"
#include "client/agent/site.h"

namespace sluice::agent::mcp {

// The call lives as long as its answer: a client that closes the connection cancels it.
// Thread: the agent's.
class Modern {
 public:
  // All must outlive it.
  Modern(const Options& options, Clockwork& clockwork, StatsBook& stats, Performer& performer)
      : options_(options), clockwork_(clockwork), stats_(stats), performer_(performer) {}

  // Whether the message is of this era, whatever its version.
  static bool IsMeant(const Message& message);
  static HttpReply RefuseVersion(const Message& message, std::string_view version);

  SiteAnswer Post(const HttpCall& http, const Message& message, Now now);

 private:
  SiteAnswer CallTool(const HttpCall& http, const Message& message, Now now);
  SiteAnswer Begin(const Message& message, ToolCall tool, Now now);
  SiteAnswer Listen(const Message& message);

  const Options& options_;
  Clockwork& clockwork_;
  StatsBook& stats_;
  Performer& performer_;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_MODERN_H_
