#include "server/upstream/loop.h"

#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_sigmask

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/mailbox.h"
#include "server/upstream/io_thread.h"
#include "server/upstream/running_exchange.h"

namespace sluice::upstream {
namespace {

constexpr std::size_t kCommandsPerTurn = 256;

struct StartExchange {
  ExchangeId id;
  ExchangeRequest request;
};
struct ResumeExchange {
  ExchangeId id;
};
struct AbortExchange {
  ExchangeId id;
};
struct ArmTimerAt {
  TimerId id;
  Clock::time_point when;
};
struct DropTimer {
  TimerId id;
};
using Command = std::variant<StartExchange, ResumeExchange, AbortExchange, ArmTimerAt, DropTimer>;

TimerKey KeyOf(TimerId id) { return {TimerKey::Kind::kTimer, static_cast<std::uint64_t>(id)}; }

}  // namespace

class Loop::Thread final : public Waker {
 public:
  explicit Thread(EventSink& sink)
      : io_(
            sink, [this](TimerKey key) { OnTimer(key); }, [this](ExchangeId id) { exchanges_.erase(id); }),
        mailbox_(*this),
        work_(io_.context.get_executor()),
        thread_([this] { Main(); }) {}
  ~Thread() { Stop(); }

  void Post(Command command);
  void PostStart(ExchangeId id, ExchangeRequest request);
  void Stop();

  const IoThread& io() const { return io_; }
  std::uint64_t commands_refused() const { return commands_refused_.load(std::memory_order_relaxed); }

  // Waker: a poster's thread.
  void Wake() noexcept override {
    boost::asio::post(io_.context, [this] { TakeCommands(kCommandsPerTurn); });
  }

 private:
  // All of these on the I/O thread.
  void Main();
  void RunUntilStopped();
  void TakeCommands(std::size_t max);
  void StopOnThread();
  void OnTimer(TimerKey key);
  void Handle(StartExchange& start);
  void Handle(ResumeExchange& resume);
  void Handle(AbortExchange& abort);
  void Handle(ArmTimerAt& arm) { io_.timers.Arm(KeyOf(arm.id), arm.when); }
  void Handle(DropTimer& drop) { io_.timers.Cancel(KeyOf(drop.id)); }
  std::shared_ptr<RunningExchange> Find(ExchangeId id) const;

  IoThread io_;
  Mailbox<Command> mailbox_;
  std::atomic<std::uint64_t> commands_refused_{0};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unordered_map<ExchangeId, std::shared_ptr<RunningExchange>> exchanges_;
  std::vector<Command> batch_;
  std::once_flag stopped_;
  std::thread thread_;  // last: it uses all of the above
};

void Loop::Thread::Post(Command command) {
  if (!mailbox_.Post(std::move(command))) commands_refused_.fetch_add(1, std::memory_order_relaxed);
}

void Loop::Thread::PostStart(ExchangeId id, ExchangeRequest request) {
  io_.exchanges_live.fetch_add(1, std::memory_order_relaxed);  // before the thread can end it
  if (mailbox_.Post(StartExchange{id, std::move(request)})) return;
  io_.exchanges_live.fetch_sub(1, std::memory_order_relaxed);
  commands_refused_.fetch_add(1, std::memory_order_relaxed);
}

void Loop::Thread::Stop() {
  std::call_once(stopped_, [this] {
    mailbox_.Close();
    boost::asio::post(io_.context, [this] { StopOnThread(); });
    thread_.join();
  });
}

void Loop::Thread::Main() {
  pthread_setname_np(pthread_self(), "sluice-io");
  // OpenSSL writes to its descriptors without MSG_NOSIGNAL.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  RunUntilStopped();
  // The connections are closed: what waited on them is ready and is let go here, while all it refers to is alive.
  io_.context.restart();
  io_.context.poll();
}

void Loop::Thread::RunUntilStopped() {
  for (;;) {
    try {
      io_.context.run();
      return;
    } catch (...) {
      // Exchanges catch their own; a command or a timer was out of memory. The others go on.
      io_.events_lost.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void Loop::Thread::TakeCommands(std::size_t max) {
  mailbox_.Take(max, batch_);
  for (Command& command : batch_) {
    std::visit([this](auto& what) { Handle(what); }, command);
  }
  batch_.clear();
}

void Loop::Thread::StopOnThread() {
  TakeCommands(std::numeric_limits<std::size_t>::max());
  const auto running = exchanges_;  // each leaves the table as it ends
  for (const auto& [id, exchange] : running) exchange->Abort();
  io_.timers.Clear();
  io_.pool.Clear();
  work_.reset();
  io_.context.stop();  // does not wait for a lookup that nobody wants any more
}

void Loop::Thread::Handle(StartExchange& start) {
  auto exchange = std::make_shared<RunningExchange>(io_, start.id, std::move(start.request));
  [[maybe_unused]] const bool is_new = exchanges_.emplace(start.id, exchange).second;
  assert(is_new && "an ExchangeId was used twice");
  exchange->Run();
}

void Loop::Thread::Handle(ResumeExchange& resume) {
  if (const auto exchange = Find(resume.id)) exchange->Resume();
}

void Loop::Thread::Handle(AbortExchange& abort) {
  if (const auto exchange = Find(abort.id)) exchange->Abort();
}

std::shared_ptr<RunningExchange> Loop::Thread::Find(ExchangeId id) const {
  const auto place = exchanges_.find(id);
  return place == exchanges_.end() ? nullptr : place->second;
}

void Loop::Thread::OnTimer(TimerKey key) {
  const auto now = Clock::now();
  switch (key.kind) {
    case TimerKey::Kind::kTimer:
      io_.Deliver(TimerFired{static_cast<TimerId>(key.id)});
      return;
    case TimerKey::Kind::kExchange:
      if (const auto exchange = Find(static_cast<ExchangeId>(key.id))) exchange->OnClock(now);
      return;
    case TimerKey::Kind::kAddress:
      if (const auto exchange = Find(static_cast<ExchangeId>(key.id))) exchange->OnAddressClock();
      return;
    case TimerKey::Kind::kPool:
      io_.pool.CloseExpired(now);
      if (const auto next = io_.pool.next_expiry()) io_.timers.Arm(key, *next);
      return;
  }
}

Loop::Loop(EventSink& sink) : thread_(std::make_unique<Thread>(sink)) {}
Loop::~Loop() = default;

void Loop::Start(ExchangeId id, ExchangeRequest request) { thread_->PostStart(id, std::move(request)); }
void Loop::Resume(ExchangeId id) { thread_->Post(ResumeExchange{id}); }
void Loop::Abort(ExchangeId id) { thread_->Post(AbortExchange{id}); }
void Loop::ArmTimer(TimerId id, Clock::time_point when) { thread_->Post(ArmTimerAt{id, when}); }
void Loop::CancelTimer(TimerId id) { thread_->Post(DropTimer{id}); }
void Loop::Stop() { thread_->Stop(); }

int Loop::exchanges_live() const { return thread_->io().exchanges_live.load(std::memory_order_relaxed); }
int Loop::connections_open() const { return thread_->io().connections_open.load(std::memory_order_relaxed); }
std::uint64_t Loop::commands_refused() const { return thread_->commands_refused(); }
int Loop::events_lost() const { return thread_->io().events_lost.load(std::memory_order_relaxed); }

}  // namespace sluice::upstream
