// session: JSON-RPC messages, a line each, to sluice.v1.Gateway/Session.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/ctl/session_plan.h"
#include "client/ctl/session_printer.h"
#include "client/ctl/session_sender.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

// Shows both directions, and sends what the user gives as it may go.
class Conversation : public SessionPrinter {
 public:
  using SessionPrinter::SessionPrinter;

  absl::Status Feed(std::string_view bytes, bool last, Input::Messages& out) {
    SessionSender::Frames go;
    std::string words;
    absl::Status taken = sender_.Feed(bytes, last, go, words);
    std::fputs(words.c_str(), stderr);
    Send(go, out);
    return taken;
  }

  void Print(const google::protobuf::Message& message) override {
    SessionPrinter::Print(message);
    SessionSender::Frames go;
    sender_.Take(dynamic_cast<const pb::SessionResponse&>(message), go);
    Send(go, outbox_->messages);
  }

  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }

 private:
  void Send(const SessionSender::Frames& frames, Input::Messages& out) {
    for (const pb::SessionRequest& frame : frames) {
      PrintSent(frame);
      out.push_back(frame.SerializeAsString());
    }
    outbox_->closed = !sender_.holds();
  }

  SessionSender sender_;
  const std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>(Outbox{{}, /*closed=*/true});
};

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
  auto conversation = std::make_unique<Conversation>(screen, detail);
  Conversation* talk = conversation.get();  // of the plan, as the input is
  const auto decode = [talk](std::string_view bytes, bool last, Input::Messages& out) {
    return talk->Feed(bytes, last, out);
  };
  Input input({FirstFrame(command).SerializeAsString()}, *fd, decode, talk->outbox());
  return SessionPlan(std::move(input), std::move(conversation));
}

}  // namespace sluice::ctl
