// JSON-RPC 2.0: from the body of a POST to its answer.
#ifndef SLUICE_CLIENT_AGENT_RPC_H_
#define SLUICE_CLIENT_AGENT_RPC_H_

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "client/agent/a2a_options.h"
#include "client/agent/fault.h"
#include "client/agent/feed.h"
#include "client/agent/stats.h"
#include "client/agent/task_methods.h"

namespace sluice::agent {

struct RpcCall {
  std::string_view body;
  std::string_view content_type;
  std::string_view version;  // A2A-Version; empty when absent
};

struct RpcAnswer {
  std::string_view method;                                // one that is known; empty before it was found
  std::variant<std::string, std::unique_ptr<Feed>> what;  // a whole JSON-RPC answer, or one that comes later
  std::unique_ptr<Fault> fault = nullptr;                 // that the message ordered
};

// Thread: the agent's.
class Rpc {
 public:
  Rpc(TaskMethods& methods, StatsBook& stats, A2aVersions versions)
      : methods_(methods), stats_(stats), versions_(versions) {}

  RpcAnswer Handle(const RpcCall& call, Now now);

 private:
  TaskMethods& methods_;
  StatsBook& stats_;
  const A2aVersions versions_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_RPC_H_
