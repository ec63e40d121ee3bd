// Runs a stream that carries many requests: does what the steps of a translate::Multiplexer say.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_MULTIPLEX_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_MULTIPLEX_H_

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/task.h"
#include "server/frontend/upstreams.h"
#include "server/translate/multiplexer.h"

namespace sluice::frontend {

// To the call's end, from `first`, the multiplexer's step of its beginning. `headers` are the client's that go up with
// each request. With heartbeats, as configured. The references outlive the call's flow.
Task<absl::Status> RunMultiplexer(Call& call, const Services& services, const UpstreamEntry& upstream, Headers headers,
                                  translate::Multiplexer& multiplexer, translate::Multiplexer::Step first);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_MULTIPLEX_H_
