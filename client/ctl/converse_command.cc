// converse: lines of text to an A2A agent over sluice.v1.Conversation/Converse.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/ctl/converse_printer.h"
#include "client/ctl/converse_sender.h"
#include "client/ctl/methods.h"
#include "client/ctl/plan.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

// Shows both directions, and sends what the user gives as it may go.
class Conversation : public ConversePrinter {
 public:
  Conversation(Screen screen, Detail detail)
      : ConversePrinter(screen, detail), sender_(/*takes_turns=*/!detail.typed) {}

  absl::Status Feed(std::string_view bytes, bool last, Input::Messages& out) {
    ConverseSender::Frames go;
    std::string words;
    absl::Status taken = sender_.Feed(bytes, last, go, words);
    Send(go, words, out);
    return taken;
  }

  void Print(const google::protobuf::Message& message) override {
    ConversePrinter::Print(message);
    ConverseSender::Frames go;
    std::string words;
    sender_.Take(dynamic_cast<const pb::ConverseResponse&>(message), go, words);
    Send(go, words, outbox_->messages);
  }

  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }

 private:
  void Send(const ConverseSender::Frames& frames, const std::string& words, Input::Messages& out) {
    std::fputs(words.c_str(), stderr);
    for (const pb::ConverseRequest& frame : frames) {
      PrintSent(frame);
      out.push_back(frame.SerializeAsString());
    }
    outbox_->closed = !sender_.holds();
  }

  ConverseSender sender_;
  const std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>(Outbox{{}, /*closed=*/true});
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const ConverseCommand& command, Screen screen, const Wakeup&) {
  absl::StatusOr<int> fd = OpenInput(command.file);
  if (!fd.ok()) return fd.status();
  auto method = FindMethod("sluice.v1.Conversation/Converse");
  if (!method.ok()) return method.status();
  const ConversePrinter::Detail detail{command.verbose, /*typed=*/isatty(*fd) == 1};
  auto conversation = std::make_unique<Conversation>(screen, detail);
  Conversation* talk = conversation.get();  // of the plan, as the input is
  const auto decode = [talk](std::string_view bytes, bool last, Input::Messages& out) {
    return talk->Feed(bytes, last, out);
  };
  return Plan{*method, Input({}, *fd, decode, talk->outbox()), std::move(conversation)};
}

}  // namespace sluice::ctl
