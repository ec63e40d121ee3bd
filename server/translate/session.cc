#include "server/translate/session.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/a2a_json.h"
#include "server/translate/answer.h"
#include "server/translate/errors.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/proto_message.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using v1::SessionRequest;
using v1::SessionResponse;

// Every frame about a request repeats its id, which is kept as long as it runs.
constexpr std::size_t kMaxIdBytes = 1024;

constexpr std::string_view kStreamResponse = "lf.a2a.v1.StreamResponse";

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(ToStd(status.message())));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& value) {
    auto* detail = rpc.add_details();
    detail->set_type_url(std::string(ToStd(type_url)));
    detail->set_value(std::string(value));
  });
  return rpc;
}

absl::Status Refused(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("session: ", ToAbsl(what)));
}

bool IsStreamingA2a(std::string_view method) {
  const A2aMethod* found = FindA2aMethod(method);
  return found != nullptr && found->streaming;
}

}  // namespace

absl::StatusOr<SessionOpen> ParseSessionOpen(std::string_view bytes) {
  SessionRequest frame;
  if (!ParseBytes(bytes, frame)) {
    return Refused("the first frame is not a sluice.v1.SessionRequest");
  }
  if (!frame.has_open()) return Refused("the first frame must be an Open");
  SessionOpen open;
  open.upstream = frame.open().upstream();
  for (const auto& [name, value] : frame.open().headers()) {
    open.headers.emplace_back(absl::AsciiStrToLower(name), value);
  }
  return open;
}

struct Session::State {
  // One exchange: the POST of one client message, and what came back so far.
  struct Exchange {
    Exchange(std::string the_id, std::uint64_t the_frame, AnswerLimits limits)
        : id(std::move(the_id)), frame(the_frame), answer(limits) {}

    bool is_request() const { return !id.empty(); }

    const std::string id;       // the request's raw id; empty for a notification or a response
    const std::uint64_t frame;  // that brought it
    AnswerReader answer;
    std::size_t responses = 0;
    // A2A's streaming methods: many responses, and the last state decides.
    bool answers_in_a2a_events = false;
    A2aEndRule a2a;
    std::string task_id;                       // that its events spoke of
    enum class Grace { kNone, kNext, kThis };  // ends with the grace after the one that runs, or with this one
    Grace grace = Grace::kNone;
  };

  State(std::string the_upstream, std::string the_kind, Limits the_limits)
      : upstream(std::move(the_upstream)), kind(std::move(the_kind)), limits(the_limits) {}

  void TakeMessage(const std::string& json, Step& step);
  void TakeCancel(const std::string& id, Step& step);
  void TakeTexts(Key key, Exchange& exchange, std::vector<AnswerReader::Text> texts, const absl::Status& read,
                 Step& step);
  absl::Status TakeText(Exchange& exchange, AnswerReader::Text text, Step& step);
  bool IsAnswered(const Exchange& exchange) const;
  absl::Status CheckHeld(std::size_t before, const Exchange& exchange);
  void NoteResult(Exchange& exchange, std::string_view result, Step& step);
  std::optional<absl::Status> Verdict(const Exchange& exchange, const ExchangeEnd& end) const;

  void RefuseFrame(std::string_view request_id, const absl::Status& why, Step& step) const;
  void TellEnded(const Exchange& exchange, const absl::Status& why, Step& step) const;
  // The exchange goes on no more; `why`, if there is one, is told.
  void Close(Key key, const std::optional<absl::Status>& why, Step& step);
  void Forget(Key key);
  void EndIfOver(Step& step) const;

  const std::string upstream;
  const std::string kind;
  const Limits limits;
  std::map<Key, Exchange> running;
  std::unordered_map<std::string, Key> by_id;  // of running requests, by raw id
  Key last_key = 0;
  std::uint64_t frame = 1;  // the Open
  std::uint64_t sequence = 0;
  std::uint64_t dropped = 0;
  std::size_t held_bytes = 0;  // of answers that are not complete
  bool half_closed = false;
  bool grace_runs = false;
};

Session::Session(std::string upstream, std::string kind, Limits limits)
    : state_(std::make_unique<State>(std::move(upstream), std::move(kind), limits)) {}
