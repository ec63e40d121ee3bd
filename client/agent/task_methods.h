// The eleven methods of A2A 1.0, from params to result.
#ifndef SLUICE_CLIENT_AGENT_TASK_METHODS_H_
#define SLUICE_CLIENT_AGENT_TASK_METHODS_H_

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "client/agent/event_feed.h"
#include "client/agent/params.h"
#include "client/agent/rpc_error.h"
#include "client/agent/task_store.h"
#include "client/agent/timestamp.h"

namespace sluice::agent {

struct MethodCall {
  std::string_view id;  // JSON text
  const boost::json::object& params;
  Now now;
};

// The JSON of `result`, or an answer that comes later, or an error.
using MethodResult = std::variant<std::string, TurnEnd, EventFeed, RpcError>;

// Thread: the agent's.
class TaskMethods {
 public:
  TaskMethods(TaskStore& store, std::string extended_card);

  MethodResult SendMessage(const MethodCall& call);
  MethodResult SendStreamingMessage(const MethodCall& call);
  MethodResult GetTask(const MethodCall& call);
  MethodResult ListTasks(const MethodCall& call);
  MethodResult CancelTask(const MethodCall& call);
  MethodResult SubscribeToTask(const MethodCall& call);
  MethodResult CreatePushConfig(const MethodCall& call);
  MethodResult GetPushConfig(const MethodCall& call);
  MethodResult ListPushConfigs(const MethodCall& call);
  MethodResult DeletePushConfig(const MethodCall& call);
  MethodResult GetExtendedAgentCard(const MethodCall& call);

 private:
  struct Configuration {
    TaskView view;
    bool return_immediately = false;
    std::optional<boost::json::object> push_config;
  };
  // A message accepted: the task, the turn that answers it, and whether that turn has still to be let go. No task: the
  // answer is a bare Message.
  struct Begun {
    Configuration configuration;
    std::shared_ptr<Task> task;
    std::size_t turn = 0;
    bool fresh = false;
    std::string message;  // JSON
  };

  std::variant<Configuration, RpcError> ReadConfiguration(const boost::json::object& params);
  std::variant<Begun, RpcError> Begin(const MethodCall& call);
  std::variant<Begun, RpcError> BeginTask(const UserMessage& message, const Script& script, Now now);
  std::variant<Begun, RpcError> GoOn(const UserMessage& message, Script script, Now now);
  std::variant<std::shared_ptr<Task>, RpcError> FindTask(Params& params, std::string_view member);
  // Reads a config without touching a task: what begins a task must not fail after it.
  std::variant<boost::json::object, RpcError> ReadPushConfig(const boost::json::object& config,
                                                             const std::string& where);
  static std::optional<RpcError> CheckRoomForPushConfig(const Task& task);
  std::string KeepPushConfig(Task& task, boost::json::object config);

  TaskStore& store_;
  const std::string extended_card_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_TASK_METHODS_H_
