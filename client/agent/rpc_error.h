// The errors of A2A over JSON-RPC.
#ifndef SLUICE_CLIENT_AGENT_RPC_ERROR_H_
#define SLUICE_CLIENT_AGENT_RPC_ERROR_H_

#include <string>
#include <string_view>

namespace sluice::agent {

enum class RpcErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kTaskNotFound = -32001,
  kTaskNotCancelable = -32002,
  kPushNotificationNotSupported = -32003,
  kUnsupportedOperation = -32004,
  kContentTypeNotSupported = -32005,
  kInvalidAgentResponse = -32006,
  kExtendedAgentCardNotConfigured = -32007,
  kExtensionSupportRequired = -32008,
  kVersionNotSupported = -32009,
};

struct RpcError {
  RpcErrorCode code = RpcErrorCode::kInternalError;
  std::string message;
  // One entry of ErrorInfo.metadata; no entry when the key is empty.
  std::string metadata_key;
  std::string metadata_value;
  std::string reason;  // of the ErrorInfo; empty: the code's own
};

RpcError InvalidParams(std::string message, std::string_view field);
RpcError TaskNotFound(std::string_view task_id);

// What `error.data` is.
enum class ErrorData {
  kTyped,  // an array with an ErrorInfo: A2A 1.0
  kFree,   // an object of its metadata: A2A 0.3, which lays nothing down
};

// The whole JSON-RPC answer. `id` is JSON text; "null" when the request's could not be read.
std::string ErrorAnswer(std::string_view id, const RpcError& error, ErrorData data = ErrorData::kTyped);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_RPC_ERROR_H_
