// The two threads of a shard against each other: real I/O thread, real mailbox, real calls; the completion queue is a
// fake (a mutex and a deque), because gRPC is not instrumented and would hide, or invent, races.
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "server/base/mailbox.h"
#include "server/frontend/call.h"
#include "server/frontend/switchboard.h"
#include "server/upstream/loop.h"
#include "tests/support/raw_upstream.h"

namespace sluice::frontend {
namespace {

using std::chrono::milliseconds;
using testing::RawConnection;
using testing::RawUpstream;

// Runs what it is given, in order, on one thread.
class FakeQueue {
 public:
  FakeQueue() : thread_([this] { Run(); }) {}
  ~FakeQueue() {
    Post([this] { stop_ = true; });
    thread_.join();
  }
  void Post(std::function<void()> work) {
    {
      std::lock_guard lock(mu_);
      work_.push_back(std::move(work));
    }
    ready_.notify_one();
  }

 private:
  void Run() {
    while (!stop_) {
      std::unique_lock lock(mu_);
      ready_.wait(lock, [this] { return !work_.empty(); });
      auto work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      work();
    }
  }
  std::mutex mu_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> work_;  // guarded by mu_
  bool stop_ = false;                       // on the thread
  std::thread thread_;
};

// As Shard is, with the fake queue.
class FakeShard final : public upstream::EventSink, private Waker {
 public:
  bool Deliver(upstream::ExchangeEvent event) override { return mailbox_.Post(std::move(event)); }
  bool Deliver(upstream::TimerFired fired) override { return mailbox_.Post(fired); }
  void Deliver(CancelAll cancel) { (void)mailbox_.Post(std::move(cancel)); }

  observe::Counters counters;
  std::unique_ptr<Switchboard> switchboard;

 private:
  void Wake() noexcept override {
    queue.Post([this] {
      mailbox_.Take(16, batch_);
      for (ShardEvent& event : batch_) switchboard->Route(std::move(event));
    });
  }
  Mailbox<ShardEvent> mailbox_{*this};
  std::vector<ShardEvent> batch_;

 public:
  FakeQueue queue;  // last: its thread uses all of the above until it is joined
};

// A stream whose operations end a little later, on the queue.
class FakeStream final : public Downstream {
 public:
  FakeStream(FakeShard& shard, std::shared_ptr<const upstream::Target> target, std::function<void()> on_retired)
      : shard_(shard), target_(std::move(target)), on_retired_(std::move(on_retired)) {}

  void Begin() {
    call_.emplace(static_cast<Downstream&>(*this), *shard_.switchboard,
                  CallLimits{1024, 4096, milliseconds(60'000), 1 << 24});
    call_->Begin([this](Call& call) { return Relay(call, *this); }, upstream::Clock::now() + std::chrono::minutes(5));
  }
  std::size_t bytes = 0;
  absl::Status status;

 private:
  static Task<absl::Status> Relay(Call& call, FakeStream& self) {
    upstream::ExchangeRequest request;
    request.target = self.target_;
    request.body = "{}";
    const OpenExchange exchange(call, std::move(request));
    for (;;) {
      Occurrence next = co_await call.Next();
      if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
      const auto* event = std::get_if<upstream::ExchangeEvent>(&next);
      if (event == nullptr) continue;
      if (const auto* body = std::get_if<upstream::BodyBytes>(&event->what)) call.Write(body->bytes);
      if (std::holds_alternative<ExchangeEnd>(event->what)) co_return absl::OkStatus();
    }
  }
  void Complete(std::function<void(Call&)> what) {
    shard_.queue.Post([this, what = std::move(what)] { what(*call_); });
  }
  void StartRead() override {
    Complete([](Call& call) { call.OnRead(std::nullopt); });
  }
  void StartWrite(std::string message, bool) override {
    bytes += message.size();
    Complete([](Call& call) { call.OnWritten(true); });
  }
  void StartSendHeaders() override {
    Complete([](Call& call) { call.OnHeadersSent(true); });
  }
  void StartFinish(const absl::Status& what) override {
    status = what;
    Complete([](Call& call) { call.OnFinished(true); });
    Complete([](Call& call) { call.OnDone(false); });
  }
  void Reset() override {}
  void AddHeaders(const Headers&) override {}
  void AddTrailers(const Headers&) override {}
  void Retire() override {
    // As ServerCall does: the call is gone when its own function returns.
    auto on_retired = on_retired_;
    call_.reset();
    on_retired();
  }

  FakeShard& shard_;
  const std::shared_ptr<const upstream::Target> target_;
  const std::function<void()> on_retired_;
  std::optional<Call> call_;
};

constexpr std::size_t kBodyBytes = 256 * 1024;

void AnswerInPieces(RawConnection& connection) {
  while (connection.ReadRequest()) {
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBodyBytes) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < kBodyBytes; sent += 1024) {
      if (!connection.Write(std::string(1024, 'x'))) return;
    }
  }
}

class ShardRaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto target = std::make_shared<upstream::Target>();
    target->host = "127.0.0.1";
    target->port = server_.port();
    target->host_header = "127.0.0.1";
    target->key = "one";
    target_ = target;
    shard_.switchboard = std::make_unique<Switchboard>(loop_, shard_.counters, [] { return upstream::Clock::now(); });
  }
  void BeginCalls(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      streams_.push_back(std::make_unique<FakeStream>(shard_, target_, [this] {
        std::lock_guard lock(mu_);
        ++retired_;
        changed_.notify_one();
      }));
      FakeStream& stream = *streams_.back();
      shard_.queue.Post([&stream] { stream.Begin(); });
    }
  }
  bool AllRetire() {
    std::unique_lock lock(mu_);
    return changed_.wait_for(lock, testing::kPatience * 3, [this] { return retired_ == streams_.size(); });
  }
  void ExpectOrder() {
    EXPECT_EQ(shard_.counters.exchanges_live, 0);
    EXPECT_EQ(shard_.counters.late_events_dropped, 0);
  }

  RawUpstream server_{AnswerInPieces};
  std::shared_ptr<const upstream::Target> target_;
  FakeShard shard_;
  upstream::Loop loop_{shard_};
  std::mutex mu_;
  std::condition_variable changed_;
  std::size_t retired_ = 0;  // guarded by mu_
  std::vector<std::unique_ptr<FakeStream>> streams_;
};

TEST_F(ShardRaceTest, EveryByteOfEveryCallArrives) {
  BeginCalls(40);
  ASSERT_TRUE(AllRetire());
  loop_.Stop();
  for (const auto& stream : streams_) {
    EXPECT_TRUE(stream->status.ok()) << stream->status;
    EXPECT_EQ(stream->bytes, kBodyBytes);
  }
  ExpectOrder();
}

TEST_F(ShardRaceTest, CancelsAtAnyMomentLeaveNothingBehind) {
  BeginCalls(80);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < streams_.size(); i += 2) {
    if (random() % 2 == 0) std::this_thread::yield();
    shard_.Deliver(CancelAll{absl::UnavailableError("going away")});
  }
  ASSERT_TRUE(AllRetire());
  loop_.Stop();
  ExpectOrder();
}

}  // namespace
}  // namespace sluice::frontend
