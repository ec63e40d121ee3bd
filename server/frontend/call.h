// One gRPC call, of any shape: the one wait, the write queue, the exchanges, the one cancel path and the one Finish.
// It names no gRPC type; ServerCall connects it to a stream.
#ifndef SLUICE_SERVER_FRONTEND_CALL_H_
#define SLUICE_SERVER_FRONTEND_CALL_H_

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/byte_budget.h"
#include "server/base/fifo.h"
#include "server/base/memory_budget.h"
#include "server/base/status.h"
#include "server/frontend/downstream.h"
#include "server/frontend/switchboard.h"
#include "server/frontend/task.h"
#include "server/observe/call_record.h"
#include "server/upstream/exchange.h"

namespace sluice::frontend {

// Everything that can happen to a call. Events of an exchange that the flow has aborted are not told.
struct ClientMessage {
  std::string bytes;
};
struct HalfClose {};  // no more client messages; not an end
struct FlowTimer {};  // the time given to SetFlowTimer has come
struct Cancelled {    // the client has its status, or is gone; the flow cleans up and returns
  absl::Status why;
};
using Occurrence = std::variant<ClientMessage, HalfClose, upstream::ExchangeEvent, FlowTimer, PhaseChange, Cancelled>;

struct CallLimits {
  std::size_t low_watermark_bytes;
  std::size_t high_watermark_bytes;
  std::chrono::milliseconds stall;
  std::size_t message_bytes;       // gRPC fails a call whose message is larger, with a status of its own
  MemoryBudget* memory = nullptr;  // of all calls together; null: no bound
};

// Thread: the shard's CQ thread, where it is born and dies.
// Lifetime: from Begin() until it calls Downstream::Retire(); exchanges never outlive it.
class Call {
 public:
  using Clock = upstream::Clock;
  using Flow = std::function<Task<absl::Status>(Call&)>;

  Call(Downstream& downstream, Switchboard& switchboard, const CallLimits& limits);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Runs the flow to its first wait. `deadline` is the caller's, max() when there is none.
  void Begin(const Flow& flow, Clock::time_point deadline);

  // ---- for flows ----

  // The one wait: `Occurrence next = co_await call.Next();`
  class NextAwaiter;
  NextAwaiter Next();

  // The one message of a unary or server-streaming call. INVALID_ARGUMENT when the client sent none or more;
  // UNAVAILABLE (DRAINING) when the process drains before it is whole, RESOURCE_EXHAUSTED (CLIENT_STALLED) when it is
  // large and never ends.
  Task<absl::StatusOr<std::string>> OnlyMessage();

  // Asks for one more client message: ClientMessage or HalfClose comes, once. No effect while one is asked for.
  // Nothing is read while more than the high watermark waits to be written: a client that does not read is not heard.
  void WantMessage();

  // Queues a message for the client. Its bytes count against the budget until gRPC took them.
  // One above the limit ends the call: RESOURCE_EXHAUSTED, EVENT_TOO_LARGE.
  void Write(std::string message);

  // Something waits for the client. A frame that only shows life would wait behind it, and show nothing.
  bool HasUnwritten() const { return writing_ || !outbox_.empty(); }

  // Headers of the answer: they go with the first message, or with the status.
  void AddHeaders(const Headers& headers);
  // The same, but if there is no message at the next wait they are sent by themselves: the client sees life.
  void SendHeaders(const Headers& headers);

  // Told with the status, and in the call's line of the log; a name that was set before gets the new value. After the
  // status has gone only the log has it. A value is cut to 512 bytes; what is not printable ASCII becomes '?'.
  void SetTrailer(std::string_view name, std::string_view value);

  // For a flow that was told Cancelled and has something to add to the status: it waits for the flow's end, but not
  // longer than `at_most` and half of what is left to the caller's deadline. No effect when the client is gone.
  void HoldStatus(std::chrono::milliseconds at_most);

  // What the flow keeps from one wait to the next, in all: of events that are not complete, of requests that are not
  // handed on. RESOURCE_EXHAUSTED (OVER_LIMIT) when all calls together hold too much: the flow must give up what it
  // wanted to keep. `may_have_run`: that belongs to a request that was sent, as the error then says.
  absl::Status Keep(std::size_t bytes, bool may_have_run);

  // What the errors that end the call from outside of the flow (a stall, a drain, ...) are to tell in their metadata;
  // also when such an error waits to be told (HoldStatus).
  void Note(std::string_view key, std::string_view value);

  // Its body's bytes are counted until they are sent.
  upstream::ExchangeId StartExchange(upstream::ExchangeRequest request);
  // Closes it. Nothing is told of it any more.
  void Abort(upstream::ExchangeId exchange);

