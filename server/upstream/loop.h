// One shard's upstream side: an I/O thread with all its sockets and clocks. Names no Asio type.
#ifndef SLUICE_SERVER_UPSTREAM_LOOP_H_
#define SLUICE_SERVER_UPSTREAM_LOOP_H_

#include <cstdint>
#include <memory>

#include "server/upstream/exchange.h"

namespace sluice::upstream {

// Runs exchanges and timers on one thread of its own ("sluice-io").
// Thread: all methods from any thread, but Stop() not from its own; the sink may give commands while it is told
// something. Lifetime: `sink` outlives it; no method may be running at destruction.
class Loop final : public Upstream {
 public:
  explicit Loop(EventSink& sink);
  ~Loop() override;  // stops
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start(ExchangeId id, ExchangeRequest request) override;
  void Resume(ExchangeId id) override;
  void Abort(ExchangeId id) override;
  void ArmTimer(TimerId id, Clock::time_point when) override;
  void CancelTimer(TimerId id) override;

  // Aborts every exchange (each still delivers its ExchangeEnd), drops all timers, closes all connections, joins the
  // thread. When it returns nothing is delivered any more. Commands that come later do nothing and are counted: a Start
  // after Stop gets no ExchangeEnd.
  void Stop();

  int exchanges_live() const;              // started, and its ExchangeEnd is not yet on its way
  int connections_open() const;            // sockets, the idle ones of the pool included
  std::uint64_t commands_refused() const;  // came after Stop()
  int events_lost() const;                 // the sink threw

 private:
  class Thread;
  const std::unique_ptr<Thread> thread_;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_LOOP_H_
