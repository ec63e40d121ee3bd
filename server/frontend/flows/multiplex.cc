#include "server/frontend/flows/multiplex.h"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "server/base/status.h"
#include "server/frontend/flow_timers.h"
#include "server/frontend/flows/a2a_cancel.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

using translate::Multiplexer;
using upstream::ExchangeId;

// The exchanges of one stream, by the names that both sides give them.
class Exchanges {
 public:
  void Add(Multiplexer::Key key, ExchangeId id) {
    by_key_.emplace(key, id);
    by_id_.emplace(static_cast<std::uint64_t>(id), key);
  }
  Multiplexer::Key KeyOf(ExchangeId id) const { return by_id_.at(static_cast<std::uint64_t>(id)); }
  // Nothing: it has not begun.
  std::optional<ExchangeId> Remove(Multiplexer::Key key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    const ExchangeId id = found->second;
    by_key_.erase(found);
    by_id_.erase(static_cast<std::uint64_t>(id));
    return id;
  }

 private:
  std::unordered_map<Multiplexer::Key, ExchangeId> by_key_;
  std::unordered_map<std::uint64_t, Multiplexer::Key> by_id_;
};

class Driver {
 public:
  Driver(Call& call, const Services& services, const UpstreamEntry& upstream, Headers headers, Multiplexer& multiplexer,
         Multiplexer::Step first)
      : call_(call),
        services_(services),
        upstream_(upstream),
        headers_(std::move(headers)),
        multiplexer_(multiplexer),
        timers_(call),
        step_(std::move(first)) {
    if (services_.config.heartbeat) timers_.Add(kHeartbeat, *services_.config.heartbeat);
  }

  // Does what the last step asks for. Its end, when it has one.
  std::optional<absl::Status> Act() {
    for (std::size_t i = 0; i < step_.requests.size(); ++i) Start(i);  // giving one up may ask for more
    for (std::string& frame : step_.frames) Write(std::move(frame));
    for (const Multiplexer::Key key : step_.closes) {
      if (const auto id = exchanges_.Remove(key)) call_.Abort(*id);
    }
    for (const Multiplexer::Timer& timer : step_.timers) timers_.Add(timer.id, timer.after);
    // It has become less: what was posted is the exchanges' to count.
    (void)call_.Keep(multiplexer_.pending_bytes(), multiplexer_.under_way() > 0);
    return std::exchange(step_, {}).end;
  }

  void OnFrame(const ClientMessage& frame) { step_ = multiplexer_.OnFrame(frame.bytes); }
  void OnHalfClose() { step_ = multiplexer_.OnHalfClose(); }
  void OnDraining(std::chrono::milliseconds left) { step_ = multiplexer_.OnDraining(left); }
  void OnCancelled(const absl::Status& why) {
    step_ = multiplexer_.OnCancelled(/*draining=*/ErrorReason(why) == reason::kDraining);
  }

  void OnEvent(const upstream::ExchangeEvent& event) {
    upstream_.Observe(event);
    const std::uint64_t dropped = multiplexer_.dropped_responses();
    const Multiplexer::Key key = exchanges_.KeyOf(event.id);
    step_ = Feed(key, event);
    if (absl::Status room = call_.Keep(multiplexer_.pending_bytes(), true); !room.ok()) {
      multiplexer_.GiveUp(key, room, step_);
    }
    call_.switchboard().counters().responses_dropped +=
        static_cast<std::int64_t>(multiplexer_.dropped_responses() - dropped);
  }

  void OnTimer() {
    for (const std::uint64_t id : timers_.TakeDue()) {
      if (id == kHeartbeat) {
        Beat();
      } else {
        step_.Append(multiplexer_.OnTimer(id));
      }
    }
  }

 private:
  static constexpr std::uint64_t kHeartbeat = 0;  // the multiplexer's own begin with 1

