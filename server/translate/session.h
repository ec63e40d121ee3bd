// One session with a JSON-RPC upstream (`sluice.v1.Gateway/Session`): client frames in, HTTP requests out; HTTP answers
// in, gateway frames out. JSON-RPC messages pass byte for byte. JSON-RPC 2.0; protos/sluice/v1/gateway.proto.
// Pure: bytes in, bytes out; no gRPC, no sockets, no threads, no clock.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/http.h"

namespace sluice::translate {

// The first frame of a session, taken apart. INVALID_ARGUMENT when it is not an Open.
struct SessionOpen {
  std::string upstream;
  Headers headers;  // names in lower case
};
absl::StatusOr<SessionOpen> ParseSessionOpen(std::string_view frame);

class Session {
 public:
  struct Limits {
    std::size_t event_bytes;       // one SSE event, or a JSON answer as a whole
    std::size_t error_body_bytes;  // how much of an error answer is kept
    std::size_t requests;          // exchanges that run at once; one more is refused
  };

  // Names one exchange of the session; chosen here, never used twice.
  using Key = std::uint64_t;
  struct Post {
    Key key;
    std::string body;
    Headers headers;  // content-type, accept
  };

  // What is to be done, in this order.
  struct Step {
    std::vector<std::string> frames;  // serialized SessionResponse frames, to be written
    std::vector<Post> posts;          // exchanges to start
    std::vector<Key> closes;          // exchanges to close; nothing more is told of them
    std::optional<absl::Status> end;  // the call is over
    // A task is over but its stream is still open: OnGraceOver() is wanted after the grace (10 s).
    bool start_grace = false;
  };

  Session(std::string upstream, std::string kind, Limits limits);
  ~Session();

  Step Begin();                          // Opened
  Step OnFrame(std::string_view frame);  // a serialized SessionRequest, not the first
  Step OnHalfClose();                    // ends with OK once nothing runs
  Step OnHead(Key key, const ResponseHead& head);
  Step OnBytes(Key key, std::string_view bytes);
  Step OnEnd(Key key, const ExchangeEnd& end);
  Step OnDraining(std::chrono::milliseconds time_left);
  // The grace that the last Step asked for has passed.
  Step OnGraceOver();

  // Bytes kept of answers that are not complete yet.
  std::size_t pending_bytes() const;
  // The caller has no room for the exchange, or for its answer: it is closed, and its request told `why`. Adds to
  // `step`; no effect on an exchange that is over.
  void GiveUp(Key key, const absl::Status& why, Step& step);

  // Messages of the upstream that nobody asked for.
  std::uint64_t dropped_responses() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_H_
