// The gateway's yardstick: a gRPC server of one completion queue that sends the same messages and does nothing else.
//
//   bare_server --batch=N    hints (buffer_hint) all messages but each Nth, so that gRPC sends N together; 1: none
//
// Prints where it serves; ends at once on SIGINT and SIGTERM, for it has nothing to lose.
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/event_plan.h"

namespace sluice::bench {
namespace {

using Moment = std::chrono::steady_clock::time_point;

class BareCall;

// Tells calls when their next event is due, from a thread of its own: an event starts with a wake-up here as it starts
// with a readable socket in the gateway.
class Pacer {
 public:
  void Wait(Moment due, BareCall& call) {
    const std::lock_guard lock(mu_);
    const bool first = due_.empty() || due < due_.begin()->first;
    due_.emplace(due, &call);
    if (first) changed_.notify_one();
  }
  [[noreturn]] void Run();

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::set<std::pair<Moment, BareCall*>> due_;  // guarded by mu_
};

struct Server {
  grpc::AsyncGenericService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  Pacer pacer;
  std::int64_t batch = 1;
  std::int64_t paced_begun = 0;  // the queue's thread only
};

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// One call, from the wait for it on, with one operation outstanding at any time; its address is the tag.
// Thread: the queue's; the pacer's between Pacer::Wait() and the write that ends it. Lifetime: its own.
class BareCall {
 public:
  explicit BareCall(Server& server) : server_(server) {
    server_.service.RequestCall(&context_, &stream_, server_.queue.get(), server_.queue.get(), this);
  }

  void OnDone(bool ok) {
    switch (step_) {
      case Step::kWait:
        if (!ok) return Delete();
        new BareCall(server_);
        step_ = Step::kRead;
        return stream_.Read(&request_, this);
      case Step::kRead:
        if (!ok || !ReadPlan()) return End(grpc::Status(grpc::INVALID_ARGUMENT, "the request asks for no events"));
        step_ = Step::kWrite;
        return stream_.Write(ToBuffer(TaskMessage()), this);
      case Step::kWrite:
        return ok ? Next() : End(grpc::Status::CANCELLED);
      case Step::kFinish:
        return Delete();
    }
  }

  void WriteEvent() {
    const bool last_of_batch = ++made_ % server_.batch == 0 || made_ == plan_.events;
    grpc::WriteOptions options;
    if (!last_of_batch && plan_.interval.count() == 0) options.set_buffer_hint();
    const std::int64_t moment = plan_.interval.count() > 0 ? Now() : 0;
    stream_.Write(ToBuffer(chunk_.Stamp(moment)), options, this);
  }

 private:
  enum class Step { kWait, kRead, kWrite, kFinish };

  void Next() {
    if (made_ == plan_.events) {
      if (std::exchange(ended_, true)) return End(grpc::Status::OK);
      return stream_.Write(ToBuffer(EndMessage()), grpc::WriteOptions().set_buffer_hint(), this);
    }
    if (plan_.interval.count() == 0) return WriteEvent();
    server_.pacer.Wait(first_due_ + made_ * plan_.interval, *this);  // last: the pacer has us now
  }

  bool ReadPlan() {
    std::vector<grpc::Slice> slices;
    std::string bytes;
    if (!request_.Dump(&slices).ok()) return false;
    for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    const auto plan = EventPlan::Find(bytes);
    if (!plan) return false;
    plan_ = *plan;
    chunk_ = StampedMessage(ChunkMessage(plan_.bytes));
    // As EventUpstream spreads its streams.
    const double phase = std::fmod(static_cast<double>(server_.paced_begun++) * 0.6180339887498949, 1.0);
    const auto wait = static_cast<std::int64_t>((1 + phase) * static_cast<double>(plan_.interval.count()));
    first_due_ = std::chrono::steady_clock::now() + std::chrono::nanoseconds(wait);
    return true;
  }

  void End(const grpc::Status& status) {
    step_ = Step::kFinish;
    stream_.Finish(status, this);
  }
  void Delete() { delete this; }

  Server& server_;
  Step step_ = Step::kWait;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  grpc::ByteBuffer request_;
  EventPlan plan_;
  StampedMessage chunk_{ChunkText(0)};
  std::int64_t made_ = 0;
  Moment first_due_;
  bool ended_ = false;
};

void Pacer::Run() {
  std::unique_lock lock(mu_);
  for (;;) {
    if (due_.empty()) {
      changed_.wait(lock);
    } else if (const Moment due = due_.begin()->first; std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
    } else {
      BareCall* call = due_.extract(due_.begin()).value().second;
      lock.unlock();
      call->WriteEvent();
      lock.lock();
    }
  }
}

int Serve(std::int64_t batch) {
  Server server;
  server.batch = batch;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterAsyncGenericService(&server.service);
  server.queue = builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> running = builder.BuildAndStart();
  if (running == nullptr) return 69;
  std::thread([&server] { server.pacer.Run(); }).detach();
  new BareCall(server);
  std::printf("bare_server: serving grpc=127.0.0.1:%d\n", port);
  std::fflush(stdout);
  void* tag = nullptr;
  bool ok = false;
  while (server.queue->Next(&tag, &ok)) static_cast<BareCall*>(tag)->OnDone(ok);
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  constexpr std::string_view kBatch = "--batch=";
  std::int64_t batch = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const char* end = word.data() + word.size();
    const bool known = word.substr(0, kBatch.size()) == kBatch;
    if (!known || std::from_chars(word.data() + kBatch.size(), end, batch).ptr != end || batch < 1) {
      std::fprintf(stderr, "bare_server: takes --batch=N, N from 1\n");
      return 64;
    }
  }
  return sluice::bench::Serve(batch);
}
