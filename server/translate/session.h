// One session with a JSON-RPC upstream (`sluice.v1.Gateway/Session`): client frames in, HTTP requests out; HTTP answers
// in, gateway frames out. JSON-RPC messages pass byte for byte. JSON-RPC 2.0; protos/sluice/v1/gateway.proto.
// Pure: bytes in, bytes out; no gRPC, no sockets, no threads, no clock.
//
//     Session ──▶ SessionCore ──▶ SessionProtocol ──┬─▶ itself      plain JSON-RPC
//     (this)      (session_core)  (session_protocol) ├─▶ A2aSession  the last state decides
//                                                    └─▶ McpSession  Streamable HTTP, both eras
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/translate/session_resume.h"

namespace sluice::translate {

class SessionCore;

// The first frame of a session, taken apart. INVALID_ARGUMENT when it is not an Open.
struct SessionOpen {
  std::string upstream;
  Headers headers;  // names in lower case
  // When the call is cancelled: true, nothing is told to the upstream, so that its session can be resumed.
  bool close_only = false;
  std::string resume_token;  // sealed
};
absl::StatusOr<SessionOpen> ParseSessionOpen(std::string_view frame);

enum class SessionKind { kJsonRpc, kA2a, kMcp };

class Session {
 public:
  struct Limits {
    std::size_t event_bytes;       // one SSE event, or a JSON answer as a whole
    std::size_t error_body_bytes;  // how much of an error answer is kept
    std::size_t requests;          // client messages that are under way at once; one more is refused
  };

  struct Options {
    std::string upstream;
    SessionKind kind = SessionKind::kJsonRpc;
    Limits limits;
    std::string era = {};     // as Opened tells it
    bool close_only = false;  // Open.on_cancel
    // Makes a resume token of where the session stands; null: there are none.
    std::function<std::string(const SessionResume&)> seal = nullptr;
  };

  // Names one exchange of the session; chosen here, never used twice.
  using Key = std::uint64_t;
  struct HttpRequest {
    Key key;
    std::string method;  // POST, GET, DELETE
    std::string body;
    Headers headers;  // those of the protocol: content-type, accept, ...
    // Of the session's own making: how long it may take; the client has nothing to do with it.
    std::optional<std::chrono::milliseconds> total;
  };
  using TimerId = std::uint64_t;
  struct Timer {
    TimerId id;
    std::chrono::milliseconds after;
  };

  // What is to be done, in any order but that of each list.
  struct Step {
    std::vector<std::string> frames;    // serialized SessionResponse frames, to be written
    std::vector<HttpRequest> requests;  // exchanges to start
    std::vector<Key> closes;            // exchanges to close; nothing more is told of them
    std::vector<Timer> timers;          // OnTimer(id) is wanted so much later; none is taken back
    std::optional<absl::Status> end;    // the call is over

    // What another step asks for, after this one. The first end counts.
    void Append(Step more);
  };

  explicit Session(Options options);
  ~Session();

  // Opened; with `resume`, where an earlier session stood, also what it takes to go on.
  Step Begin(const SessionResume* resume = nullptr);
  Step OnFrame(std::string_view frame);  // a serialized SessionRequest, not the first
  Step OnHalfClose();                    // ends with OK once nothing runs
  Step OnHead(Key key, const ResponseHead& head);
  Step OnBytes(Key key, std::string_view bytes);
  Step OnEnd(Key key, const ExchangeEnd& end);
  Step OnTimer(TimerId id);
  Step OnDraining(std::chrono::milliseconds time_left);
  // The client is gone. All exchanges are closed; what the protocol owes the upstream then is in the steps that follow
  // until one has an end. `stays`: the upstream's session is to be resumed, nothing is owed.
  Step OnCancelled(bool stays);

  // Bytes kept of answers that are not complete yet.
  std::size_t pending_bytes() const;
  // The caller has no room for the exchange, or for its answer: it is closed, and its request told `why`. Adds to
  // `step`; no effect on an exchange that is over.
  void GiveUp(Key key, const absl::Status& why, Step& step);

  // Messages of the upstream that nobody asked for.
  std::uint64_t dropped_responses() const;
  // Client messages, and what the upstream does for them, that are under way.
  std::size_t under_way() const;

 private:
  std::unique_ptr<SessionCore> core_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_H_
