#include "server/translate/a2a_call.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/a2a_json.h"
#include "server/translate/a2a_request.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/sse.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kEmpty = "google.protobuf.Empty";
constexpr std::string_view kSendMessageResponse = "lf.a2a.v1.SendMessageResponse";
constexpr std::string_view kStreamResponse = "lf.a2a.v1.StreamResponse";
constexpr std::string_view kTask = "lf.a2a.v1.Task";

// The id is kept as long as the call; one that is longer is handed on, but is no id to go on with.
constexpr std::size_t kMaxTaskIdBytes = 1024;

// RFC 9110, 8.3.1: the type alone, in lower case.
std::string MediaType(const ResponseHead& head) {
  const std::string_view value = FindHeader(head.headers, "content-type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(value.substr(0, value.find(';')))));
}

bool IsJson(std::string_view media_type) { return media_type == "application/json" || media_type.ends_with("+json"); }

bool IsSuccess(int http_status) { return http_status >= 200 && http_status < 300; }

// Who the caller is and how often it may call is HTTP's to say: A2A maps none of its errors to these, and agents that
// add a JSON-RPC body to them fill it with any code.
bool HttpDecides(int http_status) {
  return http_status == 401 || http_status == 403 || http_status == 429 || http_status == 503;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool HasPayload(std::string_view type) { return type == kSendMessageResponse || type == kStreamResponse; }

A2aFacts ReadFacts(std::string_view type, std::string_view serialized) {
  if (HasPayload(type)) return ReadResponseFacts(serialized);
  return type == kTask ? ReadTaskFacts(serialized) : A2aFacts();
}

}  // namespace

//     head ─┬─▶ events      2xx, text/event-stream: each event is a JSON-RPC response
//           ├─▶ document    2xx, JSON: the whole body is one
//           ├─▶ error body  not 2xx: JSON-RPC error or plain HTTP
//           └─▶ other body  2xx of a type that A2A does not have
//     any of them ─▶ over   once a step gave the end
struct A2aCall::State {
  enum class Phase { kHead, kEvents, kDocument, kErrorBody, kOtherBody, kOver };

  State(const A2aMethod& the_method, std::string_view the_id, Limits the_limits)
      : method(the_method), id(the_id), limits(the_limits), sse(the_limits.event_bytes) {}

  void TakeHead(const ResponseHead& answer, Step& step);
  void TakeEvents(std::string_view bytes, Step& step);
  void TakeDocument(std::string_view bytes, Step& step);
  void TakeOther(std::string_view bytes, std::size_t limit, Step& step);
  void TakeEnd(ExchangeEnd end, Step& step);

  void TakeResponse(std::string_view text, Step& step);
  void TakeResult(std::string_view raw, Step& step);
  bool IsOurs(const JsonRpcMessage& response) const;
  absl::Status StatusOfOther() const;
  absl::Status CutStatus(const ExchangeEnd& end) const;
  absl::Status TooLarge() const;

  void End(absl::Status status, Step& step) {
    if (!status.ok() && !task_id.empty()) AddErrorMetadata(status, "task_id", task_id);
    step.end = std::move(status);
    phase = Phase::kOver;
    collected = {};
  }

  const A2aMethod& method;
  const std::string id;  // as it stands in JSON
  const Limits limits;
  std::string body;

  Phase phase = Phase::kHead;
  ResponseHead head;
  SseParser sse;
  std::string collected;  // of a body that is not events
  A2aEndRule rule;
  std::string task_id;
  std::size_t dropped = 0;
};

absl::StatusOr<A2aCall> A2aCall::Begin(const A2aMethod& method, std::string_view request, std::string_view id,
                                       Limits limits) {
  absl::Status status = CheckA2aRequest(method, request);
  if (!status.ok()) return status;
  absl::StatusOr<std::string> params = ProtoToJson(method.request, request);
  if (!params.ok()) return InvalidA2aRequest(ToStd(params.status().message()));
  auto state = std::make_unique<State>(method, id, limits);
  state->body = MakeJsonRpcRequest(id, method.rpc, *params);
  return A2aCall(std::move(state));
}

A2aCall::A2aCall(std::unique_ptr<State> state) : state_(std::move(state)) {}
A2aCall::A2aCall(A2aCall&&) noexcept = default;
A2aCall& A2aCall::operator=(A2aCall&&) noexcept = default;
A2aCall::~A2aCall() = default;

const std::string& A2aCall::body() const { return state_->body; }
const std::string& A2aCall::task_id() const { return state_->task_id; }
std::size_t A2aCall::dropped_responses() const { return state_->dropped; }
std::size_t A2aCall::pending_bytes() const { return state_->sse.pending_bytes() + state_->collected.size(); }

std::string_view A2aCall::accept() const {
  // A stream that fails at once is answered with plain JSON.
  return state_->method.streaming ? "text/event-stream, application/json" : "application/json";
}

Headers A2aCall::headers() const {
  return {{"content-type", "application/json"}, {"accept", std::string(accept())}, {"a2a-version", "1.0"}};
}

Step A2aCall::OnHead(const ResponseHead& head) {
  Step step;
  if (state_->phase == State::Phase::kHead) state_->TakeHead(head, step);
  return step;
}

Step A2aCall::OnBytes(std::string_view bytes) {
  Step step;
  switch (state_->phase) {
    case State::Phase::kEvents:
      state_->TakeEvents(bytes, step);
      break;
    case State::Phase::kDocument:
      state_->TakeDocument(bytes, step);
      break;
    case State::Phase::kErrorBody:
      state_->TakeOther(bytes, state_->limits.error_body_bytes, step);
      break;
    case State::Phase::kOtherBody:
      state_->TakeOther(bytes, kExcerptBytes, step);
      break;
    case State::Phase::kHead:
    case State::Phase::kOver:
      break;
  }
  return step;
}

Step A2aCall::OnEnd(const ExchangeEnd& end) {
  Step step;
  if (state_->phase != State::Phase::kOver) state_->TakeEnd(end, step);
  return step;
}

Step A2aCall::OnGraceOver() {
  Step step;
  if (state_->phase == State::Phase::kEvents && state_->rule.OverAfterGrace()) state_->End(absl::OkStatus(), step);
  return step;
}

void A2aCall::State::TakeHead(const ResponseHead& answer, Step& step) {
  head = answer;
  const std::string type = MediaType(head);
  const std::string_view coding = FindHeader(head.headers, "content-encoding");
  if (!IsSuccess(head.status)) {
    phase = Phase::kErrorBody;
  } else if (!coding.empty() && absl::AsciiStrToLower(ToAbsl(coding)) != "identity") {
    End(BadMessage(absl::StrCat("content-encoding ", ToAbsl(coding), ", which was not asked for")), step);
  } else if (type == "text/event-stream") {
    phase = Phase::kEvents;
  } else if (IsJson(type)) {
    phase = Phase::kDocument;
  } else {
    phase = Phase::kOtherBody;
  }
}

void A2aCall::State::TakeEvents(std::string_view bytes, Step& step) {
  std::vector<SseEvent> events;
  absl::Status fed = sse.Feed(bytes, events);
  for (const SseEvent& event : events) {
    if (step.end) break;
    if (!IsBlank(event.data)) TakeResponse(event.data, step);  // blank: some servers' keep-alive
  }
  if (!fed.ok() && !step.end) End(std::move(fed), step);
  // What told the end may have been taken back by a later event of the same bytes.
  step.start_grace = step.start_grace && !step.end && rule.OverAfterGrace();
}

void A2aCall::State::TakeDocument(std::string_view bytes, Step& step) {
  if (bytes.size() > limits.event_bytes - collected.size()) return End(TooLarge(), step);
  collected.append(bytes);
}

void A2aCall::State::TakeOther(std::string_view bytes, std::size_t limit, Step& step) {
  collected.append(bytes.substr(0, limit - collected.size()));
  if (collected.size() == limit) End(StatusOfOther(), step);  // enough is known
}

void A2aCall::State::TakeEnd(ExchangeEnd end, Step& step) {
  if (phase != Phase::kHead) end.request_sent = true;
  if (phase == Phase::kErrorBody || phase == Phase::kOtherBody) return End(StatusOfOther(), step);
  if (phase == Phase::kDocument && end.outcome == ExchangeOutcome::kComplete) {
    TakeResponse(std::exchange(collected, {}), step);
    if (!step.end && step.messages.empty()) End(BadMessage("the JSON holds no response with the request's id"), step);
  }
  step.start_grace = false;
  if (step.end) return;
  if (method.streaming && rule.EndsWell(end.outcome, sse.pending_bytes() > 0)) return End(absl::OkStatus(), step);
  End(CutStatus(end), step);
}

// JSON-RPC 2.0, section 5; an error that could not read the request's id answers with null or without one.
void A2aCall::State::TakeResponse(std::string_view text, Step& step) {
  const absl::StatusOr<JsonRpcMessage> response = ScanJsonRpc(text);
  if (!response.ok()) return End(BadMessage(ToStd(response.status().message())), step);
  if (!IsOurs(*response)) {
    ++dropped;
  } else if (response->kind == JsonRpcKind::kError) {
    End(StatusFromJsonRpcError(ParseJsonRpcError(response->error)), step);
  } else {
    TakeResult(response->result, step);
  }
}

bool A2aCall::State::IsOurs(const JsonRpcMessage& response) const {
  if (response.kind == JsonRpcKind::kRequest || response.kind == JsonRpcKind::kNotification) return false;
  if (response.kind == JsonRpcKind::kError && (response.id.empty() || response.id == "null")) return true;
  if (response.id == id) return true;
  // Some agents hold every id as a string.
  return !id.starts_with('"') && response.id.size() == id.size() + 2 && response.id.starts_with('"') &&
         response.id.ends_with('"') && response.id.substr(1, id.size()) == id;
}

void A2aCall::State::TakeResult(std::string_view raw, Step& step) {
  if (method.response == kEmpty && raw == "null") raw = "{}";
  absl::StatusOr<std::string> message = JsonToProto(method.response, raw);
  if (!message.ok()) {
    return End(BadMessage(absl::StrCat("the result is no ", ToAbsl(method.response), ": ",
                                       ToAbsl(Excerpt(ToStd(message.status().message()))))),
               step);
  }
  const A2aFacts facts = ReadFacts(method.response, *message);
  if (HasPayload(method.response) && facts.payload == A2aPayload::kNone) {
    return End(BadMessage("the result holds neither task nor message nor update; A2A 1.0 needs exactly one of them"),
               step);
  }
  if (!facts.task_id.empty() && facts.task_id.size() <= kMaxTaskIdBytes) task_id = facts.task_id;
  step.messages.push_back(*std::move(message));
  if (!method.streaming) return End(absl::OkStatus(), step);
  if (rule.Note(facts)) step.start_grace = true;
  if (rule.OverAtOnce()) End(absl::OkStatus(), step);
}

absl::Status A2aCall::State::StatusOfOther() const {
  if (phase == Phase::kOtherBody) return BadContentType(FindHeader(head.headers, "content-type"), collected);
  const absl::StatusOr<JsonRpcMessage> response = ScanJsonRpc(collected);
  if (response.ok() && response->kind == JsonRpcKind::kError && !HttpDecides(head.status)) {
    return StatusFromJsonRpcError(ParseJsonRpcError(response->error));
  }
  return StatusFromHttp(head, collected);
}

absl::Status A2aCall::State::CutStatus(const ExchangeEnd& end) const {
  absl::Status status = StatusFromEnd(end);
  if (!rule.last_state().empty()) AddErrorMetadata(status, "last_state", rule.last_state());
  if (!sse.last_event_id().empty()) AddErrorMetadata(status, "last_event_id", sse.last_event_id());
  return status;
}

absl::Status A2aCall::State::TooLarge() const {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("upstream: the JSON answer is larger than the limit of ", limits.event_bytes, " bytes"),
                   reason::kEventTooLarge);
}

}  // namespace sluice::translate
