// Bounds the calls in flight.
#ifndef SLUICE_SERVER_FRONTEND_ADMISSION_H_
#define SLUICE_SERVER_FRONTEND_ADMISSION_H_

#include <atomic>
#include <utility>

namespace sluice::frontend {

// Thread-safe. Must outlive its permits.
class Admission {
 public:
  // Movable; empty when refused or moved from.
  class [[nodiscard]] Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(owner_, other.owner_);
      return *this;
    }
    ~Permit() {
      if (owner_ != nullptr) owner_->in_flight_.fetch_sub(1, std::memory_order_relaxed);
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    friend class Admission;
    explicit Permit(Admission* owner) : owner_(owner) {}
    Admission* owner_ = nullptr;
  };

  explicit Admission(int limit) : limit_(limit) {}

  // Never waits.
  Permit TryAcquire() {
    if (in_flight_.fetch_add(1, std::memory_order_relaxed) < limit_) return Permit(this);
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }
  int limit() const { return limit_; }

 private:
  const int limit_;
  std::atomic<int> in_flight_{0};
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_ADMISSION_H_
