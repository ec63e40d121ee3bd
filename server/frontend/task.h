// A coroutine that gives one value to the coroutine or the object that waits for it.
#ifndef SLUICE_SERVER_FRONTEND_TASK_H_
#define SLUICE_SERVER_FRONTEND_TASK_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace sluice::frontend {

// Starts when it is awaited, or by Start(). Owns its frame: destroying a Task destroys a coroutine that is suspended.
// Thread: one; a Task is resumed on the thread that started it. Exceptions do not cross it: they end the process.
template <typename T>
class [[nodiscard]] Task {
 public:
  class promise_type {
   public:
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept { return FinalAwaiter{}; }
    template <typename U>
    void return_value(U&& value) {
      value_.emplace(std::forward<U>(value));
    }
    void unhandled_exception() noexcept { std::terminate(); }

   private:
    friend class Task;
    struct FinalAwaiter {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        const std::coroutine_handle<> next = self.promise().continuation_;
        return next ? next : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    std::optional<T> value_;
    std::coroutine_handle<> continuation_;
  };

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  // Runs to the first suspension. The owner asks done() after whatever may have resumed the coroutine.
  void Start() { frame_.resume(); }
  bool done() const { return frame_ && frame_.done(); }
  T TakeResult() { return std::move(*frame_.promise().value_); }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    frame_.promise().continuation_ = caller;
    return frame_;
  }
  T await_resume() { return TakeResult(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_TASK_H_
