// What is served at which path.
#ifndef SLUICE_CLIENT_AGENT_SITE_H_
#define SLUICE_CLIENT_AGENT_SITE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/agent/event_feed.h"
#include "client/agent/fault.h"
#include "client/agent/rpc.h"
#include "client/agent/stats.h"
#include "client/agent/task_store.h"

namespace sluice::agent {

struct HttpCall {
  std::string_view method;
  std::string_view target;
  std::string_view content_type;
  std::string_view version;  // A2A-Version
  std::string_view if_none_match;
  std::string_view body;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct SiteAnswer {
  using What = std::variant<HttpReply, TurnEnd, EventFeed>;

  std::string_view method;  // the A2A method, when it is one
  What what;
  std::unique_ptr<Fault> fault = nullptr;  // what goes wrong with it, if that was ordered
};

// The agent without its sockets. Thread: the agent's, except for stats().
class Site {
 public:
  // `url` is what the card tells clients to POST to; `make_id` makes unique ids.
  Site(std::string_view url, std::function<std::string()> make_id);

  SiteAnswer Serve(const HttpCall& call, Now now);

  TaskStore& store() { return store_; }
  StatsBook& stats() { return stats_; }

 private:
  HttpReply ServeCard(const HttpCall& call) const;
  SiteAnswer ServeRpc(const HttpCall& call, std::string_view query, Now now);

  StatsBook stats_;
  TaskStore store_;
  TaskMethods methods_;
  Rpc rpc_;
  const std::string card_;
  const std::string card_etag_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_SITE_H_
