#include "server/translate/a2a_call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/a2a_json.h"
#include "server/translate/a2a_request.h"
#include "server/translate/a2a_v03_json.h"
#include "server/translate/answer.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/message_count.h"

namespace sluice::translate {
namespace {

// The id is kept as long as the call; one that is longer is handed on, but is no id to go on with.
constexpr std::size_t kMaxTaskIdBytes = 1024;

constexpr std::string_view kEmpty = "google.protobuf.Empty";
constexpr std::string_view kSendMessageResponse = "lf.a2a.v1.SendMessageResponse";
constexpr std::string_view kStreamResponse = "lf.a2a.v1.StreamResponse";
constexpr std::string_view kTask = "lf.a2a.v1.Task";

bool HasPayload(std::string_view type) { return type == kSendMessageResponse || type == kStreamResponse; }

A2aFacts ReadFacts(std::string_view type, std::string_view serialized) {
  if (HasPayload(type)) return ReadResponseFacts(serialized);
  return type == kTask ? ReadTaskFacts(serialized) : A2aFacts();
}

}  // namespace

struct A2aCall::State {
  State(const A2aMethod& the_method, std::string_view the_id, Limits limits, A2aVersion the_upstream)
      : method(the_method),
        upstream(the_upstream),
        most_values(limits.values),
        id(the_id),
        answer({limits.event_bytes, limits.error_body_bytes}) {}

  // Takes what the answer's reader made of the last piece.
  void Take(const std::vector<AnswerReader::Text>& texts, absl::Status read, Step& step);
  void TakeEnd(ExchangeEnd end, Step& step);

  void TakeResponse(std::string_view text, Step& step);
  absl::StatusOr<A2aMessage> Read(std::string_view raw) const;
  void TakeResult(std::string_view raw, Step& step);
  bool IsTooMuch(const A2aMessage& message) const;
  bool IsOurs(const JsonRpcMessage& response) const;
  absl::Status CutStatus(const ExchangeEnd& end, bool answered) const;

  void End(absl::Status status, Step& step) {
    if (!status.ok() && !task_id.empty()) AddErrorMetadata(status, "task_id", task_id);
    step.end = std::move(status);
    over = true;
  }

  const A2aMethod& method;
  const A2aVersion upstream;
  const std::size_t most_values;
  const std::string id;  // as it stands in JSON
  std::string body;

