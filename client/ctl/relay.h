// The loop that carries a call: sends what there is, prints what comes, cancels on Ctrl-C.
#ifndef SLUICE_CLIENT_CTL_RELAY_H_
#define SLUICE_CLIENT_CTL_RELAY_H_

#include <ostream>

#include "absl/status/status.h"
#include "client/ctl/plan.h"
#include "client/ctl/wakeup.h"
#include "sluice/client/call.h"

namespace sluice::ctl {

struct RelayEnd {
  absl::Status status;  // of the call
  int events = 0;       // messages printed
  absl::Status input;   // not OK: what the user gave was wrong, and the call was cancelled for it
};

// Returns when the call is over; `wakeup` is woken when the call has changed. A call whose answer cannot be printed,
// since `out` is bad, is cancelled. Thread: the main one; this is its one wait.
RelayEnd Relay(client::Call& call, Plan& plan, const Wakeup& wakeup, const std::ostream& out);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_RELAY_H_
