// Tool arguments that a modern MCP server wants to see in headers too. Model Context Protocol 2026-07-28, "Streamable
// HTTP", "Custom Headers from Tool Parameters".
#ifndef SLUICE_SERVER_TRANSLATE_MCP_TOOL_HEADERS_H_
#define SLUICE_SERVER_TRANSLATE_MCP_TOOL_HEADERS_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/http.h"

namespace sluice::translate {

// What the tool lists of one session asked for, and the headers of a call made from it. What an upstream can make us
// keep is bounded: beyond kMaxBytes no more tools are learnt.
class McpToolHeaders {
 public:
  static constexpr std::size_t kMaxBytes = 64 * 1024;
  static constexpr std::size_t kMaxParameters = 32;         // of one tool; the others are not sent
  static constexpr std::size_t kMaxHeaderBytes = 8 * 1024;  // of one call; of more than that some are left out

  // A `result` of tools/list, raw: remembers each property that has `x-mcp-header`, by the path of properties to it.
  // A tool that was known is known anew.
  void Learn(std::string_view raw_result);

  // `mcp-param-NAME` for each argument that is there and is a string, a number or a boolean.
  Headers Of(const std::string& tool, std::string_view raw_arguments) const;

 private:
  struct Parameter {
    std::vector<std::string> path;
    std::string header;  // lower case
  };
  struct Tool {
    std::vector<Parameter> parameters;
    std::size_t bytes = 0;  // that it takes
  };
  // `room` is what may still be kept.
  static void ReadSchema(std::string_view raw_schema, std::vector<std::string>& path, Tool& tool, std::size_t room);
  void LearnTool(std::string_view raw_tool);

  std::map<std::string, Tool> tools_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MCP_TOOL_HEADERS_H_
