#include "client/agent/rpc.h"

#include <array>
#include <boost/json/parse.hpp>
#include <utility>

#include "absl/status/statusor.h"
#include "client/agent/a2a_v03.h"
#include "client/agent/json_text.h"
#include "client/agent/site.h"
#include "client/agent/user_message.h"

namespace sluice::agent {
namespace {

struct MethodRow {
  std::string_view name;
  MethodResult (TaskMethods::*handle)(const MethodCall&);
};

constexpr auto kMethods = std::to_array<MethodRow>({
    {"SendMessage", &TaskMethods::SendMessage},
    {"SendStreamingMessage", &TaskMethods::SendStreamingMessage},
    {"GetTask", &TaskMethods::GetTask},
    {"ListTasks", &TaskMethods::ListTasks},
    {"CancelTask", &TaskMethods::CancelTask},
    {"SubscribeToTask", &TaskMethods::SubscribeToTask},
    {"CreateTaskPushNotificationConfig", &TaskMethods::CreatePushConfig},
    {"GetTaskPushNotificationConfig", &TaskMethods::GetPushConfig},
    {"ListTaskPushNotificationConfigs", &TaskMethods::ListPushConfigs},
    {"DeleteTaskPushNotificationConfig", &TaskMethods::DeletePushConfig},
    {"GetExtendedAgentCard", &TaskMethods::GetExtendedAgentCard},
});

// A method as it was called: one of 1.0, or the one that a method of 0.3 is.
struct CalledMethod {
  std::string_view name;
  MethodResult (TaskMethods::*handle)(const MethodCall&);
  const Method03* v03;  // null: called by its name of 1.0

