// From what went wrong upstream to the one status a caller gets. The tables stand in errors.cc (JSON-RPC) and
// http_errors.cc (HTTP, connections).
#ifndef SLUICE_SERVER_TRANSLATE_ERRORS_H_
#define SLUICE_SERVER_TRANSLATE_ERRORS_H_

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/jsonrpc.h"

namespace sluice::translate {

// One row per error of A2A (1.0.1, "Error Code Mappings") and of JSON-RPC 2.0, section 5.1.
struct RpcErrorRow {
  int rpc_code;
  absl::StatusCode code;
  std::string_view reason;
  std::string_view name;  // what A2A calls it; clients of 0.3 look for it at the beginning of the message
};
std::span<const RpcErrorRow> AllRpcErrors();

// A2A 1.0.1 moved three errors (PUSH_NOTIFICATION_NOT_SUPPORTED, UNSUPPORTED_OPERATION, VERSION_NOT_SUPPORTED) from
// UNIMPLEMENTED, where 1.0.0 has them, to FAILED_PRECONDITION.
enum class A2aErrorCodes { k101, k100 };
// The status with the code that this version gives its A2A error; any other status as it is.
absl::Status WithA2aErrorCode(const absl::Status& status, A2aErrorCodes codes);

// "TaskNotFoundError: " in front of the message of an A2A error; any other status as it is.
absl::Status WithA2aErrorName(const absl::Status& status);

// HTTP statuses that are an error; the first row that holds a status decides.
struct HttpStatusRow {
  int first;
  int last;
  absl::StatusCode code;         // where the answer should have been JSON-RPC: the request was made by us
  absl::StatusCode stream_code;  // of Gateway/Stream, whose path, headers and body are the caller's
};
enum class HttpRequestOf { kUs, kCaller };  // whose request was answered: which column counts
std::span<const HttpStatusRow> AllHttpStatuses();

// A JSON-RPC error object as A2A maps it (A2A 1.0.1, "Error Code Mappings"): code, message, and an ErrorInfo of domain
// a2a-protocol.org with the error's reason and the metadata that the error's own ErrorInfo carried.
absl::Status StatusFromJsonRpcError(const JsonRpcError& error);

// A non-2xx HTTP answer that is not JSON-RPC: UPSTREAM_HTTP_STATUS with the status, and an excerpt of the body.
// `Retry-After` becomes RetryInfo, a date as the time from the answer's own `Date`; `www-authenticate` becomes error
// metadata.
absl::Status StatusFromHttp(const ResponseHead& head, std::string_view body_excerpt,
                            HttpRequestOf request = HttpRequestOf::kUs);

// The code of a non-2xx HTTP status.
absl::StatusCode CodeFromHttp(int http_status, HttpRequestOf request);

// An answer whose media type the protocol does not allow: UPSTREAM_BAD_CONTENT_TYPE.
absl::Status BadContentType(std::string_view content_type, std::string_view body_excerpt);

// An answer with a content coding, which was not asked for: INTERNAL, UPSTREAM_BAD_MESSAGE.
absl::Status BadCoding(const ResponseHead& head);

// An exchange that ended in another way than kComplete, or kComplete where the protocol needed more.
// UNAVAILABLE or DEADLINE_EXCEEDED with our reason; `may_have_run` = "true" when the request was sent; `cause` when
// there is one, and then the message says what to do.
absl::Status StatusFromEnd(const ExchangeEnd& end);

// Not JSON, not JSON-RPC, or JSON that does not fit the response message: INTERNAL, UPSTREAM_BAD_MESSAGE. `text` is
// what came, for an excerpt.
absl::Status BadMessage(std::string_view what, std::string_view text = {});

// An error that an upstream caused, with the upstream's configured name: in the metadata `upstream`, and in front of
// the message where the words are ours. What has no ErrorInfo is left as it is.
absl::Status NameUpstream(const absl::Status& status, std::string_view upstream);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_ERRORS_H_
