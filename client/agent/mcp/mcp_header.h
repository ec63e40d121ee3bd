// The headers of 2026-07-28 that repeat what the body says.
#ifndef SLUICE_CLIENT_AGENT_MCP_MCP_HEADER_H_
#define SLUICE_CLIENT_AGENT_MCP_MCP_HEADER_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/agent/site.h"

namespace sluice::agent::mcp {

// The value that the text of a header stands for: itself, or what =?base64?…?= encodes. Nothing when that is no base64.
std::optional<std::string> DecodeHeader(std::string_view text);

// What is wrong with the first header that is absent or says something else than `expected`; empty when all is well.
// A header of which nothing is expected may say nothing.
std::string HeaderMismatch(const HttpCall& http, const std::vector<std::pair<std::string, std::string>>& expected);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_MCP_HEADER_H_
