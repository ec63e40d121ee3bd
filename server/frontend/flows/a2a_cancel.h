// What an agent is told when a call to it is cancelled, and what became of that.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/task.h"
#include "server/translate/cancel_receipt.h"

namespace sluice::frontend {

// Leaves it in the trailer `sluice-cancel-receipt`, in the ErrorInfo and in the call's line of the log. The first time,
// without `took`, the client's status begins to wait for what the agent will answer, if it was asked anything.
void LeaveReceipt(Call& call, const translate::CancelReceipt& receipt,
                  std::optional<std::chrono::milliseconds> took = std::nullopt);

// The policy of a call: what its metadata `sluice-on-cancel` asks for, else the upstream's. INVALID_ARGUMENT.
absl::StatusOr<config::CancelPolicy> CancelPolicyOf(const config::Upstream& upstream, const Headers& metadata);

// Tells the agent of a call that was cancelled, whose exchanges are closed already, and leaves the receipt. `task_id`
// may be empty: no task is known, so that there is nothing to cancel. Best effort, bounded: at most 5 s, of which the
// client's status waits for a fraction. Gives the receipt.
Task<translate::CancelReceipt> TellCancel(Call& call, const A2aAgent& agent, config::CancelPolicy policy,
                                          std::string tenant, std::string task_id);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_CANCEL_H_