  AnswerReader answer;
  bool over = false;  // a step gave the end
  A2aEndRule rule;
  std::string task_id;
  std::size_t dropped = 0;
};

absl::StatusOr<A2aCall> A2aCall::Begin(const A2aMethod& method, std::string_view request, std::string_view id,
                                       Limits limits, A2aVersion upstream) {
  absl::Status status = CheckA2aRequest(method, request, upstream);
  if (!status.ok()) return status;
  absl::StatusOr<std::string> params = ProtoToJson(method.request, request);
  if (!params.ok()) return InvalidA2aRequest(ToStd(params.status().message()));
  const bool is_v03 = upstream == A2aVersion::k03;
  if (is_v03) params = ParamsToV03Json(method, *params);
  if (!params.ok()) return params.status();
  auto state = std::make_unique<State>(method, id, limits, upstream);
  state->body = MakeJsonRpcRequest(id, is_v03 ? method.v03.json_rpc : method.rpc, *params);
  return A2aCall(std::move(state));
}

A2aCall::A2aCall(std::unique_ptr<State> state) : state_(std::move(state)) {}
A2aCall::A2aCall(A2aCall&&) noexcept = default;
A2aCall& A2aCall::operator=(A2aCall&&) noexcept = default;
A2aCall::~A2aCall() = default;

const std::string& A2aCall::body() const { return state_->body; }
std::string A2aCall::TakeBody() { return std::move(state_->body); }
const std::string& A2aCall::task_id() const { return state_->task_id; }
std::size_t A2aCall::dropped_responses() const { return state_->dropped; }
std::size_t A2aCall::pending_bytes() const { return state_->over ? 0 : state_->answer.pending_bytes(); }

std::string_view A2aCall::accept() const {
  // A stream that fails at once is answered with plain JSON.
  return state_->method.streaming ? "text/event-stream, application/json" : "application/json";
}

Headers A2aCall::headers() const {
  return {{"content-type", "application/json"},
          {"accept", std::string(accept())},
          {"a2a-version", std::string(NameOf(state_->upstream))}};
}

Step A2aCall::OnHead(const ResponseHead& head) {
  Step step;
  if (!state_->over) state_->Take({}, state_->answer.OnHead(head), step);
  return step;
}

Step A2aCall::OnBytes(std::string_view bytes) {
  Step step;
  if (state_->over) return step;
  std::vector<AnswerReader::Text> texts;
  absl::Status read = state_->answer.OnBytes(bytes, texts);
  state_->Take(texts, std::move(read), step);
  return step;
}

Step A2aCall::OnEnd(const ExchangeEnd& end) {
  Step step;
  if (!state_->over) state_->TakeEnd(end, step);
  return step;
}

Step A2aCall::OnGraceOver() {
  Step step;
  if (!state_->over && state_->rule.OverAfterGrace()) state_->End(absl::OkStatus(), step);
  return step;
}

void A2aCall::State::Take(const std::vector<AnswerReader::Text>& texts, absl::Status read, Step& step) {
  for (const AnswerReader::Text& text : texts) {
    if (!step.end) TakeResponse(text.json, step);
  }
  if (!read.ok() && !step.end) End(std::move(read), step);
  // What told the end may have been taken back by a later event of the same bytes.
  step.start_grace = step.start_grace && !step.end && rule.OverAfterGrace();
}

void A2aCall::State::TakeEnd(ExchangeEnd end, Step& step) {
  if (answer.began()) end.request_sent = true;
  std::vector<AnswerReader::Text> texts;
  absl::Status read = answer.OnEnd(end.outcome, texts);
  Take(texts, std::move(read), step);
  step.start_grace = false;
  if (step.end) return;
  if (method.streaming && rule.EndsWell(end.outcome, answer.inside_event())) return End(absl::OkStatus(), step);
  End(CutStatus(end, !step.messages.empty()), step);
}

// JSON-RPC 2.0, section 5; an error that could not read the request's id answers with null or without one.
void A2aCall::State::TakeResponse(std::string_view text, Step& step) {
  const MissingResult missing = method.response == kEmpty ? MissingResult::kNull : MissingResult::kRefused;
  const absl::StatusOr<JsonRpcMessage> response = ScanJsonRpc(text, missing);
  if (!response.ok()) return End(BadMessage(ToStd(response.status().message()), text), step);
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
  const bool anonymous = response.id.empty() || response.id == "null" || answer.is_http_error();
  if (response.kind == JsonRpcKind::kError && anonymous) return true;
  if (response.id == id) return true;
  // Some agents hold every id as a string.
  return !id.starts_with('"') && response.id.size() == id.size() + 2 && response.id.starts_with('"') &&
         response.id.ends_with('"') && response.id.substr(1, id.size()) == id;
}

absl::StatusOr<A2aMessage> A2aCall::State::Read(std::string_view raw) const {
  if (upstream == A2aVersion::k03) return ResultFromV03Json(method, raw);
  if (method.response == kEmpty && raw == "null") raw = "{}";
  absl::StatusOr<std::string> wire = JsonToProto(method.response, raw);
  if (!wire.ok()) return wire.status();
  return A2aMessage{*std::move(wire)};
}

void A2aCall::State::TakeResult(std::string_view raw, Step& step) {
  absl::StatusOr<A2aMessage> message = Read(raw);
  if (!message.ok()) {
    return End(BadMessage(absl::StrCat("the result is no ", ToAbsl(method.response), ": ",
                                       ToAbsl(Excerpt(ToStd(message.status().message()))))),
               step);
  }
  if (IsTooMuch(*message)) {
    return End(MakeError(absl::StatusCode::kResourceExhausted,
                         absl::StrCat("the agent sent a message of more than ", most_values,
                                      " values; it should send large data as text, as raw bytes or by URL"),
                         reason::kEventTooLarge, reason::kDomain, {{"may_have_run", "true"}}),
               step);
  }
  A2aFacts facts = ReadFacts(method.response, message->wire);
  facts.final_update = message->final_update.value_or(false);
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

bool A2aCall::State::IsTooMuch(const A2aMessage& message) const {
  // A value takes a byte at least.
  if (message.wire.size() <= most_values) return false;
  const MessageTable* table = FindMessageTable(method.response);
  return table != nullptr && CountMessages(*table, message.wire) > most_values;
}

absl::Status A2aCall::State::CutStatus(const ExchangeEnd& end, bool answered) const {
  absl::Status status = answered ? StatusFromEnd(end) : answer.Unanswered(end);
  if (!rule.last_state().empty()) AddErrorMetadata(status, "last_state", rule.last_state());
  if (!answer.last_event_id().empty()) AddErrorMetadata(status, "last_event_id", answer.last_event_id());
  return status;
}

}  // namespace sluice::translate
