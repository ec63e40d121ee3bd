// The agent of one A2A call: whatever the call asks it goes out with the same headers, limits and tenant.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_AGENT_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_AGENT_H_

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/frontend/call.h"
#include "server/frontend/task.h"
#include "server/frontend/upstreams.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_resumed_call.h"
#include "server/translate/a2a_version.h"

namespace sluice::frontend {

// Thread: the call's. Lifetime: `entry` and `policy` outlive it.
class A2aAgent {
 public:
  // `client` is what the caller speaks.
  A2aAgent(const UpstreamEntry& entry, translate::A2aVersion client, const config::HeaderPolicy& policy,
           Headers metadata)
      : entry_(entry), client_(client), policy_(policy), metadata_(std::move(metadata)) {}

  const config::Upstream& config() const { return entry_.config; }
  translate::A2aVersion version() const { return entry_.a2a_version(); }

  // A request of A2A 1.0, in what the agent speaks: of one exchange, or as the client's own, which goes on over cuts if
  // the upstream has `resume`.
  absl::StatusOr<translate::A2aCall> Begin(const translate::A2aMethod& method, std::string_view request) const;
  absl::StatusOr<translate::A2aResumedCall> BeginResumed(const translate::A2aMethod& method,
                                                         std::string_view request) const;
  // The next exchange of a call that goes on.
  absl::Status Again(translate::A2aResumedCall& answer) const;
  // What the translation wants to be sent; it does not keep the body.
  upstream::ExchangeRequest Post(const translate::A2aMethod& method, translate::A2aCall& translation) const;
  // Takes notice of what an exchange told, and gives it to the translation, of either kind.
  template <typename Translation>
  auto Feed(Translation& translation, const upstream::ExchangeEvent& event) const {
    entry_.Observe(event);
    if (const auto* head = std::get_if<ResponseHead>(&event.what)) return translation.OnHead(*head);
    if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) return translation.OnBytes(body->bytes);
    return translation.OnEnd(std::get<ExchangeEnd>(event.what));
  }
  // What of an answer's headers the policy lets down, under the names that the client's version has for it.
  Headers HeadersDown(const ResponseHead& head, translate::A2aVersion client) const;

  // Nothing more will be sent: the caller's metadata is not needed any more.
  void ForgetMetadata() { Headers().swap(metadata_); }

 private:
  translate::A2aCall::Limits Limits() const;

  const UpstreamEntry& entry_;
  const translate::A2aVersion client_;
  const config::HeaderPolicy& policy_;
  Headers metadata_;
};

// Asks the agent by ourselves, and gives the response message. `rpc` is not streaming. The whole takes `at_most`:
// UPSTREAM_TIMEOUT_TOTAL. A cancel of the call ends it with the cancel's status. Other occurrences are passed over: no
// other exchange and no flow timer may run.
Task<absl::StatusOr<std::string>> Ask(Call& call, const A2aAgent& agent, std::string_view rpc, std::string request,
                                      std::chrono::milliseconds at_most);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_AGENT_H_
