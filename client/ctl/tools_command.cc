// tools: what an MCP server can do, at a glance.
#include <memory>
#include <string>

#include "client/ctl/json_view.h"
#include "client/ctl/mcp_printer.h"
#include "client/ctl/mcp_text.h"

namespace sluice::ctl {
namespace {

constexpr int kMaxPages = 1000;

class ToolsPrinter : public McpPrinter {
 public:
  using McpPrinter::McpPrinter;

 private:
  // MCP, "Pagination": a page with a `nextCursor` is not the last.
  absl::StatusOr<std::string> Show(const std::string& result) override {
    if (screen_.json) screen_.out << JsonLine(result) << std::endl;
    ForEachElement(Member(result, "tools"), [this](std::string_view tool) {
      if (!screen_.json) screen_.out << ToolText(tool, screen_.colour);
    });
    screen_.out << std::flush;
    const std::string_view cursor = Member(result, "nextCursor");
    if (cursor.empty() || cursor == "null") return "";
    if (cursor == cursor_) return absl::InternalError("the server's nextCursor leads to the same page again");
    if (++pages_ == kMaxPages) return absl::InternalError("the server's list has more than 1000 pages");
    cursor_ = cursor;
    return "\"cursor\":" + cursor_;
  }

  std::string cursor_;  // the last one
  int pages_ = 0;
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const ToolsCommand& command, Screen screen, const Wakeup&) {
  return McpPlan(command.target,
                 std::make_unique<ToolsPrinter>(screen, McpClient(command.era, "tools/list", /*members=*/"")));
}

}  // namespace sluice::ctl
