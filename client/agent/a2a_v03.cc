#include "client/agent/a2a_v03.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "client/agent/json_text.h"
#include "client/agent/params.h"

namespace sluice::agent {
namespace {

namespace json = boost::json;

// ---- from 0.3 to 1.0 ----

using Read = std::variant<json::object, RpcError>;

void Copy(const json::object& from, std::string_view name, json::object& to, std::string_view as) {
  if (const json::value* value = FindMember(from, name)) to[as] = *value;
}

// Nothing when it is none of the three kinds. That it has its content is checked as in 1.0.
std::optional<json::object> Part10(const json::value& value) {
  const json::object* part = value.if_object();
  const json::value* kind = part == nullptr ? nullptr : FindMember(*part, "kind");
  if (kind == nullptr) return std::nullopt;
  json::object read;
  if (*kind == "text") {
    Copy(*part, "text", read, "text");
  } else if (const json::value* file = FindMember(*part, "file"); *kind == "file" && file && file->is_object()) {
    Copy(file->get_object(), "bytes", read, "raw");
    Copy(file->get_object(), "uri", read, "url");
    Copy(file->get_object(), "mimeType", read, "mediaType");
    Copy(file->get_object(), "name", read, "filename");
  } else if (const json::value* data = FindMember(*part, "data"); *kind == "data" && data && data->is_object()) {
    read["data"] = *data;
  } else {
    return std::nullopt;
  }
  Copy(*part, "metadata", read, "metadata");
  return read;
}

json::array Parts10(Params& message, const json::array& parts) {
  json::array read;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto part = Part10(parts[i]);
    if (!part) message.Fail("parts[" + std::to_string(i) + "]", "must be of kind text, file or data, with that member");
    read.emplace_back(std::move(part).value_or(json::object()));
  }
  return read;
}

json::object Message10(Params& message, const json::object& given) {
  json::object read = given;
  read.stable_erase("kind");
  if (message.String("kind") != "message") message.Fail("kind", "must be message");
  const std::string role = message.String("role");
  if (role != "user" && role != "agent") message.Fail("role", "must be user or agent");
  read["role"] = role == "user" ? "ROLE_USER" : "ROLE_AGENT";
  if (const json::array* parts = message.Array("parts")) read["parts"] = Parts10(message, *parts);
  return read;
}

// The config as 1.0 has it, flat. Without an id it has the task's, when there is one, as many agents of 0.3 do it.
json::object PushConfig10(Params& config, const json::object& given, const std::string& task_id) {
  json::object read;
  for (const std::string_view name : {"id", "url", "token"}) Copy(given, name, read, name);
  if (!task_id.empty()) read["taskId"] = task_id;
  if (!task_id.empty() && !read.contains("id")) read["id"] = task_id;
  const json::object* authentication = config.Object("authentication");
  if (authentication == nullptr) return read;
  Params members(*authentication, "pushNotificationConfig.authentication.");
  const json::array* schemes = members.Array("schemes");
  if (schemes == nullptr) config.Fail("authentication.schemes", "is required");
  json::object& kept = read["authentication"].emplace_object();
  kept["scheme"] = schemes == nullptr || schemes->empty() ? json::value("") : schemes->front();
  Copy(*authentication, "credentials", kept, "credentials");
  return read;
}

Read Same(const json::object& params) { return params; }

Read SendParams(const json::object& params) {
  Params outer(params);
  const json::object* message = outer.RequiredObject("message");
  const json::object* configuration = outer.Object("configuration");
  if (outer.error()) return *outer.error();
  json::object read = params;
  Params members(*message, "message.");
  read["message"] = Message10(members, *message);
  if (members.error()) return *members.error();
  if (configuration == nullptr) return read;

  json::object& kept = read["configuration"].emplace_object();
  Params settings(*configuration, "configuration.");
  if (FindMember(*configuration, "blocking") != nullptr) kept["returnImmediately"] = !settings.Bool("blocking");
  Copy(*configuration, "historyLength", kept, "historyLength");
  if (const json::object* config = settings.Object("pushNotificationConfig")) {
    Params of_config(*config, "configuration.pushNotificationConfig.");
    kept["taskPushNotificationConfig"] = PushConfig10(of_config, *config, "");
    if (of_config.error()) return *of_config.error();
  }
  if (settings.error()) return *settings.error();
  return read;
}

Read SetConfigParams(const json::object& params) {
  Params outer(params);
  const std::string task_id = outer.RequiredString("taskId");
  const json::object* config = outer.RequiredObject("pushNotificationConfig");
  if (outer.error()) return *outer.error();
  Params members(*config, "pushNotificationConfig.");
  json::object read = PushConfig10(members, *config, task_id);
  if (members.error()) return *members.error();
  return read;
}

// Of get, list and delete.
Read ConfigParams(const json::object& params) {
  Params outer(params);
  const std::string task_id = outer.RequiredString("id");
  const std::string config_id = outer.String("pushNotificationConfigId");
  if (outer.error()) return *outer.error();
  return json::object{{"taskId", task_id}, {"id", config_id.empty() ? task_id : config_id}};
}

// ---- from 1.0 to 0.3: what the agent made, or checked when it came ----

// TASK_STATE_INPUT_REQUIRED is input-required.
std::string Enum03(const json::value& name, std::string_view prefix) {
  std::string text(name.as_string());
  text.erase(0, prefix.size());
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
  return text;
}

// An object with its kind in front; what is not named otherwise later keeps its name.
json::object OfKind(std::string_view kind, const json::object& members) {
  json::object told{{"kind", kind}};
  for (const auto& [name, value] : members) told[name] = value;
  return told;
}

json::object Part03(const json::object& part) {
  json::object told;
  bool wrapped = false;  // 0.3 takes objects only; the mark is what the SDKs set
  if (const json::value* text = FindMember(part, "text")) {
    told = {{"kind", "text"}, {"text", *text}};
  } else if (const json::value* data = part.if_contains("data")) {
    wrapped = !data->is_object();
    told = {{"kind", "data"}, {"data", wrapped ? json::value{{"value", *data}} : *data}};
  } else {
    json::object file;
    Copy(part, "raw", file, "bytes");
    Copy(part, "url", file, "uri");
    Copy(part, "mediaType", file, "mimeType");
    Copy(part, "filename", file, "name");
    told = {{"kind", "file"}, {"file", std::move(file)}};
  }
  Copy(part, "metadata", told, "metadata");
  if (wrapped && !told.contains("metadata")) told["metadata"].emplace_object();
  if (wrapped) told["metadata"].as_object()["data_part_compat"] = true;
  return told;
}

// Of an artifact or a message.
void TellParts(json::object& owner) {
  for (json::value& part : owner.at("parts").as_array()) part = Part03(part.as_object());
}

json::object Message03(const json::object& message) {
  json::object told = OfKind("message", message);
  const json::value& role = message.at("role");
  told["role"] = role.is_string() ? Enum03(role, "ROLE_") : std::string(role == 1 ? "user" : "agent");
  TellParts(told);
  return told;
}

void TellStatus(json::object& owner) {
  json::object& status = owner.at("status").as_object();
  status["state"] = Enum03(status.at("state"), "TASK_STATE_");
  if (json::value* message = status.if_contains("message")) *message = Message03(message->as_object());
}

json::value Task03(const json::value& task) {
  json::object told = OfKind("task", task.as_object());
  TellStatus(told);
  if (json::value* artifacts = told.if_contains("artifacts")) {
    for (json::value& artifact : artifacts->as_array()) TellParts(artifact.as_object());
  }
  if (json::value* history = told.if_contains("history")) {
    for (json::value& message : history->as_array()) message = Message03(message.as_object());
  }
  return told;
}

json::value StatusUpdate03(const json::value& update) {
  json::object told = OfKind("status-update", update.as_object());
  TellStatus(told);
  const json::value& state = told.at("status").at("state");
  told["final"] = state != "submitted" && state != "working";
  return told;
}

json::value ArtifactUpdate03(const json::value& update) {
  json::object told = OfKind("artifact-update", update.as_object());
  TellParts(told.at("artifact").as_object());
  return told;
}

// What a send answers, whole or by events.
json::value Update03(const json::value& result) {
  struct Row {
    std::string_view member;
    json::value (*tell)(const json::value& value);
  };
  constexpr auto kRows = std::to_array<Row>({
      {"task", &Task03},
      {"message", [](const json::value& message) -> json::value { return Message03(message.as_object()); }},
      {"statusUpdate", &StatusUpdate03},
      {"artifactUpdate", &ArtifactUpdate03},
  });
  for (const Row& row : kRows) {
    const json::value* value = FindMember(result.as_object(), row.member);
    if (value != nullptr) return row.tell(*value);
  }
  return result;
}

json::value PushConfig03(const json::value& result) {
  const json::object& given = result.as_object();
  json::object config;
  for (const std::string_view name : {"id", "url", "token"}) Copy(given, name, config, name);
  if (const json::value* authentication = FindMember(given, "authentication")) {
    json::object& told = config["authentication"].emplace_object();
    told["schemes"] = json::array{authentication->at("scheme")};
    Copy(authentication->as_object(), "credentials", told, "credentials");
  }
  return {{"taskId", given.at("taskId")}, {"pushNotificationConfig", std::move(config)}};
}

json::value PushConfigs03(const json::value& result) {
  json::array told;
  for (const json::value& config : result.at("configs").as_array()) told.push_back(PushConfig03(config));
  return told;
}

// What a request may have, and a little for where it comes back.
constexpr std::size_t kMostDepth = 120;

json::value Null(const json::value&) { return nullptr; }

json::value CardResult(const json::value& card) { return Card03(card.as_object()); }

constexpr auto kMethods = std::to_array<Method03>({
    {"message/send", "SendMessage", &SendParams, &Update03},
    {"message/stream", "SendStreamingMessage", &SendParams, &Update03},
    {"tasks/get", "GetTask", &Same, &Task03},
    {"tasks/cancel", "CancelTask", &Same, &Task03},
    {"tasks/resubscribe", "SubscribeToTask", &Same, &Update03},
    {"tasks/pushNotificationConfig/set", "CreateTaskPushNotificationConfig", &SetConfigParams, &PushConfig03},
    {"tasks/pushNotificationConfig/get", "GetTaskPushNotificationConfig", &ConfigParams, &PushConfig03},
    {"tasks/pushNotificationConfig/list", "ListTaskPushNotificationConfigs", &ConfigParams, &PushConfigs03},
    {"tasks/pushNotificationConfig/delete", "DeleteTaskPushNotificationConfig", &ConfigParams, &Null},
    {"agent/getAuthenticatedExtendedCard", "GetExtendedAgentCard", &Same, &CardResult},
});

}  // namespace

