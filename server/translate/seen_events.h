// Which events of a session came already, as far back as can be remembered.
#ifndef SLUICE_SERVER_TRANSLATE_SEEN_EVENTS_H_
#define SLUICE_SERVER_TRANSLATE_SEEN_EVENTS_H_

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sluice::translate {

// Event ids by their hashes; the oldest are forgotten first. Nothing is allocated before the first one.
class SeenEvents {
 public:
  static constexpr std::size_t kRemembered = 512;

  void Add(std::string_view id) {
    const std::size_t hash = std::hash<std::string_view>()(id);
    if (!hashes_.insert(hash).second) return;
    if (order_.size() < kRemembered) {
      order_.push_back(hash);
      return;
    }
    hashes_.erase(order_[next_]);
    order_[next_] = hash;
    next_ = (next_ + 1) % kRemembered;
  }
  bool Has(std::string_view id) const { return hashes_.contains(std::hash<std::string_view>()(id)); }

 private:
  std::unordered_set<std::size_t> hashes_;
  std::vector<std::size_t> order_;  // a ring, once it is full
  std::size_t next_ = 0;            // the oldest
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SEEN_EVENTS_H_
