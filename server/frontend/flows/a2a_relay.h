// How answers of an agent become the client's one stream.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/task.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_client.h"
#include "server/translate/a2a_resume.h"
#include "server/translate/card_rewrite.h"

namespace sluice::frontend {

// The answer of one call: what the client reads it as, and what it needs to go on when it is cut. How often it went on
// is in the trailers `sluice-resumed` and `sluice-gaps`.
struct A2aStream {
  A2aStream(const translate::A2aClient& the_client, const translate::A2aMethod& the_method, std::string the_tenant)
      : client(the_client), method(the_method), tenant(std::move(the_tenant)) {}
  // `subscription`: to a task that is known already.
  void GoesOn(translate::A2aVersion agent, bool subscription) {
    resume = std::make_unique<translate::A2aResume>(std::random_device()(), agent, subscription);
  }

  // What is remembered for the case of a cut.
  std::size_t kept_bytes() const { return resume == nullptr ? 0 : resume->kept_bytes(); }
  bool WaitsForUser() const { return resume != nullptr && resume->waits(); }

  const translate::A2aClient& client;
  const translate::A2aMethod& method;  // of the call
  const std::string tenant;
  std::string task_id;                           // empty until it is known: a request or an answer told it
  std::unique_ptr<translate::A2aResume> resume;  // null: a cut is the end
  // What an agent card names in the agent's place; null: the answer is none.
  std::unique_ptr<const translate::GatewayInterface> card_names;
};

// Relays one answer to its end, or the call's. Its exchange runs already, and is the only one.
Task<absl::Status> RelayAnswer(Call& call, const A2aAgent& agent, translate::A2aCall& translation, A2aStream& stream);

// Before the first stream of a subscription: tells the task if A2aResume asks for it. Fails when the call is cancelled.
Task<absl::Status> TellTaskFirst(Call& call, const A2aAgent& agent, const A2aStream& stream);

// Asks the agent for the stream of the task, and relays it.
Task<absl::Status> RelaySubscription(Call& call, const A2aAgent& agent, A2aStream& stream);
std::string SubscribeRequest(const A2aStream& stream);
// The task that the client's own request, of A2A 1.0, subscribes to; empty for any other request.
std::string SubscribedTask(const translate::A2aMethod& method, const std::string& request);

// Messages go to the client here and nowhere else.
void WriteAll(Call& call, const A2aStream& stream, std::vector<translate::A2aMessage>& messages);

// Goes on with a stream whose answer ended with `end`, as often as A2aResume says. Gives the stream's end. `resume` is
// not null.
Task<absl::Status> GoOn(Call& call, const A2aAgent& agent, A2aStream& stream, absl::Status end);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_
