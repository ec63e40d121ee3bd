// upstreams: what is behind the gateway.
#include <memory>

#include "client/ctl/methods.h"
#include "client/ctl/plan.h"
#include "client/ctl/upstreams.h"

namespace sluice::ctl {
namespace {

class UpstreamsPrinter : public Printer {
 public:
  using Printer::Printer;
  void Print(const google::protobuf::Message& message) override {
    const auto& list = dynamic_cast<const sluice::v1::ListUpstreamsResponse&>(message);
    screen_.out << (screen_.json ? ToJson(list) + "\n" : UpstreamsText(list, screen_.colour)) << std::flush;
  }
  bool tells_good_end() const override { return false; }
};

}  // namespace

absl::StatusOr<Plan> PlanOf(const UpstreamsCommand&, Screen screen, const Wakeup&) {
  auto method = FindMethod("sluice.v1.Gateway/ListUpstreams");
  if (!method.ok()) return method.status();
  return Plan{*method, Input({std::string()}), std::make_unique<UpstreamsPrinter>(screen)};
}

}  // namespace sluice::ctl
