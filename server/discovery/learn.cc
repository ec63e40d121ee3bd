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

// Those of the version that is to be spoken, in the card's order.
std::vector<AgentInterface> Candidates(config::A2aVersion configured, const std::vector<AgentInterface>& offered) {
  std::vector<AgentInterface> candidates;
  for (const AgentInterface& one : offered) {
    const bool fits = candidates.empty() ? Allows(configured, one.version) : one.version == candidates[0].version;
    if (fits) candidates.push_back(one);
  }
  return candidates;
}

}  // namespace

Agent WithoutCard(const config::Upstream& configured) {
  Agent agent;
  agent.version = configured.version == config::A2aVersion::k03 ? A2aVersion::k03 : A2aVersion::k10;
  agent.path = configured.url.path;
  return agent;
}

Learned LearnFrom(const config::Upstream& configured, translate::AgentCard card) {
  Learned learned{WithoutCard(configured), ""};
  const auto candidates = Candidates(configured.version, card.interfaces);
  const AgentInterface* followed = candidates.empty() ? nullptr : &candidates.front();
  learned.note = followed == nullptr ? "names no JSON-RPC interface of the A2A version that is spoken with it"
                                     : "names no URL that can be used";
  for (const AgentInterface& one : candidates) {
    const auto url = config::ParseUrl(one.url);
    if (!url.ok()) continue;
    learned.note = "names " + OriginOf(*url) + ", another origin than the configured URL's, where calls still go";
    if (!SameOrigin(*url, configured.url)) continue;
    followed = &one;
    learned.agent.path = PathFor(configured.url, url->path);
    learned.note.clear();
    break;
  }
  if (followed != nullptr) {
    learned.agent.version = followed->version;
    if (followed->version == A2aVersion::k10) learned.agent.tenant = followed->tenant;  // 0.3 has none
  }
  learned.agent.card = std::make_shared<const translate::AgentCard>(std::move(card));
  return learned;
}

}  // namespace sluice::discovery
