// Signals from one thread to another, counted: how the tests here wait without sleeping.
#ifndef SLUICE_TESTS_BASE_SIGNALS_H_
#define SLUICE_TESTS_BASE_SIGNALS_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sluice::testing {

// A semaphore of our own: those of older standard libraries can miss a release.
class Signals {
 public:
  void Send() {
    std::lock_guard lock(mu_);
    ++pending_;
    cv_.notify_one();
  }

  // Takes one signal. False: none came within half a minute, which is a failure.
  [[nodiscard]] bool Wait() {
    std::unique_lock lock(mu_);
    if (!cv_.wait_for(lock, std::chrono::seconds(30), [this] { return pending_ > 0; })) return false;
    --pending_;
    return true;
  }

  // Signals sent that nobody took yet.
  int pending() {
    std::lock_guard lock(mu_);
    return pending_;
  }

 private:
  std::mutex mu_;
  std::condition_variable cv_;
  int pending_ = 0;  // guarded by mu_
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_BASE_SIGNALS_H_
