// Connections between two exchanges.
#ifndef SLUICE_SERVER_UPSTREAM_POOL_H_
#define SLUICE_SERVER_UPSTREAM_POOL_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/upstream/connection.h"
#include "server/upstream/exchange.h"

namespace sluice::upstream {

// Below what servers usually allow (Node closes at 5 s), so that the race with the server's own close is rare.
inline constexpr std::chrono::seconds kMaxIdle{4};
inline constexpr std::size_t kMaxIdlePerTarget = 256;

// Idle connections by Target::key, the youngest first: under light load the others grow old and are closed.
// Thread: the I/O thread.
class Pool {
 public:
  // One that is young enough, still open and quiet, or null. Those that are not are closed on the way.
  std::shared_ptr<Connection> Take(const std::string& key, Clock::time_point now);
  // Keeps it until `now` + kMaxIdle. Beyond kMaxIdlePerTarget the oldest is closed.
  void Put(const std::string& key, std::shared_ptr<Connection> connection, Clock::time_point now);

  // Gives the oldest of all up. False: there is none.
  bool CloseOldest();
  void CloseExpired(Clock::time_point now);
  // When the next one expires.
  std::optional<Clock::time_point> next_expiry() const;
  std::size_t size() const;
  void Clear();

 private:
  struct Idle {
    std::shared_ptr<Connection> connection;
    Clock::time_point expires;
  };

  std::unordered_map<std::string, std::vector<Idle>> by_key_;  // oldest first; no empty lists
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_POOL_H_
