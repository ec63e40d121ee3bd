// One HTTP answer that carries JSON-RPC: a JSON document, or server-sent events that each hold one.
// Pure. RFC 9110, 8.3; WHATWG HTML, "Server-sent events".
#ifndef SLUICE_SERVER_TRANSLATE_ANSWER_H_
#define SLUICE_SERVER_TRANSLATE_ANSWER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/sse.h"

namespace sluice::translate {

struct AnswerLimits {
  std::size_t event_bytes;       // one SSE event, or a JSON answer as a whole
  std::size_t error_body_bytes;  // how much of an error answer is kept
};

//     head ─┬─▶ events      2xx, text/event-stream: each event that has data is a text
//           ├─▶ document    2xx, JSON: the whole body is one
//           ├─▶ empty       202, 204, or 2xx without type and body: no text
//           ├─▶ error body  not 2xx: a JSON-RPC error is a text, anything else the status of that HTTP answer
//           └─▶ other body  2xx of another type: a status
// A status that is not OK is final: the answer is not one, and nothing more should be fed.
class AnswerReader {
 public:
  struct Text {
    std::string json;
    std::string event_id;  // of its event; empty when it has none
  };

  // `last_event_id`: of the event after which the answer is to go on.
  explicit AnswerReader(AnswerLimits limits, std::string last_event_id = {})
      : limits_(limits), sse_(limits.event_bytes, std::move(last_event_id)) {}

  absl::Status OnHead(const ResponseHead& head);
  // Texts that came before what is wrong are in `out` all the same.
  absl::Status OnBytes(std::string_view bytes, std::vector<Text>& out);
  absl::Status OnEnd(ExchangeOutcome outcome, std::vector<Text>& out);

  bool began() const { return kind_ != Kind::kNone; }
  bool is_events() const { return kind_ == Kind::kEvents; }
  bool is_document() const { return kind_ == Kind::kDocument; }
  // Not 2xx: an error in it is about the request that it answers, whatever id it names.
  bool is_http_error() const { return began() && !is_success_; }
  // 2xx without a message, which is how a notification or a response is taken.
  bool is_empty() const { return kind_ == Kind::kEmpty || (is_success_ && !is_events() && body_.empty()); }
  // For a request that got no response by the time its exchange ended so.
  absl::Status Unanswered(const ExchangeEnd& end) const;
  // The body ended, so far, inside an event.
  bool inside_event() const { return sse_.inside_event(); }
  const std::string& last_event_id() const { return sse_.last_event_id(); }
  // The reconnection time that the upstream told, in milliseconds.
  std::optional<std::uint64_t> retry_ms() const { return sse_.retry_ms(); }
  // Bytes kept for what is not complete yet.
  std::size_t pending_bytes() const { return sse_.pending_bytes() + body_.size(); }

 private:
  enum class Kind { kNone, kEvents, kDocument, kEmpty, kErrorBody, kOtherBody };

  absl::Status Collect(std::string_view bytes, std::size_t limit, std::vector<Text>& out);
  absl::Status TakeOther(std::vector<Text>& out);
  absl::Status WrongType() const;
  std::string ErrorJson() const;

  AnswerLimits limits_;
  Kind kind_ = Kind::kNone;
  bool is_success_ = false;
  bool told_ = false;  // a text was given that is no event
  ResponseHead head_;  // of an answer that is not events
  SseParser sse_;
  std::string body_;  // of an answer that is not events
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_ANSWER_H_
