#include "client/agent/mcp/catalog.h"

#include <array>

#include "client/agent/json_text.h"
#include "client/agent/mcp/message.h"

namespace sluice::agent::mcp {
namespace {

struct Tool {
  std::string_view name;
  std::string_view description;
  std::string_view argument;  // its one argument, a string; empty: none
  std::string_view script;    // what it does; empty: what the argument says
  std::string_view header;    // that repeats the argument
};

constexpr auto kTools = std::to_array<Tool>({
    {"script", "Does what the text says, for example: progress 5 100 (sluice-agent --help has the words).", "text", "",
     ""},
    {"echo", "Gives the text back.", "text", "echo ", ""},
    {"progress", "Makes five steps and tells of each.", "", "progress 5 100", ""},
    {"sample", "Asks the client for a message of its model.", "", "sample", ""},
    {"elicit", "Asks the client's user for a name.", "", "elicit", ""},
    {"roots", "Asks the client for its roots.", "", "roots", ""},
    {"region", "Gives back the region, which 2026-07-28 clients also send as Mcp-Param-Region.", "region", "echo ",
     "Region"},
});

constexpr std::string_view kResources = R"([{"uri":"demo://greeting","name":"greeting","mimeType":"text/plain"}])";
constexpr std::string_view kPrompts =
    R"([{"name":"greet","description":"A greeting.","arguments":[{"name":"name","required":false}]}])";

std::string ToolJson(const Tool& tool) {
  std::string schema = R"({"type":"object","properties":{)";
  if (!tool.argument.empty()) {
    schema += Quoted(tool.argument) + R"(:{"type":"string")";
    if (!tool.header.empty()) schema += R"(,"x-mcp-header":)" + Quoted(tool.header);
    schema += "}";
  }
  schema += "}";
  if (!tool.argument.empty()) schema += R"(,"required":[)" + Quoted(tool.argument) + "]";
  return R"({"name":)" + Quoted(tool.name) + R"(,"description":)" + Quoted(tool.description) + R"(,"inputSchema":)" +
         schema + "}}";
}

const Tool* FindTool(std::string_view name) {
  for (const Tool& tool : kTools) {
    if (tool.name == name) return &tool;
  }
  return nullptr;
}

}  // namespace

std::string ToolsJson() {
  std::string tools;
  for (const Tool& tool : kTools) AppendItem(ToolJson(tool), tools);
  return "[" + tools + "]";
}

std::string_view ResourcesJson() { return kResources; }

std::string_view PromptsJson() { return kPrompts; }

std::optional<std::string> ScriptOfTool(std::string_view name, const boost::json::object& arguments) {
  const Tool* const tool = FindTool(name);
  if (tool == nullptr) return std::nullopt;
  return std::string(tool->script) + (tool->argument.empty() ? std::string() : StringAt(arguments, tool->argument));
}

HeaderArgument HeaderArgumentOf(std::string_view name) {
  const Tool* const tool = FindTool(name);
  if (tool == nullptr || tool->header.empty()) return {};
  return {tool->argument, tool->header};
}

std::optional<std::string> ReadResult(std::string_view method, const boost::json::object& params, std::string& error) {
  if (method == "tools/list") return R"("tools":)" + ToolsJson();
  if (method == "resources/list") return R"("resources":)" + std::string(ResourcesJson());
  if (method == "prompts/list") return R"("prompts":)" + std::string(PromptsJson());
  if (method == "resources/read") {
    const std::string uri = StringAt(params, "uri");
    if (uri.rfind("demo://", 0) != 0) error = "uri must be one of resources/list, for example demo://greeting";
    return R"("contents":[{"uri":)" + Quoted(uri) + R"(,"mimeType":"text/plain","text":"Hello."}])";
  }
  if (method == "prompts/get") {
    if (StringAt(params, "name") != "greet") error = "name must be that of a prompt: greet";
    return R"("messages":[{"role":"user","content":{"type":"text","text":"Say hello."}}])";
  }
  return std::nullopt;
}

}  // namespace sluice::agent::mcp
