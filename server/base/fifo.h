// A queue for owners of which there are very many, most of them idle.
#ifndef SLUICE_SERVER_BASE_FIFO_H_
#define SLUICE_SERVER_BASE_FIFO_H_

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace sluice {

// First in, first out. Nearly no memory while it is empty, where std::deque keeps half a KiB. Thread: one.
template <typename T>
class Fifo {
 public:
  bool empty() const { return first_ == items_.size(); }

  template <typename... Args>
  void Push(Args&&... args) {
    items_.emplace_back(std::forward<Args>(args)...);
  }

  // Not when it is empty.
  T Pop() {
    T item = std::move(items_[first_++]);
    if (empty()) {
      Clear();
    } else if (first_ * 2 >= items_.size()) {  // half of it is gone: popping stays linear
      items_.erase(items_.begin(), begin());
      first_ = 0;
    }
    return item;
  }

  void Clear() {
    items_.clear();
    first_ = 0;
    if (items_.capacity() * sizeof(T) > kKeptBytes) std::vector<T>().swap(items_);
  }

  // Oldest first.
  auto begin() { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  auto end() { return items_.end(); }

  template <typename Predicate>
  void EraseIf(Predicate predicate) {
    items_.erase(std::remove_if(begin(), end(), predicate), end());
    if (empty()) Clear();
  }

 private:
  static constexpr std::size_t kKeptBytes = 256;

  std::vector<T> items_;
  std::size_t first_ = 0;  // those before it have been popped
};

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_FIFO_H_
