// A call with threads on both of its sides: readers and writers on ours, and in gRPC's place threads that
// ThreadSanitizer can see into.
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/lib/call_core.h"

namespace sluice::client {
namespace {

// Runs tasks on threads of its own, in no order between them.
class Executor {
 public:
  void Post(std::function<void()> task) {
    std::lock_guard lock(mu_);
    tasks_.push_back(std::move(task));
    changed_.notify_one();
  }
  ~Executor() {
    {
      std::lock_guard lock(mu_);
      over_ = true;
      changed_.notify_all();
    }
    threads_.clear();  // joins
  }

 private:
  void Work() {
    std::unique_lock lock(mu_);
    for (;;) {
      changed_.wait(lock, [this] { return over_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // guarded by mu_
  bool over_ = false;                        // guarded by mu_
  std::vector<std::jthread> threads_ = [this] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([this] { Work(); });
    return threads;
  }();
};

// gRPC's side of one call: brings `messages` messages and then the end, takes every write until then, and reports the
// end once nothing is outstanding and no hold is left. Like gRPC, it touches the reactor no more after OnDone.
class FakeStream : public grpc::ClientCallbackReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  FakeStream(Executor& executor, int messages) : executor_(executor), left_(messages) {}
  void Bind(Reactor& reactor) {
    reactor_ = &reactor;
    BindReactor(&reactor);
  }

  void StartCall() override {}
  void Read(grpc::ByteBuffer* into) override {
    Begin([this, into] {
      const bool ok = TakeOne();
      grpc::Slice slice("message");
      if (ok) *into = grpc::ByteBuffer(&slice, 1);
      reactor_->OnReadDone(ok);
    });
  }
  void Write(const grpc::ByteBuffer* message, grpc::WriteOptions) override {
    Begin([this, message] { reactor_->OnWriteDone(message->Length() > 0 && !Over()); });
  }
  void WritesDone() override {
    Begin([this] { reactor_->OnWritesDoneDone(!Over()); });
  }
  void AddHold(int holds) override {
    std::lock_guard lock(mu_);
    if (began_) {
      EXPECT_GT(outstanding_, 0) << "a hold is taken when the call may be over";
    }
    began_ = true;
    outstanding_ += holds;
  }
  void RemoveHold() override { Settle(); }

 private:
  void Begin(std::function<void()> reaction) {
    {
      std::lock_guard lock(mu_);
      EXPECT_GT(outstanding_, 0) << "an operation is started when the call may be over";
      ++outstanding_;
    }
    executor_.Post([this, reaction = std::move(reaction)] {
      reaction();
      Settle();
    });
  }
  void Settle() {
    {
      std::lock_guard lock(mu_);
      if (--outstanding_ > 0) return;
    }
    executor_.Post([reactor = reactor_] { reactor->OnDone(grpc::Status(grpc::StatusCode::ABORTED, "the end")); });
  }
  bool TakeOne() {
    std::lock_guard lock(mu_);
    return left_-- > 0;
  }
  bool Over() {
    std::lock_guard lock(mu_);
    return left_ < 0;
  }

  Executor& executor_;
  Reactor* reactor_ = nullptr;
  std::mutex mu_;
  int outstanding_ = 0;  // guarded by mu_: operations and holds
  bool began_ = false;   // guarded by mu_
  int left_;             // guarded by mu_
};

class CallCoreRace : public ::testing::Test {
 protected:
  // One call that brings `messages` messages; `use` is given it and may be quick to leave.
  void Run(int messages, const std::function<void(CallCore&)>& use) {
    FakeStream stream(executor_, messages);
    Channel channel;
    channel.bind = [&stream](grpc::ClientContext&, const std::string&, Reactor& reactor) { stream.Bind(reactor); };
    CallCore call(channel, "/a.B/C", {}, [this] { ++changes_; });
    use(call);
  }

  static constexpr int kRounds = 200;
  std::atomic<int> changes_ = 0;
  Executor executor_;
};

TEST_F(CallCoreRace, AReaderWritersAndACancellerAreSafeTogether) {
  static constexpr int kMessages = 20;
  for (int round = 0; round < kRounds; ++round) {
    Run(kMessages, [round](CallCore& call) {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&call] {
          while (call.Write("x", /*last=*/false)) {
          }
          EXPECT_FALSE(call.CanWrite());
        });
      }
      if (round % 2 == 0) threads.emplace_back([&call] { call.Cancel(); });
      int read = 0;
      while (call.Read()) ++read;
      EXPECT_EQ(read, kMessages);
      EXPECT_EQ(call.status(), absl::AbortedError("the end"));
    });
  }
  EXPECT_GT(changes_, 0);
}

TEST_F(CallCoreRace, AHalfCloseMayMeetTheEnd) {
  for (int round = 0; round < kRounds; ++round) {
    Run(round % 3, [](CallCore& call) {
      std::jthread closer([&call] {
        call.HalfClose();
        EXPECT_FALSE(call.Write("x", /*last=*/true));
      });
      while (call.Read()) {
      }
    });
  }
}

TEST_F(CallCoreRace, ACallIsDestroyedAtAnyMoment) {
  for (int round = 0; round < kRounds; ++round) {
    Run(3, [round](CallCore& call) {
      if (round % 2 == 0) call.Write("x", /*last=*/true);
      for (int reads = round % 4; reads > 0; --reads) call.Read();
    });
  }
}

}  // namespace
}  // namespace sluice::client
