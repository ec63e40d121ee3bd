// One exchange while it runs. Private to upstream/: the seam is exchange.h.
#ifndef SLUICE_SERVER_UPSTREAM_RUNNING_EXCHANGE_H_
#define SLUICE_SERVER_UPSTREAM_RUNNING_EXCHANGE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/upstream/answer.h"
#include "server/upstream/dialer.h"
#include "server/upstream/exchange.h"
#include "server/upstream/io_thread.h"
#include "server/upstream/task.h"

namespace sluice::upstream {

// A coroutine: take or open a connection, send the request while looking out for the answer, hand the answer on.
//
// It sleeps in one place only, on wakeup_. What ends it from outside (abort, a clock) calls Cut(): the outcome is
// noted, the connection is closed, the coroutine is woken, finds the outcome and returns. The first outcome wins.
// Thread: the I/O thread. Lifetime: shared by the loop's table and the coroutine; Finish() leaves the table.
class RunningExchange : public std::enable_shared_from_this<RunningExchange> {
 public:
  RunningExchange(IoThread& io, ExchangeId id, ExchangeRequest request);

  void Run() { Main(shared_from_this()); }
  void Resume();
  void Abort();
  void OnClock(Clock::time_point now);
  void OnAddressClock();

 private:
  enum class Phase { kOpening, kSending, kWaiting, kAnswering };
  struct Deadline {
    Clock::time_point when = Clock::time_point::max();
    ExchangeOutcome outcome = ExchangeOutcome::kTotalTimeout;
  };

  static Detached Main(std::shared_ptr<RunningExchange> self);
  Task Converse();
  Task Open();
  Task Talk();
  void OnNotDialled();

  void Send();
  bool AllSent() const { return sent_ == head_.size() + request_.body.size(); }
  void OnAllSent();
  void Receive();
  void OnBytes(std::string_view bytes);
  void DeliverPiece(AnswerPiece piece);
  void OnLost(const IoResult& how);
  void EndLost(bool closed);
  void ForgetRequest();

  Deadline NextDeadline() const;
  void WatchClock();
  std::string TimeoutDetail(ExchangeOutcome outcome) const;

  void End(ExchangeOutcome outcome, std::string detail, Cause cause = Cause::kNone);
  void Cut(ExchangeOutcome outcome, std::string detail);
  void Finish();

  IoThread& io_;
  const ExchangeId id_;
  ExchangeRequest request_;
  std::string head_;      // the request's head; with a small body behind it
  std::size_t sent_ = 0;  // of head_ and then request_.body
  AnswerReader answer_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<Dialer> dialer_;
  std::optional<ExchangeEnd> end_;
  Wakeup wakeup_;

  Phase phase_ = Phase::kOpening;
  const Clock::time_point started_;
  Clock::time_point progress_;  // of the present phase: when it began, or bytes last moved
  Clock::time_point clock_armed_for_ = Clock::time_point::max();

  bool request_sent_ = false;  // a byte of it may have left
  bool got_bytes_ = false;     // any byte came back
  bool send_failed_ = false;   // the peer takes no more; its answer may be there all the same
  bool stopped_ = false;       // by the budget, until Resume()
  bool second_try_ = false;    // a reused connection had died
  bool try_again_ = false;     // ... just now
  bool keep_connection_ = false;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_RUNNING_EXCHANGE_H_
