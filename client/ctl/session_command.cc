// session: JSON-RPC messages, a line each, to sluice.v1.Gateway/Session.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/ctl/session_lines.h"
#include "client/ctl/session_plan.h"
#include "client/ctl/session_printer.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

// Shows what is sent while it makes frames of it. What a user types stands on the terminal already.
class SentPrinter {
 public:
  SentPrinter(Screen screen, SessionPrinter::Detail detail) : printer_(screen, detail) {}

  absl::Status Feed(std::string_view bytes, bool last, Input::Messages& out) {
    std::vector<pb::SessionRequest> frames;
    std::string words;
    absl::Status taken = lines_.Feed(bytes, last, frames, words);
    std::fputs(words.c_str(), stderr);
    for (const pb::SessionRequest& frame : frames) {
      printer_.PrintSent(frame);
      out.push_back(frame.SerializeAsString());
    }
    return taken;
  }

 private:
  SessionLines lines_;
  SessionPrinter printer_;
};

absl::StatusOr<int> OpenInput(const std::string& file) {
  if (file == "-") return STDIN_FILENO;
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);  // open to the end of the process
  if (fd >= 0) return fd;
  return absl::InvalidArgumentError("FILE: cannot read '" + file + "': " + std::strerror(errno));
}

pb::SessionRequest FirstFrame(const SessionCommand& command) {
  pb::SessionRequest frame = OpenFrame(command.target);
  if (command.on_cancel == OnCancel::kEnd) frame.mutable_open()->set_on_cancel(pb::CANCEL_POLICY_END);
  if (command.on_cancel == OnCancel::kClose) frame.mutable_open()->set_on_cancel(pb::CANCEL_POLICY_CLOSE);
  frame.mutable_open()->set_resume_token(command.resume_token);
  return frame;
}

}  // namespace

absl::StatusOr<Plan> PlanOf(const SessionCommand& command, Screen screen, const Wakeup&) {
  absl::StatusOr<int> fd = OpenInput(command.file);
  if (!fd.ok()) return fd.status();
  const SessionPrinter::Detail detail{command.verbose, /*typed=*/isatty(*fd) == 1};
  auto sent = std::make_shared<SentPrinter>(screen, detail);
  const auto decode = [sent](std::string_view bytes, bool last, Input::Messages& out) {
    return sent->Feed(bytes, last, out);
  };
  return SessionPlan(Input({FirstFrame(command).SerializeAsString()}, *fd, decode),
                     std::make_unique<SessionPrinter>(screen, detail));
}

}  // namespace sluice::ctl
