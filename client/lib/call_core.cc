#include "client/lib/call_core.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "client/lib/call_metadata.h"
#include "client/lib/text.h"
#include "google/rpc/status.pb.h"
#include "sluice/client/errors.h"

namespace sluice::client {
namespace {

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  bytes.reserve(buffer.Length());
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// gRPC, "Richer error model": the details travel as a google.rpc.Status. Bytes that are none are no details, and the
// code and message of gRPC itself are what counts.
absl::Status ToAbslStatus(const grpc::Status& status) {
  google::rpc::Status rpc_status;
  if (!rpc_status.ParseFromString(status.error_details())) rpc_status.Clear();
  rpc_status.set_code(status.error_code());
  rpc_status.set_message(status.error_message());
  return ToStatus(rpc_status);
}

std::chrono::system_clock::time_point DeadlineIn(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kTenYears = std::chrono::hours(24) * 3653;
  return std::chrono::system_clock::now() + std::clamp(timeout, std::chrono::milliseconds(0), kTenYears);
}

absl::Status CheckPath(const std::string& path) {
  const bool is_path = path.size() > 1 && path.front() == '/' && IsPrintable(path) && path.find(' ') == path.npos &&
                       path.find('/', 1) != path.npos;
  if (is_path) return absl::OkStatus();
  return absl::InvalidArgumentError("path: " + Quoted(path) + " is not /full.Service/Method");
}

}  // namespace

CallCore::CallCore(const Channel& channel, const std::string& path, const CallOptions& options, OnChange on_change)
    : path_(path), on_change_(std::move(on_change)) {
  absl::StatusOr<Metadata> metadata = CallMetadata(path, channel.metadata, options);
  absl::Status checked = CheckPath(path);
  checked.Update(metadata.status());
  if (checked.ok()) {
    Start(channel, *metadata, options);
  } else {
    reading_ = Reading::kOver;
    status_ = std::move(checked);
  }
}

void CallCore::Start(const Channel& channel, const Metadata& metadata, const CallOptions& options) {
  for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
  if (options.timeout) context_.set_deadline(DeadlineIn(*options.timeout));
  channel.bind(context_, path_, *this);
  AddHold();  // reads are started by the reader's thread, outside the reactions
  StartRead(&incoming_);
  StartCall();
  on_stop_.emplace(options.stop, [this] { Cancel(); });
}

CallCore::~CallCore() {
  Cancel();
  ReadToTheEnd();
}

bool CallCore::CanRead() {
  std::lock_guard lock(mu_);
  return Readable();
}

std::optional<std::string> CallCore::Read() {
  {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [this] { return Readable(); });
    if (reading_ != Reading::kReady) return std::nullopt;
    reading_ = Reading::kWaiting;
  }
  std::string message = Bytes(incoming_);
  incoming_.Clear();
  StartRead(&incoming_);
  return message;
}

void CallCore::ReadToTheEnd() {
  while (Read()) {
  }
}

absl::Status CallCore::status() {
  if (cancelled_) ReadToTheEnd();
  std::lock_guard lock(mu_);
  if (status_) return *status_;
  return absl::FailedPreconditionError("the call is not over: read it to its end or cancel it first");
}

bool CallCore::CanWrite() {
  std::lock_guard lock(mu_);
  return Writable();
}

bool CallCore::BeginWrite(Writing next) {
  std::unique_lock lock(mu_);
  changed_.wait(lock, [this] { return writing_ != Writing::kBusy || reading_ == Reading::kOver; });
  if (!Writable()) return false;
  writing_ = next;
  AddHold();  // under the lock: the reader's hold is still there
  return true;
}

bool CallCore::Write(std::string_view message, bool last) {
  if (!BeginWrite(last ? Writing::kOver : Writing::kBusy)) return false;
  grpc::Slice slice(message.data(), message.size());
  outgoing_ = grpc::ByteBuffer(&slice, 1);
  if (last) {
    StartWriteLast(&outgoing_, grpc::WriteOptions());
  } else {
    StartWrite(&outgoing_);
  }
  RemoveHold();
  return true;
}

void CallCore::HalfClose() {
  if (!BeginWrite(Writing::kOver)) return;
  StartWritesDone();
  RemoveHold();
}

void CallCore::Cancel() {
  cancelled_ = true;
  context_.TryCancel();
}

template <typename Change>
void CallCore::Note(Change change) {
  std::lock_guard lock(mu_);  // to the end: the owner may destroy the call as soon as it can see the status
  change();
  changed_.notify_all();
  if (on_change_) on_change_();
}

void CallCore::OnReadDone(bool ok) {
  Note([&] { reading_ = ok ? Reading::kReady : Reading::kOver; });
  if (!ok) RemoveHold();
}

void CallCore::OnWriteDone(bool ok) {
  Note([&] {
    // After a failure the end is near; the read tells it.
    if (writing_ == Writing::kBusy) writing_ = ok ? Writing::kReady : Writing::kOver;
  });
}

void CallCore::OnDone(const grpc::Status& status) {
  Note([&] { status_ = ToAbslStatus(status); });
}

}  // namespace sluice::client
