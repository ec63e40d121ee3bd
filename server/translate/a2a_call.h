// One A2A call, gRPC ⇄ JSON-RPC: what to send, what each piece of the answer means, and when the end is truthful.
// Pure: bytes in, bytes out; no gRPC, no sockets, no threads, no clock.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_CALL_H_
#define SLUICE_SERVER_TRANSLATE_A2A_CALL_H_

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/translate/a2a_version.h"

namespace sluice::translate {

// What A2A 0.3 has in the place of an rpc of 1.0. All empty where it has nothing.
struct A2aMethodV03 {
  std::string_view rpc;       // "TaskSubscription", of `a2a.v1.A2AService`
  std::string_view request;   // full name of the request message
  std::string_view response;  // full name of the response message
  std::string_view json_rpc;  // "tasks/resubscribe"
};

// One row per rpc of `lf.a2a.v1.A2AService`; the table stands in a2a_methods.cc. The JSON-RPC method has the rpc's
// name.
struct A2aMethod {
  std::string_view rpc;       // "SendMessage"
  std::string_view request;   // full name of the request message
  std::string_view response;  // full name of the response message
  bool streaming = false;     // answered by SSE
  bool read_only = false;     // GetTask, ListTasks, cards, ...: may be sent once more
  A2aMethodV03 v03 = {};
};

// Null for a name that the service does not have.
const A2aMethod* FindA2aMethod(std::string_view rpc);
// By the JSON-RPC method that either version calls it. Null: neither does.
const A2aMethod* FindA2aJsonRpcMethod(std::string_view method);
const std::vector<A2aMethod>& AllA2aMethods();

// One message of an answer. Whatever the upstream speaks, it is told as A2A 1.0 has it: that is what all translation
// goes through, and the last step makes of it what the client speaks.
struct A2aMessage {
  std::string wire;  // the response message, serialized
  // A2A 0.3: whether the agent marked this status update as its last. 1.0 cannot say it: nothing then.
  std::optional<bool> final_update = {};

  bool operator==(const A2aMessage&) const = default;
};

// What a piece of the answer brought.
struct Step {
  std::vector<A2aMessage> messages;  // to be written in this order
  // The call is over. OK, or the error with its details. Nothing comes after it; the exchange is closed by the caller.
  std::optional<absl::Status> end;
  // The task is over but the upstream has not closed its stream: end OK if nothing ends it within the grace (10 s).
  bool start_grace = false;
};

// Thread: one call belongs to one thread. Lifetime: `method` outlives it (the table does). After `end` was given every
// further On...() returns an empty step.
class A2aCall {
 public:
  struct Limits {
    std::size_t event_bytes;       // one SSE event, or a JSON answer as a whole
    std::size_t error_body_bytes;  // how much of an error answer is kept
    // Values (messages in one another) of one response message. Who makes objects of it sets kMostMessages.
    std::size_t values = std::numeric_limits<std::size_t>::max();
  };

  // `request` is the serialized request message of A2A 1.0; `id` is the JSON-RPC id of this exchange, as it stands in
  // JSON; `upstream` is what the agent speaks.
  // INVALID_ARGUMENT when the request does not parse, misses what A2A requires, or cannot be told in JSON.
  static absl::StatusOr<A2aCall> Begin(const A2aMethod& method, std::string_view request, std::string_view id,
                                       Limits limits, A2aVersion upstream = A2aVersion::k10);
  A2aCall(A2aCall&&) noexcept;
  A2aCall& operator=(A2aCall&&) noexcept;
  ~A2aCall();

  const std::string& body() const;  // the JSON-RPC request
  std::string TakeBody();           // ... which is not kept
  std::string_view accept() const;  // the Accept header
  // Headers to send beside the policy's: content-type, accept, a2a-version.
  Headers headers() const;

  Step OnHead(const ResponseHead& head);
  Step OnBytes(std::string_view bytes);
  Step OnEnd(const ExchangeEnd& end);
  // The grace that a Step asked for has passed.
  Step OnGraceOver();

  // Bytes kept for an event that is not complete yet.
  std::size_t pending_bytes() const;
  // The task the answer spoke of; empty until it did.
  const std::string& task_id() const;
  // Messages that were no answer to this request: another id, or a request of the agent's own.
  std::size_t dropped_responses() const;

 private:
  struct State;
  explicit A2aCall(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_CALL_H_