Session::~Session() = default;

std::size_t Session::pending_bytes() const { return state_->held_bytes; }
std::uint64_t Session::dropped_responses() const { return state_->dropped; }

Session::Step Session::Begin() {
  SessionResponse frame;
  frame.mutable_opened()->set_upstream(state_->upstream);
  frame.mutable_opened()->set_kind(state_->kind);
  Step step;
  step.frames.push_back(frame.SerializeAsString());
  return step;
}

Session::Step Session::OnFrame(std::string_view bytes) {
  Step step;
  ++state_->frame;
  SessionRequest frame;
  if (!ParseBytes(bytes, frame)) {
    step.end = Refused(absl::StrCat("frame ", state_->frame, " is not a sluice.v1.SessionRequest"));
  } else if (frame.has_message()) {
    state_->TakeMessage(frame.message().json(), step);
  } else if (frame.has_cancel()) {
    state_->TakeCancel(frame.cancel().id(), step);
  } else {
    step.end = Refused(absl::StrCat("frame ", state_->frame,
                                    frame.has_open() ? " is a second Open" : " holds neither message nor cancel"));
  }
  return step;
}

Session::Step Session::OnHalfClose() {
  Step step;
  state_->half_closed = true;
  state_->EndIfOver(step);
  return step;
}

Session::Step Session::OnHead(Key key, const ResponseHead& head) {
  Step step;
  State::Exchange& exchange = state_->running.at(key);
  const absl::Status read = exchange.answer.OnHead(head);
  if (!read.ok()) state_->Close(key, read, step);
  state_->EndIfOver(step);
  return step;
}

Session::Step Session::OnBytes(Key key, std::string_view bytes) {
  Step step;
  State::Exchange& exchange = state_->running.at(key);
  std::vector<AnswerReader::Text> texts;
  const std::size_t before = exchange.answer.pending_bytes();
  absl::Status read = exchange.answer.OnBytes(bytes, texts);
  const absl::Status held = state_->CheckHeld(before, exchange);  // always: it keeps the count
  if (read.ok()) read = held;
  state_->TakeTexts(key, exchange, std::move(texts), read, step);
  state_->EndIfOver(step);
  return step;
}

Session::Step Session::OnEnd(Key key, const ExchangeEnd& end) {
  Step step;
  State::Exchange& exchange = state_->running.at(key);
  std::vector<AnswerReader::Text> texts;
  const std::size_t before = exchange.answer.pending_bytes();
  const absl::Status read = exchange.answer.OnEnd(end.outcome, texts);
  (void)state_->CheckHeld(before, exchange);
  state_->TakeTexts(key, exchange, std::move(texts), read, step);
  step.closes.clear();  // it has ended by itself
  if (state_->running.contains(key)) {
    if (const auto verdict = state_->Verdict(exchange, end)) state_->TellEnded(exchange, *verdict, step);
    state_->Forget(key);
  }
  state_->EndIfOver(step);
  return step;
}

Session::Step Session::OnDraining(std::chrono::milliseconds time_left) {
  SessionResponse frame;
  auto* left = frame.mutable_draining()->mutable_time_left();
  left->set_seconds(time_left.count() / 1000);
  left->set_nanos(static_cast<std::int32_t>(time_left.count() % 1000 * 1'000'000));
  Step step;
  step.frames.push_back(frame.SerializeAsString());
  return step;
}

Session::Step Session::OnGraceOver() {
  using Grace = State::Exchange::Grace;
  Step step;
  std::vector<Key> over;
  for (auto& [key, exchange] : state_->running) {
    const bool ends = std::exchange(exchange.grace, Grace::kNone) == Grace::kThis;
    if (!exchange.a2a.OverAfterGrace()) continue;  // a later event took the end back
    if (ends) {
      over.push_back(key);
    } else {
      exchange.grace = Grace::kThis;
      step.start_grace = true;
    }
  }
  for (const Key key : over) state_->Close(key, absl::OkStatus(), step);
  state_->grace_runs = step.start_grace;
  state_->EndIfOver(step);
  return step;
}

