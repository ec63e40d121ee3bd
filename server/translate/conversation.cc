#include "server/translate/conversation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/conversation_frames.h"
#include "server/translate/errors.h"
#include "server/translate/message_count.h"
#include "server/translate/proto_message.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::translate {
namespace {

using std::chrono::milliseconds;
using v1::ConverseRequest;

// Every frame about a request repeats its id.
constexpr std::size_t kMaxIdBytes = 256;
// Ids that the agent gave are kept; longer ones are handed on, but are none to go on with.
constexpr std::size_t kMaxAgentIdBytes = 1024;
// For a cancel of our own making.
constexpr milliseconds kCancelTaskTime{5000};

constexpr std::string_view kCancelTask = "CancelTask";

absl::Status BadId(std::string_view what) {
  absl::Status status = absl::InvalidArgumentError(absl::StrCat("converse: request_id ", ToAbsl(what)));
  AddFieldViolation(status, "request_id", what);
  return status;
}

absl::Status TooMany(std::size_t requests) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("converse: ", requests, " requests run, as many as may"), reason::kOverLimit);
}

absl::Status HoldsTooMuch(std::size_t most) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("converse: the answers that are not complete hold more than ", most, " bytes together"),
                   reason::kOverLimit, reason::kDomain, {{"may_have_run", "true"}});
}

void Keep(std::string_view told, std::string& id) {
  if (!told.empty() && told.size() <= kMaxAgentIdBytes) id = told;
}

}  // namespace

struct Conversation::Request {
  std::string id;
  const A2aMethod& method;
  std::string tenant;
  A2aResumedCall answer;
  ToldTask task = {};
  A2aEndRule rule = {};
  std::size_t held_bytes = 0;  // of an answer that is not complete
  std::size_t kept_bytes = 0;  // of what was told, to go on from there
  std::size_t dropped = 0;
  TimerId wait = 0;         // before its next exchange; 0: one runs
  TimerId grace = 0;        // that runs
  bool grace_anew = false;  // the task was over a second time while it ran
};

struct Conversation::Cancel {
  A2aCall call;
  std::string task = {};  // that it answered
  std::size_t held_bytes = 0;
};

Conversation::Conversation(Options options) : options_(std::move(options)) {}
Conversation::~Conversation() = default;

std::string Conversation::Heartbeat() const { return ConversationHeartbeatFrame(); }

// ---- the client's frames ----

Conversation::Step Conversation::OnFrame(std::string_view bytes) {
  Step step;
  ++frame_;
  ConverseRequest frame;
  if (ParseBytes(bytes, frame)) {
    TakeFrame(frame, step);
  } else {
    step.end = absl::InvalidArgumentError(absl::StrCat("converse: frame ", frame_, " is no sluice.v1.ConverseRequest"));
  }
  return Finish(std::move(step));
}

void Conversation::TakeFrame(ConverseRequest& frame, Step& step) {
  const std::string& id = frame.request_id();
  if (id.empty()) return Refuse(BadId("is required"), step);
  if (id.size() > kMaxIdBytes) return Refuse(BadId("has more than 256 bytes"), step);
  const auto running = FindById(id);
  if (frame.has_close()) {
    if (running != requests_.end()) {
      return End(running, absl::CancelledError("the client closed the request"), /*is_over=*/false, step);
    }
    return Refuse(absl::NotFoundError(absl::StrCat("converse: no request \"", id, "\" runs; it may have ended")), step);
  }
  if (running != requests_.end()) return Refuse(BadId(absl::StrCat("\"", id, "\" is that of a running request")), step);
  if (frame.frame_case() == ConverseRequest::FRAME_NOT_SET) {
    return Refuse(absl::InvalidArgumentError(absl::StrCat("converse: frame ", frame_,
                                                          " holds none of send, subscribe, cancel_task and close")),
                  step);
  }
  Begin(frame, step);
}

void Conversation::Begin(ConverseRequest& frame, Step& step) {
  const auto end = [&](const absl::Status& why) {
    step.frames.push_back(ConversationEndedFrame(frame.request_id(), why, {}));
  };
  if (requests_.size() >= options_.limits.requests) return end(TooMany(options_.limits.requests));
  if (frame.has_send() && frame.send().has_message()) {
    lf::a2a::v1::Message& message = *frame.mutable_send()->mutable_message();
    if (message.context_id().empty() && message.task_id().empty()) message.set_context_id(context_id_);
  }
  Asked asked = AskedBy(frame, options_.tenant);
  const A2aMethod& method = *FindA2aMethod(asked.rpc);
  const Key key = ++last_key_;
  std::optional<std::uint32_t> seed = options_.resume_seed;
  if (seed) *seed += static_cast<std::uint32_t>(key);
  auto answer = A2aResumedCall::Begin(method, asked.request, std::to_string(key), CallLimits(), options_.version, seed);
  if (!answer.ok()) return end(answer.status());
  PostNext(key, *answer, step);
  by_id_.emplace(frame.request_id(), key);
  requests_.emplace(key, Request{frame.request_id(), method, std::move(asked.tenant), *std::move(answer)});
}

