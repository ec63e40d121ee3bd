// health: grpc.health.v1.Health.
#include <memory>
#include <string>

#include "client/ctl/methods.h"
#include "client/ctl/options.h"
#include "client/ctl/plan.h"
#include "client/ctl/terminal.h"
#include "grpc/health/v1/health.pb.h"

namespace sluice::ctl {
namespace {

namespace health = grpc::health::v1;

// "gateway SERVING". A check that ends well is a success only if the service serves, so that scripts can use it.
class HealthPrinter : public Printer {
 public:
  HealthPrinter(Screen screen, const HealthCommand& command)
      : Printer(screen), name_(command.service.empty() ? "gateway" : command.service), watch_(command.watch) {}

  void Print(const google::protobuf::Message& message) override {
    status_ = dynamic_cast<const health::HealthCheckResponse&>(message).status();
    if (screen_.json) {
      screen_.out << ToJson(message) << std::endl;
      return;
    }
    const bool known = health::HealthCheckResponse::ServingStatus_IsValid(status_);
    const std::string status =
        known ? health::HealthCheckResponse::ServingStatus_Name(status_) : "status " + std::to_string(status_);
    const Colour colour = Serves() ? Colour::kGreen : Colour::kRed;
    screen_.out << VisibleLine(name_) << " " << Paint(screen_.colour, colour, status) << std::endl;
  }

  int exit_code() const override {
    constexpr int kUnavailable = 14;
    return watch_ || Serves() ? 0 : kExitUsage + kUnavailable;
  }

 private:
  bool Serves() const { return status_ == health::HealthCheckResponse::SERVING; }

  const std::string name_;
  const bool watch_;
  health::HealthCheckResponse::ServingStatus status_ = health::HealthCheckResponse::UNKNOWN;
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const HealthCommand& command, Screen screen, const Wakeup&) {
  auto method = FindMethod(command.watch ? "grpc.health.v1.Health/Watch" : "grpc.health.v1.Health/Check");
  if (!method.ok()) return method.status();
  health::HealthCheckRequest request;
  request.set_service(command.service);
  return Plan{*method, Input({request.SerializeAsString()}), std::make_unique<HealthPrinter>(screen, command)};
}

}  // namespace sluice::ctl
