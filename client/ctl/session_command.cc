// session: JSON-RPC messages from stdin, a line each, to sluice.v1.Gateway/Session.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "client/ctl/session_lines.h"
#include "client/ctl/session_plan.h"
#include "client/ctl/session_printer.h"

namespace sluice::ctl {

absl::StatusOr<Plan> PlanOf(const SessionCommand& command, Screen screen, const Wakeup&) {
  auto lines = std::make_shared<SessionLines>();
  const auto decode = [lines](std::string_view bytes, bool last, Input::Messages& out) {
    std::string complaints;
    absl::Status taken = lines->Feed(bytes, last, out, complaints);
    std::fputs(complaints.c_str(), stderr);
    return taken;
  };
  return SessionPlan(Input({OpenFrame(command.target).SerializeAsString()}, STDIN_FILENO, decode),
                     std::make_unique<SessionPrinter>(screen));
}

}  // namespace sluice::ctl
