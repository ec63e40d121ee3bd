// Many timers of one flow over the one that its call has.
#ifndef SLUICE_SERVER_FRONTEND_FLOW_TIMERS_H_
#define SLUICE_SERVER_FRONTEND_FLOW_TIMERS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "server/frontend/call.h"

namespace sluice::frontend {

// Thread: the call's. Lifetime: shorter than the call's.
class FlowTimers {
 public:
  explicit FlowTimers(Call& call) : call_(call) {}

  void Add(std::uint64_t id, std::chrono::milliseconds after) {
    timers_.emplace(call_.switchboard().now() + after, id);
    Rearm();
  }

  // After a FlowTimer: the timers whose time has come, the earliest first.
  std::vector<std::uint64_t> TakeDue() {
    std::vector<std::uint64_t> due;
    const auto end = timers_.upper_bound(call_.switchboard().now());
    for (auto at = timers_.begin(); at != end; ++at) due.push_back(at->second);
    timers_.erase(timers_.begin(), end);
    armed_.reset();
    Rearm();
    return due;
  }

 private:
  void Rearm() {
    if (timers_.empty()) return;
    const Call::Clock::time_point first = timers_.begin()->first;
    if (armed_ && *armed_ <= first) return;
    armed_ = first;
    // Rounded up: a timer that fires early finds nothing due.
    call_.SetFlowTimer(std::chrono::ceil<std::chrono::milliseconds>(first - call_.switchboard().now()));
  }

  Call& call_;
  std::multimap<Call::Clock::time_point, std::uint64_t> timers_;
  std::optional<Call::Clock::time_point> armed_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FLOW_TIMERS_H_
