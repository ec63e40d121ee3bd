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
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/translate/multiplexer.h"
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

class Session final : public Multiplexer {
 public:
  struct Options {
    std::string upstream;
    SessionKind kind = SessionKind::kJsonRpc;
    Limits limits;
    std::string era = {};     // as Opened tells it
    bool close_only = false;  // Open.on_cancel: the upstream's session is to be resumed, it is owed nothing at the end
    // Makes a resume token of where the session stands; null: there are none.
    std::function<std::string(const SessionResume&)> seal = nullptr;
  };

  explicit Session(Options options);
  ~Session() override;

  // Opened; with `resume`, where an earlier session stood, also what it takes to go on.
  Step Begin(const SessionResume* resume = nullptr);

  // Frames are SessionRequest, but the first, and SessionResponse.
  Step OnFrame(std::string_view frame) override;
  Step OnHalfClose() override;
  Step OnHead(Key key, const ResponseHead& head) override;
  Step OnBytes(Key key, std::string_view bytes) override;
  Step OnEnd(Key key, const ExchangeEnd& end) override;
  Step OnTimer(TimerId id) override;
  Step OnDraining(std::chrono::milliseconds time_left) override;
  Step OnCancelled(bool draining) override;
  void GiveUp(Key key, const absl::Status& why, Step& step) override;
  std::string Heartbeat() const override;
  std::size_t pending_bytes() const override;
  std::uint64_t dropped_responses() const override;
  std::size_t under_way() const override;

 private:
  std::unique_ptr<SessionCore> core_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_H_
