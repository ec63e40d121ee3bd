// The clocks of one shard: any number of them on one Asio timer.
#ifndef SLUICE_SERVER_UPSTREAM_TIMERS_H_
#define SLUICE_SERVER_UPSTREAM_TIMERS_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "server/upstream/exchange.h"

namespace sluice::upstream {

// Whose clock it is: `id` is a TimerId, an ExchangeId, or 0.
struct TimerKey {
  enum class Kind : std::uint8_t { kTimer, kExchange, kAddress, kPool };
  Kind kind = Kind::kTimer;
  std::uint64_t id = 0;
  friend auto operator<=>(const TimerKey&, const TimerKey&) = default;
};

// now + delay, without overflow: an absurdly long delay means a year.
Clock::time_point After(Clock::time_point now, std::chrono::milliseconds delay);

// Keys in the order of their times, rounded up to whole milliseconds. It holds what is armed and nothing else: moving
// and cancelling leave nothing behind.
class TimerQueue {
 public:
  void Arm(TimerKey key, Clock::time_point when);  // moves it if it is armed
  void Cancel(TimerKey key);
  bool IsArmed(TimerKey key) const { return times_.contains(key); }
  // Takes the earliest out if its time has come.
  std::optional<TimerKey> PopDue(Clock::time_point now);
  std::optional<Clock::time_point> next() const;
  std::size_t size() const { return by_time_.size(); }
  void Clear();

 private:
  struct Hash {
    std::size_t operator()(const TimerKey& key) const {
      return std::hash<std::uint64_t>{}(key.id * 4 + static_cast<std::uint64_t>(key.kind));
    }
  };

  std::set<std::pair<Clock::time_point, TimerKey>> by_time_;
  std::unordered_map<TimerKey, Clock::time_point, Hash> times_;
};

// A TimerQueue that calls `on_fire` when a time has come.
// Thread: the io_context's. Lifetime: the io_context must not run any more when this is destroyed.
class Timers {
 public:
  Timers(boost::asio::io_context& context, std::function<void(TimerKey)> on_fire);

  void Arm(TimerKey key, Clock::time_point when);
  void Cancel(TimerKey key);
  bool IsArmed(TimerKey key) const { return queue_.IsArmed(key); }
  void Clear();

 private:
  void Schedule();
  void Fire();

  boost::asio::steady_timer timer_;
  const std::function<void(TimerKey)> on_fire_;
  TimerQueue queue_;
  std::optional<Clock::time_point> scheduled_;  // what timer_ waits for; may be earlier than needed, never later
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_TIMERS_H_
