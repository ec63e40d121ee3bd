// The pages about what is behind the gateway: a catalogue, and the agents' cards. No sockets.
#ifndef SLUICE_SERVER_HTTP_AGENTS_H_
#define SLUICE_SERVER_HTTP_AGENTS_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/discovery/directory.h"

namespace sluice::http {

struct Page {
  std::string content_type;
  std::string body;
  std::string cache_control;
};

//   /agents                                    all upstreams: JSON, or HTML for who asks for that
//   /agents/NAME/.well-known/agent-card.json   the card of one of kind a2a, with the gateway's own interfaces
//   /.well-known/agent-card.json               the card of the default one
// agent.json, the card's name in A2A up to 0.2, stands for agent-card.json. Neither the upstreams' URLs nor what is
// configured for them is told. Thread-safe; `directory` outlives it.
class AgentPages {
 public:
  explicit AgentPages(const discovery::Directory& directory) : directory_(directory) {}

  // Nothing: there is no such page. `accept` and `a2a_version`: the headers of these names.
  std::optional<Page> Find(std::string_view path, std::string_view accept, std::string_view a2a_version) const;

 private:
  Page Catalogue(bool html) const;
  // The card is there even if none is known of the agent: a client that is led by cards can call it all the same.
  // Who does not say to be of A2A 1.0 gets one that readers of 0.3 take.
  Page CardOf(const discovery::UpstreamEntry& entry, translate::A2aVersion reader) const;
  const discovery::UpstreamEntry* FindAgent(std::string_view name) const;

  const discovery::Directory& directory_;
};

}  // namespace sluice::http

#endif  // SLUICE_SERVER_HTTP_AGENTS_H_
