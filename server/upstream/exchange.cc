#include <exception>
#include <utility>

#include "server/upstream/request_head.h"
#include "server/upstream/running_exchange.h"

namespace sluice::upstream {
namespace {

// A body up to this size travels with the head: one write, one packet.
constexpr std::size_t kSmallBody = std::size_t{16} * 1024;
// What one exchange may do before the others get their turn.
constexpr std::size_t kBytesPerWrite = std::size_t{256} * 1024;
constexpr int kReadsPerTurn = 4;

std::string Milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

}  // namespace

RunningExchange::RunningExchange(IoThread& io, ExchangeId id, ExchangeRequest request)
    : io_(io),
      id_(id),
      request_(std::move(request)),
      answer_(request_.method == "HEAD"),
      started_(Clock::now()),
      progress_(started_) {}

// ---- the coroutine -------------------------------------------------------------------------------------------------

Detached RunningExchange::Main(std::shared_ptr<RunningExchange> self) {
  try {
    if (std::string why = WhyNotSendable(self->request_); !why.empty()) {
      self->End(ExchangeOutcome::kUnreachable, "the request was not sent: " + why, Cause::kRequest);
    } else {
      co_await self->Converse();
    }
  } catch (const std::exception& error) {
    self->End(self->request_sent_ ? ExchangeOutcome::kTruncated : ExchangeOutcome::kUnreachable,
              std::string("the gateway failed: ") + error.what());
  }
  self->Finish();
}

Task RunningExchange::Converse() {
  head_ = RequestHead(request_);
  if (request_.body.size() <= kSmallBody) head_.append(std::exchange(request_.body, {}));
  do {
    try_again_ = false;
    co_await Open();
    if (!end_) co_await Talk();
  } while (try_again_ && !end_);
}

// Sets connection_, or end_.
Task RunningExchange::Open() {
  phase_ = Phase::kOpening;
  progress_ = Clock::now();
  if (!second_try_) {
    connection_ = io_.pool.Take(request_.target->key, progress_);
    if (connection_) {
      connection_->Attach(&wakeup_);
      co_return;
    }
  }
  WatchClock();
  dialer_ = std::make_unique<Dialer>(io_, *request_.target, std::shared_ptr<Wakeup>(shared_from_this(), &wakeup_),
                                     After(progress_, request_.clocks.connect),
                                     TimerKey{TimerKey::Kind::kAddress, static_cast<std::uint64_t>(id_)});
  co_await dialer_->Run();
  if (!end_) {
    connection_ = dialer_->TakeConnection();
    if (!connection_) OnNotDialled();
  }
  dialer_.reset();
}

void RunningExchange::OnNotDialled() {
  const Cause cause = dialer_->cause();
  const bool lacks = cause == Cause::kDescriptors || cause == Cause::kPorts;
  End(lacks ? ExchangeOutcome::kNoResources : ExchangeOutcome::kUnreachable, dialer_->error(), cause);
}

// Sends and receives as either side permits, until end_ or try_again_ is set.
Task RunningExchange::Talk() {
  phase_ = Phase::kSending;
  progress_ = Clock::now();
  WatchClock();
  for (bool may_read = false;; may_read = true) {
    if (!AllSent() && !send_failed_) Send();
    // Nothing can have come before the first turn, unless the peer refused the request: then its answer counts.
    if ((may_read || send_failed_) && !stopped_) Receive();
    if (end_ || try_again_) co_return;
    if (!AllSent() && !send_failed_) connection_->ArmWrite();
    if (!stopped_) connection_->ArmRead();
    co_await wakeup_;
    if (end_) co_return;
  }
}

// ---- the request ---------------------------------------------------------------------------------------------------

void RunningExchange::Send() {
  while (!AllSent()) {
    std::string_view rest = head_;
    if (sent_ < head_.size()) {
      rest.remove_prefix(sent_);
    } else {
      rest = request_.body;
      rest.remove_prefix(sent_ - head_.size());
    }
    const IoResult result = connection_->Write(rest.substr(0, kBytesPerWrite));
    // TLS may have handed on a part of what it calls not written: once it was asked to write, we count it as sent.
    if (result.status == IoResult::Status::kDone || request_.target->tls) request_sent_ = true;
    if (result.status == IoResult::Status::kBlocked) return;
    if (result.status != IoResult::Status::kDone) {
      send_failed_ = true;
      return;
    }
    sent_ += result.bytes;
    progress_ = phase_ == Phase::kAnswering ? progress_ : Clock::now();
    if (sent_ > head_.size() && !AllSent()) return;  // a large body: the others' turn
  }
  OnAllSent();
}

void RunningExchange::OnAllSent() {
  if (phase_ == Phase::kSending) phase_ = Phase::kWaiting;
  if (!request_.retry_safe) ForgetRequest();
}

// Frees it, and keeps AllSent() true.
void RunningExchange::ForgetRequest() {
  std::string().swap(head_);
  std::string().swap(request_.body);
  request_.body_memory = {};
  std::string().swap(request_.path);
  Headers().swap(request_.headers);
  sent_ = 0;
}

// ---- the answer ----------------------------------------------------------------------------------------------------

void RunningExchange::Receive() {
  for (int reads = 0; reads < kReadsPerTurn && !stopped_; ++reads) {
    const IoResult result = connection_->Read(io_.read_buffer);
    // A connection that cannot be written to brings no more than what is here already.
    if (result.status == IoResult::Status::kBlocked && !send_failed_) return;
    if (result.status != IoResult::Status::kDone) return OnLost(result);
    OnBytes(std::string_view(io_.read_buffer.data(), result.bytes));
    if (end_) return;
    // A short read has emptied the socket: asking again would only cost a call.
    if (result.bytes < io_.read_buffer.size() && !connection_->HasUnread()) return;
  }
}

void RunningExchange::OnBytes(std::string_view bytes) {
  got_bytes_ = true;
  if (AllSent()) ForgetRequest();
  if (request_.clocks.idle) progress_ = Clock::now();
  AnswerPiece piece;
  const AnswerReader::State state = answer_.Feed(bytes, piece);
  DeliverPiece(std::move(piece));
  if (state == AnswerReader::State::kDone) {
    keep_connection_ = answer_.keeps_connection() && AllSent();
    return End(ExchangeOutcome::kComplete, {});
  }
  if (state == AnswerReader::State::kMalformed) {
    return End(ExchangeOutcome::kMalformed, Authority(*request_.target) + ": " + answer_.error());
  }
  if (phase_ != Phase::kAnswering && answer_.begun()) {
    phase_ = Phase::kAnswering;
    WatchClock();
  }
}

void RunningExchange::DeliverPiece(AnswerPiece piece) {
  if (piece.head) io_.Deliver(ExchangeEvent{id_, std::move(*piece.head)});
  if (piece.body.empty()) return;
  // Charged before it is delivered: the consumer may take it off at once.
  stopped_ = request_.budget && request_.budget->Charge(piece.body.size());
  io_.Deliver(ExchangeEvent{id_, BodyBytes{std::move(piece.body)}});
}

// The connection has ended before the answer said it was complete.
void RunningExchange::OnLost(const IoResult& how) {
  const bool closed = how.status == IoResult::Status::kClosed;
  if (closed && answer_.FinishAtClose()) return End(ExchangeOutcome::kComplete, {});
  // The only case in which anything is sent again: an old connection died under us, and either no byte had left or
  // sending twice does no harm.
  if (connection_->reused() && !second_try_ && !got_bytes_ && (!request_sent_ || request_.retry_safe)) {
    second_try_ = true;
    try_again_ = true;
    connection_->Close();
    sent_ = 0;
    send_failed_ = false;
    return;
  }
  EndLost(closed);
}

// Nothing is sent again: what to tell.
void RunningExchange::EndLost(bool closed) {
  const std::string peer = Authority(*request_.target);
  if (connection_->IsRefusedByCertificate()) {
    request_sent_ = false;  // it was, but not to somebody who reads it
    return End(ExchangeOutcome::kUnreachable, "TLS to " + peer + ": " + connection_->error(),
               Cause::kTlsClientCertificate);
  }
  std::string reason = closed ? std::string() : " (" + connection_->error() + ")";
  if (connection_->MissedCertificate()) {
    reason += "; it had asked for a client certificate and got none (upstreams[].tls.cert_file)";
  }
  if (!request_sent_) {
    return End(ExchangeOutcome::kUnreachable, peer + " closed the connection before the request was sent" + reason,
               Cause::kClosed);
  }
  if (!got_bytes_) return End(ExchangeOutcome::kTruncated, peer + " closed the connection without an answer" + reason);
  End(ExchangeOutcome::kTruncated, peer + " closed the connection before the end of its answer" + reason);
}

void RunningExchange::Resume() {
  if (!stopped_ || end_) return;
  stopped_ = false;
  if (request_.clocks.idle) progress_ = Clock::now();
  WatchClock();
  wakeup_.Notify();
}

// ---- the clocks ----------------------------------------------------------------------------------------------------

RunningExchange::Deadline RunningExchange::NextDeadline() const {
  const Clocks& clocks = request_.clocks;
  Deadline next;
  if (clocks.total) next.when = After(started_, *clocks.total);
  const auto consider = [&next](Clock::time_point when, ExchangeOutcome outcome) {
    if (when < next.when) next = {when, outcome};
  };
  if (phase_ == Phase::kOpening) {
    consider(After(progress_, clocks.connect), ExchangeOutcome::kConnectTimeout);
  } else if (phase_ != Phase::kAnswering) {
    // Counted from the last byte that the peer took, so one that takes no more of a large body is found out too.
    if (clocks.first_byte) consider(After(progress_, *clocks.first_byte), ExchangeOutcome::kFirstByteTimeout);
  } else if (clocks.idle && !stopped_) {
    consider(After(progress_, *clocks.idle), ExchangeOutcome::kIdleTimeout);
  }
  return next;
}

// Progress only moves deadlines away, so it costs no timer: the timer comes too early, looks, and is set anew. Only a
// new phase can bring a deadline nearer.
void RunningExchange::WatchClock() {
  const Clock::time_point when = NextDeadline().when;
  if (when >= clock_armed_for_) return;
  clock_armed_for_ = when;
  io_.timers.Arm({TimerKey::Kind::kExchange, static_cast<std::uint64_t>(id_)}, when);
}

void RunningExchange::OnClock(Clock::time_point now) {
  clock_armed_for_ = Clock::time_point::max();
  const Deadline deadline = NextDeadline();
  if (deadline.when <= now) return Cut(deadline.outcome, TimeoutDetail(deadline.outcome));
  WatchClock();
}

void RunningExchange::OnAddressClock() {
  if (dialer_) dialer_->GiveUpAddress();
}

std::string RunningExchange::TimeoutDetail(ExchangeOutcome outcome) const {
  const std::string peer = Authority(*request_.target);
  const Clocks& clocks = request_.clocks;
  switch (outcome) {
    case ExchangeOutcome::kConnectTimeout:
      return "connect to " + peer + ": no connection within " + Milliseconds(clocks.connect);
    case ExchangeOutcome::kFirstByteTimeout:
      return peer + " did not begin to answer within " + Milliseconds(*clocks.first_byte);
    case ExchangeOutcome::kIdleTimeout:
      return peer + " was silent for " + Milliseconds(*clocks.idle) + " within its answer";
    default:
      return "the exchange with " + peer + " was not finished within " + Milliseconds(*clocks.total);
  }
}

// ---- the end -------------------------------------------------------------------------------------------------------

void RunningExchange::Abort() { Cut(ExchangeOutcome::kAborted, "aborted by the gateway"); }

// From outside the coroutine. It ends before this returns.
void RunningExchange::Cut(ExchangeOutcome outcome, std::string detail) {
  if (end_) return;
  End(outcome, std::move(detail));
  if (dialer_) dialer_->Cancel();
  if (connection_) connection_->Close();
  wakeup_.Notify();
}

void RunningExchange::End(ExchangeOutcome outcome, std::string detail, Cause cause) {
  if (!end_) end_ = ExchangeEnd{outcome, std::move(detail), request_sent_, cause};
}

void RunningExchange::Finish() {
  io_.timers.Cancel({TimerKey::Kind::kExchange, static_cast<std::uint64_t>(id_)});
  if (connection_) {
    connection_->Detach();
    if (keep_connection_) {
      io_.Keep(request_.target->key, std::move(connection_));
    } else {
      connection_->Close();
    }
  }
  io_.on_exchange_end(id_);
  io_.exchanges_live.fetch_sub(1, std::memory_order_relaxed);
  io_.Deliver(ExchangeEvent{id_, std::move(*end_)});
}

}  // namespace sluice::upstream