void Conversation::PostNext(Key key, A2aResumedCall& answer, Step& step) {
  Post(key, answer.call(), answer.method().read_only, step);
  if (answer.asks_task()) step.requests.back().total = A2aResumedCall::kGetTaskTime;
}

// Its id in JSON-RPC is the key: easy to find in an agent's log.
void Conversation::Post(Key key, A2aCall& call, bool retry_safe, Step& step) {
  step.requests.push_back({key, "POST", call.TakeBody(), call.headers(), std::nullopt, retry_safe});
}

void Conversation::Refuse(const absl::Status& why, Step& step) const {
  step.frames.push_back(ConversationRefusedFrame(frame_, why));
}

Conversation::Requests::iterator Conversation::FindById(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? requests_.end() : requests_.find(found->second);
}

// ---- the agent's answers ----

template <typename Feed>
Conversation::Step Conversation::OnExchange(Key key, bool is_over, const Feed& feed) {
  Step step;
  if (const auto at = requests_.find(key); at != requests_.end()) {
    Take(at, feed(at->second.answer), is_over, step);
  } else if (const auto cancel = cancels_.find(key); cancel != cancels_.end()) {
    TakeCancel(cancel, feed(cancel->second.call), is_over, step);
  }
  return Finish(std::move(step));
}

Conversation::Step Conversation::OnHead(Key key, const ResponseHead& head) {
  return OnExchange(key, /*is_over=*/false, [&](auto& answer) { return answer.OnHead(head); });
}

Conversation::Step Conversation::OnBytes(Key key, std::string_view bytes) {
  return OnExchange(key, /*is_over=*/false, [&](auto& answer) { return answer.OnBytes(bytes); });
}

Conversation::Step Conversation::OnEnd(Key key, const ExchangeEnd& end) {
  return OnExchange(key, /*is_over=*/true, [&](auto& answer) { return answer.OnEnd(end); });
}

// `is_over`: the exchange has ended, it needs no close.
void Conversation::Take(Requests::iterator at, A2aResumedCall::Told told, bool is_over, Step& step) {
  Request& request = at->second;
  for (const A2aMessage& message : told.messages) Tell(request, message, step);
  if (told.start_grace) StartGrace(request, step);
  const std::size_t kept = request.answer.kept_bytes();
  kept_bytes_ += kept - std::exchange(request.kept_bytes, kept);
  const std::size_t held = request.answer.call().pending_bytes();
  held_bytes_ += held - std::exchange(request.held_bytes, held);
  const std::size_t dropped = request.answer.call().dropped_responses();
  dropped_ += dropped - std::exchange(request.dropped, dropped);
  if (told.again) return WaitForAgain(at, *told.again, is_over, step);
  if (told.end) return End(at, *told.end, is_over, step);
  if (held_bytes_ > most_held()) End(at, HoldsTooMuch(most_held()), is_over, step);
}

// The request moves to the key of its next exchange.
void Conversation::WaitForAgain(Requests::iterator at, milliseconds time, bool is_over, Step& step) {
  if (!is_over) step.closes.push_back(at->first);
  auto node = requests_.extract(at);
  node.key() = ++last_key_;
  Request& request = node.mapped();
  by_id_[request.id] = last_key_;
  held_bytes_ -= std::exchange(request.held_bytes, 0);
  request.dropped = 0;
  request.grace = 0;
  request.grace_anew = false;
  request.wait = ++last_timer_;
  step.timers.push_back({request.wait, time});
  requests_.insert(std::move(node));
}

void Conversation::Again(Requests::iterator at, Step& step) {
  auto& [key, request] = *at;
  request.wait = 0;
  absl::Status begun = request.answer.Again(std::to_string(key), CallLimits(), options_.version);
  if (!begun.ok()) return End(at, begun, /*is_over=*/true, step);
  PostNext(key, request.answer, step);
}

void Conversation::Tell(Request& request, const A2aMessage& message, Step& step) {
  const A2aFacts facts = request.method.streaming ? ReadResponseFacts(message.wire) : ReadTaskFacts(message.wire);
  Keep(facts.task_id, request.task.id);
  Keep(facts.context_id, request.task.context_id);
  if (context_id_.empty()) context_id_ = request.task.context_id;
  if (facts.state) request.task.last_state = *facts.state;
  (void)request.rule.Note(facts);
  step.frames.push_back(request.method.streaming ? ConversationEventFrame(request.id, ++sequence_, message.wire)
                                                 : ConversationTaskFrame(request.id, ++sequence_, message.wire));
}

// One timer for each request, however often its task is over.
void Conversation::StartGrace(Request& request, Step& step) {
  request.grace_anew = request.grace != 0;
  if (request.grace_anew) return;
  request.grace = ++last_timer_;
  step.timers.push_back({request.grace, kA2aGrace});
}

