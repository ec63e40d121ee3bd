#include "client/agent/rpc.h"

#include <array>
#include <boost/json/parse.hpp>
#include <utility>

#include "absl/status/statusor.h"
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

const MethodRow* FindMethod(std::string_view name) {
  for (const MethodRow& row : kMethods) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// Absent is fine: the methods tell 1.0 from 0.3 already.
bool IsSupported(std::string_view version) { return version.empty() || version.substr(0, version.find('.')) == "1"; }

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
std::optional<RpcError> CheckRequest(const boost::json::object& request, std::string_view version) {
  const boost::json::value* jsonrpc = request.if_contains("jsonrpc");
  if (jsonrpc == nullptr || *jsonrpc != "2.0") return Invalid("jsonrpc must be \"2.0\"");
  const boost::json::value* method = request.if_contains("method");
  if (method == nullptr || !method->is_string()) return Invalid("method must be a string");
  if (!IsSupported(version)) {
    return RpcError{RpcErrorCode::kVersionNotSupported, "A2A-Version must be 1.0", "version",
                    std::string(version.substr(0, 64))};
  }
  const std::string_view name = method->get_string();
  if (FindMethod(name) == nullptr) {
    return RpcError{RpcErrorCode::kMethodNotFound, "Method not found", "method", std::string(name.substr(0, 256))};
  }
  const boost::json::value* params = request.if_contains("params");
  if (params != nullptr && !params->is_object()) return InvalidParams("params must be an object", "params");
  return std::nullopt;
}

// The fault that the message orders; null when it orders none.
absl::StatusOr<std::unique_ptr<Fault>> ReadFault(const boost::json::object& params, std::string_view id) {
  const std::string_view orders = SplitOrders(MessageText(params)).orders;
  if (orders.empty()) return nullptr;
  absl::StatusOr<Fault> fault = ParseFault(orders, id);
  if (!fault.ok()) return fault.status();
  return std::make_unique<Fault>(*std::move(fault));
}

}  // namespace

RpcAnswer Rpc::Handle(const RpcCall& call, Now now) {
  auto read = ReadRequest(call);
  if (auto* error = std::get_if<RpcError>(&read)) return {{}, ErrorAnswer("null", *error)};
  const boost::json::object& request = std::get<0>(read);
  const std::string id = ReadId(request);
  if (id.empty()) return {{}, ErrorAnswer("null", Invalid("id must be a string or an integer"))};
  if (auto error = CheckRequest(request, call.version)) {
    if (error->code == RpcErrorCode::kMethodNotFound) stats_.Request("other");
    return {{}, ErrorAnswer(id, *error)};
  }

  const MethodRow& method = *FindMethod(std::string_view(request.at("method").get_string()));
  stats_.Request(method.name);
  const boost::json::object none;
  const boost::json::value* given = request.if_contains("params");
  const boost::json::object& params = given == nullptr ? none : given->get_object();
  auto fault = ReadFault(params, id);
  if (!fault.ok()) {
    const RpcError error = InvalidParams(std::string(fault.status().message()), "message.parts");
    return {method.name, ErrorAnswer(id, error)};
  }
  MethodResult result = (methods_.*method.handle)({id, params, now});
  if (auto* error = std::get_if<RpcError>(&result)) return {method.name, ErrorAnswer(id, *error)};
  if (auto* end = std::get_if<TurnEnd>(&result)) return {method.name, std::move(*end), *std::move(fault)};
  if (auto* feed = std::get_if<EventFeed>(&result)) return {method.name, std::move(*feed), *std::move(fault)};
  return {method.name, R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + std::get<std::string>(result) + "}",
          *std::move(fault)};
}

}  // namespace sluice::agent
