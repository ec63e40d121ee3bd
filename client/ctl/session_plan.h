// What every command that holds a session begins with.
#ifndef SLUICE_CLIENT_CTL_SESSION_PLAN_H_
#define SLUICE_CLIENT_CTL_SESSION_PLAN_H_

#include <memory>

#include "client/ctl/plan.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// The first frame.
sluice::v1::SessionRequest OpenFrame(const Target& target);

// `input` has the frames, serialized, the Open first; `printer` is given each SessionResponse.
absl::StatusOr<Plan> SessionPlan(Input input, std::unique_ptr<Printer> printer);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_PLAN_H_