  // FlowTimer comes `after` from now; nullopt takes it back. One at a time.
  void SetFlowTimer(std::optional<std::chrono::milliseconds> after);

  observe::CallRecord& record() { return record_; }
  Switchboard& switchboard() { return switchboard_; }
  bool cancelled() const { return cancelled_; }

  // ---- for the stream, the switchboard and the life cycle ----

  void OnRead(std::optional<std::string> message);  // nullopt: half-close, or the call is over
  void OnWritten(bool ok);
  void OnHeadersSent(bool ok);
  void OnFinished(bool ok);
  void OnDone(bool cancelled);
  void OnExchangeEvent(upstream::ExchangeEvent event);
  void OnTimer();
  void OnPhaseChange(const PhaseChange& change);

  // The one cancel path: exchanges are closed, what waits to be written is dropped, the client gets `why` at once, the
  // flow gets Cancelled. `end` names the cause in the log. A second cancel closes what the flow started since, and is
  // told to it as well.
  void Cancel(const absl::Status& why, std::string_view end);

 private:
  struct RunningExchange {
    upstream::ExchangeId id;
    bool aborted = false;  // tell nothing of it
  };
  std::vector<RunningExchange>::iterator FindExchange(upstream::ExchangeId id);
  void Tell(Occurrence occurrence);
  bool HasOccurrence() const { return !inbox_.empty(); }
  Occurrence TakeOccurrence();
  void AbortExchanges();
  void ReleaseBytes(std::size_t bytes);
  void DropQueues();
  void FlowEnded(absl::Status status);
  void Settle();  // after anything happened: take the flow's result, start what can be started, retire
  void PumpWrite();
  void PumpHeaders();
  void PumpRead();
  void PumpFinish();
  void CheckStall();
  bool WaitsForClient() const;
  bool HoldsStatus() const;
  void Rearm();       // the one timer, to the earliest of deadline, stall and flow timer
  bool Over() const;  // nothing is outstanding that could call us

  Downstream& downstream_;
  Switchboard& switchboard_;
  const CallLimits limits_;
  const std::shared_ptr<ByteBudget> budget_;
  MemoryHold kept_;
  const upstream::TimerId timer_;
  const Clock::time_point begun_;
  observe::CallRecord record_;
  ErrorMetadata notes_;
  Headers trailers_;

  std::optional<Task<absl::Status>> flow_;
  std::coroutine_handle<> waiting_;
  Fifo<Occurrence> inbox_;
  std::size_t told_bytes_ = 0;  // body bytes that the flow is looking at

  enum class Read { kIdle, kWanted, kRunning, kEnded };
  Read read_ = Read::kIdle;
  enum class HeadersState { kNotAsked, kAsked, kSent };
  HeadersState headers_ = HeadersState::kNotAsked;
  bool headers_running_ = false;

  Fifo<std::string> outbox_;
  std::size_t outbox_bytes_ = 0;
  std::size_t writing_bytes_ = 0;
  bool writing_ = false;
  bool wrote_ = false;

  std::vector<RunningExchange> exchanges_;
  std::optional<absl::Status> status_;  // what the client is to get
  bool cancelled_ = false;
  enum class Finish { kNotYet, kRunning, kOver };
  Finish finish_ = Finish::kNotYet;
  bool done_ = false;  // gRPC said that the call is over
  bool retired_ = false;

  Clock::time_point callers_deadline_ = Clock::time_point::max();
  Clock::time_point deadline_ = Clock::time_point::max();  // ours: a little before the caller's
  std::optional<Clock::time_point> status_held_until_;
  Clock::time_point stall_at_ = Clock::time_point::max();
  Clock::time_point write_began_;  // of the write, or the finish, that gRPC has now
  Clock::time_point flow_timer_at_ = Clock::time_point::max();
  Clock::time_point armed_at_ = Clock::time_point::max();
};

class Call::NextAwaiter {
 public:
  explicit NextAwaiter(Call& call) : call_(call) {}
  bool await_ready() const { return call_.HasOccurrence(); }
  void await_suspend(std::coroutine_handle<> flow) { call_.waiting_ = flow; }
  Occurrence await_resume() { return call_.TakeOccurrence(); }

 private:
  Call& call_;
};

// An exchange that ends with its scope.
class OpenExchange {
 public:
  OpenExchange(Call& call, upstream::ExchangeRequest request)
      : call_(call), id_(call.StartExchange(std::move(request))) {}
  ~OpenExchange() { call_.Abort(id_); }
  OpenExchange(const OpenExchange&) = delete;
  OpenExchange& operator=(const OpenExchange&) = delete;
  upstream::ExchangeId id() const { return id_; }

 private:
  Call& call_;
  const upstream::ExchangeId id_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_CALL_H_