void Conversation::End(Requests::iterator at, const absl::Status& status, bool is_over, Step& step) {
  Request& request = at->second;
  absl::Status told = NameUpstream(status, options_.upstream);
  if (!told.ok() && !request.task.id.empty()) AddErrorMetadata(told, "task_id", request.task.id);
  step.frames.push_back(ConversationEndedFrame(request.id, told, request.task));
  if (!is_over && request.wait == 0) step.closes.push_back(at->first);
  held_bytes_ -= request.held_bytes;
  kept_bytes_ -= request.kept_bytes;
  by_id_.erase(request.id);
  requests_.erase(at);
}

// ---- the rest ----

Conversation::Step Conversation::OnTimer(TimerId id) {
  Step step;
  const auto at = std::find_if(requests_.begin(), requests_.end(),
                               [&](const auto& entry) { return entry.second.wait == id || entry.second.grace == id; });
  if (at != requests_.end()) at->second.wait == id ? Again(at, step) : OnGrace(at, step);
  return Finish(std::move(step));
}

void Conversation::OnGrace(Requests::iterator at, Step& step) {
  Request& request = at->second;
  request.grace = 0;
  if (std::exchange(request.grace_anew, false)) return StartGrace(request, step);
  Take(at, request.answer.OnGraceOver(), /*is_over=*/false, step);
}

Conversation::Step Conversation::OnHalfClose() {
  half_closed_ = true;
  return Finish({});
}

Conversation::Step Conversation::OnDraining(milliseconds time_left) {
  Step step;
  if (!cancelled_) step.frames.push_back(ConversationDrainingFrame(time_left));
  return Finish(std::move(step));
}

Conversation::Step Conversation::OnCancelled(bool /*draining*/) {
  Step step;
  cancelled_ = true;
  if (options_.cancel_tasks) CancelTasks(step);
  for (const auto& [key, request] : requests_) {
    if (request.wait == 0) step.closes.push_back(key);
  }
  requests_.clear();
  by_id_.clear();
  held_bytes_ = 0;
  kept_bytes_ = 0;
  return Finish(std::move(step));
}

void Conversation::CancelTasks(Step& step) {
  std::set<std::string> told;
  for (const auto& [key, request] : requests_) {
    if (!request.method.streaming || request.task.id.empty() || request.rule.OverAfterGrace()) continue;
    if (!told.insert(request.task.id).second) continue;
    lf::a2a::v1::CancelTaskRequest cancel;
    cancel.set_tenant(request.tenant);
    cancel.set_id(request.task.id);
    auto call = A2aCall::Begin(*FindA2aMethod(kCancelTask), cancel.SerializeAsString(), std::to_string(++last_key_),
                               CallLimits(), options_.version);
    if (!call.ok()) continue;  // the agent gave an id that no request can name
    Post(last_key_, *call, /*retry_safe=*/false, step);
    step.requests.back().total = kCancelTaskTime;
    cancels_.emplace(last_key_, Cancel{*std::move(call)});
    receipt_.Tell();
  }
}

void Conversation::TakeCancel(Cancels::iterator at, translate::Step told, bool is_over, Step& step) {
  Cancel& cancel = at->second;
  for (A2aMessage& message : told.messages) cancel.task = std::move(message.wire);
  const std::size_t held = cancel.call.pending_bytes();
  held_bytes_ += held - std::exchange(cancel.held_bytes, held);
  if (!told.end && held_bytes_ > most_held()) told.end = HoldsTooMuch(most_held());
  if (!told.end) return;
  held_bytes_ -= cancel.held_bytes;
  receipt_.Answer(told.end->ok() ? absl::StatusOr<std::string>(std::move(cancel.task)) : *std::move(told.end));
  if (!is_over) step.closes.push_back(at->first);
  cancels_.erase(at);
}

void Conversation::GiveUp(Key key, const absl::Status& why, Step& step) {
  const auto cancel = cancels_.find(key);
  if (cancel != cancels_.end()) TakeCancel(cancel, {.end = why}, /*is_over=*/false, step);
  const auto at = requests_.find(key);
  if (at != requests_.end()) End(at, why, /*is_over=*/false, step);
  step = Finish(std::move(step));
}

A2aCall::Limits Conversation::CallLimits() const {
  A2aCall::Limits limits{options_.limits.event_bytes, options_.limits.error_body_bytes};
  if (options_.resume_seed) limits.values = kMostMessages;  // it makes objects of the events, to compare them
  return limits;
}

Conversation::Step Conversation::Finish(Step step) const {
  if (step.end || under_way() > 0) return step;
  if (cancelled_) {
    step.end = absl::CancelledError("the call was cancelled");
  } else if (half_closed_) {
    step.end = absl::OkStatus();
  }
  return step;
}

}  // namespace sluice::translate
