// The coroutines of upstream/: how an exchange sleeps, and what wakes it.
//
// Asio's own awaitable<> is not used: cancelling it is asynchronous, so an abort can be lost or come out as an
// exception of a later wait. Here an exchange has one wait, everything that happens to it ends in Notify(), and it
// looks at its own flags when it wakes. It also costs half the memory of an idle stream.
#ifndef SLUICE_SERVER_UPSTREAM_TASK_H_
#define SLUICE_SERVER_UPSTREAM_TASK_H_

#include <coroutine>
#include <exception>
#include <utility>

namespace sluice::upstream {

// A step of a coroutine: starts when it is awaited, once, by its only caller; its exceptions come out there.
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    struct BackToCaller {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(Handle done) const noexcept { return done.promise().caller; }
      void await_resume() const noexcept {}
    };

    Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    BackToCaller final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }

    std::coroutine_handle<> caller;
    std::exception_ptr error;
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().caller = caller;
    return handle_;
  }
  void await_resume() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  }

 private:
  explicit Task(Handle handle) : handle_(handle) {}

  Handle handle_;
};

// The outermost coroutine: runs at once, and frees itself when it ends. It must not let an exception out.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

// What a coroutine sleeps on: `co_await wakeup`. News that comes while nobody sleeps is kept, so it cannot be lost; it
// is a hint only, and a waker may be late or wrong: the sleeper looks at its own state in a loop. Thread: one thread.
// Notify() runs the sleeper before it returns, and the sleeper may end and be gone by then.
class Wakeup {
 public:
  Wakeup() = default;
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void Notify() {
    if (sleeper_) {
      std::exchange(sleeper_, {}).resume();
    } else {
      notified_ = true;
    }
  }

  auto operator co_await() noexcept { return Sleep{this}; }

 private:
  struct Sleep {
    bool await_ready() const noexcept { return std::exchange(wakeup->notified_, false); }
    void await_suspend(std::coroutine_handle<> sleeper) const noexcept { wakeup->sleeper_ = sleeper; }
    void await_resume() const noexcept {}

    Wakeup* wakeup;
  };

  std::coroutine_handle<> sleeper_;
  bool notified_ = false;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_TASK_H_
