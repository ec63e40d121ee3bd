// The flows: one coroutine per kind of call. Free functions; arguments by reference outlive every call.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_FLOWS_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_FLOWS_H_

#include <atomic>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/frontend/call.h"
#include "server/frontend/methods.h"
#include "server/frontend/resume.h"
#include "server/frontend/task.h"
#include "server/frontend/upstreams.h"
#include "server/translate/a2a_call.h"
#include "server/translate/descriptor_index.h"

namespace sluice::frontend {

// What flows read. Owned by the frontend.
struct Services {
  const config::Config& config;
  const Upstreams& upstreams;
  const Methods& methods;
  const std::atomic<Phase>& phase;
  const ResumeTokens& resume;
};

// A2A, unary and streaming: one POST, its answer relayed event by event. `version` is what the client speaks.
Task<absl::Status> RelayA2a(Call& call, const translate::A2aMethod& method, translate::A2aVersion version,
                            const Services& services, Headers metadata);

// sluice.v1.Gateway/Session: many JSON-RPC messages on one stream, each request an exchange of its own.
Task<absl::Status> RelaySession(Call& call, const Services& services, Headers metadata);

// sluice.v1.Conversation/Converse: many A2A requests on one stream, each an exchange of its own.
Task<absl::Status> RelayConversation(Call& call, const Services& services, Headers metadata);

// sluice.v1.Gateway/Stream: one HTTP request, its answer relayed as events or bytes.
Task<absl::Status> RelayHttpStream(Call& call, const Services& services, Headers metadata);

// sluice.v1.Gateway/ListUpstreams.
Task<absl::Status> ListUpstreams(Call& call, const Services& services);

// grpc.health.v1.Health.
Task<absl::Status> CheckHealth(Call& call, const Services& services);
Task<absl::Status> WatchHealth(Call& call, const Services& services);

// grpc.reflection.v1 and v1alpha.
Task<absl::Status> Reflect(Call& call, const translate::DescriptorIndex& index);

// All rows of the method table.
void AddMethods(Methods& methods, const Services& services);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_FLOWS_H_
