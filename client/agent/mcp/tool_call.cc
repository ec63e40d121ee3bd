#include "client/agent/mcp/tool_call.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "client/agent/json_text.h"
#include "client/agent/mcp/catalog.h"

namespace sluice::agent::mcp {
namespace {

// The request as it came, in JSON.
std::string Mirrored(const HttpCall& http, const Message& message) {
  return R"({"headers":)" + HeadersJson(http) + R"(,"request":)" + std::string(message.raw) + "}";
}

}  // namespace

absl::StatusOr<ToolCall> ReadToolCall(const HttpCall& http, const Message& message, bool modern) {
  const std::string tool = StringAt(message.params, "name");
  const auto text = ScriptOfTool(tool, ObjectAt(message.params, "arguments"));
  if (!text) return absl::InvalidArgumentError("Unknown tool: " + tool.substr(0, 256));
  const OrderedText parts = SplitOrders(*text);
  ToolCall call;
  if (!parts.orders.empty()) {
    absl::StatusOr<Fault> fault = ParseFault(parts.orders, message.id);
    if (!fault.ok()) return fault.status();
    call.fault = std::make_unique<Fault>(*std::move(fault));
  }
  absl::StatusOr<Script> script = ParseScript(parts.script);
  if (!script.ok()) return script.status();
  call.script = *std::move(script);
  if (call.script.act == Act::kMirror) {
    const std::string request = Mirrored(http, message);
    call.script.raw_result = ResultObject({.text = call.script.text, .structured = request}, modern);
  }
  return call;
}

}  // namespace sluice::agent::mcp
