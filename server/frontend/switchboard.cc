#include "server/frontend/switchboard.h"

#include <utility>
#include <vector>

#include "server/frontend/call.h"

namespace sluice::frontend {

Switchboard::Switchboard(upstream::Upstream& upstream, observe::Counters& counters, NowFn now, unsigned shard_index)
    : upstream_(upstream),
      counters_(counters),
      now_(std::move(now)),
      next_id_((static_cast<std::uint64_t>(shard_index) << 48) + 1) {}

upstream::TimerId Switchboard::Enter(Call& call) {
  const std::uint64_t id = next_id_++;
  calls_.emplace(id, &call);
  return upstream::TimerId{id};
}

void Switchboard::Leave(Call&, upstream::TimerId timer) { calls_.erase(static_cast<std::uint64_t>(timer)); }

upstream::ExchangeId Switchboard::StartExchange(Call& call, upstream::ExchangeRequest request) {
  const upstream::ExchangeId id{next_id_++};
  exchanges_.emplace(static_cast<std::uint64_t>(id), &call);
  counters_.exchanges_total.fetch_add(1, std::memory_order_relaxed);
  counters_.exchanges_live.fetch_add(1, std::memory_order_relaxed);
  upstream_.Start(id, std::move(request));
  return id;
}

void Switchboard::Route(ShardEvent event) {
  std::visit([this](auto& one) { RouteOne(std::move(one)); }, event);
}

void Switchboard::RouteOne(upstream::ExchangeEvent event) {
  const auto found = exchanges_.find(static_cast<std::uint64_t>(event.id));
  if (found == exchanges_.end()) {
    counters_.late_events_dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  Call& call = *found->second;
  if (std::holds_alternative<ExchangeEnd>(event.what)) {
    exchanges_.erase(found);
    counters_.exchanges_live.fetch_sub(1, std::memory_order_relaxed);
  }
  call.OnExchangeEvent(std::move(event));
}

void Switchboard::RouteOne(upstream::TimerFired fired) {
  // A timer that was cancelled while its firing was on the way finds nobody; that is no loss.
  const auto found = calls_.find(static_cast<std::uint64_t>(fired.id));
  if (found != calls_.end()) found->second->OnTimer();
}

// A call that is told something may end, and so leave the map.
template <typename Fn>
void Switchboard::ForEachCall(Fn&& fn) {
  std::vector<std::uint64_t> ids;
  ids.reserve(calls_.size());
  for (const auto& [id, call] : calls_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    const auto found = calls_.find(id);
    if (found != calls_.end()) fn(*found->second);
  }
}

void Switchboard::RouteOne(const PhaseChange& change) {
  ForEachCall([&](Call& call) { call.OnPhaseChange(change); });
}

void Switchboard::RouteOne(const CancelAll& cancel) {
  ForEachCall([&](Call& call) { call.Cancel(cancel.why, "draining"); });
}

}  // namespace sluice::frontend
