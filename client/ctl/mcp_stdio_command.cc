// mcp-stdio: what an MCP client starts as a stdio server; the server itself is behind the gateway.
#include <unistd.h>

#include <memory>
#include <string_view>
#include <utility>

#include "client/ctl/mcp_stdio.h"
#include "client/ctl/plan.h"
#include "client/ctl/polled_output.h"
#include "client/ctl/session_plan.h"

namespace sluice::ctl {
namespace {

class McpStdioPrinter : public Printer {
 public:
  using Printer::Printer;

  absl::Status Feed(std::string_view bytes, bool last, Input::Messages& out) {
    Show(stdio_.Feed(bytes, last, out));
    return absl::OkStatus();
  }
  void Print(const google::protobuf::Message& message) override {
    Show(stdio_.Take(dynamic_cast<const sluice::v1::SessionResponse&>(message)));
  }
  absl::Status Outcome(const absl::Status& call) override {
    Show(stdio_.End(call));
    return call;
  }
  // Clients show their users what comes on stderr.
  bool tells_good_end() const override { return false; }

 private:
  // Some clients never read stderr.
  void Show(const McpStdio::Lines& lines) {
    if (!lines.out.empty()) screen_.out << lines.out << std::flush;
    WriteIfRoom(STDERR_FILENO, lines.err);
  }

  McpStdio stdio_;
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const McpStdioCommand& command, Screen screen, const Wakeup&) {
  auto printer = std::make_unique<McpStdioPrinter>(screen);
  McpStdioPrinter* stdio = printer.get();  // of the plan, as the input is
  const auto decode = [stdio](std::string_view bytes, bool last, Input::Messages& out) {
    return stdio->Feed(bytes, last, out);
  };
  return SessionPlan(Input({OpenFrame(command.target).SerializeAsString()}, STDIN_FILENO, decode), std::move(printer));
}

}  // namespace sluice::ctl
