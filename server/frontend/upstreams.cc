#include "server/frontend/upstreams.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/config/keys.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

bool Has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string_view WithoutPort(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  return has_port ? authority.substr(0, colon) : authority;
}

// What the request's tenant is to the agent.
std::string TenantFor(const UpstreamEntry& upstream, std::string_view asked) {
  const auto agent = upstream.agent();
  const bool listed = Has(upstream.config.tenants, asked);
  const bool is_name = asked == upstream.config.name;
  const bool only_routed = agent->version == translate::A2aVersion::k03 ? listed || is_name : is_name && !listed;
  return asked.empty() || only_routed ? agent->tenant : std::string(asked);
}

}  // namespace

absl::StatusOr<const UpstreamEntry*> Upstreams::Find(std::string_view name) const {
  for (const UpstreamEntry& entry : all()) {
    if (name.empty() || entry.config.name == name) return &entry;
  }
  return Unknown(name);
}

template <typename Fits>
const UpstreamEntry* Upstreams::FindAgent(Fits fits) const {
  for (const UpstreamEntry& entry : all()) {
    if (entry.config.kind == config::UpstreamKind::kA2a && fits(entry.config)) return &entry;
  }
  return nullptr;
}

absl::StatusOr<A2aRoute> Upstreams::ForA2a(const Headers& metadata, std::string_view tenant) const {
  const auto upstream = AgentOf(metadata, tenant);
  if (!upstream.ok()) return upstream.status();
  return A2aRoute{*upstream, TenantFor(**upstream, tenant)};
}

absl::StatusOr<const UpstreamEntry*> Upstreams::AgentOf(const Headers& metadata, std::string_view tenant) const {
  using Config = config::Upstream;
  const std::string_view name = FindHeader(metadata, "sluice-upstream");
  if (!name.empty()) {
    if (const auto* named = FindAgent([&](const Config& one) { return one.name == name; })) return named;
    return Unknown(name);
  }
  if (!tenant.empty()) {
    if (const auto* listed = FindAgent([&](const Config& one) { return Has(one.tenants, tenant); })) return listed;
    if (const auto* named = FindAgent([&](const Config& one) { return one.name == tenant; })) return named;
  }
  const std::string authority = absl::AsciiStrToLower(ToAbsl(FindHeader(metadata, kAuthority)));
  for (const std::string_view listed : {std::string_view(authority), WithoutPort(authority)}) {
    if (const auto* called = FindAgent([&](const Config& one) { return Has(one.authorities, listed); })) return called;
  }
  const auto* first = directory_.default_agent();
  // One agent may have tenants that are no matter of the gateway. Of several, a slip must not go to the wrong one.
  const auto* routed = FindAgent([&](const Config& one) { return &one != &first->config || !one.tenants.empty(); });
  if (!tenant.empty() && routed != nullptr) return UnknownTenant(tenant);
  if (first != nullptr) return first;
  return Unknown({});
}

absl::StatusOr<const UpstreamEntry*> Upstreams::ForStream(std::string_view name) const {
  for (const UpstreamEntry& entry : all()) {
    const bool is_sse = entry.config.kind == config::UpstreamKind::kSse;
    if (name.empty() ? !is_sse : entry.config.name != name) continue;
    if (is_sse) return &entry;
    return absl::FailedPreconditionError(absl::StrCat("upstream \"", entry.config.name, "\" is of kind ",
                                                      config::NameOf(entry.config.kind),
                                                      "; a Stream goes to one of kind sse"));
  }
  return Unknown(name);
}

absl::Status Upstreams::Unknown(std::string_view name) const {
  std::string known;
  for (const UpstreamEntry& entry : all()) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", entry.config.name, " (", config::NameOf(entry.config.kind), ")");
  }
  const std::string asked = ToValidUtf8(name, 64);
  return MakeError(absl::StatusCode::kNotFound,
                   asked.empty() ? absl::StrCat("no upstream of this kind is configured; there are: ", known)
                                 : absl::StrCat("no upstream \"", asked, "\" of this kind; there are: ", known),
                   reason::kUnknownUpstream, reason::kDomain, {{"upstream", asked}});
}

absl::Status Upstreams::UnknownTenant(std::string_view tenant) const {
  std::string known;
  const auto add = [&](const std::string& one) { absl::StrAppend(&known, known.empty() ? "" : ", ", one); };
  for (const UpstreamEntry& entry : all()) {
    if (entry.config.kind != config::UpstreamKind::kA2a) continue;
    add(entry.config.name);
    for (const std::string& one : entry.config.tenants) {
      if (one != entry.config.name) add(one);
    }
  }
  const std::string asked = ToValidUtf8(tenant, 64);
  return MakeError(absl::StatusCode::kNotFound,
                   absl::StrCat("no upstream has the tenant \"", asked, "\"; tenants: ", known),
                   reason::kUnknownUpstream, reason::kDomain, {{"tenant", asked}});
}

}  // namespace sluice::frontend
