// Lines to stderr, written by a thread of their own, so that a slow reader of stderr never holds up a call.
#ifndef SLUICE_SERVER_OBSERVE_LOG_H_
#define SLUICE_SERVER_OBSERVE_LOG_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::observe {

// Bounded: when more than `max_lines` wait, further lines are counted instead of kept, and the count is written as soon
// as there is room again. Thread-safe. The destructor writes what waits.
class Log {
 public:
  explicit Log(int fd, std::size_t max_lines = 16384);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // `line` has no line end. Never blocks.
  void Write(std::string line);

 private:
  void Run();

  const int fd_;
  const std::size_t max_lines_;
  std::mutex mu_;
  std::condition_variable ready_;
  std::vector<std::string> lines_;  // guarded by mu_
  std::uint64_t lost_ = 0;          // guarded by mu_
  bool stop_ = false;               // guarded by mu_
  std::thread thread_;
};

}  // namespace sluice::observe

#endif  // SLUICE_SERVER_OBSERVE_LOG_H_
