#include <cstdint>
#include <optional>
#include <random>
#include <utility>

#include "server/frontend/flows/a2a_cancel.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/flows/multiplex.h"
#include "server/frontend/metadata.h"
#include "server/translate/conversation.h"

namespace sluice::frontend {
namespace {

using translate::Conversation;

Conversation::Options OptionsOf(const A2aRoute& route, const config::Limits& limits, config::CancelPolicy policy) {
  const UpstreamEntry& agent = *route.upstream;
  std::optional<std::uint32_t> resume_seed;
  if (agent.config.resume) resume_seed = std::random_device()();
  return {.upstream = agent.config.name,
          .version = agent.a2a_version(),
          .tenant = route.tenant,
          .limits = {agent.config.limits.event_bytes, agent.config.limits.error_body_bytes,
                     static_cast<std::size_t>(limits.session_requests)},
          .cancel_tasks = policy == config::CancelPolicy::kCancelTask,
          .resume_seed = resume_seed};
}

}  // namespace

Task<absl::Status> RelayConversation(Call& call, const Services& services, Headers metadata) {
  if (absl::Status version = CheckA2aVersion(metadata, "1.0"); !version.ok()) co_return version;
  RenameHeader(metadata, kA2aExtensionsV03, kA2aExtensions);
  const auto route = services.upstreams.ForA2a(metadata, /*tenant=*/"");
  if (!route.ok()) co_return route.status();
  const UpstreamEntry& agent = *route->upstream;
  const auto on_cancel = CancelPolicyOf(agent.config, metadata);
  if (!on_cancel.ok()) co_return on_cancel.status();
  Conversation conversation(OptionsOf(*route, services.config.limits, *on_cancel));
  Headers headers = Forwarded(services.config.headers, std::exchange(metadata, {}));
  co_return co_await RunMultiplexer(call, services, agent, std::move(headers), conversation, {});
}

}  // namespace sluice::frontend
