#include "client/ctl/relay.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client/ctl/methods.h"

namespace sluice::ctl {
namespace {

// One run of the loop. Once the call has failed on our side (`broken_`), nothing more is sent or printed.
class Carrier {
 public:
  Carrier(client::Call& call, Plan& plan, const std::ostream& out)
      : call_(call), plan_(plan), out_(out), message_(NewMessage(plan.method->output_type())) {}

  // Prints what is there to read. False: the call is over.
  bool Receive() {
    while (call_.CanRead()) {
      const std::optional<std::string> bytes = call_.Read();
      if (!bytes) return false;
      if (!broken_.ok()) continue;
      if (!message_->ParseFromString(*bytes)) {
        Break(absl::InternalError("an answer is not a " + std::string(plan_.method->output_type()->full_name())));
        continue;
      }
      plan_.printer->Print(*message_);
      ++end_.events;
      CheckOutput();
    }
    return true;
  }

  void Send() {
    if (!broken_.ok() || !call_.CanWrite()) return;
    if (std::optional<std::string> message = plan_.input.Next()) {
      call_.Write(*message);
    } else if (plan_.input.over()) {
      call_.HalfClose();
    }
  }

  // What to read from while waiting; -1: nothing now. Input is not read ahead of what the call takes.
  int input_fd() { return !broken_.ok() || !call_.CanWrite() ? -1 : plan_.input.fd(); }

  void ReadInput() {
    end_.input = plan_.input.Read();
    if (!end_.input.ok()) return Break(end_.input);
    CheckOutput();  // some of what is sent is shown
  }

  RelayEnd Finish() {
    end_.status = broken_.ok() ? call_.status() : broken_;
    return std::move(end_);
  }

 private:
  void CheckOutput() {
    if (!out_.good() && broken_.ok()) Break(absl::CancelledError("stdout cannot be written"));
  }

  void Break(absl::Status why) {
    broken_ = std::move(why);
    call_.Cancel();
  }

  client::Call& call_;
  Plan& plan_;
  const std::ostream& out_;
  const std::unique_ptr<google::protobuf::Message> message_;
  RelayEnd end_;
  absl::Status broken_;
};

}  // namespace

RelayEnd Relay(client::Call& call, Plan& plan, const Wakeup& wakeup, const std::ostream& out) {
  Carrier carrier(call, plan, out);
  bool cancelled = false;
  for (;;) {
    if (Interrupted() && !std::exchange(cancelled, true)) call.Cancel();
    if (!carrier.Receive()) return carrier.Finish();
    carrier.Send();
    if (wakeup.Wait(carrier.input_fd())) carrier.ReadInput();
  }
}

}  // namespace sluice::ctl
