// How answers of an agent become the client's one stream.
#ifndef SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_
#define SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/frontend/call.h"
#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/task.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_client.h"
#include "server/translate/a2a_resumed_call.h"
#include "server/translate/card_rewrite.h"

namespace sluice::frontend {

// What the client of one call reads.
struct A2aStream {
  A2aStream(const translate::A2aClient& the_client, const translate::A2aMethod& the_method, std::string the_tenant)
      : client(the_client), method(the_method), tenant(std::move(the_tenant)) {}

  const translate::A2aClient& client;
  const translate::A2aMethod& method;  // of the call
  const std::string tenant;
  std::string task_id;  // empty until it is known: a request or an answer told it
  // What an agent card names in the agent's place; null: the answer is none.
  std::unique_ptr<const translate::GatewayInterface> card_names;
  // The agent is asked nothing after this answer's request. An idle stream keeps nothing that it will not need.
  bool asks_no_more = false;
};

// Relays the answer to its end, or the call's, over as many exchanges as it takes. How often a stream went on is in the
// trailers `sluice-resumed` and `sluice-gaps`. No other exchange and no flow timer may run.
Task<absl::Status> RelayAnswer(Call& call, A2aAgent& agent, translate::A2aResumedCall& answer, A2aStream& stream);

// Messages go to the client here and nowhere else.
void WriteAll(Call& call, const A2aStream& stream, std::vector<translate::A2aMessage>& messages);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOWS_A2A_RELAY_H_
