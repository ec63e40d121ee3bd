// grpc.health.v1: `""` and the service names tell the life cycle alone, since an upstream's outage must not take all
// gateways out of service; `upstream/NAME` tells what the last exchange with that upstream showed.
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"
#include "server/translate/proto_message.h"

namespace sluice::frontend {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr std::string_view kUpstreamPrefix = "upstream/";
// An upstream's state changes on any shard: a watch looks again this often.
constexpr std::chrono::seconds kLookAgain{1};

// Nullopt: no such service.
std::optional<HealthCheckResponse::ServingStatus> StateOf(std::string_view service, const Services& services) {
  const bool alive = services.phase.load() == Phase::kServing;
  if (service.substr(0, kUpstreamPrefix.size()) == kUpstreamPrefix) {
    const std::string_view name = service.substr(kUpstreamPrefix.size());
    const auto upstream = services.upstreams.Find(name);
    if (name.empty() || !upstream.ok()) return std::nullopt;
    return (*upstream)->reachable.load() ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  }
  if (!service.empty() && !services.methods.HasService(service)) return std::nullopt;
  return alive ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

std::string Answer(HealthCheckResponse::ServingStatus state) {
  HealthCheckResponse response;
  response.set_status(state);
  return response.SerializeAsString();
}

absl::StatusOr<std::string> ServiceOf(const absl::StatusOr<std::string>& message) {
  if (!message.ok()) return message.status();
  HealthCheckRequest request;
  if (!translate::ParseBytes(*message, request)) {
    return absl::InvalidArgumentError("the request is not a grpc.health.v1.HealthCheckRequest");
  }
  return request.service();
}

}  // namespace

Task<absl::Status> CheckHealth(Call& call, const Services& services) {
  const auto service = ServiceOf(co_await call.OnlyMessage());
  if (!service.ok()) co_return service.status();
  const auto state = StateOf(*service, services);
  if (!state) co_return absl::NotFoundError(absl::StrCat("no service \"", ToValidUtf8(*service, 128), "\" here"));
  call.Write(Answer(*state));
  co_return absl::OkStatus();
}

Task<absl::Status> WatchHealth(Call& call, const Services& services) {
  const auto service = ServiceOf(co_await call.OnlyMessage());
  if (!service.ok()) co_return service.status();
  std::optional<HealthCheckResponse::ServingStatus> told;
  for (;;) {
    const auto state = StateOf(*service, services).value_or(HealthCheckResponse::SERVICE_UNKNOWN);
    if (told != state) call.Write(Answer(state));
    told = state;
    // A watch never holds up a stop.
    if (services.phase.load() == Phase::kDraining) co_return IsDraining();
    if (service->substr(0, kUpstreamPrefix.size()) == kUpstreamPrefix) call.SetFlowTimer(kLookAgain);
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
  }
}

}  // namespace sluice::frontend
