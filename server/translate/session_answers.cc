// The part of session_core.h that looks at what the upstream answers.
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/json_scanner.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/session_core.h"
#include "server/translate/session_frames.h"
#include "server/translate/session_protocol.h"

namespace sluice::translate {
namespace {

// What one batch may hold.
constexpr std::size_t kMaxBatch = 1000;

// JSON-RPC 2.0, section 5: an upstream that could not read the id answers with null. What comes with an HTTP error is
// about the message that it answers, whatever id it names.
bool IsAnonymousError(const SessionExchange& exchange, const JsonRpcMessage& message) {
  const bool unread = message.id.empty() || message.id == "null" || exchange.answer.is_http_error();
  return message.kind == JsonRpcKind::kError && unread;
}

bool IsBatch(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '[';
}

}  // namespace

// The texts that came before what is wrong count.
void SessionCore::TakeTexts(Key key, std::vector<AnswerReader::Text> texts, const absl::Status& read) {
  const auto runs = [&] { return exchanges_.contains(key) && !step_.end; };
  for (AnswerReader::Text& text : texts) {
    if (!runs()) return;
    SessionExchange& exchange = exchanges_.at(key);
    IsBatch(text.json) ? TakeBatch(key, text) : TakeText(exchange, std::move(text));
  }
  if (!read.ok() && runs()) Fail(exchanges_.at(key), read);
}

// JSON-RPC 2.0, section 6: an upstream may answer with a batch, which is taken apart.
void SessionCore::TakeBatch(Key key, const AnswerReader::Text& batch) {
  JsonScanner scanner(batch.json);
  std::size_t members = 0;
  const auto runs = [&] { return exchanges_.contains(key) && !step_.end; };
  const bool whole = scanner.Elements([&] {
    std::string_view raw;
    if (!scanner.Skip(raw) || ++members > kMaxBatch) return false;
    TakeText(exchanges_.at(key), {std::string(raw), members == 1 ? batch.event_id : std::string()});
    return runs();
  });
  if (!whole && runs()) {
    const bool many = members > kMaxBatch;
    Fail(exchanges_.at(key),
         BadMessage(many ? "a batch of more than 1000 messages" : "a batch that is no JSON array", batch.json));
  }
}

// Messages pass as they are, but for a response that nobody asked for here.
void SessionCore::TakeText(SessionExchange& exchange, AnswerReader::Text text) {
  const absl::StatusOr<JsonRpcMessage> message = ScanJsonRpc(text.json);
  if (!message.ok()) {
    const absl::Status bad = BadMessage(ToStd(message.status().message()), text.json);
    return exchange.role == Role::kListen ? Drop() : Fail(exchange, bad);  // a stream of their own goes on
  }
  const bool is_response = message->kind == JsonRpcKind::kResult || message->kind == JsonRpcKind::kError;
  SessionRequest* const asked = is_response ? AskedBy(exchange, *message) : nullptr;
  const bool refuses_notice = exchange.role == Role::kNotice && IsAnonymousError(exchange, *message);
  if (exchange.role == Role::kOwn) return;
  // A response to a request that runs is none that came before, whatever the event's id says.
  const bool repeated = !text.event_id.empty() && protocol_->IsRepeated(exchange, text.event_id);
  if (repeated && asked == nullptr) return Drop();
  if (is_response && asked == nullptr && !refuses_notice) {
    const bool goes_down = protocol_->OnMessage(exchange, *message, nullptr);
    return goes_down ? Drop() : void();  // it may have told of a lost session
  }
  if (!protocol_->OnMessage(exchange, *message, asked)) return;
  const bool unanswerable = message->kind == JsonRpcKind::kRequest && half_closed_;
  if (unanswerable) protocol_->OnUnanswerable(*message);
  if (asked != nullptr) ++asked->responses;
  const bool over = asked != nullptr && (message->kind == JsonRpcKind::kError || protocol_->IsOver(*asked));
  const bool many = asked != nullptr && asked->a2a.many && message->kind == JsonRpcKind::kResult;
  TellFrame(MessageFrame(std::move(text.json), asked != nullptr ? asked->id : exchange.request_id,
                         std::move(text.event_id), ++sequence_));
  if (!over) return;
  if (many) return EndRequest(*asked, absl::OkStatus());  // none of the responses says that it is the last
  SessionExchange* answered = FindExchange(asked->exchange);
  const std::string id = asked->id;
  if (answered != nullptr) Close(*answered);
  requests_.erase(id);
}

SessionRequest* SessionCore::AskedBy(const SessionExchange& exchange, const JsonRpcMessage& message) {
  SessionRequest* const own = FindRequest(exchange.request_id);
  if (own != nullptr && (IsSameJsonRpcId(message.id, own->id) || IsAnonymousError(exchange, message))) return own;
  SessionRequest* const other = FindRequest(std::string(message.id));
  return other != nullptr && protocol_->IsAnsweredAnywhere(*other) ? other : nullptr;
}

// What one session holds of answers that are not complete is bounded as a whole, too.
absl::Status SessionCore::CountHeld(std::size_t before, const SessionExchange& exchange) {
  held_bytes_ += exchange.answer.pending_bytes();
  held_bytes_ -= before;
  const std::size_t most = 2 * options_.limits.event_bytes;
  if (held_bytes_ <= most) return absl::OkStatus();
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("session: the answers that are not complete hold more than ", most, " bytes together"),
                   reason::kOverLimit, reason::kDomain, {{"may_have_run", "true"}});
}

void SessionCore::Fail(SessionExchange& exchange, const absl::Status& why) {
  SessionRequest* request = FindRequest(exchange.request_id);
  if (request != nullptr) {
    if (const auto end = protocol_->EndOf(*request, exchange, why)) return EndRequest(*request, *end);
    request->exchange = 0;
  } else if (exchange.role == Role::kNotice) {
    TellNotice(exchange, why);
  } else {
    protocol_->OnOtherEnd(exchange, why);
  }
  Close(exchange);
}

void SessionCore::Conclude(SessionExchange& exchange, const ExchangeEnd& end) {
  ExchangeEnd cut = end;
  if (exchange.answer.began()) cut.request_sent = true;
  if (SessionRequest* request = FindRequest(exchange.request_id)) {
    std::optional<absl::Status> verdict = protocol_->Verdict(*request, exchange, cut);
    if (!verdict->ok()) verdict = protocol_->EndOf(*request, exchange, *verdict);
    if (verdict) return EndRequest(*request, *verdict);
    request->exchange = 0;
  } else if (exchange.role == Role::kNotice) {
    if (end.outcome != ExchangeOutcome::kComplete) TellNotice(exchange, StatusFromEnd(cut));
  } else {
    protocol_->OnOtherEnd(exchange, StatusFromEnd(cut));
  }
  Forget(exchange);
}

}  // namespace sluice::translate
