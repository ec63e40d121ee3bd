// What the MCP server offers.
#ifndef SLUICE_CLIENT_AGENT_MCP_CATALOG_H_
#define SLUICE_CLIENT_AGENT_MCP_CATALOG_H_

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::agent::mcp {

inline constexpr std::string_view kServerInfo = R"({"name":"sluice-agent","version":"1.0.0"})";

// JSON texts: arrays of what the list methods give.
std::string ToolsJson();
std::string_view ResourcesJson();
std::string_view PromptsJson();

// The script that the tool stands for, from what it was called with; nothing for a tool that is none of ours.
std::optional<std::string> ScriptOfTool(std::string_view tool, const boost::json::object& arguments);

// The argument of a tool that clients must repeat in the header Mcp-Param-NAME (2026-07-28); empty: none.
struct HeaderArgument {
  std::string_view argument;
  std::string_view header;
};
HeaderArgument HeaderArgumentOf(std::string_view tool);

// The result of a method that both eras have and that only reads: members of an object, JSON text. Nothing when there
// is no such method; an error in `error` when its params are wrong.
std::optional<std::string> ReadResult(std::string_view method, const boost::json::object& params, std::string& error);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_CATALOG_H_
