// A completion queue, its one thread and its op gate. The only file of the project that starts operations on a queue,
// polls one or shuts one down.
#ifndef SLUICE_SERVER_FRONTEND_QUEUE_H_
#define SLUICE_SERVER_FRONTEND_QUEUE_H_

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <thread>

#include "server/base/mailbox.h"
#include "server/frontend/cq_op.h"
#include "server/frontend/op_gate.h"
#include "server/observe/counters.h"

namespace sluice::frontend {

// Every operation takes a permit before it starts; the poller gives it back after the operation's Complete() returned.
// Whoever takes the closed gate to zero shuts the queue down: once, and never with an operation outstanding.
// Thread: Start() from any thread; completions come on the queue's own.
// Lifetime: the server lives until the queue has been joined.
class Queue {
 public:
  Queue(std::unique_ptr<grpc::ServerCompletionQueue> queue, observe::Counters& counters);
  ~Queue();  // Close() and Join() must have been called if Run() was
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Starts the polling thread.
  void Run();

  // Takes a permit and calls start(queue, tag), which must start exactly one operation with that tag.
  // False: the queue is closed and nothing was started.
  template <std::invocable<grpc::ServerCompletionQueue*, void*> StartFn>
  [[nodiscard]] bool Start(CqOp& op, StartFn&& start) {
    if (!gate_.TryAcquire()) return false;
    counters_.ops_started.fetch_add(1, std::memory_order_relaxed);
    start(queue_.get(), static_cast<void*>(&op));
    return true;
  }

  // Gives back the permit of an operation that was started but whose tag will never come: gRPC's "done" notification of
  // a call that never began. Only from within Complete().
  void Forget();

  // No operation starts any more. The queue shuts down as soon as the last one that runs has been delivered.
  void Close();

  // Waits for the polling thread: the queue is drained afterwards.
  void Join();

 private:
  void Poll();
  void GiveBack();

  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  observe::Counters& counters_;
  OpGate gate_;
  std::thread thread_;
};

// Wakes a queue's thread: sets one Alarm, whose delivery calls `on_wake`. The mailbox calls Wake() only when no wake-up
// is on its way, so the Alarm is never set while its former tag is undelivered.
class QueueWaker final : public Waker, private CqOp {
 public:
  class Listener {
   public:
    virtual void OnWake() = 0;

   protected:
    ~Listener() = default;
  };
  QueueWaker(Queue& queue, Listener& listener) : queue_(queue), listener_(listener) {}

  void Wake() noexcept override;

 private:
  void Complete(bool ok) noexcept override;

  Queue& queue_;
  Listener& listener_;
  grpc::Alarm alarm_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_QUEUE_H_
