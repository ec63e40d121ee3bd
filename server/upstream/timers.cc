#include "server/upstream/timers.h"

#include <algorithm>

namespace sluice::upstream {
namespace {

constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
constexpr Clock::time_point kNever = Clock::time_point::max() - std::chrono::hours(1);
constexpr int kFiresPerTurn = 256;

}  // namespace

Clock::time_point After(Clock::time_point now, std::chrono::milliseconds delay) {
  return now + std::clamp(delay, std::chrono::milliseconds(0), kLongest);
}

void TimerQueue::Arm(TimerKey key, Clock::time_point when) {
  // Whole milliseconds: neighbours share a wake-up. The cap keeps "never" from overflowing when it is rounded.
  const Clock::time_point rounded = std::chrono::ceil<std::chrono::milliseconds>(std::min(when, kNever));
  const auto [place, is_new] = times_.try_emplace(key, rounded);
  if (!is_new) {
    if (place->second == rounded) return;
    auto node = by_time_.extract({place->second, key});
    place->second = rounded;
    node.value().first = rounded;
    by_time_.insert(std::move(node));
    return;
  }
  by_time_.emplace(rounded, key);
}

void TimerQueue::Cancel(TimerKey key) {
  const auto place = times_.find(key);
  if (place == times_.end()) return;
  by_time_.erase({place->second, key});
  times_.erase(place);
}

std::optional<TimerKey> TimerQueue::PopDue(Clock::time_point now) {
  if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
  const TimerKey key = by_time_.begin()->second;
  by_time_.erase(by_time_.begin());
  times_.erase(key);
  return key;
}

std::optional<Clock::time_point> TimerQueue::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

void TimerQueue::Clear() {
  by_time_.clear();
  times_.clear();
}

Timers::Timers(boost::asio::io_context& context, std::function<void(TimerKey)> on_fire)
    : timer_(context), on_fire_(std::move(on_fire)) {}

void Timers::Arm(TimerKey key, Clock::time_point when) {
  queue_.Arm(key, when);
  Schedule();
}

// The Asio timer is left as it is: it wakes once for nothing and is then set to what is next.
void Timers::Cancel(TimerKey key) { queue_.Cancel(key); }

void Timers::Clear() {
  queue_.Clear();
  scheduled_.reset();
  timer_.cancel();
}

void Timers::Schedule() {
  const auto next = queue_.next();
  if (!next || (scheduled_ && *scheduled_ <= *next)) return;
  scheduled_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Fire();
  });
}

void Timers::Fire() {
  scheduled_.reset();
  const auto now = Clock::now();
  for (int fired = 0; fired < kFiresPerTurn; ++fired) {
    const auto key = queue_.PopDue(now);
    if (!key) break;
    on_fire_(*key);
  }
  Schedule();
}

}  // namespace sluice::upstream
