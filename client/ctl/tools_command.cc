// tools: what an MCP server can do, at a glance.
#include <memory>
#include <string>

#include "client/ctl/json_view.h"
#include "client/ctl/mcp_printer.h"
#include "client/ctl/mcp_text.h"

namespace sluice::ctl {
namespace {

class ToolsPrinter : public McpPrinter {
 public:
  using McpPrinter::McpPrinter;

 private:
  // MCP, "Pagination": a page with a `nextCursor` is not the last.
  std::string Show(const std::string& result) override {
    if (screen_.json) screen_.out << OnOneLine(result) << std::endl;
    ForEachElement(Member(result, "tools"), [this](std::string_view tool) {
      if (!screen_.json) screen_.out << ToolText(tool, screen_.colour);
    });
    screen_.out << std::flush;
    const std::string_view cursor = Member(result, "nextCursor");
    return cursor.empty() || cursor == "null" ? "" : "\"cursor\":" + std::string(cursor);
  }
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const ToolsCommand& command, Screen screen, const Wakeup&) {
  return McpPlan(command.target,
                 std::make_unique<ToolsPrinter>(screen, McpClient(command.era, "tools/list", /*members=*/"")));
}

}  // namespace sluice::ctl
