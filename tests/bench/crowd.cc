#include "tests/bench/crowd.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <utility>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::bench {
namespace {

constexpr const char* kMethod = "/lf.a2a.v1.A2AService/SendStreamingMessage";

grpc::ByteBuffer Request(const std::string& text) {
  lf::a2a::v1::SendMessageRequest request;
  request.mutable_message()->set_message_id("m-1");
  request.mutable_message()->set_role(lf::a2a::v1::ROLE_USER);
  request.mutable_message()->add_parts()->set_text(text);
  const grpc::Slice slice(request.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

// One operation is outstanding at any time; its address is the tag.
struct Crowd::Stream {
  enum class Step { kStart, kRequest, kRead, kFinish };

  Step step = Step::kStart;
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
  grpc::ByteBuffer message;  // the request, and then what was read last
  grpc::Status status;
  std::int64_t messages = 0;
};

Crowd::Crowd(Channels channels) : channels_(std::move(channels)), reader_([this] { Read(); }) {}

Crowd::~Crowd() {
  Cancel(0, streams_.size());
  WaitUntil([](const Counts& counts) { return counts.over == counts.opened; });
  queue_.Shutdown();
  reader_.join();
}

bool Crowd::Open(std::size_t streams, const std::string& text, std::size_t at_once, std::chrono::seconds patience) {
  for (std::size_t i = 0; i < streams; ++i) {
    if (!WaitUntil([&](const Counts& counts) { return counts.waiting() < at_once; }, patience)) return false;
    Start(text);
  }
  return WaitUntil([](const Counts& counts) { return counts.waiting() == 0; }, patience);
}

void Crowd::Start(const std::string& text) {
  Stream& stream = *streams_.emplace_back(std::make_unique<Stream>());
  stream.message = Request(text);
  {
    const std::lock_guard lock(mu_);
    ++counts_.opened;
  }
  grpc::GenericStub stub(channels_[streams_.size() % channels_.size()]);
  stream.call = stub.PrepareCall(&stream.context, kMethod, &queue_);
  stream.call->StartCall(&stream);
}

void Crowd::Cancel(std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) streams_[i]->context.TryCancel();
}

bool Crowd::WaitUntil(const std::function<bool(const Counts&)>& wanted, std::chrono::seconds patience) {
  std::unique_lock lock(mu_);
  return changed_.wait_for(lock, patience, [&] { return wanted(counts_); });
}

Crowd::Counts Crowd::counts() {
  const std::lock_guard lock(mu_);
  return counts_;
}

void Crowd::Read() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    Stream& stream = *static_cast<Stream*>(tag);
    if (!OnDone(stream, ok)) CountEnd(stream);
  }
}

bool Crowd::OnDone(Stream& stream, bool ok) {
  if (stream.step == Stream::Step::kFinish) return false;
  if (stream.step == Stream::Step::kRead && ok) CountMessage(stream);
  if (!ok) {
    stream.step = Stream::Step::kFinish;
    stream.call->Finish(&stream.status, &stream);
  } else if (stream.step == Stream::Step::kStart) {
    stream.step = Stream::Step::kRequest;
    stream.call->WriteLast(stream.message, grpc::WriteOptions(), &stream);
  } else {
    stream.step = Stream::Step::kRead;
    stream.call->Read(&stream.message, &stream);
  }
  return true;
}

void Crowd::CountMessage(Stream& stream) {
  const std::lock_guard lock(mu_);
  ++counts_.messages;
  if (++stream.messages > 1) return;
  ++counts_.begun;
  changed_.notify_all();
}

void Crowd::CountEnd(const Stream& stream) {
  const std::lock_guard lock(mu_);
  ++counts_.over;
  if (stream.messages == 0) ++counts_.begun;  // it waits for its first message no more
  ++counts_.statuses[stream.status.error_code()];
  if (stream.status.ok()) {
    ++counts_.messages_of_ok[stream.messages];
  } else {
    ++counts_.errors[std::to_string(stream.status.error_code()) + " " + stream.status.error_message()];
  }
  changed_.notify_all();
}

}  // namespace sluice::bench
