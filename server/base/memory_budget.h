// What all calls of the process together hold in memory.
#ifndef SLUICE_SERVER_BASE_MEMORY_BUDGET_H_
#define SLUICE_SERVER_BASE_MEMORY_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace sluice {

// A sum, counted in whole blocks: what a holder has below its first block is its own and touches nothing shared, and
// one that holds more touches the sum once a block. Nobody is ever made to wait by it, so it cannot deadlock:
//  - Bytes on their way to a client (ByteBudget) are always counted in, and at half of the limit reading stops: each
//    call then reads one buffer when it holds nothing, and not before.
//  - Bytes that no client can take off yet (MemoryHold) may use the other half too; whoever exceeds the limit with one
//    block more is told so and gives up.
// Thread-safe; relaxed, for it orders nothing. Lifetime: outlives its holders.
class MemoryBudget {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{16} * 1024;

  explicit MemoryBudget(std::size_t limit_bytes) : limit_(static_cast<std::int64_t>(limit_bytes)) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // A holder has `now` bytes where it had `before`.
  void Change(std::int64_t before, std::int64_t now) {
    const std::int64_t blocks = Blocks(now) - Blocks(before);
    if (blocks != 0) reserved_.fetch_add(blocks * kBlock, std::memory_order_relaxed);
  }

  bool crowded() const { return reserved_bytes() >= limit_ / 2; }
  bool exceeded() const { return reserved_bytes() > limit_; }
  std::int64_t limit_bytes() const { return limit_; }
  std::int64_t reserved_bytes() const { return reserved_.load(std::memory_order_relaxed); }

 private:
  static constexpr auto kBlock = static_cast<std::int64_t>(kBlockBytes);
  static std::int64_t Blocks(std::int64_t bytes) { return bytes / kBlock; }

  const std::int64_t limit_;
  std::atomic<std::int64_t> reserved_{0};
};

// Bytes that stay until something else happens: an event that is not complete, a request that is not sent. They are
// counted for as long as it lives. Thread: one at a time. Movable; empty when moved from.
class MemoryHold {
 public:
  MemoryHold() = default;
  explicit MemoryHold(MemoryBudget& budget) : budget_(&budget) {}
  MemoryHold(MemoryHold&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryHold& operator=(MemoryHold&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MemoryHold() { (void)Resize(0); }

  // Counts `bytes` from now on. False: there are more of them than before, and the limit is exceeded; who holds them
  // must give them up. Less than a block is always there.
  [[nodiscard]] bool Resize(std::size_t bytes) {
    const auto now = static_cast<std::int64_t>(bytes);
    const std::int64_t before = std::exchange(bytes_, now);
    if (budget_ == nullptr) return true;
    budget_->Change(before, now);
    return now <= before || bytes < MemoryBudget::kBlockBytes || !budget_->exceeded();
  }

 private:
  MemoryBudget* budget_ = nullptr;
  std::int64_t bytes_ = 0;
};

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_MEMORY_BUDGET_H_