void Session::GiveUp(Key key, const absl::Status& why, Step& step) {
  if (!state_->running.contains(key)) return;
  state_->Close(key, why, step);
  state_->EndIfOver(step);
}

void Session::State::TakeMessage(const std::string& json, Step& step) {
  const absl::StatusOr<JsonRpcMessage> message = ValidateJsonRpc(json);
  if (!message.ok()) return RefuseFrame({}, message.status(), step);
  const bool is_request = message->kind == JsonRpcKind::kRequest;
  if (message->id.size() > kMaxIdBytes) return RefuseFrame({}, Refused("id: it has more than 1024 bytes"), step);
  const std::string id(is_request ? message->id : std::string_view());
  if (id == "null") return RefuseFrame(id, Refused("id: null cannot be answered; send a string or a number"), step);
  if (by_id.contains(id)) return RefuseFrame(id, Refused("id: a request with this id is still running"), step);
  if (running.size() >= limits.requests) {
    return RefuseFrame(id,
                       MakeError(absl::StatusCode::kResourceExhausted,
                                 absl::StrCat("session: ", limits.requests, " messages are under way, as many as may"),
                                 reason::kOverLimit),
                       step);
  }
  const Key key = ++last_key;
  Exchange& exchange =
      running.try_emplace(key, id, frame, AnswerLimits{limits.event_bytes, limits.error_body_bytes}).first->second;
  exchange.answers_in_a2a_events = kind == "a2a" && IsStreamingA2a(message->method);
  if (is_request) by_id.emplace(id, key);
  Headers headers = {{"content-type", "application/json"}, {"accept", "application/json, text/event-stream"}};
  if (kind == "a2a") headers.emplace_back("a2a-version", "1.0");
  step.posts.push_back({key, json, std::move(headers)});
}

void Session::State::TakeCancel(const std::string& id, Step& step) {
  const auto found = by_id.find(id);
  if (found == by_id.end()) return;  // it has ended: the race is the protocol's
  Close(found->second, absl::CancelledError("the client cancelled the request"), step);
  EndIfOver(step);
}

void Session::State::TakeTexts(Key key, Exchange& exchange, std::vector<AnswerReader::Text> texts,
                               const absl::Status& read, Step& step) {
  for (AnswerReader::Text& text : texts) {
    const absl::Status taken = TakeText(exchange, std::move(text), step);
    if (!taken.ok()) return Close(key, taken, step);
    if (IsAnswered(exchange)) {
      const bool many = exchange.answers_in_a2a_events;
      return Close(key, many ? std::optional<absl::Status>(absl::OkStatus()) : std::nullopt, step);
    }
  }
  if (!read.ok()) Close(key, read, step);
}

// JSON-RPC 2.0, section 5: the response is the end of a request. An A2A stream of responses ends at once only with a
// Message (A2A 1.0, "Streaming").
bool Session::State::IsAnswered(const Exchange& exchange) const {
  if (!exchange.answers_in_a2a_events) return exchange.responses > 0;
  return exchange.a2a.OverAtOnce();
}

// What one session holds of answers that are not complete is bounded as a whole, too.
absl::Status Session::State::CheckHeld(std::size_t before, const Exchange& exchange) {
  held_bytes += exchange.answer.pending_bytes();
  held_bytes -= before;
  if (held_bytes <= 2 * limits.event_bytes) return absl::OkStatus();
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("session: the answers that are not complete hold more than ", 2 * limits.event_bytes,
                                " bytes together"),
                   reason::kOverLimit, reason::kDomain, {{"may_have_run", "true"}});
}

