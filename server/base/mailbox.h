// A queue of values between two threads, and the wake-up of the one that reads it.
#ifndef SLUICE_SERVER_BASE_MAILBOX_H_
#define SLUICE_SERVER_BASE_MAILBOX_H_

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice {

// Makes the reader of a mailbox call Take() on its own thread, soon.
// Thread: Wake() is called by any poster, with the mailbox's mutex held; it must not block, and must not call back.
class Waker {
 public:
  virtual void Wake() noexcept = 0;

 protected:
  ~Waker() = default;
};

// Many posters, one reader. The reader is woken on empty → non-empty only, so a burst of posts costs one wake-up.
// Thread: Post() and Close() from any thread, Take() from the reader's alone.
// Lifetime: the waker outlives every call of Post() and Take(); after Close(), Post() does not touch it.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(Waker& waker) : waker_(waker) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // False when the mailbox is closed: the value was not taken and nobody is woken.
  [[nodiscard]] bool Post(T value) {
    std::lock_guard lock(mu_);
    if (closed_) return false;
    values_.push_back(std::move(value));
    // Waking under the mutex is what makes "woken but nothing there" and "there but not woken" impossible.
    if (!std::exchange(woken_, true)) waker_.Wake();
    return true;
  }

  // Moves up to `max` values, oldest first, into `out` (emptied first). To be called when the wake-up arrives; 0 < max.
  // If values are left the waker is called again, so that the reader's other work gets its turn between batches.
  void Take(std::size_t max, std::vector<T>& out) {
    out.clear();
    std::lock_guard lock(mu_);
    if (taken_ == 0 && values_.size() <= max) {
      out.swap(values_);
      woken_ = false;
      return;
    }
    const auto first = values_.begin() + static_cast<std::ptrdiff_t>(taken_);
    const auto count = std::min(max, values_.size() - taken_);
    out.assign(std::make_move_iterator(first), std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count)));
    taken_ += count;
    DropTaken();
    woken_ = !values_.empty();
    if (woken_) waker_.Wake();
  }

  // Later posts are refused. Values already in stay for the reader.
  void Close() {
    std::lock_guard lock(mu_);
    closed_ = true;
  }

 private:
  // Only once they are half of all, so that taking a backlog in batches stays linear. Needs mu_.
  void DropTaken() {
    if (taken_ * 2 < values_.size()) return;
    values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }

  Waker& waker_;
  std::mutex mu_;
  std::vector<T> values_;  // guarded by mu_; the first `taken_` have been moved out
  std::size_t taken_ = 0;  // guarded by mu_; less than values_.size(), or both are 0
  bool woken_ = false;     // guarded by mu_; a wake-up is on its way
  bool closed_ = false;    // guarded by mu_
};

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_MAILBOX_H_
