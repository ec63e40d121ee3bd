#include "client/ctl/wakeup.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace sluice::ctl {
namespace {

constexpr int kExitCancelled = 65;

std::atomic<const Wakeup*> interrupt_wakeup = nullptr;
std::atomic<int> interrupt_count = 0;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<const Wakeup*>::is_always_lock_free,
              "a signal handler may use nothing else");

extern "C" void OnInterrupt(int) {
  const int saved_errno = errno;
  if (interrupt_count.fetch_add(1) > 0) _exit(kExitCancelled);
  if (const Wakeup* wakeup = interrupt_wakeup.load()) wakeup->Wake();
  errno = saved_errno;
}

}  // namespace

Wakeup::Wakeup() {
  if (pipe(ends_) != 0) {
    std::perror("sluicectl: pipe");
    std::abort();
  }
  for (int end : ends_) {
    fcntl(end, F_SETFL, O_NONBLOCK);
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
}

Wakeup::~Wakeup() {
  const Wakeup* self = this;
  interrupt_wakeup.compare_exchange_strong(self, nullptr);
  close(ends_[0]);
  close(ends_[1]);
}

void Wakeup::Wake() const {
  const char byte = 0;
  // A full pipe is awake already.
  [[maybe_unused]] const auto written = write(ends_[1], &byte, 1);
}

bool Wakeup::Wait(int other_fd) const {
  pollfd waits[2] = {{ends_[0], POLLIN, 0}, {other_fd, POLLIN, 0}};
  if (poll(waits, 2, /*timeout=*/-1) < 0) return false;  // EINTR: the handler has written to the pipe
  char bytes[64];
  while (read(ends_[0], bytes, sizeof bytes) > 0) {
  }
  return waits[1].revents != 0;  // an end or an error is found by reading
}

void CatchInterrupts(const Wakeup& wakeup) {
  interrupt_wakeup = &wakeup;
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return interrupt_count.load() > 0; }

}  // namespace sluice::ctl
