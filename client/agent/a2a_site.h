// A2A: which path is what.
#ifndef SLUICE_CLIENT_AGENT_A2A_SITE_H_
#define SLUICE_CLIENT_AGENT_A2A_SITE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/a2a_options.h"
#include "client/agent/rpc.h"
#include "client/agent/site.h"
#include "client/agent/task_store.h"

namespace sluice::agent {

class A2aSite final : public Site {
 public:
  // `url` is what the card tells clients to POST to; `make_id` makes unique ids.
  A2aSite(std::string_view url, std::function<std::string()> make_id, const A2aOptions& options = {});

  std::optional<SteadyTime> NextDue() const override { return store_.NextDue(); }
  void Advance(Now now) override { store_.Advance(now); }

  TaskStore& store() { return store_; }

 private:
  SiteAnswer Answer(const HttpCall& call, Now now) override;
  HttpReply ServeCard(const HttpCall& call) const;
  SiteAnswer ServeRpc(const HttpCall& call, Now now);

  TaskStore store_;
  TaskMethods methods_;
  Rpc rpc_;
  const std::string card_path_;
  const std::string card_;
  const std::string card_etag_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_A2A_SITE_H_
