#include "server/frontend/call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/base/status.h"
#include "server/frontend/call_errors.h"

namespace sluice::frontend {
namespace {

// The caller's own gRPC library ends the call at the deadline, with no word of ours: we come first by this much, or by
// half of what is left if that is less.
constexpr std::chrono::milliseconds kDeadlineMargin{40};

// A client refuses trailers above 8 KiB in all; the status needs most of them.
constexpr std::size_t kMaxTrailerBytes = 512;

std::size_t BodySize(const Occurrence& occurrence) {
  const auto* event = std::get_if<upstream::ExchangeEvent>(&occurrence);
  const auto* body = event != nullptr ? std::get_if<upstream::BodyBytes>(&event->what) : nullptr;
  return body != nullptr ? body->bytes.size() : 0;
}

MemoryHold NewHold(const CallLimits& limits) {
  return limits.memory != nullptr ? MemoryHold(*limits.memory) : MemoryHold();
}

std::string EndName(const absl::Status& status) {
  if (status.ok()) return "complete";
  std::string name = ErrorReason(status);
  if (name.empty()) name = absl::StatusCodeToString(status.code());
  return absl::AsciiStrToLower(name);
}

}  // namespace

using upstream::ExchangeEvent;

Call::Call(Downstream& downstream, Switchboard& switchboard, const CallLimits& limits)
    : downstream_(downstream),
      switchboard_(switchboard),
      limits_(limits),
      budget_(std::make_shared<ByteBudget>(limits.low_watermark_bytes, limits.high_watermark_bytes, limits.memory)),
      kept_(NewHold(limits)),
      timer_(switchboard.Enter(*this)),
      begun_(switchboard.now()) {}

// A flow that is not over still has exchanges, which are members that end before it would.
Call::~Call() { flow_.reset(); }

void Call::Begin(const Flow& flow, Clock::time_point deadline) {
  if (deadline != Clock::time_point::max()) {
    callers_deadline_ = deadline;
    deadline_ = deadline - std::min<Clock::duration>(kDeadlineMargin, (deadline - begun_) / 2);
    Rearm();
  }
  flow_.emplace(flow(*this));
  flow_->Start();
  Settle();
}

// ---- for flows ----

Call::NextAwaiter Call::Next() {
  ReleaseBytes(std::exchange(told_bytes_, 0));
  return NextAwaiter(*this);
}

Occurrence Call::TakeOccurrence() {
  Occurrence occurrence = inbox_.Pop();
  told_bytes_ = BodySize(occurrence);
  return occurrence;
}

void Call::WantMessage() {
  if (read_ == Read::kIdle) read_ = Read::kWanted;
  if (read_ == Read::kEnded && !cancelled_) inbox_.Push(HalfClose{});
}

void Call::Write(std::string message) {
  if (status_) return;  // the client has its status already
  if (message.size() > limits_.message_bytes) {
    return Cancel(MessageTooLarge(message.size(), limits_.message_bytes), "event_too_large");
  }
  ++record_.messages_out;
  record_.bytes_out += message.size();
  outbox_bytes_ += message.size();
  // The producer learns at its next charge that it must stop.
  (void)budget_->Charge(message.size());
  outbox_.Push(std::move(message));
}

void Call::AddHeaders(const Headers& headers) {
  if (headers_ == HeadersState::kNotAsked && !status_) downstream_.AddHeaders(headers);
}

void Call::SendHeaders(const Headers& headers) {
  AddHeaders(headers);
  if (headers_ == HeadersState::kNotAsked) headers_ = HeadersState::kAsked;
}

void Call::SetTrailer(std::string_view name, std::string_view value) {
  std::string plain(value.substr(0, kMaxTrailerBytes));
  // gRPC ends the process for a value that metadata cannot hold.
  for (char& c : plain) c = c < ' ' || c > '~' ? '?' : c;
  for (auto* trailers : {&trailers_, &record_.trailers}) {
    const auto same = [&](const auto& one) { return one.first == name; };
    std::erase_if(*trailers, same);
    trailers->emplace_back(name, plain);
  }
}

void Call::HoldStatus(std::chrono::milliseconds at_most) {
  const auto now = switchboard_.now();
  Clock::duration held = at_most;
  if (callers_deadline_ != Clock::time_point::max()) held = std::min(held, (callers_deadline_ - now) / 2);
  status_held_until_ = now + held;
}

absl::Status Call::Keep(std::size_t bytes, bool may_have_run) {
  return kept_.Resize(bytes) ? absl::OkStatus() : OutOfMemory(limits_.memory->limit_bytes(), may_have_run);
}

void Call::Note(std::string_view key, std::string_view value) {
  notes_[std::string(key)] = std::string(value);
  if (status_ && finish_ == Finish::kNotYet) AddErrorMetadata(*status_, key, value);
}

upstream::ExchangeId Call::StartExchange(upstream::ExchangeRequest request) {
  request.budget = budget_;
  request.body_memory = NewHold(limits_);
  (void)request.body_memory.Resize(request.body.size());  // the flow has asked whether there is room
  const upstream::ExchangeId id = switchboard_.StartExchange(*this, std::move(request));
  exchanges_.push_back({id});
  return id;
}

void Call::Abort(upstream::ExchangeId exchange) {
  const auto found = FindExchange(exchange);
  if (found == exchanges_.end() || std::exchange(found->aborted, true)) return;
  switchboard_.upstream().Abort(exchange);
  // What it had told before is not for the flow any more.
  inbox_.EraseIf([&](const Occurrence& occurrence) {
    const auto* event = std::get_if<ExchangeEvent>(&occurrence);
    if (event == nullptr || event->id != exchange) return false;
    ReleaseBytes(BodySize(occurrence));
    return true;
  });
}

void Call::SetFlowTimer(std::optional<std::chrono::milliseconds> after) {
  flow_timer_at_ = after ? switchboard_.now() + *after : Clock::time_point::max();
  Rearm();
}

// ---- for the stream, the switchboard and the life cycle ----

void Call::OnRead(std::optional<std::string> message) {
  read_ = message ? Read::kIdle : Read::kEnded;
  if (message) ++record_.messages_in;
  if (cancelled_ || !flow_) return Settle();
  if (message) {
    Tell(ClientMessage{std::move(*message)});
  } else {
    Tell(HalfClose{});
  }
}

void Call::OnWritten(bool) {
  // Not ok: the call is over, and gRPC's "done" says so; until then nothing is lost by going on.
  writing_ = false;
  const std::size_t bytes = std::exchange(writing_bytes_, 0);
  outbox_bytes_ -= bytes;
  ReleaseBytes(bytes);
  Settle();
}

void Call::OnHeadersSent(bool) {
  headers_running_ = false;
  Settle();
}

void Call::OnFinished(bool ok) {
  finish_ = Finish::kOver;
  if (!ok && !cancelled_) {
    record_.end = "client_cancelled";
    status_ = absl::CancelledError("the client went away before the status was sent");
  }
  Settle();
}

void Call::OnDone(bool cancelled) {
  done_ = true;
  if (cancelled && !cancelled_ && finish_ == Finish::kNotYet) {
    const bool late = switchboard_.now() >= deadline_;
    return Cancel(late ? absl::DeadlineExceededError("the caller's deadline passed")
                       : absl::CancelledError("the client cancelled the call or went away"),
                  late ? "deadline" : "client_cancelled");
  }
  Settle();
}

void Call::OnExchangeEvent(ExchangeEvent event) {
  const auto found = FindExchange(event.id);
  const bool tell = !found->aborted && flow_;
  if (std::holds_alternative<ExchangeEnd>(event.what)) exchanges_.erase(found);
  Occurrence occurrence(std::move(event));
  if (tell) return Tell(std::move(occurrence));
  ReleaseBytes(BodySize(occurrence));
  Settle();
}

void Call::OnTimer() {
  armed_at_ = Clock::time_point::max();
  const auto now = switchboard_.now();
  if (now >= deadline_ && !status_) {
    return Cancel(absl::DeadlineExceededError("the caller's deadline passed before the upstream had answered"),
                  "deadline");
  }
  CheckStall();
  if (now >= flow_timer_at_ && flow_) {
    flow_timer_at_ = Clock::time_point::max();
    return Tell(FlowTimer{});
  }
  Settle();
}

void Call::OnPhaseChange(const PhaseChange& change) {
  if (flow_ && !cancelled_) return Tell(change);
}

void Call::Cancel(const absl::Status& why, std::string_view end) {
  AbortExchanges();
  if (cancelled_) {
    if (flow_) return Tell(Cancelled{why});
    return Settle();
  }
  cancelled_ = true;
  if (finish_ == Finish::kNotYet) {
    status_ = why;
    for (const auto& [key, value] : notes_) AddErrorMetadata(*status_, key, value);
    record_.end = std::string(end);
  }
  DropQueues();
  if (flow_) return Tell(Cancelled{why});
  Settle();
}

// ---- inside ----

std::vector<Call::RunningExchange>::iterator Call::FindExchange(upstream::ExchangeId id) {
  return std::find_if(exchanges_.begin(), exchanges_.end(), [id](const RunningExchange& one) { return one.id == id; });
}

void Call::Tell(Occurrence occurrence) {
  inbox_.Push(std::move(occurrence));
  if (waiting_) std::exchange(waiting_, {}).resume();
  Settle();
}

void Call::AbortExchanges() {
  for (RunningExchange& exchange : exchanges_) {
    if (!std::exchange(exchange.aborted, true)) switchboard_.upstream().Abort(exchange.id);
  }
}

void Call::ReleaseBytes(std::size_t bytes) {
  if (bytes == 0 || !budget_->Release(bytes)) return;
  for (const RunningExchange& exchange : exchanges_) {
    if (!exchange.aborted) switchboard_.upstream().Resume(exchange.id);
  }
}

void Call::DropQueues() {
  for (const Occurrence& occurrence : inbox_) ReleaseBytes(BodySize(occurrence));
  inbox_.Clear();
  for (const std::string& message : outbox_) {
    outbox_bytes_ -= message.size();
    ReleaseBytes(message.size());
  }
  outbox_.Clear();
}

void Call::FlowEnded(absl::Status status) {
  flow_.reset();
  (void)kept_.Resize(0);
  flow_timer_at_ = Clock::time_point::max();
  AbortExchanges();
  if (status_) return;  // a cancel came first
  record_.end = EndName(status);
  status_ = std::move(status);
}

void Call::Settle() {
  if (flow_ && flow_->done()) FlowEnded(flow_->TakeResult());
  PumpWrite();
  PumpHeaders();
  PumpRead();
  PumpFinish();
  Rearm();
  if (!Over()) return;
  retired_ = true;
  record_.status = status_ ? *status_ : absl::OkStatus();
  record_.duration = std::chrono::duration_cast<std::chrono::microseconds>(switchboard_.now() - begun_);
  if (armed_at_ != Clock::time_point::max()) switchboard_.upstream().CancelTimer(timer_);
  switchboard_.Leave(*this, timer_);
  downstream_.Retire();  // last: we may be gone
}

void Call::PumpWrite() {
  if (writing_ || outbox_.empty() || done_ || cancelled_) return;
  std::string message = outbox_.Pop();
  writing_ = true;
  writing_bytes_ = message.size();
  write_began_ = switchboard_.now();
  // The first write carries the headers and must not be held back.
  const bool more_follow = !outbox_.empty() && wrote_;
  wrote_ = true;
  headers_ = HeadersState::kSent;
  downstream_.StartWrite(std::move(message), more_follow);
}

void Call::PumpHeaders() {
  if (headers_ != HeadersState::kAsked || status_ || done_) return;
  headers_ = HeadersState::kSent;
  headers_running_ = true;
  downstream_.StartSendHeaders();
}

void Call::PumpRead() {
  if (read_ != Read::kWanted || status_ || done_ || outbox_bytes_ >= limits_.high_watermark_bytes) return;
  read_ = Read::kRunning;
  downstream_.StartRead();
}

// One Finish. It waits for what was written, except in a cancel: there it must not wait for a client that does not
// read.
void Call::PumpFinish() {
  if (!status_ || finish_ != Finish::kNotYet) return;
  if (done_) {
    finish_ = Finish::kOver;
    return;
  }
  if (!cancelled_ && (writing_ || !outbox_.empty())) return;
  if (HoldsStatus()) return;
  finish_ = Finish::kRunning;
  write_began_ = switchboard_.now();
  if (!trailers_.empty()) downstream_.AddTrailers(trailers_);
  downstream_.StartFinish(*status_);
}

// A client that takes nothing, while more waits for it, loses the call. If it does not even take the status, the
// stream.
void Call::CheckStall() {
  if (switchboard_.now() < stall_at_) return;
  stall_at_ = Clock::time_point::max();
  if (!WaitsForClient() || switchboard_.now() < write_began_ + limits_.stall) return;
  if (finish_ == Finish::kRunning) {
    write_began_ = switchboard_.now();  // a transport that is stuck does not hear it: once a stall is enough
    return downstream_.Reset();
  }
  Cancel(ClientStalled(), "stalled");
}

// A write is with gRPC, and more messages, the status, or an upstream that was stopped wait behind it; or the status
// is. The status of a cancel that is held waits for the flow alone.
bool Call::WaitsForClient() const {
  if (cancelled_ && finish_ == Finish::kNotYet) return false;
  return finish_ == Finish::kRunning || (writing_ && (!outbox_.empty() || status_ || budget_->stopped()));
}

bool Call::HoldsStatus() const {
  return flow_ && finish_ == Finish::kNotYet && status_held_until_ && switchboard_.now() < *status_held_until_;
}

void Call::Rearm() {
  if (WaitsForClient() && stall_at_ == Clock::time_point::max()) stall_at_ = write_began_ + limits_.stall;
  const auto deadline = status_ ? Clock::time_point::max() : deadline_;
  const auto status_due = HoldsStatus() ? *status_held_until_ : Clock::time_point::max();
  const auto earliest = std::min({deadline, stall_at_, flow_timer_at_, status_due});
  if (earliest >= armed_at_) return;  // what is armed comes early enough, and looks again
  armed_at_ = earliest;
  switchboard_.upstream().ArmTimer(timer_, earliest);
}

bool Call::Over() const {
  return !retired_ && !flow_ && done_ && finish_ == Finish::kOver && read_ != Read::kRunning && !writing_ &&
         !headers_running_ && exchanges_.empty();
}

}  // namespace sluice::frontend
