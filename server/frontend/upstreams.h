// Which upstream a call goes to.
#ifndef SLUICE_SERVER_FRONTEND_UPSTREAMS_H_
#define SLUICE_SERVER_FRONTEND_UPSTREAMS_H_

#include <deque>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/discovery/directory.h"

namespace sluice::frontend {

using discovery::UpstreamEntry;

// Where an A2A call goes, and the tenant that its request has there.
struct A2aRoute {
  const UpstreamEntry* upstream = nullptr;
  std::string tenant;  // empty: none
};

// Thread-safe. Outlives the calls; `directory` outlives it.
class Upstreams {
 public:
  explicit Upstreams(const discovery::Directory& directory) : directory_(directory) {}

  // By name; an empty one is the first that is configured. NOT_FOUND, UNKNOWN_UPSTREAM.
  absl::StatusOr<const UpstreamEntry*> Find(std::string_view name) const;

  // The upstream of kind a2a that a call goes to. What says so first wins: metadata `sluice-upstream`; the tenant,
  // which is one of an upstream's `tenants` or an upstream's name; the call's :authority; else it is the first one.
  // NOT_FOUND, UNKNOWN_UPSTREAM, with the choices: there is no upstream of that name, or none has that tenant although
  // some have tenants.
  // The tenant goes up as it came, unless it is only the upstream's name; without one it is the agent card's. To an
  // agent of A2A 0.3, which has none, goes one that is no route of this gateway, and is refused there.
  absl::StatusOr<A2aRoute> ForA2a(const Headers& metadata, std::string_view tenant) const;

  // The upstream of a Stream: that of this name, or the first of kind sse. FAILED_PRECONDITION when it is of another
  // kind.
  absl::StatusOr<const UpstreamEntry*> ForStream(std::string_view name) const;

  // In the order of the configuration.
  const std::deque<UpstreamEntry>& all() const { return directory_.all(); }
  // How clients reach it through this gateway.
  translate::GatewayInterface InterfaceOf(const UpstreamEntry& upstream) const {
    return directory_.InterfaceOf(upstream);
  }

 private:
  absl::StatusOr<const UpstreamEntry*> AgentOf(const Headers& metadata, std::string_view tenant) const;
  template <typename Fits>
  const UpstreamEntry* FindAgent(Fits fits) const;
  absl::Status Unknown(std::string_view name) const;
  absl::Status UnknownTenant(std::string_view tenant) const;

  const discovery::Directory& directory_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_UPSTREAMS_H_
