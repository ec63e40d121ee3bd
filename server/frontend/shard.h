// One completion queue with its thread, its mailbox and its calls. Shards share nothing on the message path.
#ifndef SLUICE_SERVER_FRONTEND_SHARD_H_
#define SLUICE_SERVER_FRONTEND_SHARD_H_

#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <memory>
#include <vector>

#include "server/base/mailbox.h"
#include "server/frontend/admission.h"
#include "server/frontend/methods.h"
#include "server/frontend/queue.h"
#include "server/frontend/switchboard.h"
#include "server/observe/log.h"

namespace sluice::frontend {

// What all shards have in common; owned by the frontend.
struct Common {
  const Methods& methods;
  const CallLimits call_limits;
  Admission& admission;
  Admission& watches;  // of health calls, which the other does not count
  observe::Counters& counters;
  observe::Log& log;
  grpc::AsyncGenericService& service;
  const std::atomic<Phase>& phase;
};

// Thread: events may be delivered from any; calls live on the queue's own.
class Shard final : public upstream::EventSink, private QueueWaker::Listener {
 public:
  Shard(Common& common, std::unique_ptr<grpc::ServerCompletionQueue> queue, unsigned index);

  // Connects the upstream side, posts requests, starts the thread.
  void Run(upstream::Upstream& upstream);

  // From any thread. False, and counted, once the mailbox is closed.
  bool Deliver(upstream::ExchangeEvent event) override;
  bool Deliver(upstream::TimerFired fired) override;
  void Deliver(const PhaseChange& change);
  void Deliver(const CancelAll& cancel);
  void Deliver(const Barrier& barrier);

  // Nobody may deliver any more; the queue closes behind its last operation.
  void Close();
  void Join();

  Common& common() { return common_; }
  Queue& queue() { return queue_; }
  Switchboard& switchboard() { return *switchboard_; }

 private:
  void OnWake() override;

  Common& common_;
  const unsigned index_;
  Queue queue_;
  QueueWaker waker_;
  Mailbox<ShardEvent> mailbox_;
  std::unique_ptr<Switchboard> switchboard_;
  std::vector<ShardEvent> batch_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_SHARD_H_
