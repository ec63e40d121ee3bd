// The op gate against the real library: operations are started on a completion queue while it is being shut down.
//
// Each round runs in a process of its own, since what is looked for is an abort: three threads set Alarms through a
// guard, a poller delivers them and starts one more now and then, a closer stops the queue at a random moment.
//   counted gate   server/frontend/op_gate.h                    no round may abort
//   closed flag    what one writes first: look, then start      some round must abort, or the stress proves nothing;
//                                                               one may hang: the tag of a late operation is lost
// Prints a table. Exit code 0: both came out as they must.
#include <fcntl.h>
#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/frontend/op_gate.h"

namespace {

constexpr int kRounds = 300;  // of each guard
constexpr int kStarters = 3;
constexpr std::uint64_t kOutstandingAtMost = 8;  // few, so that the queue is often empty when it is shut down
constexpr unsigned kRoundSeconds = 20;           // a round that takes longer hangs
constexpr int kWrongCounters = 3;                // exit code of such a round

// What the gate replaces: it knows that the queue was closed, but not who is about to start an operation.
class ClosedFlag {
 public:
  bool TryAcquire() { return !closed_.load(); }
  bool Release() { return false; }
  bool Close() { return !closed_.exchange(true); }
  std::uint64_t permits() const { return 0; }

 private:
  std::atomic<bool> closed_{false};
};

struct AlarmOp {
  explicit AlarmOp(bool again) : starts_another(again) {}
  grpc::Alarm alarm;
  const bool starts_another;
};

// One queue, its guard, and the counters that must agree at the end.
template <typename Guard>
class Round {
 public:
  // True: the queue was shut down once, and everything started was delivered.
  bool Run(unsigned seed) {
    std::jthread poller([this] { Poll(); });
    std::vector<std::jthread> starters;
    for (int i = 0; i < kStarters; ++i) starters.emplace_back([this, seed, i] { Start(seed + 1000u * i); });
    const std::chrono::microseconds moment(std::minstd_rand(seed)() % 2000);
    std::jthread closer([this, moment] {
      std::this_thread::sleep_for(moment);  // the moment is what is varied; nothing waits for it
      if (guard_.Close()) ShutDown();
    });
    closer.join();
    starters.clear();  // joins
    poller.join();
    return shutdowns_ == 1 && started_ == delivered_ && guard_.permits() == 0;
  }

 private:
  void Start(unsigned seed) {
    std::minstd_rand random(seed);
    for (;;) {
      while (started_ - delivered_ >= kOutstandingAtMost) std::this_thread::yield();
      const unsigned dice = random();
      const std::chrono::microseconds pause(dice % 5 == 0 ? dice / 5 % 200 : 0);
      if (!StartOne(/*starts_another=*/dice % 4 == 0, pause)) return;
    }
  }

  // `pause` is injected between the leave to start and the start: the gap that a guard has to cover.
  bool StartOne(bool starts_another, std::chrono::microseconds pause) {
    if (!guard_.TryAcquire()) return false;
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    ++started_;
    auto* op = new AlarmOp(starts_another);
    op->alarm.Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), op);
    return true;
  }

  void Poll() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      auto* op = static_cast<AlarmOp*>(tag);
      if (op->starts_another) StartOne(/*starts_another=*/false, std::chrono::microseconds(0));
      delete op;
      ++delivered_;
      if (guard_.Release()) ShutDown();
    }
  }

  void ShutDown() {
    ++shutdowns_;
    queue_.Shutdown();
  }

  grpc::CompletionQueue queue_;
  Guard guard_;
  std::atomic<std::uint64_t> started_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<int> shutdowns_{0};
};

enum class Outcome { kClean, kAborted, kHung, kOther };

struct Tally {
  int clean = 0, aborted = 0, hung = 0, other = 0;
  std::string other_text;  // of the last one
};

// In the child. gRPC is used in children only: it does not survive a fork.
template <typename Guard>
[[noreturn]] void RunChild(unsigned seed, int stderr_fd) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_DUMPABLE, 0);
  dup2(stderr_fd, STDERR_FILENO);
  alarm(kRoundSeconds);
  const bool ok = Round<Guard>().Run(seed);
  std::_Exit(ok ? 0 : kWrongCounters);
}

// An abort counts only if it is the library's refusal of a late operation; any other death is a fault of this program.
Outcome Classify(int status, std::string_view text, std::string& other_text) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && text.find("assertion failed") == std::string_view::npos) {
    return Outcome::kClean;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && text.find("cq_begin_op") != std::string_view::npos) {
    return Outcome::kAborted;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return Outcome::kHung;
  other_text = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                   : "exit code " + std::to_string(WEXITSTATUS(status));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kWrongCounters) other_text += " (the counters do not agree)";
  other_text.append(": ").append(text);
  return Outcome::kOther;
}

std::string ReadFromStart(int fd) {
  std::string text(4096, '\0');
  const ssize_t got = pread(fd, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

template <typename Guard>
Tally RunRounds() {
  Tally tally;
  std::FILE* const captured = std::tmpfile();
  if (captured == nullptr) {
    tally.other = kRounds;
    tally.other_text = "no temporary file for stderr";
    return tally;
  }
  for (int round = 0; round < kRounds; ++round) {
    std::rewind(captured);
    if (ftruncate(fileno(captured), 0) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) RunChild<Guard>(static_cast<unsigned>(round) + 1, fileno(captured));
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0) status = 0xff00;  // could not fork: as an exit code of 255
    switch (Classify(status, ReadFromStart(fileno(captured)), tally.other_text)) {
      case Outcome::kClean:
        ++tally.clean;
        break;
      case Outcome::kAborted:
        ++tally.aborted;
        break;
      case Outcome::kHung:
        ++tally.hung;
        break;
      case Outcome::kOther:
        ++tally.other;
        break;
    }
  }
  std::fclose(captured);
  return tally;
}

void PrintRow(const char* guard, const Tally& tally, const char* expected, bool ok) {
  std::printf("%-14s %7d %7d %8d %7d %7d   %-22s %s\n", guard, kRounds, tally.clean, tally.aborted, tally.hung,
              tally.other, expected, ok ? "yes" : "NO");
  if (tally.other > 0) std::printf("    %s\n", tally.other_text.c_str());
  std::fflush(stdout);
}

}  // namespace

int main() {
  std::printf("%-14s %7s %7s %8s %7s %7s   %-22s %s\n", "guard", "rounds", "clean", "aborted", "hung", "other",
              "expected", "met");
  std::fflush(stdout);
  const Tally gate = RunRounds<sluice::frontend::OpGate>();
  const bool gate_ok = gate.clean == kRounds;
  PrintRow("counted gate", gate, "no abort", gate_ok);
  const Tally flag = RunRounds<ClosedFlag>();
  const bool flag_ok = flag.aborted >= 1 && flag.other == 0;
  PrintRow("closed flag", flag, "at least one abort", flag_ok);
  return gate_ok && flag_ok ? 0 : 1;
}
