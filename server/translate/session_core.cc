#include "server/translate/session_core.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/proto_message.h"
#include "server/translate/session_frames.h"
#include "server/translate/session_protocol.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using std::chrono::milliseconds;

// Every frame about a request repeats its id, which is kept as long as it runs.
constexpr std::size_t kMaxIdBytes = 1024;
// For what is of the session's own making: a cancel, the end of an upstream's session.
constexpr milliseconds kOwnTime{5000};
// A resumable session ends so much before the gateway would end it, to tell where it stands; less when time is short.
constexpr milliseconds kLastCall{500};

absl::Status Refused(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("session: ", ToAbsl(what)));
}

std::unique_ptr<SessionProtocol> MakeProtocol(SessionCore& core) {
  switch (core.options().kind) {
    case SessionKind::kA2a:
      return MakeA2aProtocol(core);
    case SessionKind::kMcp:
      return MakeMcpProtocol(core, core.options().era);
    case SessionKind::kJsonRpc:
      break;
  }
  return std::make_unique<SessionProtocol>(core);
}

constexpr std::string_view KindName(SessionKind kind) {
  return kind == SessionKind::kA2a ? "a2a" : kind == SessionKind::kMcp ? "mcp" : "jsonrpc";
}

}  // namespace

SessionCore::SessionCore(Session::Options options) : options_(std::move(options)), protocol_(MakeProtocol(*this)) {}
SessionCore::~SessionCore() = default;

Session::Step SessionCore::TakeStep() {
  LeaveIfOver();
  return std::exchange(step_, {});
}

// ---- what happens ----

void SessionCore::Begin(const SessionResume* resume) {
  TellFrame(OpenedFrame(options_.upstream, KindName(options_.kind), options_.era));
  if (resume != nullptr) protocol_->Restore(*resume);
}

void SessionCore::OnFrame(std::string_view bytes) {
  ++frame_;
  v1::SessionRequest frame;
  if (!ParseBytes(bytes, frame)) {
    EndCall(Refused(absl::StrCat("frame ", frame_, " is not a sluice.v1.SessionRequest")));
  } else if (frame.has_message()) {
    TakeMessage(std::move(*frame.mutable_message()->mutable_json()));
  } else if (frame.has_cancel()) {
    TakeCancel(frame.cancel().id());
  } else {
    EndCall(Refused(
        absl::StrCat("frame ", frame_, frame.has_open() ? " is a second Open" : " holds neither message nor cancel")));
  }
}

void SessionCore::OnHalfClose() { half_closed_ = true; }

void SessionCore::OnHead(Key key, const ResponseHead& head) {
  SessionExchange& exchange = exchanges_.at(key);
  exchange.http_status = head.status;
  const absl::Status read = exchange.answer.OnHead(head);
  protocol_->OnHead(exchange, head);
  if (!read.ok() && exchanges_.contains(key)) Fail(exchange, read);
}

void SessionCore::OnBytes(Key key, std::string_view bytes) {
  SessionExchange& exchange = exchanges_.at(key);
  std::vector<AnswerReader::Text> texts;
  const std::size_t before = exchange.answer.pending_bytes();
  absl::Status read = exchange.answer.OnBytes(bytes, texts);
  const absl::Status held = CountHeld(before, exchange);  // always: it keeps the count
  TakeTexts(key, std::move(texts), read.ok() ? held : read);
}

void SessionCore::OnEnd(Key key, const ExchangeEnd& end) {
  SessionExchange& exchange = exchanges_.at(key);
  ending_ = key;
  std::vector<AnswerReader::Text> texts;
  const std::size_t before = exchange.answer.pending_bytes();
  const absl::Status read = exchange.answer.OnEnd(end.outcome, texts);
  (void)CountHeld(before, exchange);
  TakeTexts(key, std::move(texts), read);
  if (exchanges_.contains(key)) Conclude(exchange, end);
  ending_ = 0;
}

void SessionCore::OnTimer(Session::TimerId id) { id == last_call_ ? LastCall() : protocol_->OnTimer(id); }

