#include "server/frontend/upstreams.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/config/keys.h"

namespace sluice::frontend {
namespace {

std::shared_ptr<const upstream::Target> MakeTarget(const config::Upstream& config) {
  auto target = std::make_shared<upstream::Target>();
  target->host = config.url.host;
  target->port = config.url.port;
  target->host_header = config.url.host_header;
  target->tls = config.url.tls;
  target->ca_file = config.tls.ca_file;
  target->client_cert_file = config.tls.cert_file;
  target->client_key_file = config.tls.key_file;
  target->server_name = config.tls.server_name;
  // Connections are shared by what decides who is at the other end, and as whom we came.
  target->key = absl::StrCat(target->tls ? "https|" : "http|", target->host, "|", target->port, "|", target->ca_file,
                             "|", target->client_cert_file, "|", target->client_key_file, "|", target->server_name);
  return target;
}

}  // namespace

translate::A2aVersion UpstreamEntry::a2a_version() const {
  return config.version == config::A2aVersion::k03 ? translate::A2aVersion::k03 : translate::A2aVersion::k10;
}

upstream::ExchangeRequest UpstreamEntry::Post(Headers headers, std::string body) const {
  upstream::ExchangeRequest request;
  request.target = target;
  request.path = config.url.path;
  request.headers = std::move(headers);
  request.body = std::move(body);
  request.clocks = {config.clocks.connect, config.clocks.first_byte, config.clocks.idle, config.clocks.total};
  return request;
}

void UpstreamEntry::Observe(const upstream::ExchangeEvent& event) const {
  if (std::holds_alternative<ResponseHead>(event.what)) reachable.store(true, std::memory_order_relaxed);
  const auto* end = std::get_if<ExchangeEnd>(&event.what);
  if (end == nullptr) return;
  if (end->outcome == ExchangeOutcome::kUnreachable || end->outcome == ExchangeOutcome::kConnectTimeout) {
    reachable.store(false, std::memory_order_relaxed);
  }
}

Upstreams::Upstreams(const std::vector<config::Upstream>& configured) {
  for (const config::Upstream& config : configured) {
    UpstreamEntry& entry = entries_.emplace_back();
    entry.config = config;
    entry.target = MakeTarget(config);
  }
}

absl::StatusOr<const UpstreamEntry*> Upstreams::Find(std::string_view name) const {
  for (const UpstreamEntry& entry : entries_) {
    if (name.empty() || entry.config.name == name) return &entry;
  }
  return Unknown(name);
}

absl::StatusOr<const UpstreamEntry*> Upstreams::ForA2a(const Headers& metadata) const {
  const std::string_view name = FindHeader(metadata, "sluice-upstream");
  for (const UpstreamEntry& entry : entries_) {
    if (entry.config.kind != config::UpstreamKind::kA2a) continue;
    if (name.empty() || entry.config.name == name) return &entry;
  }
  return Unknown(name);
}

absl::StatusOr<const UpstreamEntry*> Upstreams::ForStream(std::string_view name) const {
  for (const UpstreamEntry& entry : entries_) {
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
  for (const UpstreamEntry& entry : entries_) absl::StrAppend(&known, known.empty() ? "" : ", ", entry.config.name);
  const std::string asked = ToValidUtf8(name, 64);
  return MakeError(absl::StatusCode::kNotFound,
                   asked.empty() ? absl::StrCat("no upstream of this kind is configured; there are: ", known)
                                 : absl::StrCat("no upstream \"", asked, "\" of this kind; there are: ", known),
                   reason::kUnknownUpstream, reason::kDomain, {{"upstream", asked}});
}

}  // namespace sluice::frontend
