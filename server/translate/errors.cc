#include "server/translate/errors.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/excerpt.h"
#include "server/translate/rpc_error_data.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;

// A2A gives no gRPC code for the first three: what the agent could not read was made by us; an agent without the method
// is an old one.
constexpr auto kRpcErrors = std::to_array<RpcErrorRow>({
    {-32700, StatusCode::kInternal, "JSON_PARSE_ERROR", "JSONParseError"},
    {-32600, StatusCode::kInvalidArgument, "INVALID_REQUEST", "InvalidRequestError"},
    {-32601, StatusCode::kUnimplemented, "METHOD_NOT_FOUND", "MethodNotFoundError"},
    {-32602, StatusCode::kInvalidArgument, "INVALID_PARAMS", "InvalidParamsError"},
    {-32603, StatusCode::kInternal, "INTERNAL_ERROR", "InternalError"},
    {-32001, StatusCode::kNotFound, "TASK_NOT_FOUND", "TaskNotFoundError"},
    {-32002, StatusCode::kFailedPrecondition, "TASK_NOT_CANCELABLE", "TaskNotCancelableError"},
    {-32003, StatusCode::kFailedPrecondition, "PUSH_NOTIFICATION_NOT_SUPPORTED", "PushNotificationNotSupportedError"},
    {-32004, StatusCode::kFailedPrecondition, "UNSUPPORTED_OPERATION", "UnsupportedOperationError"},
    {-32005, StatusCode::kInvalidArgument, "CONTENT_TYPE_NOT_SUPPORTED", "ContentTypeNotSupportedError"},
    {-32006, StatusCode::kInternal, "INVALID_AGENT_RESPONSE", "InvalidAgentResponseError"},
    {-32007, StatusCode::kFailedPrecondition, "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
     "ExtendedAgentCardNotConfiguredError"},
    {-32008, StatusCode::kFailedPrecondition, "EXTENSION_SUPPORT_REQUIRED", "ExtensionSupportRequiredError"},
    {-32009, StatusCode::kFailedPrecondition, "VERSION_NOT_SUPPORTED", "VersionNotSupportedError"},
});

// The agent's metadata gets this much of the detail's bound (kMaxErrorDetailBytes), so that ours always fits.
constexpr std::size_t kAgentMetadataBytes = 512;

// google.rpc.ErrorInfo: UPPER_SNAKE_CASE of at most 63 characters. Anything else would be no constant to compare with.
bool IsReason(std::string_view text) {
  return !text.empty() && text.size() <= 63 &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

// The excerpt of an error's `data`, or of what came instead of JSON-RPC.
constexpr std::size_t kShortExcerptBytes = 256;

// The reason says more than the number: some agents number all their errors alike, or by themselves.
RpcErrorRow RowOf(int rpc_code, std::string_view told_reason) {
  const auto* row = std::find_if(kRpcErrors.begin(), kRpcErrors.end(),
                                 [&](const RpcErrorRow& candidate) { return candidate.reason == told_reason; });
  if (row == kRpcErrors.end()) {
    row = std::find_if(kRpcErrors.begin(), kRpcErrors.end(),
                       [&](const RpcErrorRow& candidate) { return candidate.rpc_code == rpc_code; });
  }
  RpcErrorRow found{rpc_code, StatusCode::kUnknown, "UNKNOWN_UPSTREAM_ERROR", ""};
  if (row != kRpcErrors.end()) found = *row;
  if (IsReason(told_reason)) found.reason = told_reason;
  return found;
}

void CopyAgentMetadata(const RpcErrorData& data, absl::Status& status) {
  std::size_t used = 0;
  for (const auto& [key, value] : data.metadata) {
    used += key.size() + value.size() + 8;
    if (used > kAgentMetadataBytes) return;
    if (ErrorMetadataValue(status, key).empty()) AddErrorMetadata(status, key, value);
  }
}

}  // namespace

std::span<const RpcErrorRow> AllRpcErrors() { return kRpcErrors; }

absl::Status WithA2aErrorCode(const absl::Status& status, A2aErrorCodes codes) {
  constexpr std::string_view kMoved[] = {"PUSH_NOTIFICATION_NOT_SUPPORTED", "UNSUPPORTED_OPERATION",
                                         "VERSION_NOT_SUPPORTED"};
  if (codes == A2aErrorCodes::k101 || ErrorDomain(status) != reason::kA2aDomain) return status;
  const bool moved = std::find(std::begin(kMoved), std::end(kMoved), ErrorReason(status)) != std::end(kMoved);
  return moved ? WithCode(status, StatusCode::kUnimplemented) : status;
}

absl::Status WithA2aErrorName(const absl::Status& status) {
  if (ErrorDomain(status) != reason::kA2aDomain) return status;
  const std::string told = ErrorReason(status);
  const auto* row =
      std::find_if(kRpcErrors.begin(), kRpcErrors.end(), [&](const auto& one) { return one.reason == told; });
  if (row == kRpcErrors.end()) return status;
  return WithMessage(status, absl::StrCat(ToAbsl(row->name), ": ", status.message()));
}

absl::Status StatusFromJsonRpcError(const JsonRpcError& error) {
  const RpcErrorData data = ReadRpcErrorData(error.data);
  const RpcErrorRow row = RowOf(error.code, data.reason);
  std::string message = error.message;
  if (message.empty()) message = absl::StrCat("the agent answered error ", error.code, " without a message");
  absl::Status status =
      MakeError(row.code, message, row.reason, reason::kA2aDomain, {{"jsonrpc_code", std::to_string(error.code)}});
  CopyAgentMetadata(data, status);
  // Agents of other making put a text or an object of their own there, and often it says more than the message.
  if (!data.has_details && !error.data.empty() && error.data != "null") {
    AddErrorMetadata(status, "error_data", Excerpt(error.data, kShortExcerptBytes));
  }
  if (row.code == StatusCode::kInvalidArgument) {
    for (const auto& [field, description] : data.violations) AddFieldViolation(status, field, description);
  }
  return status;
}

absl::Status BadMessage(std::string_view what, std::string_view text) {
  std::string message = absl::StrCat("the upstream's answer is not valid: ", Excerpt(what));
  if (!text.empty()) absl::StrAppend(&message, "; it begins: ", Excerpt(text, kShortExcerptBytes));
  return MakeError(StatusCode::kInternal, message, reason::kUpstreamBadMessage, reason::kDomain,
                   {{"may_have_run", "true"}});
}

absl::Status NameUpstream(const absl::Status& status, std::string_view upstream) {
  const std::string domain = ErrorDomain(status);
  if (domain.empty()) return status;
  absl::Status named = status;
  if (domain == reason::kDomain) {
    named = WithMessage(status, absl::StrCat("upstream \"", ToAbsl(upstream), "\": ", status.message()));
  }
  AddErrorMetadata(named, "upstream", upstream);
  return named;
}

}  // namespace sluice::translate
