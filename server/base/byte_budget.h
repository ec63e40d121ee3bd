// Back-pressure between the thread that reads an upstream socket and the thread that writes to the gRPC client.
#ifndef SLUICE_SERVER_BASE_BYTE_BUDGET_H_
#define SLUICE_SERVER_BASE_BYTE_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "server/base/memory_budget.h"

namespace sluice {

// Counts the bytes that one call holds in memory between upstream and client.
// At the high watermark the producer stops reading its sockets; when the consumer has brought the count down to the low
// watermark it is told, once, to let the producer go on. The count and the "stopped" mark share one word, so a stop and
// a release that race can neither be lost nor be answered twice.
// What it counts is counted in the process's `total` as well, if it has one. While that is crowded the producer stops
// at once, and goes on when nothing is held: a stop always has something to wait for, whatever other calls do. Thread:
// Charge() and Release() from any thread. Lifetime: shared by a call and its exchanges.
class ByteBudget {
 public:
  // 0 < low < high.
  ByteBudget(std::size_t low_watermark_bytes, std::size_t high_watermark_bytes, MemoryBudget* total = nullptr)
      : low_(static_cast<std::int64_t>(low_watermark_bytes)),
        high_(static_cast<std::int64_t>(high_watermark_bytes)),
        total_(total) {}
  ~ByteBudget() { Count(held_bytes(), 0); }
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  // Adds bytes. True: the high watermark is reached and the producer is now stopped; it must not read until resumed.
  [[nodiscard]] bool Charge(std::size_t bytes) {
    auto word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t held = Held(word) + static_cast<std::int64_t>(bytes);
      const bool stop = Stopped(word) || held >= high_ || Crowded();
      if (!word_.compare_exchange_weak(word, Pack(held, stop), std::memory_order_acq_rel)) continue;
      Count(Held(word), held);
      return stop;
    }
  }

  // Takes bytes off again. True: the producer was stopped and may now go on; the caller must tell it so.
  [[nodiscard]] bool Release(std::size_t bytes) {
    auto word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t held = Held(word) - static_cast<std::int64_t>(bytes);
      const bool resume = Stopped(word) && held <= (Crowded() ? 0 : low_);
      const bool stopped = Stopped(word) && !resume;
      if (!word_.compare_exchange_weak(word, Pack(held, stopped), std::memory_order_acq_rel)) continue;
      Count(Held(word), held);
      return resume;
    }
  }

  // The producer was told to stop, or will be at its next charge.
  bool stopped() const { return Stopped(word_.load(std::memory_order_relaxed)); }
  std::int64_t held_bytes() const { return Held(word_.load(std::memory_order_relaxed)); }

 private:
  static std::int64_t Held(std::int64_t word) { return word >> 1; }
  static bool Stopped(std::int64_t word) { return (word & 1) != 0; }
  static std::int64_t Pack(std::int64_t held, bool stopped) { return (held << 1) | (stopped ? 1 : 0); }

  bool Crowded() const { return total_ != nullptr && total_->crowded(); }
  // Each change of the word is told once, so the changes add up to what is held.
  void Count(std::int64_t before, std::int64_t now) {
    if (total_ != nullptr) total_->Change(before, now);
  }

  const std::int64_t low_;
  const std::int64_t high_;
  MemoryBudget* const total_;
  std::atomic<std::int64_t> word_{0};  // held bytes × 2 + stopped
};

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_BYTE_BUDGET_H_
