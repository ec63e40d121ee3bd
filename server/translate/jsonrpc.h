// The JSON-RPC 2.0 envelope: which kind a message is, and where its members stand, byte for byte.
// Members are found by a scanner and handed out as spans of the input; nothing is parsed and printed again, so ids,
// numbers and key order stay as they came. JSON-RPC 2.0, sections 4 and 5.
#ifndef SLUICE_SERVER_TRANSLATE_JSONRPC_H_
#define SLUICE_SERVER_TRANSLATE_JSONRPC_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sluice::translate {

enum class JsonRpcKind { kRequest, kNotification, kResult, kError };

// Spans point into the scanned text; absent members are empty. Blanks around a value are not part of it.
struct JsonRpcMessage {
  JsonRpcKind kind;
  std::string_view id;      // the raw token: `1`, `"a"`, `null`, `1.0`
  std::string method;       // unescaped
  std::string_view params;  // raw
  std::string_view result;  // raw
  std::string_view error;   // raw
};

// Serializers that leave null members out make {"jsonrpc":"2.0","id":1} of a result that is null (Python's A2A 0.3
// does).
enum class MissingResult { kRefused, kNull };

// What an upstream sent. The envelope is checked ("jsonrpc":"2.0", exactly one of result/error/method, no member
// twice); what stands inside params, result and error is not. INVALID_ARGUMENT says what is wrong, for people.
// With kNull an id alone is a result that is `null`.
absl::StatusOr<JsonRpcMessage> ScanJsonRpc(std::string_view text,
                                           MissingResult missing_result = MissingResult::kRefused);

// What a client sent: the same, and the whole text must be valid JSON in valid UTF-8, nested at most 256 deep.
absl::StatusOr<JsonRpcMessage> ValidateJsonRpc(std::string_view text);

// Whether two raw ids are one: upstreams print ids anew (`1.0` as `1`, escapes as letters), and round what no double
// holds.
bool IsSameJsonRpcId(std::string_view raw, std::string_view other);

// An `error` member taken apart. A missing or odd member is tolerated: code 0, empty message.
struct JsonRpcError {
  int code = 0;
  std::string message;    // unescaped
  std::string_view data;  // raw; empty when absent
};
JsonRpcError ParseJsonRpcError(std::string_view raw_error);

// {"jsonrpc":"2.0","id":ID,"method":METHOD,"params":PARAMS}; `id` and `params` are raw JSON, no params when empty.
std::string MakeJsonRpcRequest(std::string_view raw_id, std::string_view method, std::string_view raw_params);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSONRPC_H_
