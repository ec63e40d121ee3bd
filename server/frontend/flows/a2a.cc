#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/frontend/flows/a2a_agent.h"
#include "server/frontend/flows/a2a_cancel.h"
#include "server/frontend/flows/a2a_reattach.h"
#include "server/frontend/flows/a2a_relay.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/metadata.h"
#include "server/translate/a2a_client.h"
#include "server/translate/a2a_tenant.h"
#include "server/translate/card_rewrite.h"
#include "server/translate/errors.h"

namespace sluice::frontend {
namespace {

using translate::A2aVersion;

// A card names where the agent is, which is behind the gateway.
constexpr std::string_view kAgentCard = "lf.a2a.v1.AgentCard";

std::unique_ptr<const translate::GatewayInterface> InterfaceOf(const Services& services, const A2aRoute& route) {
  return std::make_unique<const translate::GatewayInterface>(services.upstreams.InterfaceOf(*route.upstream));
}

translate::A2aClient ClientOf(A2aVersion version, const config::A2a& config) {
  translate::A2aClientOptions options;
  if (config.file_bytes == config::FileBytes::kRaw) options.file_bytes = translate::FileBytes::kRaw;
  if (config.error_codes == config::A2aErrorCodes::k100) options.error_codes = translate::A2aErrorCodes::k100;
  if (config.error_codes == config::A2aErrorCodes::k101) options.error_codes = translate::A2aErrorCodes::k101;
  options.error_names = config.error_names;
  return {version, options};
}

// The call, in the words of A2A 1.0 but for the client's messages.
Task<absl::Status> Relay(Call& call, const translate::A2aMethod& method, const translate::A2aClient& client,
                         const Services& services, Headers metadata) {
  if (absl::Status version = CheckA2aVersion(metadata, NameOf(client.version())); !version.ok()) co_return version;
  RenameHeader(metadata, kA2aExtensionsV03, kA2aExtensions);
  auto request = co_await call.OnlyMessage();
  if (!request.ok()) co_return request.status();
  request = client.Request(method, *std::move(request));
  if (!request.ok()) co_return request.status();

  const auto route = services.upstreams.ForA2a(metadata, translate::TenantOf(method, *request));
  if (!route.ok()) co_return route.status();
  translate::SetTenant(method, route->tenant, *request);
  call.record().upstream = route->upstream->config.name;
  const auto on_cancel = CancelPolicyOf(route->upstream->config, metadata);
  if (!on_cancel.ok()) co_return on_cancel.status();
  A2aAgent agent(*route->upstream, client.version(), services.config.headers, std::move(metadata));
  auto answer = agent.BeginResumed(method, *request);
  if (!answer.ok()) co_return answer.status();
  call.Note("upstream", agent.config().name);
  A2aStream stream(client, method, route->tenant);
  if (method.response == kAgentCard) stream.card_names = InterfaceOf(services, *route);
  stream.task_id = answer->task_id();
  if (!stream.task_id.empty()) call.Note("task_id", stream.task_id);
  std::optional<absl::Status> end;
  if (agent.config().idempotent_send) end = co_await Reattach(call, agent, *request, stream);
  std::string().swap(*request);  // it may be large, and the call long
  if (!end) {
    if (absl::Status room = call.Keep(answer->call().body().size(), false); !room.ok()) co_return room;
    call.Note("may_have_run", "true");
    stream.asks_no_more = *on_cancel == config::CancelPolicy::kClose && !answer->may_go_on();
    end = co_await RelayAnswer(call, agent, *answer, stream);
  }
  if (!call.cancelled()) co_return translate::NameUpstream(*end, agent.config().name);
  if (!method.streaming) stream.task_id.clear();  // a task that was asked about, and not begun
  (void)co_await TellCancel(call, agent, *on_cancel, stream.tenant, stream.task_id);
  co_return *end;
}

}  // namespace

Task<absl::Status> RelayA2a(Call& call, const translate::A2aMethod& method, A2aVersion version,
                            const Services& services, Headers metadata) {
  const translate::A2aClient client = ClientOf(version, services.config.a2a);
  co_return client.End(co_await Relay(call, method, client, services, std::move(metadata)));
}

}  // namespace sluice::frontend
