#include "client/ctl/session_plan.h"

#include <string>
#include <utility>

#include "client/ctl/methods.h"

namespace sluice::ctl {

sluice::v1::SessionRequest OpenFrame(const Target& target) {
  sluice::v1::SessionRequest frame;
  frame.mutable_open()->set_upstream(target.upstream);
  for (const auto& [name, value] : target.headers) {
    std::string& joined = (*frame.mutable_open()->mutable_headers())[name];
    joined += (joined.empty() ? "" : ", ") + value;  // RFC 9110, section 5.3
  }
  return frame;
}

absl::StatusOr<Plan> SessionPlan(Input input, std::unique_ptr<Printer> printer) {
  auto method = FindMethod("sluice.v1.Gateway/Session");
  if (!method.ok()) return method.status();
  return Plan{*method, std::move(input), std::move(printer)};
}

}  // namespace sluice::ctl
