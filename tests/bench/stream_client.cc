#include "tests/bench/stream_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/slice.h>

#include <chrono>
#include <stdexcept>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::bench {
namespace {

constexpr const char* kMethod = "/lf.a2a.v1.A2AService/SendStreamingMessage";
// Only a run that went wrong meets it.
constexpr std::chrono::minutes kPatience(10);

std::string Request(const EventPlan& plan) {
  lf::a2a::v1::SendMessageRequest request;
  request.mutable_message()->set_message_id("01916f3c-4a57-7c2e-9a41-5d1f0c6b7e24");
  request.mutable_message()->set_role(lf::a2a::v1::ROLE_USER);
  request.mutable_message()->add_parts()->set_text(plan.Words());
  return request.SerializeAsString();
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// One call with one operation outstanding at any time; its address is the tag.
struct Stream {
  enum class Step { kStart, kRequest, kRead, kFinish };

  Step step = Step::kStart;
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call;
  grpc::ByteBuffer message;
  grpc::Status status;
  std::int64_t messages = 0;
};

class Run {
 public:
  Run(const EventPlan& plan, bool want_delays) : plan_(plan), want_delays_(want_delays) {}

  StreamRun Do(const Channels& channels, int count) {
    std::vector<grpc::GenericStub> stubs(channels.begin(), channels.end());
    std::size_t turn = 0;
    std::vector<Stream> streams(static_cast<std::size_t>(count));
    const std::int64_t begun = Now();
    for (Stream& stream : streams) {
      stream.context.set_deadline(std::chrono::system_clock::now() + kPatience);
      stream.call = stubs[turn++ % stubs.size()].PrepareCall(&stream.context, kMethod, &queue_);
      stream.call->StartCall(&stream);
    }
    void* tag = nullptr;
    bool ok = false;
    for (int left = count; left > 0 && queue_.Next(&tag, &ok);) {
      if (OnDone(*static_cast<Stream*>(tag), ok)) --left;
    }
    result_.seconds = static_cast<double>(Now() - begun) * 1e-9;
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
    return std::move(result_);
  }

 private:
  // True when the call is over.
  bool OnDone(Stream& stream, bool ok) {
    if (stream.step == Stream::Step::kFinish) {
      Check(stream);
      return true;
    }
    if (stream.step == Stream::Step::kRead && ok) Count(stream);
    if (!ok) {
      stream.step = Stream::Step::kFinish;
      stream.call->Finish(&stream.status, &stream);
    } else if (stream.step == Stream::Step::kStart) {
      stream.step = Stream::Step::kRequest;
      stream.call->WriteLast(ToBuffer(request_), grpc::WriteOptions(), &stream);
    } else {
      stream.step = Stream::Step::kRead;
      stream.call->Read(&stream.message, &stream);
    }
    return false;
  }

  void Count(Stream& stream) {
    ++stream.messages;
    if (want_delays_) result_.AddDelay(ToString(stream.message));
  }

  void Check(const Stream& stream) {
    if (stream.status.ok()) return result_.AddStream(stream.messages, plan_);
    result_.errors.push_back("status " + std::to_string(stream.status.error_code()) + ": " +
                             stream.status.error_message());
  }

  const EventPlan plan_;
  const bool want_delays_;
  const std::string request_ = Request(plan_);
  grpc::CompletionQueue queue_;
  StreamRun result_;
};

}  // namespace

Channels OpenChannels(const std::string& address, int count) {
  Channels channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    if (!channels.back()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
      throw std::runtime_error("no connection to " + address);
    }
  }
  return channels;
}

StreamRun RunStreams(const Channels& channels, const EventPlan& plan, int streams, bool want_delays) {
  return Run(plan, want_delays).Do(channels, streams);
}

}  // namespace sluice::bench
