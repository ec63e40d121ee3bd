// The methods of TaskMethods that keep push notification configs.
#include <utility>

#include "client/agent/json_text.h"
#include "client/agent/task_methods.h"
#include "client/agent/user_message.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kMostPushConfigs = 100;

}  // namespace

MethodResult TaskMethods::CreatePushConfig(const MethodCall& call) {
  Params params(call.params);
  auto found = FindTask(params, "taskId");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  auto config = ReadPushConfig(call.params, "");
  if (auto* error = std::get_if<RpcError>(&config)) return std::move(*error);
  if (auto full = CheckRoomForPushConfig(*std::get<0>(found))) return std::move(*full);
  return KeepPushConfig(*std::get<0>(found), std::move(std::get<0>(config)));
}

MethodResult TaskMethods::GetPushConfig(const MethodCall& call) {
  Params params(call.params);
  const std::string id = params.RequiredString("id");
  auto found = FindTask(params, "taskId");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  const auto& configs = std::get<0>(found)->push_configs;
  const auto config = configs.find(id);
  if (config != configs.end()) return config->second;
  return RpcError{RpcErrorCode::kTaskNotFound, "Push notification config not found: " + id.substr(0, kLongestId), "id",
                  id.substr(0, kLongestId)};
}

MethodResult TaskMethods::ListPushConfigs(const MethodCall& call) {
  Params params(call.params);
  auto found = FindTask(params, "taskId");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  std::string configs;
  for (const auto& [id, config] : std::get<0>(found)->push_configs) AppendItem(config, configs);
  return R"({"configs":[)" + configs + "]}";
}

MethodResult TaskMethods::DeletePushConfig(const MethodCall& call) {
  Params params(call.params);
  const std::string id = params.RequiredString("id");
  auto found = FindTask(params, "taskId");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  store_.DropPushConfig(*std::get<0>(found), id);
  return "null";
}

std::variant<boost::json::object, RpcError> TaskMethods::ReadPushConfig(const boost::json::object& config,
                                                                        const std::string& where) {
  Params params(config, where);
  const std::string id = params.String("id");
  if (id.size() > kLongestId) params.Fail("id", "must have at most 256 bytes");
  params.RequiredString("url");
  params.String("token");
  const boost::json::object* authentication = params.Object("authentication");
  if (authentication != nullptr && FindMember(*authentication, "scheme") == nullptr) {
    params.Fail("authentication.scheme", "is required");
  }
  if (params.error()) return *params.error();

  boost::json::object read{{"id", id.empty() ? store_.MakeId() : id}};
  for (const std::string_view name : {"tenant", "url", "token", "authentication"}) {
    if (const boost::json::value* value = FindMember(config, name)) read[name] = *value;
  }
  return read;
}

std::optional<RpcError> TaskMethods::CheckRoomForPushConfig(const Task& task) {
  if (task.push_configs.size() < kMostPushConfigs) return std::nullopt;
  return InvalidParams("The task has 100 push notification configs already: delete one first", "taskId");
}

std::string TaskMethods::KeepPushConfig(Task& task, boost::json::object config) {
  const std::string id(config.at("id").get_string());
  config["taskId"] = task.id;
  std::string json = ToJson(config);
  store_.KeepPushConfig(task, id, json);
  return json;
}

}  // namespace sluice::agent
