// A send whose message the agent has already: its task is taken up again instead of being begun a second time.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_REATTACH_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_REATTACH_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/flows/a2a_relay.h"
#include "server/frontend/task.h"
#include "server/translate/a2a_call.h"

namespace sluice::frontend {

// For an upstream with `idempotent_send`. `request` is the call's, serialized.
// Nothing: it is to be sent. The agent shows no task that has its message, or cannot be asked: it has no such method,
// or does not know the task.
// Else the end of the answer. With a task, in the place of what a first send would have got: the rest of the stream of
// a task that runs, or the task as it is when it is over or waits for its user; trailer `sluice-reattached` names it.
// Without: the error of the question; nothing was sent, the call may be made again.
Task<std::optional<absl::Status>> Reattach(Call& call, A2aAgent& agent, const std::string& request, A2aStream& stream);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_REATTACH_H_
