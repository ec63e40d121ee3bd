// What a tools/call wants.
#ifndef SLUICE_CLIENT_AGENT_MCP_TOOL_CALL_H_
#define SLUICE_CLIENT_AGENT_MCP_TOOL_CALL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "client/agent/fault.h"
#include "client/agent/mcp/message.h"
#include "client/agent/mcp/script.h"
#include "client/agent/site.h"

namespace sluice::agent::mcp {

struct ToolCall {
  Script script;  // one that mirrors the request has the result already
  std::unique_ptr<Fault> fault;
};

// The error says what is wrong with the params.
absl::StatusOr<ToolCall> ReadToolCall(const HttpCall& http, const Message& message, bool modern);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_TOOL_CALL_H_
