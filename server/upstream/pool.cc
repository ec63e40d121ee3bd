#include "server/upstream/pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::upstream {

std::shared_ptr<Connection> Pool::Take(const std::string& key, Clock::time_point now) {
  const auto place = by_key_.find(key);
  if (place == by_key_.end()) return nullptr;
  auto& idle = place->second;
  std::shared_ptr<Connection> taken;
  while (!taken && !idle.empty()) {
    const Idle candidate = std::move(idle.back());
    idle.pop_back();
    if (candidate.expires > now && candidate.connection->IsQuiet()) {
      taken = candidate.connection;
      taken->set_reused();
    } else {
      candidate.connection->Close();
    }
  }
  if (idle.empty()) by_key_.erase(place);
  return taken;
}

void Pool::Put(const std::string& key, std::shared_ptr<Connection> connection, Clock::time_point now) {
  auto& idle = by_key_[key];
  if (idle.size() >= kMaxIdlePerTarget) {
    idle.front().connection->Close();
    idle.erase(idle.begin());
  }
  idle.push_back({std::move(connection), now + kMaxIdle});
}

bool Pool::CloseOldest() {
  const auto oldest = std::min_element(by_key_.begin(), by_key_.end(), [](const auto& one, const auto& other) {
    return one.second.front().expires < other.second.front().expires;
  });
  if (oldest == by_key_.end()) return false;
  auto& idle = oldest->second;
  idle.front().connection->Close();
  idle.erase(idle.begin());
  if (idle.empty()) by_key_.erase(oldest);
  return true;
}

void Pool::CloseExpired(Clock::time_point now) {
  for (auto place = by_key_.begin(); place != by_key_.end();) {
    auto& idle = place->second;
    const auto first_young =
        std::find_if(idle.begin(), idle.end(), [now](const Idle& entry) { return entry.expires > now; });
    std::for_each(idle.begin(), first_young, [](Idle& entry) { entry.connection->Close(); });
    idle.erase(idle.begin(), first_young);
    place = idle.empty() ? by_key_.erase(place) : std::next(place);
  }
}

std::optional<Clock::time_point> Pool::next_expiry() const {
  std::optional<Clock::time_point> next;
  for (const auto& [key, idle] : by_key_) {
    if (!next || idle.front().expires < *next) next = idle.front().expires;
  }
  return next;
}

std::size_t Pool::size() const {
  std::size_t count = 0;
  for (const auto& [key, idle] : by_key_) count += idle.size();
  return count;
}

void Pool::Clear() {
  for (auto& [key, idle] : by_key_) {
    for (auto& entry : idle) entry.connection->Close();
  }
  by_key_.clear();
}

}  // namespace sluice::upstream
