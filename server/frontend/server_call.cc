#include "server/frontend/server_call.h"

#include <grpcpp/support/slice.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/grpc_status.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

using Clock = upstream::Clock;

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// The message itself becomes the slice: it is not copied again.
grpc::ByteBuffer ToByteBuffer(std::string message) {
  auto* owned = new std::string(std::move(message));
  const grpc::Slice slice(
      owned->data(), owned->size(), [](void* self) { delete static_cast<std::string*>(self); }, owned);
  return {&slice, 1};
}

Headers ToHeaders(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  Headers headers;
  headers.reserve(metadata.size());
  for (const auto& [name, value] : metadata) {
    headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  return headers;
}

// gRPC tells "no deadline" as a time in the far future, in the system's clock.
Clock::time_point ToSteady(std::chrono::system_clock::time_point deadline) {
  const auto left = deadline - std::chrono::system_clock::now();
  if (left > std::chrono::hours(24 * 365)) return Clock::time_point::max();
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(left);
}

// A live call's "done" holds a permit, and a gate closes only when no call is left.
void Require(bool started) {
  if (started) return;
  std::fputs("sluice: an operation of a live call found its queue closed\n", stderr);
  std::abort();
}

}  // namespace

void ServerCall::Post(Shard& shard) {
  auto* call = new ServerCall(shard);
  Queue& queue = shard.queue();
  const bool done_started = queue.Start(
      call->done_, [&](grpc::ServerCompletionQueue*, void* tag) { call->context_.AsyncNotifyWhenDone(tag); });
  if (!done_started) {
    delete call;
    return;
  }
  Require(queue.Start(call->matched_, [&](grpc::ServerCompletionQueue* cq, void* tag) {
    shard.common().service.RequestCall(&call->context_, &call->stream_, cq, cq, tag);
  }));
}

ServerCall::ServerCall(Shard& shard) : shard_(shard), stream_(&context_) {}

ServerCall::~ServerCall() = default;

void ServerCall::OnMatched(bool ok) {
  Queue& queue = shard_.queue();
  if (!ok) {  // the server is shutting down: no call, so no "done" either
    delete this;
    return queue.Forget();
  }
  Post(shard_);  // first thing: the next caller should not wait for this one
  Common& common = shard_.common();
  common.counters.calls_total.fetch_add(1, std::memory_order_relaxed);
  common.counters.calls_live.fetch_add(1, std::memory_order_relaxed);
  call_.emplace(static_cast<Downstream&>(*this), shard_.switchboard(), common.call_limits);
  call_->record().method = context_.method();
  call_->record().peer = context_.peer();

  const Method* method = common.methods.Find(context_.method());
  Admission& admission = method != nullptr && method->watches_life ? common.watches : common.admission;
  admission_ = admission.TryAcquire();
  Headers metadata = ToHeaders(context_.client_metadata());
  metadata.emplace_back(kAuthority, context_.host());
  CallStart start{std::move(metadata), common.phase.load(), bool(admission_), admission.limit()};
  call_->Begin([&](Call& call) { return common.methods.Run(method, call, std::move(start)); },
               ToSteady(context_.deadline()));
}

void ServerCall::StartRead() {
  Require(
      shard_.queue().Start(read_, [this](grpc::ServerCompletionQueue*, void* tag) { stream_.Read(&incoming_, tag); }));
}

void ServerCall::OnReadDone(bool ok) {
  if (!ok) return call_->OnRead(std::nullopt);
  std::string message = ToString(incoming_);
  incoming_.Clear();
  call_->OnRead(std::move(message));
}

void ServerCall::StartWrite(std::string message, bool more_follow) {
  grpc::WriteOptions options;
  if (more_follow) options.set_buffer_hint();
  Require(shard_.queue().Start(write_, [&](grpc::ServerCompletionQueue*, void* tag) {
    stream_.Write(ToByteBuffer(std::move(message)), options, tag);
  }));
}

void ServerCall::OnWriteDone(bool ok) { call_->OnWritten(ok); }

void ServerCall::StartSendHeaders() {
  Require(shard_.queue().Start(headers_,
                               [this](grpc::ServerCompletionQueue*, void* tag) { stream_.SendInitialMetadata(tag); }));
}

void ServerCall::OnHeadersDone(bool ok) { call_->OnHeadersSent(ok); }

void ServerCall::StartFinish(const absl::Status& status) {
  Require(shard_.queue().Start(
      finish_, [&](grpc::ServerCompletionQueue*, void* tag) { stream_.Finish(ToGrpcStatus(status), tag); }));
}

void ServerCall::OnFinishDone(bool ok) { call_->OnFinished(ok); }

void ServerCall::OnCallDone(bool) { call_->OnDone(context_.IsCancelled()); }

void ServerCall::Reset() { context_.TryCancel(); }

void ServerCall::AddHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) context_.AddInitialMetadata(name, value);
}

void ServerCall::AddTrailers(const Headers& trailers) {
  for (const auto& [name, value] : trailers) context_.AddTrailingMetadata(name, value);
}

void ServerCall::Retire() {
  Common& common = shard_.common();
  common.log.Write(observe::ToLogLine(call_->record()));
  common.counters.calls_live.fetch_sub(1, std::memory_order_release);
  delete this;
}

}  // namespace sluice::frontend
