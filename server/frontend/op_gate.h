// The right to start operations on one completion queue, and the moment at which that queue may be shut down.
#ifndef SLUICE_SERVER_FRONTEND_OP_GATE_H_
#define SLUICE_SERVER_FRONTEND_OP_GATE_H_

#include <atomic>
#include <cassert>
#include <cstdint>

namespace sluice::frontend {

// Counts the operations of one completion queue and closes behind the last of them.
//
// gRPC aborts the process when an operation is started on a queue that was shut down and has run empty. It does not
// look for that earlier, so the mistake passes every test and dies under load. Hence: no operation without a permit,
// and the queue is shut down by whoever is told `true` by Release() or Close().
//
//   start:     if (!gate.TryAcquire()) return;  // do not start it
//              alarm.Set(queue, ...);
//   the queue: op->Complete(ok);                // may start further operations: their permits are taken meanwhile
//              if (gate.Release()) queue.Shutdown();
//   stop:      if (gate.Close()) queue.Shutdown();
//
// Why it holds: a permit that is held keeps the count above zero, and the shutdown needs a closed gate at zero; a
// closed gate hands out no permit, so its count only falls; and it meets zero once, either in the Close() that finds no
// permit or in the Release() of the last one. tests/proof checks this with a model and against the library itself.
//
// Exactly once: one call of Release() or Close() in the life of a gate returns true, as soon as it is closed and empty.
// Thread: any. Lifetime: outlives every permit.
class OpGate {
 public:
  OpGate() = default;
  OpGate(const OpGate&) = delete;
  OpGate& operator=(const OpGate&) = delete;

  // Takes a permit. False: the gate is closed, the operation must not be started.
  // Test and increment are one step on purpose: between two, the last permit could come back and the queue shut down.
  [[nodiscard]] bool TryAcquire() noexcept {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    do {
      if ((word & kClosed) != 0) return false;
    } while (!word_.compare_exchange_weak(word, word + 1, std::memory_order_acquire, std::memory_order_relaxed));
    return true;
  }

  // Gives a permit back. True: it was the last of a closed gate, and the caller shuts the queue down now.
  // For an operation whose tag was delivered this is the poller's to call, after the tag's handler has returned.
  [[nodiscard]] bool Release() noexcept {
    const std::uint64_t before = word_.fetch_sub(1, std::memory_order_acq_rel);
    assert((before & ~kClosed) != 0 && "a permit was given back twice");
    return before == (kClosed | 1);
  }

  // Refuses further permits. True: none is held, and the caller shuts the queue down now. Later calls return false.
  [[nodiscard]] bool Close() noexcept { return word_.fetch_or(kClosed, std::memory_order_acq_rel) == 0; }

  // How many permits are held. A snapshot while operations are being started; exact on a closed gate at rest.
  [[nodiscard]] std::uint64_t permits() const noexcept { return word_.load(std::memory_order_acquire) & ~kClosed; }

 private:
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;

  std::atomic<std::uint64_t> word_{0};  // kClosed | permits held
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_OP_GATE_H_
