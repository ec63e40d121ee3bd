#include "server/discovery/learn.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/config/parse_address.h"

namespace sluice::discovery {
namespace {

using translate::A2aVersion;
using translate::AgentInterface;

bool SameOrigin(const config::Url& one, const config::Url& other) {
  return one.tls == other.tls && one.host == other.host && one.port == other.port;
}

std::string OriginOf(const config::Url& url) { return (url.tls ? "https://" : "http://") + url.host_header; }

// `path`, with the query of the configured URL if it has none of its own.
std::string PathFor(const config::Url& configured, const std::string& path) {
  const std::size_t query = configured.path.find('?');
  if (query == std::string::npos || path.find('?') != std::string::npos) return path;
  return path + configured.path.substr(query);
}

bool Allows(config::A2aVersion configured, A2aVersion offered) {
  return configured == config::A2aVersion::kAuto ||
         (configured == config::A2aVersion::k10) == (offered == A2aVersion::k10);
}

std::string_view WithoutQuery(std::string_view path) {
  path = path.substr(0, path.find('?'));
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// The configured path or one below it. Who configures where the card is takes it as it is.
bool IsOfThisAgent(const config::Upstream& configured, const config::Url& url) {
  if (!configured.card.url.host.empty()) return true;
  const std::string_view base = WithoutQuery(configured.url.path);
  const std::string_view path = WithoutQuery(url.path);
  return path == base || (path.starts_with(base) && path[base.size()] == '/');
}

// How near an interface is to the configured URL.
enum class Place { kHere, kAnotherPath, kAnotherOrigin, kNowhere };

Place PlaceOf(const config::Upstream& configured, const AgentInterface& one) {
  const auto url = config::ParseUrl(one.url);
  if (!url.ok()) return Place::kNowhere;
  if (!SameOrigin(*url, configured.url)) return Place::kAnotherOrigin;
  return IsOfThisAgent(configured, *url) ? Place::kHere : Place::kAnotherPath;
}

// Of those that may be spoken with, the nearest; of these 1.0, in the card's order. Null: there is none.
const AgentInterface* Choose(const config::Upstream& configured, const std::vector<AgentInterface>& offered) {
  const auto rank = [&](const AgentInterface& one) {
    return std::pair(PlaceOf(configured, one), one.version != A2aVersion::k10);
  };
  const AgentInterface* chosen = nullptr;
  for (const AgentInterface& one : offered) {
    if (!Allows(configured.version, one.version)) continue;
    if (chosen == nullptr || rank(one) < rank(*chosen)) chosen = &one;
  }
  return chosen;
}

}  // namespace

Agent WithoutCard(const config::Upstream& configured) {
  Agent agent;
  agent.version = configured.version == config::A2aVersion::k03 ? A2aVersion::k03 : A2aVersion::k10;
  agent.path = configured.url.path;
  return agent;
}

Learned LearnFrom(const config::Upstream& configured, translate::AgentCard card) {
  Learned learned{WithoutCard(configured), "names no JSON-RPC interface of the A2A version that is spoken with it"};
  if (const AgentInterface* chosen = Choose(configured, card.interfaces)) {
    const auto url = config::ParseUrl(chosen->url);
    switch (PlaceOf(configured, *chosen)) {
      case Place::kHere:
        learned.agent.path = PathFor(configured.url, url->path);
        learned.note.clear();
        break;
      case Place::kAnotherPath:
        learned.note =
            "names no URL below the configured one: it is taken for another agent's; card.url can say where "
            "the right one is";
        return learned;
      case Place::kAnotherOrigin:
        learned.note = "names " + OriginOf(*url) + ", another origin than the configured URL's, where calls still go";
        break;
      case Place::kNowhere:
        learned.note = "names no URL that can be used";
        break;
    }
    learned.agent.version = chosen->version;
    if (chosen->version == A2aVersion::k10) learned.agent.tenant = chosen->tenant;  // 0.3 has none
  }
  learned.agent.card = std::make_shared<const translate::AgentCard>(std::move(card));
  return learned;
}

}  // namespace sluice::discovery
