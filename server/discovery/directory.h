// The configured upstreams, and what has become known of them since.
#ifndef SLUICE_SERVER_DISCOVERY_DIRECTORY_H_
#define SLUICE_SERVER_DISCOVERY_DIRECTORY_H_

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/http.h"
#include "server/config/config.h"
#include "server/translate/a2a_version.h"
#include "server/translate/agent_card.h"
#include "server/translate/card_rewrite.h"
#include "server/upstream/exchange.h"

namespace sluice::discovery {

// How an upstream of kind a2a is called. Immutable: a new card makes a new one.
struct Agent {
  translate::A2aVersion version = translate::A2aVersion::k10;
  std::string path = "/";                            // of the POST: path and query, at the origin of the configured URL
  std::string tenant;                                // what its card asks for in every request; empty: nothing
  std::shared_ptr<const translate::AgentCard> card;  // null: none is known
};

// Where the connections of `url` go, and as whom.
std::shared_ptr<const upstream::Target> MakeTarget(const config::Url& url, const config::TlsFiles& tls);

// One upstream. Thread-safe.
class UpstreamEntry {
 public:
  explicit UpstreamEntry(const config::Upstream& configured);

  const config::Upstream config;
  const std::shared_ptr<const upstream::Target> target;
  // What the last exchange with it showed; true before the first. Health tells it as `upstream/NAME`.
  mutable std::atomic<bool> reachable{true};

  // What is known now; never null. It may change from one call to the next.
  std::shared_ptr<const Agent> agent() const;
  void Learn(std::shared_ptr<const Agent> agent) const;

  // What it speaks, if it is of kind a2a: the configured version, else that of its card, else 1.0.
  translate::A2aVersion a2a_version() const { return agent()->version; }
  // A POST of `body` to it. `headers` are complete.
  upstream::ExchangeRequest Post(Headers headers, std::string body) const;
  // Takes notice of what an exchange told.
  void Observe(const upstream::ExchangeEvent& event) const;

 private:
  mutable std::mutex mu_;
  mutable std::shared_ptr<const Agent> agent_;  // guarded by mu_
};

// All of them. Thread-safe; outlives calls and card reading.
class Directory {
 public:
  explicit Directory(const std::vector<config::Upstream>& configured);

  // In the order of the configuration.
  const std::deque<UpstreamEntry>& all() const { return entries_; }
  // The upstream of calls that name none: the first of kind a2a. Null when there is none.
  const UpstreamEntry* default_agent() const;

  // "host:port" of gRPC, as clients are told it. To be set before anybody asks.
  void SetPublicAddress(std::string address) { public_address_ = std::move(address); }
  // How clients reach an upstream of kind a2a through this gateway: by the address alone if it is the default one or
  // has an authority of its own, else by its first tenant or its name.
  translate::GatewayInterface InterfaceOf(const UpstreamEntry& entry) const;

 private:
  std::deque<UpstreamEntry> entries_;
  std::string public_address_;
};

}  // namespace sluice::discovery

#endif  // SLUICE_SERVER_DISCOVERY_DIRECTORY_H_
