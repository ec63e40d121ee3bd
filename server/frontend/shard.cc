#include "server/frontend/shard.h"

#include <utility>

#include "server/frontend/server_call.h"

namespace sluice::frontend {
namespace {

// Between two batches the queue's other completions get their turn.
constexpr std::size_t kBatch = 64;

// Requests that wait for a call. More would only lengthen the queue's list of outstanding operations.
constexpr int kPostedRequests = 32;

}  // namespace

Shard::Shard(Common& common, std::unique_ptr<grpc::ServerCompletionQueue> queue, unsigned index)
    : common_(common),
      index_(index),
      queue_(std::move(queue), common.counters),
      waker_(queue_, *this),
      mailbox_(waker_) {}

void Shard::Run(upstream::Upstream& upstream) {
  switchboard_ = std::make_unique<Switchboard>(
      upstream, common_.counters, [] { return upstream::Clock::now(); }, index_);
  for (int i = 0; i < kPostedRequests; ++i) ServerCall::Post(*this);
  queue_.Run();
}

bool Shard::Deliver(upstream::ExchangeEvent event) {
  if (mailbox_.Post(std::move(event))) return true;
  common_.counters.late_events_dropped.fetch_add(1, std::memory_order_relaxed);
  return false;
}

bool Shard::Deliver(upstream::TimerFired fired) { return mailbox_.Post(fired); }
void Shard::Deliver(const PhaseChange& change) { (void)mailbox_.Post(change); }
void Shard::Deliver(const CancelAll& cancel) { (void)mailbox_.Post(cancel); }

void Shard::Deliver(const Barrier& barrier) { (void)mailbox_.Post(barrier); }

void Shard::OnWake() {
  mailbox_.Take(kBatch, batch_);
  for (ShardEvent& event : batch_) switchboard_->Route(std::move(event));
  batch_.clear();
}

void Shard::Close() {
  mailbox_.Close();
  queue_.Close();
}

void Shard::Join() { queue_.Join(); }

}  // namespace sluice::frontend
