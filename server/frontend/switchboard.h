// One shard's map from exchanges and timers to the calls that wait for them.
#ifndef SLUICE_SERVER_FRONTEND_SWITCHBOARD_H_
#define SLUICE_SERVER_FRONTEND_SWITCHBOARD_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <unordered_map>
#include <variant>

#include "absl/status/status.h"
#include "server/observe/counters.h"
#include "server/upstream/exchange.h"

namespace sluice::frontend {

class Call;

enum class Phase { kServing, kLameDuck, kDraining };

// The process changes its phase of life; every live call is told. `left`: until calls are ended by us.
struct PhaseChange {
  Phase phase;
  std::chrono::milliseconds left;
};

// Ends every live call with `why`.
struct CancelAll {
  absl::Status why;
};

// Kept when everything that the shard's queue had before has been handled.
struct Barrier {
  std::shared_ptr<std::promise<void>> passed;
};

// What the shard's mailbox carries.
using ShardEvent = std::variant<upstream::ExchangeEvent, upstream::TimerFired, PhaseChange, CancelAll, Barrier>;

// Thread: the shard's CQ thread. Lifetime: outlives its calls.
class Switchboard {
 public:
  using NowFn = std::function<upstream::Clock::time_point()>;
  // `shard_index` keeps ids of different shards apart.
  Switchboard(upstream::Upstream& upstream, observe::Counters& counters, NowFn now, unsigned shard_index = 0);

  // A call lives from Enter to Leave. Its timer is named by the value of Enter.
  upstream::TimerId Enter(Call& call);
  void Leave(Call& call, upstream::TimerId timer);

  upstream::ExchangeId StartExchange(Call& call, upstream::ExchangeRequest request);

  // Gives the event to its call. The call may be gone when this returns.
  void Route(ShardEvent event);

  upstream::Upstream& upstream() { return upstream_; }
  upstream::Clock::time_point now() const { return now_(); }
  observe::Counters& counters() { return counters_; }

 private:
  void RouteOne(upstream::ExchangeEvent event);
  void RouteOne(upstream::TimerFired fired);
  void RouteOne(const PhaseChange& change);
  void RouteOne(const CancelAll& cancel);
  void RouteOne(const Barrier& barrier) { barrier.passed->set_value(); }
  template <typename Fn>
  void ForEachCall(Fn&& fn);

  upstream::Upstream& upstream_;
  observe::Counters& counters_;
  const NowFn now_;
  std::uint64_t next_id_;
  std::unordered_map<std::uint64_t, Call*> exchanges_;  // running ones, by ExchangeId
  std::unordered_map<std::uint64_t, Call*> calls_;      // live ones, by TimerId
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_SWITCHBOARD_H_
