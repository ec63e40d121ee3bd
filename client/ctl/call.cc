#include "client/ctl/call.h"

#include <grpcpp/support/slice.h>

#include <utility>
#include <vector>

namespace sluice::ctl {
namespace {

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  bytes.reserve(buffer.Length());
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

}  // namespace

Call::Call(const std::shared_ptr<grpc::Channel>& channel, const CallStart& start, const Wakeup& wakeup)
    : wakeup_(wakeup), stub_(channel) {
  for (const auto& [key, value] : start.metadata) context_.AddMetadata(key, value);
  if (start.timeout) context_.set_deadline(std::chrono::system_clock::now() + *start.timeout);
  stub_.PrepareBidiStreamingCall(&context_, start.path, grpc::StubOptions(), this);
  AddHold();  // reads and writes are started by the owner's thread, outside the reactions
  StartRead(&incoming_);
  StartCall();
}

Call::~Call() {
  Cancel();
  ReleaseOnce();
  std::unique_lock lock(mu_);
  over_.wait(lock, [this] { return status_.has_value(); });
}

std::optional<std::string> Call::TakeMessage() {
  {
    std::lock_guard lock(mu_);
    if (reading_ != Reading::kReady) return std::nullopt;
    reading_ = Reading::kWaiting;
  }
  std::string message = Bytes(incoming_);
  incoming_.Clear();
  StartRead(&incoming_);
  return message;
}

bool Call::CanWrite() {
  std::lock_guard lock(mu_);
  return can_write_ && reading_ != Reading::kOver && !released_;
}

void Call::Write(const std::string& message) {
  {
    std::lock_guard lock(mu_);
    can_write_ = false;
  }
  grpc::Slice slice(message);
  outgoing_ = grpc::ByteBuffer(&slice, 1);
  StartWrite(&outgoing_);
}

void Call::HalfClose() {
  {
    std::lock_guard lock(mu_);
    can_write_ = false;
  }
  StartWritesDone();
}

std::optional<grpc::Status> Call::Status() {
  {
    std::lock_guard lock(mu_);
    if (reading_ != Reading::kOver) return std::nullopt;
    if (status_) return status_;
  }
  ReleaseOnce();
  return std::nullopt;
}

void Call::ReleaseOnce() {
  if (!std::exchange(released_, true)) RemoveHold();
}

void Call::OnReadDone(bool ok) {
  {
    std::lock_guard lock(mu_);
    reading_ = ok ? Reading::kReady : Reading::kOver;
  }
  wakeup_.Wake();
}

void Call::WriteSettled(bool ok) {
  {
    std::lock_guard lock(mu_);
    can_write_ = ok;  // after a failure the end is near; the read tells it
  }
  wakeup_.Wake();
}

void Call::OnDone(const grpc::Status& status) {
  std::lock_guard lock(mu_);  // to the end: the owner may destroy the call as soon as it can see the status
  status_ = status;
  over_.notify_all();
  wakeup_.Wake();
}

}  // namespace sluice::ctl
