// One gRPC call of any method, its messages serialized: what typed calls are made of, and what a program with an event
// loop of its own uses.
#ifndef SLUICE_CLIENT_CALL_H_
#define SLUICE_CLIENT_CALL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sluice::client {

class CallCore;

// Called from gRPC's threads whenever CanRead() or CanWrite() may have become true, with a lock of the call held: it
// must be quick, must not throw, and must not use the call. It must stay valid until the call is destroyed.
using OnChange = std::function<void()>;

// Begun by Client::StartCall.
//
// Thread: reading (CanRead, Read, status) is for one thread at a time, and so is writing (CanWrite, Write, HalfClose);
// the two may be different threads, at once. Cancel may be called from any thread. Moving and destroying exclude
// everything else.
// Lifetime: destroying a call that is not over cancels it, and waits until gRPC has let go of it, which takes no round
// trip. Not to be destroyed in an OnChange. May outlive its Client.
// Back-pressure: at most one message is read ahead; a reader that takes none holds the gateway back.
class Call {
 public:
  explicit Call(std::unique_ptr<CallCore> core);
  Call(Call&&) noexcept;
  Call& operator=(Call&&) noexcept;
  ~Call();

  // Whether Read would not wait.
  bool CanRead() const;
  // Waits for the next message. Nothing: the call is over, and status() says how.
  std::optional<std::string> Read();
  // How the call ended: OK only if the server said OK. After a cancel of this side what was not read is dropped first;
  // else FAILED_PRECONDITION as long as Read has not come to the end.
  absl::Status status();

  // Whether Write and HalfClose would not wait, and have an effect.
  bool CanWrite() const;
  // Waits until the message before is on its way, then sends. False: the call is over, as far as this side is
  // concerned; what comes to read tells more.
  bool Write(std::string_view message);
  // Write and HalfClose in one.
  bool WriteLast(std::string_view message);
  // Nothing more from this side. Without effect when the call is over.
  void HalfClose();

  // Ends the call as soon as possible. Without effect when it is over.
  void Cancel();

 private:
  std::unique_ptr<CallCore> core_;
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_CALL_H_