  ErrorData error_data() const { return v03 == nullptr ? ErrorData::kTyped : ErrorData::kFree; }
};

std::optional<CalledMethod> FindMethod(std::string_view name, A2aVersions versions) {
  const Method03* v03 = Speaks03(versions) ? FindMethod03(name) : nullptr;
  if (v03 == nullptr && !Speaks10(versions)) return std::nullopt;
  for (const MethodRow& row : kMethods) {
    if (row.name == (v03 == nullptr ? name : v03->name_10)) {
      return CalledMethod{v03 == nullptr ? row.name : v03->name, row.handle, v03};
    }
  }
  return std::nullopt;
}

bool Is10(std::string_view version) { return version.substr(0, version.find('.')) == "1"; }
bool Is03(std::string_view version) { return version == "0.3" || version.substr(0, 4) == "0.3."; }

RpcError VersionNotSupported(std::string message, std::string_view version) {
  return {RpcErrorCode::kVersionNotSupported, std::move(message), "version", std::string(version.substr(0, 64))};
}

// By what A2A-Version says; absent is fine, the method tells 1.0 from 0.3 already.
std::optional<RpcError> CheckVersion(std::string_view version, A2aVersions versions) {
  if (version.empty() || (Speaks10(versions) && Is10(version)) || (Speaks03(versions) && Is03(version))) {
    return std::nullopt;
  }
  const std::string spoken = !Speaks03(versions) ? "1.0" : !Speaks10(versions) ? "0.3" : "1.0 or 0.3";
  return VersionNotSupported("A2A-Version must be " + spoken, version);
}

// The request's id as JSON text; empty when it is none that JSON-RPC allows an answer for.
std::string ReadId(const boost::json::object& request) {
  const boost::json::value* id = request.if_contains("id");
  if (id == nullptr || !(id->is_string() || id->is_int64() || id->is_uint64())) return {};
  return ToJson(*id);
}

RpcError Invalid(std::string_view what) { return {RpcErrorCode::kInvalidRequest, std::string(what), "", ""}; }

std::variant<boost::json::object, RpcError> ReadRequest(const RpcCall& call) {
  if (!IsJson(call.content_type)) {
    return RpcError{RpcErrorCode::kContentTypeNotSupported, "Content-Type must be application/json", "", ""};
  }
  boost::json::parse_options options;
  options.max_depth = 100;
  boost::json::error_code failed;
  boost::json::value body = boost::json::parse({call.body.data(), call.body.size()}, failed, {}, options);
  if (failed) return RpcError{RpcErrorCode::kParseError, "The body is not JSON: " + failed.message(), "", ""};
  if (body.is_array()) return Invalid("A batch is not supported: send one request per POST");
  if (!body.is_object()) return Invalid("The request must be an object");
  return std::move(body.get_object());
}

// What is wrong with a request whose id could be read.
std::optional<RpcError> CheckRequest(const boost::json::object& request, std::string_view version,
                                     A2aVersions versions) {
  const boost::json::value* jsonrpc = request.if_contains("jsonrpc");
  if (jsonrpc == nullptr || *jsonrpc != "2.0") return Invalid("jsonrpc must be \"2.0\"");
  const boost::json::value* method = request.if_contains("method");
  if (method == nullptr || !method->is_string()) return Invalid("method must be a string");
  if (auto error = CheckVersion(version, versions)) return error;
  const std::string_view name = method->get_string();
  const auto called = FindMethod(name, versions);
  if (!called) {
    return RpcError{RpcErrorCode::kMethodNotFound, "Method not found", "method", std::string(name.substr(0, 256))};
  }
  if (!version.empty() && Is03(version) != (called->v03 != nullptr)) {
    return VersionNotSupported("A2A-Version is not the one that has the method " + std::string(name), version);
  }
  const boost::json::value* params = request.if_contains("params");
  if (params != nullptr && !params->is_object()) return InvalidParams("params must be an object", "params");
  return std::nullopt;
}

// The fault that the message orders; null when it orders none.
absl::StatusOr<std::unique_ptr<Fault>> ReadFault(const boost::json::object& params, std::string_view id,
                                                 ErrorData data) {
  const std::string_view orders = SplitOrders(MessageText(params)).orders;
  if (orders.empty()) return nullptr;
  absl::StatusOr<Fault> fault = ParseFault(orders, id, data);
  if (!fault.ok()) return fault.status();
  return std::make_unique<Fault>(*std::move(fault));
}

boost::json::object TakeParams(boost::json::object& request) {
  boost::json::value* params = request.if_contains("params");
  return params == nullptr ? boost::json::object() : std::move(params->get_object());
}

// The answer with `result`, in the version of the call.
RpcAnswer AnswerWith(MethodResult result, const CalledMethod& method, std::string_view id) {
  RpcAnswer answer{method.name, {}};
  if (auto* end = std::get_if<TurnEnd>(&result)) {
    answer.what = std::make_unique<TurnEnd>(std::move(*end));
  } else if (auto* events = std::get_if<EventFeed>(&result)) {
    answer.what = std::make_unique<EventFeed>(std::move(*events));
  } else {
    answer.what = R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::get<std::string>(result) + "}";
  }
  if (method.v03 == nullptr) return answer;
  if (auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer.what)) {
    answer.what = std::make_unique<Feed03>(*method.v03, std::move(*feed));
  } else {
    answer.what = Answer03(*method.v03, std::get<std::string>(answer.what));
  }
  return answer;
}

std::variant<RpcAnswer, RpcError> Answer(TaskMethods& methods, const CalledMethod& method, std::string_view id,
                                         boost::json::object params, Now now) {
  if (method.v03 != nullptr) {
    auto params_10 = method.v03->params(params);
    if (auto* error = std::get_if<RpcError>(&params_10)) return std::move(*error);
    params = std::move(std::get<boost::json::object>(params_10));
  }
  auto fault = ReadFault(params, id, method.error_data());
  if (!fault.ok()) return InvalidParams(std::string(fault.status().message()), "message.parts");
  MethodResult result = (methods.*method.handle)({id, params, now});
  if (auto* error = std::get_if<RpcError>(&result)) return std::move(*error);
  RpcAnswer answer = AnswerWith(std::move(result), method, id);
  answer.fault = *std::move(fault);
  return answer;
}

}  // namespace

RpcAnswer Rpc::Handle(const RpcCall& call, Now now) {
  // The method tells which version a request is of. Errors before that are told as 1.0 has them, where it is spoken.
  const ErrorData early = Speaks10(versions_) ? ErrorData::kTyped : ErrorData::kFree;
  auto read = ReadRequest(call);
  if (auto* error = std::get_if<RpcError>(&read)) return {{}, ErrorAnswer("null", *error, early)};
  boost::json::object& request = std::get<0>(read);
  const std::string id = ReadId(request);
  if (id.empty()) return {{}, ErrorAnswer("null", Invalid("id must be a string or an integer"), early)};
  if (auto error = CheckRequest(request, call.version, versions_)) {
    if (error->code == RpcErrorCode::kMethodNotFound) stats_.Request("other");
    return {{}, ErrorAnswer(id, *error, early)};
  }

  const CalledMethod method = *FindMethod(std::string_view(request.at("method").get_string()), versions_);
  stats_.Request(method.name);
  auto answer = Answer(methods_, method, id, TakeParams(request), now);
  if (auto* error = std::get_if<RpcError>(&answer)) return {method.name, ErrorAnswer(id, *error, method.error_data())};
  return std::move(std::get<RpcAnswer>(answer));
}

}  // namespace sluice::agent