void SessionCore::OnDraining(milliseconds time_left) {
  if (left_with_) return;
  std::string token = Token();
  handed_over_ = !token.empty();
  if (handed_over_) last_call_ = SetTimer(time_left - std::min(kLastCall, time_left / 4));
  TellFrame(DrainingFrame(time_left, std::move(token)));
}

// The upstream's side stays as it is, for who resumes the session.
void SessionCore::LastCall() {
  if (left_with_) return;
  TellFrame(DrainingFrame(milliseconds(0), Token()));
  absl::Status status = MakeError(absl::StatusCode::kUnavailable,
                                  "this gateway is going away; go on at another one with the resume token of the last "
                                  "Draining frame",
                                  reason::kDraining, reason::kDomain, {{"upstream", options_.upstream}});
  if (!requests_.empty()) AddErrorMetadata(status, "may_have_run", "true");
  EndCall(status);
}

// The call has closed every exchange; what the upstream still has to hear is asked for anew.
void SessionCore::OnCancelled(bool draining) {
  const absl::Status cancelled = absl::CancelledError("the call was cancelled");
  if (draining || options_.close_only) return EndCall(cancelled);
  const Key closed = last_key_;
  Leave(cancelled, /*abandoned=*/true);
  for (auto at = exchanges_.begin(); at != exchanges_.end() && at->first <= closed;) Close(at++->second);
}

void SessionCore::GiveUp(Key key, const absl::Status& why) {
  const auto found = exchanges_.find(key);
  if (found == exchanges_.end()) return;
  SessionRequest* request = FindRequest(found->second.request_id);
  if (request != nullptr) return EndRequest(*request, why);
  Fail(found->second, why);
}

// ---- the client's frames ----

void SessionCore::TakeMessage(std::string json) {
  const absl::StatusOr<JsonRpcMessage> message = ValidateJsonRpc(json);
  if (!message.ok()) return Refuse({}, message.status());
  const bool is_request = message->kind == JsonRpcKind::kRequest;
  if (message->id.size() > kMaxIdBytes) return Refuse({}, Refused("id: it has more than 1024 bytes"));
  const std::string id(is_request ? message->id : std::string_view());
  if (id == "null") return Refuse(id, Refused("id: null cannot be answered; send a string or a number"));
  if (requests_.contains(id)) return Refuse(id, Refused("id: a request with this id is still running"));
  // Answers and notifications are counted by themselves: requests that wait for them must not keep them out.
  const std::size_t counted = is_request ? requests_.size() + own_ : under_way() - requests_.size() - own_;
  if (counted >= options_.limits.requests) {
    return Refuse(
        id, MakeError(absl::StatusCode::kResourceExhausted,
                      absl::StrCat("session: ", options_.limits.requests, " messages are under way, as many as may"),
                      reason::kOverLimit));
  }
  protocol_->OnClientMessage(std::move(json), *message);
}

void SessionCore::TakeCancel(const std::string& id) {
  SessionRequest* request = FindRequest(id);
  if (request == nullptr) return;  // it has ended: the race is the protocol's
  EndRequest(*request, absl::CancelledError("the client cancelled the request"));
}

// ---- for the protocol ----

SessionRequest* SessionCore::FindRequest(const std::string& id) {
  const auto found = requests_.find(id);
  return id.empty() || found == requests_.end() ? nullptr : &found->second;
}

SessionExchange* SessionCore::FindExchange(Key key) {
  const auto found = exchanges_.find(key);
  return found == exchanges_.end() ? nullptr : &found->second;
}

SessionRequest& SessionCore::AddRequest(std::string_view id) {
  SessionRequest& request = requests_[std::string(id)];
  request.id = id;
  return request;
}

SessionExchange& SessionCore::Start(Role role, std::string_view request_id, std::string method, std::string body,
                                    Headers headers, const std::string& cursor) {
  const Key key = ++last_key_;
  AnswerReader answer({options_.limits.event_bytes, options_.limits.error_body_bytes}, cursor);
  if (!cursor.empty()) headers.emplace_back("last-event-id", cursor);
  std::optional<milliseconds> total;
  if (role == Role::kOwn) total = kOwnTime;
  step_.requests.push_back({key, std::move(method), std::move(body), std::move(headers), total});
  if (role == Role::kNotice) ++notices_;
  if (role == Role::kOwn) ++own_;
  if (SessionRequest* request = FindRequest(std::string(request_id))) request->exchange = key;
  SessionExchange& exchange =
      exchanges_.try_emplace(key, key, role, std::string(request_id), frame_, std::move(answer)).first->second;
  exchange.replays = !cursor.empty();
  exchange.last_event = cursor;
  return exchange;
}

