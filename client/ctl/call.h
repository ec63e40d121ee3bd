// One gRPC call of any shape. On the wire unary, streaming and bidirectional calls are the same, so there is one class.
#ifndef SLUICE_CLIENT_CTL_CALL_H_
#define SLUICE_CLIENT_CTL_CALL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "client/ctl/options.h"
#include "client/ctl/wakeup.h"

namespace sluice::ctl {

struct CallStart {
  std::string path;  // "/full.Service/Method"
  Metadata metadata;
  std::optional<std::chrono::milliseconds> timeout;
};

// Thread: everything public is the owner's thread. gRPC's threads only note under `mu_` what happened and wake the
// owner. At most one message read ahead: an owner that takes none holds the server back.
class Call final : private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Starts the call. `wakeup` is woken whenever there may be something new; it must outlive the call.
  Call(const std::shared_ptr<grpc::Channel>& channel, const CallStart& start, const Wakeup& wakeup);
  // Cancels a call that is not over, and waits until gRPC has let go of it.
  ~Call() override;

  // The next message of the server, if it is there.
  std::optional<std::string> TakeMessage();
  // Whether Write or HalfClose may be called now.
  bool CanWrite();
  void Write(const std::string& message);
  void HalfClose();
  void Cancel() { context_.TryCancel(); }
  // The status, once the call is over and every message has been taken.
  std::optional<grpc::Status> Status();

 private:
  enum class Reading { kWaiting, kReady, kOver };

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override { WriteSettled(ok); }
  void OnWritesDoneDone(bool ok) override { WriteSettled(ok); }
  void OnDone(const grpc::Status& status) override;
  void WriteSettled(bool ok);
  // Nothing will be started from the owner's side any more: lets gRPC end the call.
  void ReleaseOnce();

  const Wakeup& wakeup_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer incoming_;  // gRPC's while a read is outstanding, else the owner's
  grpc::ByteBuffer outgoing_;  // gRPC's while a write is outstanding, else the owner's
  bool released_ = false;      // the owner's

  std::mutex mu_;
  std::condition_variable over_;
  Reading reading_ = Reading::kWaiting;  // guarded by mu_
  bool can_write_ = true;                // guarded by mu_
  std::optional<grpc::Status> status_;   // guarded by mu_
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_CALL_H_
