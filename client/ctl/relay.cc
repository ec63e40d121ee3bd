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
  Carrier(Call& call, Plan& plan) : call_(call), plan_(plan), message_(NewMessage(plan.method->output_type())) {}

  void Receive() {
    while (std::optional<std::string> bytes = call_.TakeMessage()) {
      if (broken_) continue;
      if (!message_->ParseFromString(*bytes)) {
        Break(grpc::Status(grpc::StatusCode::INTERNAL,
                           "an answer is not a " + std::string(plan_.method->output_type()->full_name())));
        continue;
      }
      plan_.printer->Print(*message_);
      ++end_.events;
    }
  }

  void Send() {
    if (half_closed_ || broken_ || !call_.CanWrite()) return;
    if (std::optional<std::string> message = plan_.input.Next()) {
      call_.Write(*message);
    } else if (plan_.input.over()) {
      half_closed_ = true;
      call_.HalfClose();
    }
  }

  // What to read from while waiting; -1: nothing now. Input is not read ahead of what the call takes.
  int input_fd() { return half_closed_ || broken_ || !call_.CanWrite() ? -1 : plan_.input.fd(); }

  void ReadInput() {
    end_.input = plan_.input.Read();
    if (!end_.input.ok()) Break(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, std::string(end_.input.message())));
  }

  RelayEnd Finish(grpc::Status status) {
    end_.status = broken_ ? *broken_ : std::move(status);
    return std::move(end_);
  }

 private:
  void Break(grpc::Status why) {
    broken_ = std::move(why);
    call_.Cancel();
  }

  Call& call_;
  Plan& plan_;
  const std::unique_ptr<google::protobuf::Message> message_;
  RelayEnd end_;
  std::optional<grpc::Status> broken_;
  bool half_closed_ = false;
};

}  // namespace

RelayEnd Relay(Call& call, Plan& plan, const Wakeup& wakeup) {
  Carrier carrier(call, plan);
  bool cancelled = false;
  for (;;) {
    if (Interrupted() && !std::exchange(cancelled, true)) call.Cancel();
    carrier.Receive();
    if (std::optional<grpc::Status> status = call.Status()) return carrier.Finish(*std::move(status));
    carrier.Send();
    if (wakeup.Wait(carrier.input_fd())) carrier.ReadInput();
  }
}

}  // namespace sluice::ctl