SessionExchange& SessionCore::Post(std::string json, const JsonRpcMessage& message, Headers headers) {
  const bool is_request = message.kind == JsonRpcKind::kRequest;
  const std::string id(is_request ? message.id : std::string_view());  // `message` refers into `json`
  if (is_request && FindRequest(id) == nullptr) AddRequest(id);
  return Start(is_request ? Role::kRequest : Role::kNotice, id, "POST", std::move(json), std::move(headers));
}

std::size_t SessionCore::held_bytes() const { return held_bytes_ + protocol_->held_bytes(); }

std::size_t SessionCore::under_way() const { return requests_.size() + notices_ + own_ + protocol_->held_notices(); }

void SessionCore::Refuse(std::string_view request_id, const absl::Status& why) {
  TellFrame(EndedFrame(request_id, frame_, why));
}

void SessionCore::TellNotice(const SessionExchange& exchange, const absl::Status& why) {
  TellFrame(EndedFrame({}, exchange.frame, NameUpstream(why, options_.upstream)));  // it has no other name
}

void SessionCore::EndRequest(SessionRequest& request, const absl::Status& why) {
  absl::Status told = NameUpstream(why, options_.upstream);
  protocol_->AddParticulars(request, told);
  SessionExchange* exchange = FindExchange(request.exchange);
  if (exchange != nullptr && !exchange->answer.last_event_id().empty()) {
    AddErrorMetadata(told, "last_event_id", exchange->answer.last_event_id());
  }
  TellFrame(EndedFrame(request.id, 0, told));
  // Nobody waits for it any more, but it may run: its answer is closed by us, or was to be asked for again.
  const bool left_running = exchange == nullptr || exchange->key != ending_ || exchange->replays;
  if (!why.ok() && left_running) protocol_->OnGivenUp(request);
  requests_.erase(std::string(request.id));
  if (exchange != nullptr) Close(*exchange);
}

void SessionCore::Close(SessionExchange& exchange) {
  if (exchange.key != ending_) step_.closes.push_back(exchange.key);
  Forget(exchange);
}

void SessionCore::Forget(SessionExchange& exchange) {
  held_bytes_ -= exchange.answer.pending_bytes();
  const Key key = exchange.key;
  const Role role = exchange.role;
  if (role == Role::kNotice) --notices_;
  if (role == Role::kOwn) --own_;
  exchanges_.erase(key);
  protocol_->OnClosed(key, role);
}

Session::TimerId SessionCore::SetTimer(milliseconds after) {
  step_.timers.push_back({++last_timer_, after});
  return last_timer_;
}

std::string SessionCore::Token() const {
  if (options_.seal == nullptr) return {};
  const std::optional<SessionResume> stand = protocol_->Snapshot();
  return stand ? options_.seal(*stand) : std::string();
}

// ---- the end ----

void SessionCore::EndCall(const absl::Status& status) {
  if (!step_.end) step_.end = status;
}

void SessionCore::Leave(const absl::Status& status, bool abandoned) {
  left_with_ = status;
  // What the client half-closed in a drain stays, for who has the token.
  if (abandoned || !handed_over_) protocol_->Leave(abandoned);
  requests_.clear();
  for (auto at = exchanges_.begin(); at != exchanges_.end();) {
    SessionExchange& exchange = at++->second;
    if (exchange.role != Role::kOwn) Close(exchange);
  }
}

void SessionCore::LeaveIfOver() {
  if (!left_with_ && half_closed_ && under_way() == 0) {
    Leave(absl::OkStatus(), /*abandoned=*/false);
  }
  if (left_with_ && own_ == 0) EndCall(*left_with_);
}

}  // namespace sluice::translate
