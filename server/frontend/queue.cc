#include "server/frontend/queue.h"

#include <grpc/support/time.h>
#include <pthread.h>

#include <utility>

namespace sluice::frontend {

Queue::Queue(std::unique_ptr<grpc::ServerCompletionQueue> queue, observe::Counters& counters)
    : queue_(std::move(queue)), counters_(counters) {}

Queue::~Queue() {
  if (thread_.joinable()) Join();
  if (!queue_) return;
  // A queue that was never run, or that has been drained by its thread, gives nothing here.
  Close();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
  }
}

void Queue::Run() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "sluice-cq");
    Poll();
  });
}

void Queue::Poll() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    static_cast<CqOp*>(tag)->Complete(ok);  // the operation may be gone now
    counters_.tags_delivered.fetch_add(1, std::memory_order_relaxed);
    GiveBack();
  }
}

void Queue::GiveBack() {
  if (gate_.Release()) queue_->Shutdown();
}

void Queue::Forget() {
  counters_.ops_started.fetch_sub(1, std::memory_order_relaxed);
  GiveBack();
}

void Queue::Close() {
  if (gate_.Close()) queue_->Shutdown();
}

void Queue::Join() {
  thread_.join();
  counters_.permits.fetch_add(static_cast<std::int64_t>(gate_.permits()), std::memory_order_relaxed);
}

void QueueWaker::Wake() noexcept {
  // A closed queue has no calls left that an event could concern; its mailbox was closed before it.
  (void)queue_.Start(*this, [this](grpc::ServerCompletionQueue* queue, void* tag) {
    alarm_.Set(queue, gpr_time_0(GPR_CLOCK_MONOTONIC), tag);
  });
}

void QueueWaker::Complete(bool) noexcept { listener_.OnWake(); }

}  // namespace sluice::frontend