// Messages pass as they are, but for a response that nobody asked for here.
absl::Status Session::State::TakeText(Exchange& exchange, AnswerReader::Text text, Step& step) {
  const absl::StatusOr<JsonRpcMessage> message = ScanJsonRpc(text.json);
  if (!message.ok()) return BadMessage(ToStd(message.status().message()), text.json);
  const bool is_response = message->kind == JsonRpcKind::kResult || message->kind == JsonRpcKind::kError;
  // JSON-RPC 2.0, section 5: an upstream that could not read the id answers with null.
  const bool unread = message->id.empty() || message->id == "null" || exchange.answer.is_http_error();
  const bool anonymous = message->kind == JsonRpcKind::kError && unread;
  if (is_response && !anonymous && (!exchange.is_request() || message->id != exchange.id)) {
    ++dropped;
    return absl::OkStatus();
  }
  if (is_response) ++exchange.responses;
  if (exchange.answers_in_a2a_events) {
    if (message->kind == JsonRpcKind::kResult) NoteResult(exchange, message->result, step);
    if (message->kind == JsonRpcKind::kError) exchange.answers_in_a2a_events = false;  // an error is the end
  }
  SessionResponse out;
  out.mutable_message()->set_request_id(exchange.id);
  out.mutable_message()->set_event_id(std::move(text.event_id));
  out.mutable_message()->set_sequence(++sequence);
  out.mutable_message()->set_json(std::move(text.json));
  step.frames.push_back(out.SerializeAsString());
  return absl::OkStatus();
}

void Session::State::NoteResult(Exchange& exchange, std::string_view result, Step& step) {
  const absl::StatusOr<std::string> event = JsonToProto(kStreamResponse, result);
  if (!event.ok()) return;
  const A2aFacts facts = ReadResponseFacts(*event);
  if (!facts.task_id.empty() && facts.task_id.size() <= kMaxIdBytes) exchange.task_id = facts.task_id;
  if (!exchange.a2a.Note(facts)) return;
  exchange.grace = grace_runs ? Exchange::Grace::kNext : Exchange::Grace::kThis;
  step.start_grace = step.start_grace || !grace_runs;
  grace_runs = true;
}

// What an Ended frame says when the exchange is over; nothing when the response has said it all.
std::optional<absl::Status> Session::State::Verdict(const Exchange& exchange, const ExchangeEnd& end) const {
  ExchangeEnd cut = end;
  if (exchange.answer.began()) cut.request_sent = true;
  if (!exchange.is_request()) {
    if (end.outcome == ExchangeOutcome::kComplete) return std::nullopt;  // taken
    return StatusFromEnd(cut);
  }
  if (exchange.answers_in_a2a_events && exchange.responses > 0) {
    const bool well = exchange.a2a.EndsWell(end.outcome, exchange.answer.inside_event());
    return well ? absl::OkStatus() : StatusFromEnd(cut);
  }
  return exchange.answer.Unanswered(cut);  // an answered one has been closed already
}

void Session::State::RefuseFrame(std::string_view request_id, const absl::Status& why, Step& step) const {
  SessionResponse out;
  out.mutable_ended()->set_request_id(std::string(request_id));
  out.mutable_ended()->set_frame(frame);
  *out.mutable_ended()->mutable_status() = ToRpcStatus(why);
  step.frames.push_back(out.SerializeAsString());
}

void Session::State::TellEnded(const Exchange& exchange, const absl::Status& why, Step& step) const {
  SessionResponse out;
  out.mutable_ended()->set_request_id(exchange.id);
  if (!exchange.is_request()) out.mutable_ended()->set_frame(exchange.frame);  // it has no other name
  absl::Status told = NameUpstream(why, upstream);
  const std::pair<const char*, std::string_view> particulars[] = {{"task_id", exchange.task_id},
                                                                  {"last_state", exchange.a2a.last_state()},
                                                                  {"last_event_id", exchange.answer.last_event_id()}};
  for (const auto& [key, value] : particulars) {
    if (!value.empty()) AddErrorMetadata(told, key, value);
  }
  *out.mutable_ended()->mutable_status() = ToRpcStatus(told);
  step.frames.push_back(out.SerializeAsString());
}

void Session::State::Close(Key key, const std::optional<absl::Status>& why, Step& step) {
  if (why) TellEnded(running.at(key), *why, step);
  step.closes.push_back(key);
  Forget(key);
}

void Session::State::Forget(Key key) {
  const auto found = running.find(key);
  held_bytes -= found->second.answer.pending_bytes();
  if (found->second.is_request()) by_id.erase(found->second.id);
  running.erase(found);
}

void Session::State::EndIfOver(Step& step) const {
  if (half_closed && running.empty() && !step.end) step.end = absl::OkStatus();
}

}  // namespace sluice::translate
