#include "server/discovery/directory.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/discovery/learn.h"

namespace sluice::discovery {

std::shared_ptr<const upstream::Target> MakeTarget(const config::Url& url, const config::TlsFiles& tls) {
  auto target = std::make_shared<upstream::Target>();
  target->host = url.host;
  target->port = url.port;
  target->host_header = url.host_header;
  target->tls = url.tls;
  target->ca_file = tls.ca_file;
  target->client_cert_file = tls.cert_file;
  target->client_key_file = tls.key_file;
  target->server_name = tls.server_name;
  // Connections are shared by what decides who is at the other end, and as whom we came.
  target->key = absl::StrCat(target->tls ? "https|" : "http|", target->host, "|", target->port, "|", target->ca_file,
                             "|", target->client_cert_file, "|", target->client_key_file, "|", target->server_name);
  return target;
}

UpstreamEntry::UpstreamEntry(const config::Upstream& configured)
    : config(configured),
      target(MakeTarget(config.url, config.tls)),
      agent_(std::make_shared<const Agent>(WithoutCard(config))) {}

std::shared_ptr<const Agent> UpstreamEntry::agent() const {
  std::lock_guard lock(mu_);
  return agent_;
}

void UpstreamEntry::Learn(std::shared_ptr<const Agent> agent) const {
  std::lock_guard lock(mu_);
  agent_ = std::move(agent);
}

upstream::ExchangeRequest UpstreamEntry::Post(Headers headers, std::string body) const {
  upstream::ExchangeRequest request;
  request.target = target;
  request.path = config.kind == config::UpstreamKind::kA2a ? agent()->path : config.url.path;
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

Directory::Directory(const std::vector<config::Upstream>& configured) {
  for (const config::Upstream& config : configured) entries_.emplace_back(config);
}

const UpstreamEntry* Directory::default_agent() const {
  for (const UpstreamEntry& entry : entries_) {
    if (entry.config.kind == config::UpstreamKind::kA2a) return &entry;
  }
  return nullptr;
}

translate::GatewayInterface Directory::InterfaceOf(const UpstreamEntry& entry) const {
  translate::GatewayInterface gateway{public_address_, "", true};
  if (&entry == default_agent()) return gateway;
  if (!entry.config.authorities.empty()) {
    const std::string& authority = entry.config.authorities.front();
    const bool has_port = authority.rfind(':') != std::string::npos && authority.back() != ']';
    gateway.address = has_port ? authority : authority + public_address_.substr(public_address_.rfind(':'));
    return gateway;
  }
  gateway.tenant = entry.config.tenants.empty() ? entry.config.name : entry.config.tenants.front();
  gateway.reachable_by_03 = false;
  return gateway;
}

}  // namespace sluice::discovery
