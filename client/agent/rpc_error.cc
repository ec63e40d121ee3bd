#include "client/agent/rpc_error.h"

#include <array>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

struct ReasonRow {
  RpcErrorCode code;
  std::string_view reason;
};

// A2A 1.0, "Error Code Mappings"; the four plain JSON-RPC ones as the other agents name them. A parse error has none.
constexpr auto kReasons = std::to_array<ReasonRow>({
    {RpcErrorCode::kInvalidRequest, "INVALID_REQUEST"},
    {RpcErrorCode::kMethodNotFound, "METHOD_NOT_FOUND"},
    {RpcErrorCode::kInvalidParams, "INVALID_PARAMS"},
    {RpcErrorCode::kInternalError, "INTERNAL_ERROR"},
    {RpcErrorCode::kTaskNotFound, "TASK_NOT_FOUND"},
    {RpcErrorCode::kTaskNotCancelable, "TASK_NOT_CANCELABLE"},
    {RpcErrorCode::kPushNotificationNotSupported, "PUSH_NOTIFICATION_NOT_SUPPORTED"},
    {RpcErrorCode::kUnsupportedOperation, "UNSUPPORTED_OPERATION"},
    {RpcErrorCode::kContentTypeNotSupported, "CONTENT_TYPE_NOT_SUPPORTED"},
    {RpcErrorCode::kInvalidAgentResponse, "INVALID_AGENT_RESPONSE"},
    {RpcErrorCode::kExtendedAgentCardNotConfigured, "EXTENDED_AGENT_CARD_NOT_CONFIGURED"},
    {RpcErrorCode::kExtensionSupportRequired, "EXTENSION_SUPPORT_REQUIRED"},
    {RpcErrorCode::kVersionNotSupported, "VERSION_NOT_SUPPORTED"},
});

std::string_view ReasonOf(RpcErrorCode code) {
  for (const ReasonRow& row : kReasons) {
    if (row.code == code) return row.reason;
  }
  return {};
}

std::string Metadata(const RpcError& error) {
  if (error.metadata_key.empty()) return "{}";
  return "{" + Quoted(error.metadata_key) + ":" + Quoted(error.metadata_value) + "}";
}

// Empty when there is nothing to say.
std::string DataOf(const RpcError& error, ErrorData data) {
  if (data == ErrorData::kFree) return error.metadata_key.empty() ? "" : Metadata(error);
  const std::string_view reason = error.reason.empty() ? ReasonOf(error.code) : std::string_view(error.reason);
  if (reason.empty()) return "";
  return R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":)" + Quoted(reason) +
         R"(,"domain":"a2a-protocol.org","metadata":)" + Metadata(error) + "}]";
}

}  // namespace

RpcError InvalidParams(std::string message, std::string_view field) {
  return {RpcErrorCode::kInvalidParams, std::move(message), "field", std::string(field)};
}

RpcError TaskNotFound(std::string_view task_id) {
  return {RpcErrorCode::kTaskNotFound, "Task not found: " + std::string(task_id.substr(0, 256)), "taskId",
          std::string(task_id.substr(0, 256))};
}

std::string ErrorAnswer(std::string_view id, const RpcError& error, ErrorData data) {
  std::string answer = R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"error":{"code":)" +
                       std::to_string(static_cast<int>(error.code)) + R"(,"message":)" + Quoted(error.message);
  const std::string details = DataOf(error, data);
  if (!details.empty()) answer += R"(,"data":)" + details;
  return answer + "}}";
}

}  // namespace sluice::agent
