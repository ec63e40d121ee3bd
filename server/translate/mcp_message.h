// What HTTP has to know of an MCP message: read from the JSON-RPC envelope and params, never printed anew.
// Model Context Protocol, "Streamable HTTP", revisions 2025-03-26 to 2026-07-28.
#ifndef SLUICE_SERVER_TRANSLATE_MCP_MESSAGE_H_
#define SLUICE_SERVER_TRANSLATE_MCP_MESSAGE_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/translate/jsonrpc.h"

namespace sluice::translate {

struct McpFacts {
  // params._meta["io.modelcontextprotocol/protocolVersion"]; with it the message is of a modern revision.
  std::string protocol_version;
  // params.name of tools/call and prompts/get, params.uri of resources/read: what Mcp-Name repeats.
  std::optional<std::string> name;
  std::string_view arguments;     // params.arguments, raw
  std::string_view cancelled_id;  // params.requestId of notifications/cancelled, a raw token
};
// `message` is one that ValidateJsonRpc made; spans point where its do.
McpFacts ReadMcpFacts(const JsonRpcMessage& message);

// result.protocolVersion of the answer to `initialize`; empty when it has none.
std::string ReadNegotiatedVersion(std::string_view raw_result);

// A value as it goes into Mcp-Name and Mcp-Param-*: itself if that is plain ASCII, else =?base64?...?=
std::string McpHeaderValue(std::string_view text);

// {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":ID,"reason":REASON}}
std::string MakeCancelled(std::string_view raw_id, std::string_view reason);

// The answer to a request of the server that nobody can give: -32601, "Method not found".
std::string MakeMethodNotFound(std::string_view raw_id, std::string_view why);

// What a session id may be: visible ASCII, and not too long to be sent with each request.
bool IsMcpSessionId(std::string_view id);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MCP_MESSAGE_H_
