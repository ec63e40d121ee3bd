// What an agent is told when a call to it is cancelled, and what became of that.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/task.h"

namespace sluice::frontend {

// In the trailers, and in the call's line of the log:
//
//   told=close                                                        the answer was closed; the task goes on
//   told=cancel-task; answer=TASK_STATE_CANCELED; took_ms=12          ... and the agent was asked to end the task
//   told=cancel-task; answer=TASK_NOT_CANCELABLE; took_ms=3           the reason of its error, or ours
//   told=cancel-task; answer=none                                     the client's status could not wait for an answer
inline constexpr std::string_view kCancelReceipt = "sluice-cancel-receipt";

// The policy of a call: what its metadata `sluice-on-cancel` asks for, else the upstream's. INVALID_ARGUMENT.
absl::StatusOr<config::CancelPolicy> CancelPolicyOf(const config::Upstream& upstream, const Headers& metadata);

// Tells the agent of a call that was cancelled, whose exchanges are closed already, and leaves the receipt. `task_id`
// may be empty: no task is known, so that there is nothing to cancel. Best effort, bounded: at most 5 s, of which the
// client's status waits for a fraction. Gives the receipt.
Task<std::string> TellCancel(Call& call, const A2aAgent& agent, config::CancelPolicy policy, std::string tenant,
                             std::string task_id);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_
