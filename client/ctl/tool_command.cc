// tool: calls one tool of an MCP server.
#include <unistd.h>

#include <memory>
#include <string>

#include "client/ctl/json_view.h"
#include "client/ctl/mcp_printer.h"
#include "client/ctl/mcp_text.h"
#include "server/base/utf8.h"

namespace sluice::ctl {
namespace {

constexpr int kExitToolFailed = 1;

class ToolPrinter : public McpPrinter {
 public:
  using McpPrinter::McpPrinter;

  // MCP, "Tools", "Error Handling": the call went well, what the tool tried did not.
  int exit_code() const override { return failed_ ? kExitToolFailed : 0; }

 private:
  absl::StatusOr<std::string> Show(const std::string& result) override {
    failed_ = Member(result, "isError") == "true";
    screen_.out << (screen_.json ? JsonLine(result) + "\n" : ContentText(result)) << std::flush;
    return "";
  }

  bool failed_ = false;
};

absl::StatusOr<std::string> ArgumentsOf(const ToolCommand& command, const Wakeup& wakeup) {
  std::string arguments = command.arguments;
  if (arguments == "-") {
    absl::StatusOr<std::string> input = ReadAll(STDIN_FILENO, wakeup);
    if (absl::IsCancelled(input.status())) return input;
    if (!input.ok()) return absl::InvalidArgumentError("stdin " + std::string(input.status().message()));
    arguments = *std::move(input);
  }
  if (IsJson(arguments) && arguments[arguments.find_first_not_of(" \t\r\n")] == '{') return arguments;
  return absl::InvalidArgumentError("ARGUMENTS: not a JSON object, such as '{\"a\": 1}'");
}

}  // namespace

absl::StatusOr<Plan> PlanOf(const ToolCommand& command, Screen screen, const Wakeup& wakeup) {
  absl::StatusOr<std::string> arguments = ArgumentsOf(command, wakeup);
  if (!arguments.ok()) return arguments.status();
  if (ToValidUtf8(command.name, command.name.size()) != command.name) {
    return absl::InvalidArgumentError("NAME: it must be valid UTF-8");
  }
  const std::string members = "\"name\":" + JsonString(command.name) + ",\"arguments\":" + *arguments;
  return McpPlan(command.target, std::make_unique<ToolPrinter>(screen, McpClient(command.era, "tools/call", members)));
}

}  // namespace sluice::ctl
