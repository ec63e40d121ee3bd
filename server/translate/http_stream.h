// The answer to an HTTP request of the caller's own (`sluice.v1.Gateway/Stream`): what the exchange brings in, frames
// and how it ended out. protos/sluice/v1/gateway.proto. Pure: bytes in, bytes out; no gRPC, no sockets, no threads, no
// clock.
#ifndef SLUICE_SERVER_TRANSLATE_HTTP_STREAM_H_
#define SLUICE_SERVER_TRANSLATE_HTTP_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/json_document.h"
#include "server/translate/sse.h"
#include "server/translate/sse_dialect.h"

namespace sluice::translate {

//     head ─┬─▶ events      2xx, text/event-stream: the dialect says what each means
//           ├─▶ document    2xx, JSON: passed on in pieces, as they come
//           ├─▶ other body  2xx of another type: nothing at all, or a status
//           └─▶ error body  not 2xx: the status of that HTTP answer
class HttpStream {
 public:
  // A document of at most this size is read for the error that it may be, whatever of an error answer is kept.
  static constexpr std::size_t kMaxErrorDocumentBytes = std::size_t{64} * 1024;

  struct Limits {
    std::size_t event_bytes;       // one SSE event
    std::size_t error_body_bytes;  // how much of an error answer is kept
  };
  struct Step {
    std::vector<std::string> frames;  // serialized StreamResponses, in order
    std::optional<absl::Status> end;  // the call is over: nothing more should be fed
  };

  // acts: the request is one that may change something; errors then say whether it may have run.
  // last_event_id: what the request resumes after.
  HttpStream(SseDialect dialect, bool acts, std::string last_event_id, Limits limits)
      : dialect_(dialect), acts_(acts), limits_(limits), sse_(limits.event_bytes, std::move(last_event_id)) {}

  // shown: the headers that the caller may see, beside the content type.
  Step OnHead(const ResponseHead& head, Headers shown);
  Step OnBytes(std::string_view bytes);
  Step OnEnd(const ExchangeEnd& end);

  // A frame that only shows life; empty while the Head, which is the first, is still to come.
  std::string Heartbeat() const;

  // Bytes kept for what is not complete yet.
  std::size_t pending_bytes() const { return sse_.pending_bytes() + document_.text().size() + body_.size(); }

 private:
  enum class Kind { kNone, kEvents, kDocument, kOtherBody, kErrorBody };

  void SendHead(Step& step);
  void TakeEvents(std::string_view bytes, Step& step);
  void TakeEvent(const SseEvent& event, Step& step);
  void TakeDocument(std::string_view bytes, Step& step);
  void Collect(std::string_view bytes, std::size_t limit, Step& step);
  absl::Status HttpError() const;
  absl::Status WrongType() const;
  absl::Status WholeEvents(const ExchangeEnd& end);
  absl::Status WholeDocument(const ExchangeEnd& end) const;
  absl::Status WholeOther(Step& step);
  void Finish(absl::Status status, Step& step) const { Finish(std::move(status), sse_.last_event_id(), step); }
  // last_event_id: where the answer was when it ended so; what came behind that may be read already.
  void Finish(absl::Status status, std::string_view last_event_id, Step& step) const;

  const SseDialect dialect_;
  const bool acts_;
  const Limits limits_;
  Kind kind_ = Kind::kNone;
  bool head_sent_ = false;
  bool empty_is_whole_ = false;  // 202 and 204 are made to have no body
  ResponseHead head_;            // until it is told
  Headers shown_;                // until they are told
  SseParser sse_;
  std::optional<std::uint64_t> untold_retry_ms_;  // it may have come with an event that is not sent
  std::uint64_t sequence_ = 0;
  JsonDocument document_{kMaxErrorDocumentBytes};
  std::string body_;  // of an error answer or one of another type
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_HTTP_STREAM_H_
