// session: JSON-RPC messages from stdin, a line each, to sluice.v1.Gateway/Session.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "client/ctl/methods.h"
#include "client/ctl/plan.h"
#include "client/ctl/printer.h"
#include "client/ctl/session_lines.h"
#include "client/ctl/session_printer.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

absl::StatusOr<Plan> PlanOf(const SessionCommand& command, Screen screen, const Wakeup&) {
  auto method = FindMethod("sluice.v1.Gateway/Session");
  if (!method.ok()) return method.status();
  sluice::v1::SessionRequest open;
  open.mutable_open()->set_upstream(command.upstream);
  for (const auto& [name, value] : command.headers) {
    std::string& joined = (*open.mutable_open()->mutable_headers())[name];
    joined += (joined.empty() ? "" : ", ") + value;  // RFC 9110, section 5.3
  }
  auto lines = std::make_shared<SessionLines>();
  const auto decode = [lines](std::string_view bytes, bool last, Input::Messages& out) {
    std::string complaints;
    absl::Status taken = lines->Feed(bytes, last, out, complaints);
    std::fputs(complaints.c_str(), stderr);
    return taken;
  };
  return Plan{*method, Input({open.SerializeAsString()}, STDIN_FILENO, decode),
              std::make_unique<SessionPrinter>(screen)};
}

}  // namespace sluice::ctl