  Multiplexer::Step Feed(Multiplexer::Key key, const upstream::ExchangeEvent& event) {
    if (const auto* head = std::get_if<ResponseHead>(&event.what)) return multiplexer_.OnHead(key, *head);
    if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) return multiplexer_.OnBytes(key, body->bytes);
    exchanges_.Remove(key);
    return multiplexer_.OnEnd(key, std::get<ExchangeEnd>(event.what));
  }

  void Start(std::size_t index) {
    Multiplexer::HttpRequest request = std::move(step_.requests[index]);
    const std::size_t kept = multiplexer_.pending_bytes() + request.body.size();
    if (absl::Status room = call_.Keep(kept, false); !room.ok()) return multiplexer_.GiveUp(request.key, room, step_);
    Headers headers = UpstreamHeaders(services_.config.headers, headers_, upstream_.config.headers, request.headers);
    upstream::ExchangeRequest exchange = upstream_.Post(std::move(headers), std::move(request.body));
    exchange.method = std::move(request.method);
    exchange.retry_safe = request.retry_safe;
    if (request.total) exchange.clocks.total = request.total;
    exchanges_.Add(request.key, call_.StartExchange(std::move(exchange)));
    call_.Note("may_have_run", "true");
  }

  void Write(std::string frame) {
    wrote_ = true;
    call_.Write(std::move(frame));
  }

  // The timer runs all the time; a frame since it was set, or one that still waits, is as good as a heartbeat.
  void Beat() {
    if (!std::exchange(wrote_, false) && !call_.HasUnwritten()) call_.Write(multiplexer_.Heartbeat());
    timers_.Add(kHeartbeat, *services_.config.heartbeat);
  }

  Call& call_;
  const Services& services_;
  const UpstreamEntry& upstream_;
  const Headers headers_;
  Multiplexer& multiplexer_;
  Exchanges exchanges_;
  FlowTimers timers_;
  Multiplexer::Step step_;
  bool wrote_ = false;
};

}  // namespace

Task<absl::Status> RunMultiplexer(Call& call, const Services& services, const UpstreamEntry& upstream, Headers headers,
                                  Multiplexer& multiplexer, Multiplexer::Step first) {
  call.record().upstream = upstream.config.name;
  call.Note("upstream", upstream.config.name);
  Driver driver(call, services, upstream, std::move(headers), multiplexer, std::move(first));
  bool reading = true;
  bool told_draining = false;
  std::optional<absl::Status> cancelled;
  upstream::Clock::time_point cancelled_at;
  for (;;) {
    if (const auto end = driver.Act()) {
      if (!cancelled) co_return *end;
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(call.switchboard().now() - cancelled_at);
      if (const auto* receipt = multiplexer.cancel_receipt()) LeaveReceipt(call, *receipt, took);
      co_return *cancelled;
    }
    if (!std::exchange(told_draining, true) && services.phase.load() == Phase::kDraining) {
      driver.OnDraining(services.config.drain.deadline);  // it was told before we listened
      continue;
    }
    if (reading) call.WantMessage();
    Occurrence next = co_await call.Next();
    if (const auto* gone = std::get_if<Cancelled>(&next)) {
      if (cancelled) co_return *cancelled;  // the second time: what was owed to the upstream is given up
      cancelled = gone->why;
      cancelled_at = call.switchboard().now();
      reading = false;
      driver.OnCancelled(*cancelled);
      if (const auto* receipt = multiplexer.cancel_receipt()) LeaveReceipt(call, *receipt);
    } else if (const auto* frame = std::get_if<ClientMessage>(&next)) {
      driver.OnFrame(*frame);
    } else if (std::holds_alternative<HalfClose>(next)) {
      reading = false;
      driver.OnHalfClose();
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      driver.OnEvent(*event);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      driver.OnTimer();
    } else if (const auto* change = std::get_if<PhaseChange>(&next); change && change->phase == Phase::kDraining) {
      driver.OnDraining(change->left);
    }
  }
}

}  // namespace sluice::frontend
