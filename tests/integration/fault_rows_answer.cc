// Rows of the fault table: what the agent answers is an error, no answer, or not the protocol's.
#include "tests/integration/fault_table.h"

namespace sluice::testing {
namespace {

using enum Shape;

constexpr auto kClosed = Connection::kClosed;
constexpr auto kKept = Connection::kKept;
const std::string kSlow = "slow 5 1";
// For answers that the gateway closes: it would be a long time before they end by themselves.
const std::string kLong = "slow 1000 100";
const Details kTask = {{"task_id", "*"}};

Expect Ok(int events, int dropped = 0) {
  Expect expect{"OK", "", events, kKept};
  expect.dropped = dropped;
  return expect;
}
Expect Answered(Connection connection, int dropped = 0, int events = 1) {
  Expect expect{"answered", "", events, connection};
  expect.dropped = dropped;
  return expect;
}
Expect Bad(int events, Connection connection, Details details = {}, int dropped = 0) {
  Expect expect{"INTERNAL", "UPSTREAM_BAD_MESSAGE", events, connection, std::move(details)};
  expect.dropped = dropped;
  return expect;
}
Expect A2a(const std::string& status, const std::string& reason, int events = 0, Connection connection = kKept) {
  return {status, reason, events, connection, {{"fault", "ordered"}, {"jsonrpc_code", "*"}}, "a2a-protocol.org"};
}
Expect Http(const std::string& status, int code, int retry_ms = 0) {
  return {status, "UPSTREAM_HTTP_STATUS", 0, kKept, {{"http_status", std::to_string(code)}}, "sluice", retry_ms};
}
Expect BadType(Connection connection) { return {"INTERNAL", "UPSTREAM_BAD_CONTENT_TYPE", 0, connection}; }

// JSON-RPC 2.0, section 5: what is not the answer to the request.
std::vector<Row> OddEvents() {
  return {
      {kUnary, "odd-event 0 not-json", kSlow, "instead", Bad(0, kKept)},
      {kUnary, "odd-event 0 not-rpc", kSlow, "instead", Bad(0, kKept)},
      {kUnary, "odd-event 0 wrong-id", kSlow, "instead", Bad(0, kKept, {}, 1)},
      {kUnary, "odd-event 0 null-id", kSlow, "instead", Bad(0, kKept, {}, 1)},
      {kUnary, "odd-event 0 both", kSlow, "instead", Bad(0, kKept)},
      {kUnary, "odd-event 0 neither", kSlow, "instead", Bad(0, kKept)},
      {kUnary, "odd-event 0 bad-result", kSlow, "instead", Bad(0, kKept)},

      {kStream, "odd-event 0 not-json", kLong, "before the events", Bad(0, kClosed, {{"task_id", "-"}})},
      {kStream, "odd-event 1 not-json", kLong, "after 1 event", Bad(1, kClosed, kTask)},
      {kStream, "odd-event 1 not-rpc", kLong, "after 1 event", Bad(1, kClosed, kTask)},
      {kStream, "odd-event 1 both", kLong, "after 1 event", Bad(1, kClosed, kTask)},
      {kStream, "odd-event 1 neither", kLong, "after 1 event", Bad(1, kClosed, kTask)},
      {kStream, "odd-event 1 bad-result", kLong, "after 1 event", Bad(1, kClosed, kTask)},
      {kStream, "odd-event 1 wrong-id", kSlow, "after 1 event", Ok(7, 1)},
      {kStream, "odd-event 1 null-id", kSlow, "after 1 event", Ok(7, 1)},

      {kSession, "odd-event 1 not-json", kLong, "after 1 event", Bad(1, kClosed)},
      {kSession, "odd-event 1 not-rpc", kLong, "after 1 event", Bad(1, kClosed)},
      {kSession, "odd-event 1 both", kLong, "after 1 event", Bad(1, kClosed)},
      {kSession, "odd-event 1 neither", kLong, "after 1 event", Bad(1, kClosed)},
      {kSession, "odd-event 1 bad-result", kSlow, "after 1 event", Ok(8)},  // results pass unread
      {kSession, "odd-event 1 wrong-id", kSlow, "after 1 event", Ok(7, 1)},
      {kSession, "odd-event 1 null-id", kSlow, "after 1 event", Ok(7, 1)},

      {kRpcSession, "odd-event 0 not-json", kLong, "before the response", Bad(0, kClosed)},
      {kRpcSession, "odd-event 0 not-rpc", kLong, "before the response", Bad(0, kClosed)},
      {kRpcSession, "odd-event 0 both", kLong, "before the response", Bad(0, kClosed)},
      {kRpcSession, "odd-event 0 neither", kLong, "before the response", Bad(0, kClosed)},
      {kRpcSession, "odd-event 0 wrong-id", kLong, "before the response", Answered(kClosed, 1)},
      {kRpcSession, "odd-event 0 null-id", kLong, "before the response", Answered(kClosed, 1)},
      {kRpcSession, "error-event 0 -32603 id=null", kSlow, "before the response", Answered(kKept)},
      {kRpcSession, "error-event 1 -32603", kSlow, "a second response", Answered(kKept)},

      {kRpcUnary, "odd-event 0 not-json", kSlow, "instead", Bad(0, kKept)},
      {kRpcUnary, "odd-event 0 not-rpc", kSlow, "instead", Bad(0, kKept)},
      {kRpcUnary, "odd-event 0 both", kSlow, "instead", Bad(0, kKept)},
      {kRpcUnary, "odd-event 0 neither", kSlow, "instead", Bad(0, kKept)},
      {kRpcUnary, "error -32603 id=null", kSlow, "instead", Answered(kKept)},
      {kRpcUnary, "odd-event 0 bad-result", kSlow, "instead", Answered(kKept)},
  };
}

// A2A 1.0, "Error Handling": the three places where a JSON-RPC error can show up, and what each code is.
std::vector<Row> RpcErrors() {
  std::vector<Row> rows = {
      {kStream, "error -32001", kSlow, "before the events", A2a("NOT_FOUND", "TASK_NOT_FOUND")},
      {kStream, "error -32001 id=null", kSlow, "before the events", A2a("NOT_FOUND", "TASK_NOT_FOUND")},
      {kStream, "http 404, error -32001", kSlow, "in HTTP 404", A2a("NOT_FOUND", "TASK_NOT_FOUND")},
      {kStream, "http 500, error -32603", kSlow, "in HTTP 500", A2a("INTERNAL", "INTERNAL_ERROR")},
      {kStream, "error-event 0 -32602", kSlow, "as the first event", A2a("INVALID_ARGUMENT", "INVALID_PARAMS")},
      {kStream, "error-event 2 -32004", kSlow, "after 2 events",
       A2a("FAILED_PRECONDITION", "UNSUPPORTED_OPERATION", 2)},
      {kStream, "error-event 2 -32603 id=null", kSlow, "after 2 events", A2a("INTERNAL", "INTERNAL_ERROR", 2)},
      {kUnary, "error -32001 id=null", kSlow, "instead", A2a("NOT_FOUND", "TASK_NOT_FOUND")},
      {kUnary, "http 404, error -32001", kSlow, "in HTTP 404", A2a("NOT_FOUND", "TASK_NOT_FOUND")},
      {kUnary, "http 400, error -32602 id=null", kSlow, "in HTTP 400", A2a("INVALID_ARGUMENT", "INVALID_PARAMS")},
      {kUnary, "http 503, error -32603", kSlow, "in HTTP 503", Http("UNAVAILABLE", 503)},
      {kUnary, "error -32050 reason=MADE_UP", kSlow, "instead", A2a("UNKNOWN", "MADE_UP")},
      {kSession, "error -32001", kSlow, "before the events", Answered(kKept)},
      {kSession, "error -32001 id=null", kSlow, "before the events", Answered(kKept)},
      {kSession, "http 404, error -32001", kSlow, "in HTTP 404", Answered(kKept)},
      {kSession, "error-event 2 -32004", kSlow, "after 2 events", Answered(kKept, 0, 3)},
      {kRpcUnary, "http 404, error -32001", kSlow, "in HTTP 404", Answered(kKept)},
  };
  struct Code {
    int code;
    std::string status;
    std::string reason;
  };
  for (const Code& code : std::vector<Code>{{-32700, "INTERNAL", "JSON_PARSE_ERROR"},
                                            {-32600, "INVALID_ARGUMENT", "INVALID_REQUEST"},
                                            {-32601, "UNIMPLEMENTED", "METHOD_NOT_FOUND"},
                                            {-32602, "INVALID_ARGUMENT", "INVALID_PARAMS"},
                                            {-32603, "INTERNAL", "INTERNAL_ERROR"},
                                            {-32001, "NOT_FOUND", "TASK_NOT_FOUND"},
                                            {-32002, "FAILED_PRECONDITION", "TASK_NOT_CANCELABLE"},
                                            {-32003, "FAILED_PRECONDITION", "PUSH_NOTIFICATION_NOT_SUPPORTED"},
                                            {-32004, "FAILED_PRECONDITION", "UNSUPPORTED_OPERATION"},
                                            {-32005, "INVALID_ARGUMENT", "CONTENT_TYPE_NOT_SUPPORTED"},
                                            {-32006, "INTERNAL", "INVALID_AGENT_RESPONSE"},
                                            {-32007, "FAILED_PRECONDITION", "EXTENDED_AGENT_CARD_NOT_CONFIGURED"},
                                            {-32008, "FAILED_PRECONDITION", "EXTENSION_SUPPORT_REQUIRED"},
                                            {-32009, "FAILED_PRECONDITION", "VERSION_NOT_SUPPORTED"}}) {
    Expect expect = A2a(code.status, code.reason);
    expect.details["jsonrpc_code"] = std::to_string(code.code);
    if (code.code == -32700) expect.details.erase("fault");  // it has no ErrorInfo to carry that
    rows.push_back({kUnary, "error " + std::to_string(code.code), kSlow, "instead", expect});
  }
  Expect unknown = A2a("UNKNOWN", "UNKNOWN_UPSTREAM_ERROR");
  unknown.details.erase("fault");
  rows.push_back({kUnary, "error -32050", kSlow, "instead", unknown});
  return rows;
}

// HTTP answers that are not the protocol's: the table of protos/ERRORS.md.
std::vector<Row> HttpStatuses() {
  std::vector<Row> rows;
  struct Code {
    int http;
    std::string status;
  };
  for (const Code& code : std::vector<Code>{{302, "FAILED_PRECONDITION"},
                                            {400, "INTERNAL"},
                                            {401, "UNAUTHENTICATED"},
                                            {403, "PERMISSION_DENIED"},
                                            {404, "UNIMPLEMENTED"},
                                            {405, "UNIMPLEMENTED"},
                                            {408, "DEADLINE_EXCEEDED"},
                                            {413, "RESOURCE_EXHAUSTED"},
                                            {415, "INVALID_ARGUMENT"},
                                            {429, "RESOURCE_EXHAUSTED"},
                                            {500, "INTERNAL"},
                                            {502, "UNAVAILABLE"},
                                            {503, "UNAVAILABLE"},
                                            {504, "DEADLINE_EXCEEDED"},
                                            {529, "UNAVAILABLE"}}) {
    const std::string fault = "http " + std::to_string(code.http) + " type=text/html body='<h1>Oops</h1>'";
    rows.push_back({kUnary, fault, kSlow, "instead", Http(code.status, code.http)});
  }
  const std::string busy = "http 429 type=text/plain header=Retry-After:7 body='Too busy'";
  const std::string stranger =
      "http 401 type=text/plain header='WWW-Authenticate:Bearer realm=\"agents\"' body='Who are you?'";
  Expect challenged = Http("UNAUTHENTICATED", 401);
  challenged.details["www-authenticate"] = "Bearer realm=\"agents\"";
  for (const Shape shape : {kUnary, kStream, kSession, kRpcUnary}) {
    rows.push_back({shape, busy, kSlow, "instead", Http("RESOURCE_EXHAUSTED", 429, 7000)});
    rows.push_back({shape, stranger, kSlow, "instead", challenged});
    rows.push_back({shape, "http 503 type=text/plain header=Retry-After:30 body=Starting", kSlow, "instead",
                    Http("UNAVAILABLE", 503, 30'000)});
    Expect cut = Http("UNAVAILABLE", 502);
    cut.connection = kClosed;
    rows.push_back({shape, "http 502 type=text/html body='<h1>Bad gateway</h1>', cut-bytes 5 fin", kSlow,
                    "in the error's body", cut});
    rows.push_back({shape, "http 200 type=text/html body='<h1>Hello</h1>'", kSlow, "instead", BadType(kKept)});
  }
  rows.push_back({kStream, "http 200 type=text/plain", kLong, "as the type of its events", BadType(kClosed)});
  rows.push_back({kUnary, "http 200 body=''", kSlow, "an empty body", Bad(0, kKept)});
  rows.push_back({kStream, "http 200 body=''", kSlow, "an empty body", Bad(0, kKept)});
  return rows;
}

}  // namespace

std::vector<Row> AnswerRows() {
  std::vector<Row> all;
  for (const auto& part : {OddEvents(), RpcErrors(), HttpStatuses()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace sluice::testing
