// What is behind a Call: one gRPC call of any shape. On the wire unary, streaming and bidirectional calls are the same,
// so there is one class.
#ifndef SLUICE_CLIENT_LIB_CALL_CORE_H_
#define SLUICE_CLIENT_LIB_CALL_CORE_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/lib/channel.h"
#include "sluice/client/call.h"
#include "sluice/client/options.h"

namespace sluice::client {

// Thread: as Call. gRPC's threads only note under `mu_` what happened, and wake whoever waits.
// Lifetime: gRPC calls nothing of it after OnDone, and OnDone comes once no hold is left. There is one hold as long as
// there may be something to read, and one for the moment in which a write is started.
class CallCore final : private Reactor {
 public:
  // Starts the call. With options that cannot be sent the call is over at once, and its status says why.
  CallCore(const Channel& channel, const std::string& path, const CallOptions& options, OnChange on_change);
  ~CallCore() override;

  bool CanRead();
  std::optional<std::string> Read();
  absl::Status status();
  bool CanWrite();
  bool Write(std::string_view message, bool last);
  void HalfClose();
  void Cancel();

 private:
  enum class Reading { kWaiting, kReady, kOver };
  enum class Writing { kReady, kBusy, kOver };

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void ReadToTheEnd();
  // Runs `change` under the lock, and tells.
  template <typename Change>
  void Note(Change change);
  void Start(const Channel& channel, const Metadata& metadata, const CallOptions& options);
  bool Readable() const { return reading_ == Reading::kReady || status_; }                     // under mu_
  bool Writable() const { return writing_ == Writing::kReady && reading_ != Reading::kOver; }  // under mu_
  // Waits until a write may be started, and takes a hold for starting it. False: none may be any more.
  bool BeginWrite(Writing next);

  const std::string path_;
  const OnChange on_change_;
  grpc::ClientContext context_;
  grpc::ByteBuffer incoming_;  // gRPC's while a read is outstanding, else the reader's
  grpc::ByteBuffer outgoing_;  // gRPC's while a write is outstanding, else the writer's
  std::atomic<bool> cancelled_ = false;

  std::mutex mu_;
  std::condition_variable changed_;
  Reading reading_ = Reading::kWaiting;  // guarded by mu_
  Writing writing_ = Writing::kReady;    // guarded by mu_
  std::optional<absl::Status> status_;   // guarded by mu_

  std::optional<std::stop_callback<std::function<void()>>> on_stop_;  // last: it is gone before what it touches
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_LIB_CALL_CORE_H_