const Method03* FindMethod03(std::string_view name) {
  for (const Method03& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

std::string Answer03(const Method03& method, std::string_view answer) {
  json::parse_options options;
  options.max_depth = kMostDepth;
  json::object told = json::parse({answer.data(), answer.size()}, {}, options).as_object();
  told["result"] = method.result(told.at("result"));
  return ToJson(told);
}

json::object Card03(const json::object& card) {
  json::object told{{"protocolVersion", "0.3.0"}};
  for (const auto& [name, value] : card) told[name] = value;
  told.stable_erase("supportedInterfaces");
  told.at("capabilities").as_object().erase("extendedAgentCard");
  const json::value& url = card.at("supportedInterfaces").at(0).at("url");
  told["url"] = url;
  told["preferredTransport"] = "JSONRPC";
  told["additionalInterfaces"] = json::array{{{"url", url}, {"transport", "JSONRPC"}}};
  told["supportsAuthenticatedExtendedCard"] = true;
  return told;
}

Feed::State Feed03::Fill(std::string& out, std::size_t limit) {
  const std::size_t begin = out.size();
  State state = State::kMore;
  while (state == State::kMore && out.size() - begin < limit) {
    state = feed_->Fill(text_, limit);
    if (kind() == Kind::kEvents) TakeWholeEvents(out);
  }
  if (kind() == Kind::kJson && state == State::kEnded) out += Answer03(method_, std::exchange(text_, {}));
  return state;
}

void Feed03::TakeWholeEvents(std::string& out) {
  constexpr std::string_view kData = "data: ";
  constexpr std::string_view kEventEnd = "\n\n";
  std::size_t begin = 0;
  for (std::size_t end; (end = text_.find(kEventEnd, begin)) != std::string::npos; begin = end + kEventEnd.size()) {
    const std::string_view event = std::string_view(text_).substr(begin, end - begin);
    out.append(kData).append(Answer03(method_, event.substr(kData.size()))).append(kEventEnd);
  }
  text_.erase(0, begin);
}

}  // namespace sluice::agent
