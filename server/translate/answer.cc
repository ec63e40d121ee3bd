#include "server/translate/answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/media_type.h"

namespace sluice::translate {
namespace {

// Who the caller is and how often it may call is HTTP's to say: no JSON-RPC error means these, and upstreams that add a
// JSON-RPC body to them fill it with any code.
bool HttpDecides(int http_status) {
  return http_status == 401 || http_status == 403 || http_status == 429 || http_status == 503;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

absl::Status TooLarge(std::size_t limit) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("the JSON answer is larger than the limit of ", limit, " bytes"),
                   reason::kEventTooLarge, reason::kDomain, {{"may_have_run", "true"}});
}

}  // namespace

absl::Status AnswerReader::OnHead(const ResponseHead& head) {
  is_success_ = head.status >= 200 && head.status < 300;
  const std::string type = MediaType(head);
  if (!is_success_) {
    kind_ = Kind::kErrorBody;
  } else if (IsCoded(head)) {
    return BadCoding(head);
  } else if (type == kEventStream) {
    kind_ = Kind::kEvents;
  } else if (IsJson(type)) {
    kind_ = Kind::kDocument;
  } else {
    kind_ = head.status == 202 || head.status == 204 ? Kind::kEmpty : Kind::kOtherBody;
  }
  if (!is_events()) head_ = head;  // an idle stream needs none
  return absl::OkStatus();
}

absl::Status AnswerReader::OnBytes(std::string_view bytes, std::vector<Text>& out) {
  switch (kind_) {
    case Kind::kEvents: {
      std::vector<SseEvent> events;
      absl::Status fed = sse_.Feed(bytes, events);
      for (SseEvent& event : events) {
        // Blank: some servers' keep-alive.
        if (!IsBlank(event.data)) out.push_back({std::move(event.data), std::move(event.id)});
      }
      return fed;
    }
    case Kind::kDocument:
      if (bytes.size() > limits_.event_bytes - body_.size()) return TooLarge(limits_.event_bytes);
      body_.append(bytes);
      return absl::OkStatus();
    case Kind::kErrorBody:
      return Collect(bytes, limits_.error_body_bytes, out);
    case Kind::kOtherBody:
      return Collect(bytes, kExcerptBytes, out);
    case Kind::kNone:
    case Kind::kEmpty:
      break;
  }
  return absl::OkStatus();
}

absl::Status AnswerReader::OnEnd(ExchangeOutcome outcome, std::vector<Text>& out) {
  if (kind_ == Kind::kErrorBody) return TakeOther(out);
  if (kind_ == Kind::kOtherBody && !body_.empty()) return TakeOther(out);
  if (kind_ == Kind::kDocument && outcome == ExchangeOutcome::kComplete && !IsBlank(body_)) {
    told_ = true;
    out.push_back({std::exchange(body_, {}), {}});
  }
  return absl::OkStatus();
}

absl::Status AnswerReader::Collect(std::string_view bytes, std::size_t limit, std::vector<Text>& out) {
  body_.append(bytes.substr(0, limit - body_.size()));
  return body_.size() < limit ? absl::OkStatus() : TakeOther(out);  // enough is known
}

absl::Status AnswerReader::Unanswered(const ExchangeEnd& end) const {
  if (end.outcome != ExchangeOutcome::kComplete || !began() || is_events()) return StatusFromEnd(end);
  if (told_) return BadMessage("the JSON holds no response with the request's id");
  return BadMessage(absl::StrCat("HTTP ", head_.status, " with an empty body where a JSON-RPC response is due"));
}

absl::Status AnswerReader::WrongType() const {
  return BadContentType(FindHeader(head_.headers, "content-type"), body_);
}

absl::Status AnswerReader::TakeOther(std::vector<Text>& out) {
  if (kind_ == Kind::kOtherBody) return WrongType();
  std::string json = ErrorJson();
  const absl::StatusOr<JsonRpcMessage> response = ScanJsonRpc(json);
  if (!response.ok() || response->kind != JsonRpcKind::kError || HttpDecides(head_.status)) {
    return StatusFromHttp(head_, body_);
  }
  kind_ = Kind::kDocument;  // it said what it had to say
  told_ = true;
  body_.clear();
  out.push_back({std::move(json), {}});
  return absl::OkStatus();
}

// Some upstreams frame an error as an event even if its status is no success.
std::string AnswerReader::ErrorJson() const {
  if (MediaType(head_) != kEventStream) return body_;
  std::vector<SseEvent> events;
  SseParser sse(limits_.error_body_bytes);
  const bool whole = sse.Feed(body_, events).ok() && !events.empty();
  return whole ? events.front().data : body_;
}

}  // namespace sluice::translate
