// sluice: flags → Config → Gateway; signals; exit code.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/config/command_line.h"
#include "server/gateway.h"
#include "server/observe/log.h"

namespace {

constexpr int kCannotBind = 69;
constexpr int kCountersDoNotMatch = 70;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// A descriptor per stream, and one per client connection.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

sluice::StopKind WaitForStop(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal == SIGTERM ? sluice::StopKind::kGraceful : sluice::StopKind::kInteractive;
}

// Sleeps, or returns true when a further stop signal comes.
bool WaitForSecondStop(const sigset_t& signals, std::chrono::milliseconds time) {
  const timespec timeout{static_cast<time_t>(time.count() / 1000), static_cast<long>(time.count() % 1000) * 1'000'000};
  return sigtimedwait(&signals, nullptr, &timeout) > 0;
}

int Serve(sluice::config::Config config) {
  // Before any thread exists, so that all of them leave these signals to us.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();

  sluice::observe::Log log(STDERR_FILENO);
  sluice::Gateway gateway(std::move(config), log);
  if (const absl::Status started = gateway.Start(); !started.ok()) {
    std::fprintf(stderr, "sluice: %s\n", std::string(started.message()).c_str());
    return kCannotBind;
  }
  std::printf("sluice: serving grpc=%s http=%s\n", gateway.grpc_address().c_str(), gateway.http_address().c_str());
  std::fflush(stdout);

  const sluice::StopKind kind = WaitForStop(signals);
  gateway.Drain(kind, [&](std::chrono::milliseconds time) { return WaitForSecondStop(signals, time); });
  const bool match = gateway.CountersMatch();
  log.Write(absl::StrCat("counters: ", gateway.counters().ToString(), match ? " match" : " MISMATCH"));
  return match ? 0 : kCountersDoNotMatch;
}

}  // namespace

int main(int argc, char** argv) {
  sluice::config::CommandLine command_line = sluice::config::ParseCommandLine(argc, argv);
  std::fputs(command_line.output.c_str(), stdout);
  std::fputs(command_line.errors.c_str(), stderr);
  if (!command_line.config || command_line.check_only) return command_line.exit_code;
  return Serve(std::move(*command_line.config));
}
