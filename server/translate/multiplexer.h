// What carries many requests of a client on one stream, each an HTTP exchange of its own: client frames in, HTTP
// requests out; HTTP answers in, gateway frames out. The frontend does what the steps say (frontend/multiplex.h).
#ifndef SLUICE_SERVER_TRANSLATE_MULTIPLEXER_H_
#define SLUICE_SERVER_TRANSLATE_MULTIPLEXER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/base/http.h"

namespace sluice::translate {

class CancelReceipt;

// Thread: one belongs to one thread.
class Multiplexer {
 public:
  struct Limits {
    std::size_t event_bytes;       // one SSE event, or a JSON answer as a whole
    std::size_t error_body_bytes;  // how much of an error answer is kept
    std::size_t requests;          // of the client that are under way at once; one more is refused
  };

  // Names one exchange; chosen here, never used twice.
  using Key = std::uint64_t;
  struct HttpRequest {
    Key key;
    std::string method;  // POST, GET, DELETE
    std::string body;
    Headers headers;  // those of the protocol: content-type, accept, ...
    // Of our own making: how long it may take; the client has nothing to do with it.
    std::optional<std::chrono::milliseconds> total;
    bool retry_safe = false;  // it changes nothing
  };
  using TimerId = std::uint64_t;  // from 1
  struct Timer {
    TimerId id;
    std::chrono::milliseconds after;
  };

  // What is to be done, in any order but that of each list.
  struct Step {
    std::vector<std::string> frames;    // serialized, to be written
    std::vector<HttpRequest> requests;  // exchanges to start
    std::vector<Key> closes;            // exchanges to close; nothing more is told of them
    std::vector<Timer> timers;          // OnTimer(id) is wanted so much later; none is taken back
    std::optional<absl::Status> end;    // the call is over

    // What another step asks for, after this one. The first end counts.
    void Append(Step more);
  };

  virtual ~Multiplexer() = default;

  virtual Step OnFrame(std::string_view frame) = 0;  // a serialized frame of the client
  virtual Step OnHalfClose() = 0;                    // ends with OK once nothing runs
  virtual Step OnHead(Key key, const ResponseHead& head) = 0;
  virtual Step OnBytes(Key key, std::string_view bytes) = 0;
  virtual Step OnEnd(Key key, const ExchangeEnd& end) = 0;
  virtual Step OnTimer(TimerId id) = 0;
  virtual Step OnDraining(std::chrono::milliseconds time_left) = 0;
  // The client is gone. All exchanges are closed; what the protocol owes the upstream then is in the steps that follow
  // until one has an end. `draining`: because the gateway goes away.
  virtual Step OnCancelled(bool draining) = 0;

  // The caller has no room for the exchange, or for its answer: it is closed, and its request told `why`. Adds to
  // `step`; no effect on an exchange that is over.
  virtual void GiveUp(Key key, const absl::Status& why, Step& step) = 0;

  // A frame that only shows life.
  virtual std::string Heartbeat() const = 0;
  // Bytes kept of answers that are not complete yet.
  virtual std::size_t pending_bytes() const = 0;
  // Messages of the upstream that nobody asked for.
  virtual std::uint64_t dropped_responses() const = 0;
  // Client messages, and what the upstream does for them, that are under way.
  virtual std::size_t under_way() const = 0;
  // Of a cancelled call: what the upstream is told to end, and what it answered. Null: nothing of the kind.
  virtual const CancelReceipt* cancel_receipt() const { return nullptr; }
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MULTIPLEXER_H_
