#include <string>
#include <string_view>

#include "server/config/keys.h"
#include "server/frontend/flows/flows.h"
#include "server/translate/proto_message.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::frontend {
namespace {

// What tells upstreams of a kind apart.
std::string DialectOf(const UpstreamEntry& upstream) {
  const auto printed = [&](std::string_view key) {
    return config::FindKey<config::Upstream>(key)->print(upstream.config, {});
  };
  switch (upstream.config.kind) {
    case config::UpstreamKind::kA2a:
      return std::string(translate::NameOf(upstream.a2a_version()));
    case config::UpstreamKind::kMcp:
      return printed("era");
    case config::UpstreamKind::kSse:
      return printed("dialect");
    case config::UpstreamKind::kJsonRpc:
      break;
  }
  return {};
}

}  // namespace

Task<absl::Status> ListUpstreams(Call& call, const Services& services) {
  const auto message = co_await call.OnlyMessage();
  if (!message.ok()) co_return message.status();
  v1::ListUpstreamsRequest request;
  if (!translate::ParseBytes(*message, request)) {
    co_return absl::InvalidArgumentError("the request is not a sluice.v1.ListUpstreamsRequest");
  }
  v1::ListUpstreamsResponse response;
  for (const UpstreamEntry& entry : services.upstreams.all()) {
    v1::UpstreamInfo& info = *response.add_upstreams();
    info.set_name(entry.config.name);
    info.set_kind(config::NameOf(entry.config.kind));
    info.set_dialect(DialectOf(entry));
    info.set_reachable(entry.reachable.load());
    const auto agent = entry.agent();
    if (agent->card == nullptr) continue;
    info.set_card_known(true);
    info.set_agent_name(agent->card->name);
    info.set_description(agent->card->description);
  }
  call.Write(response.SerializeAsString());
  co_return absl::OkStatus();
}

}  // namespace sluice::frontend
