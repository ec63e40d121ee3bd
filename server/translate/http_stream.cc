#include "server/translate/http_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/media_type.h"
#include "server/translate/upstream_error.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using v1::StreamResponse;

constexpr std::size_t kMaxHeaderBytes = 1024;  // of a content type

// The largest time that google.protobuf.Duration has.
constexpr std::uint64_t kMaxSeconds = 315'576'000'000;

std::string EventFrame(const SseEvent& event, std::optional<std::uint64_t> retry_ms, std::uint64_t sequence) {
  StreamResponse frame;
  v1::Event& told = *frame.mutable_event();
  told.set_type(event.type);
  told.set_data(event.data);
  told.set_id(event.id);
  told.set_sequence(sequence);
  if (retry_ms) {
    told.mutable_retry()->set_seconds(static_cast<std::int64_t>(std::min(*retry_ms / 1000, kMaxSeconds)));
    const bool longest = *retry_ms / 1000 >= kMaxSeconds;
    told.mutable_retry()->set_nanos(longest ? 0 : static_cast<std::int32_t>(*retry_ms % 1000) * 1'000'000);
  }
  return frame.SerializeAsString();
}

std::string BodyFrame(std::string_view bytes) {
  StreamResponse frame;
  frame.mutable_body()->set_data(std::string(bytes));
  return frame.SerializeAsString();
}

}  // namespace

HttpStream::Step HttpStream::OnHead(const ResponseHead& head, Headers shown) {
  Step step;
  head_ = head;
  shown_ = std::move(shown);
  empty_is_whole_ = head.status == 202 || head.status == 204;
  const std::string type = MediaType(head);
  if (head.status < 200 || head.status > 299) {
    kind_ = Kind::kErrorBody;
  } else if (IsCoded(head)) {
    Finish(BadCoding(head), step);
  } else if (type == kEventStream) {
    kind_ = Kind::kEvents;
    SendHead(step);
  } else if (IsJson(type)) {
    kind_ = Kind::kDocument;
    SendHead(step);
  } else {
    kind_ = Kind::kOtherBody;
  }
  return step;
}

HttpStream::Step HttpStream::OnBytes(std::string_view bytes) {
  Step step;
  switch (kind_) {
    case Kind::kEvents:
      TakeEvents(bytes, step);
      break;
    case Kind::kDocument:
      TakeDocument(bytes, step);
      break;
    case Kind::kOtherBody:
      Collect(bytes, kExcerptBytes, step);
      break;
    case Kind::kErrorBody:
      Collect(bytes, limits_.error_body_bytes, step);
      break;
    case Kind::kNone:
      break;
  }
  return step;
}

HttpStream::Step HttpStream::OnEnd(const ExchangeEnd& end) {
  Step step;
  // Of an answer that is an error anyway it does not matter how it ended.
  if (kind_ == Kind::kErrorBody) {
    Finish(HttpError(), step);
  } else if (kind_ == Kind::kOtherBody && !body_.empty()) {
    Finish(WrongType(), step);
  } else if (end.outcome != ExchangeOutcome::kComplete || kind_ == Kind::kNone) {
    Finish(StatusFromEnd(end), step);
  } else if (kind_ == Kind::kEvents) {
    Finish(WholeEvents(end), step);
  } else if (kind_ == Kind::kDocument) {
    Finish(WholeDocument(end), step);
  } else {
    Finish(WholeOther(step), step);
  }
  return step;
}

std::string HttpStream::Heartbeat() const {
  if (!head_sent_) return {};
  StreamResponse frame;
  frame.mutable_heartbeat();
  return frame.SerializeAsString();
}

void HttpStream::SendHead(Step& step) {
  StreamResponse frame;
  frame.mutable_head()->set_status(head_.status);
  const auto add = [&](const std::string& name, std::string value) {
    v1::HeaderField& field = *frame.mutable_head()->add_headers();
    field.set_name(name);
    field.set_value(std::move(value));
  };
  const std::string_view type = FindHeader(head_.headers, "content-type");
  if (!type.empty()) add("content-type", ToValidUtf8(type, kMaxHeaderBytes));
  for (auto& [name, value] : shown_) add(name, ToValidUtf8(value, 3 * value.size()));
  step.frames.push_back(frame.SerializeAsString());
  head_sent_ = true;
  head_ = {};  // a stream may be long
  shown_ = {};
}

void HttpStream::TakeEvents(std::string_view bytes, Step& step) {
  std::vector<SseEvent> events;
  absl::Status fed = sse_.Feed(bytes, events);
  for (const SseEvent& event : events) {
    TakeEvent(event, step);
    if (step.end) return;  // whatever follows
  }
  if (!fed.ok()) Finish(std::move(fed), step);
}

void HttpStream::TakeEvent(const SseEvent& event, Step& step) {
  if (event.retry_ms) untold_retry_ms_ = event.retry_ms;
  switch (MeaningOf(dialect_, event)) {
    case SseMeaning::kLife:
      return;
    case SseMeaning::kError:
      return Finish(StatusFromErrorEvent(event), event.id, step);
    case SseMeaning::kEndMark:
      return Finish(absl::OkStatus(), step);
    case SseMeaning::kLast:
      step.frames.push_back(EventFrame(event, std::exchange(untold_retry_ms_, std::nullopt), ++sequence_));
      return Finish(absl::OkStatus(), step);
    case SseMeaning::kData:
      step.frames.push_back(EventFrame(event, std::exchange(untold_retry_ms_, std::nullopt), ++sequence_));
      return;
  }
}

void HttpStream::TakeDocument(std::string_view bytes, Step& step) {
  if (!bytes.empty()) step.frames.push_back(BodyFrame(bytes));
  document_.Add(bytes);
}

void HttpStream::Collect(std::string_view bytes, std::size_t limit, Step& step) {
  body_.append(bytes.substr(0, limit - body_.size()));
  if (body_.size() >= limit) Finish(kind_ == Kind::kErrorBody ? HttpError() : WrongType(), step);  // enough is known
}

absl::Status HttpStream::HttpError() const {
  absl::Status status = StatusFromHttp(head_, body_, HttpRequestOf::kCaller);
  if (const auto error = ReadUpstreamError(body_)) AddUpstreamError(*error, status);
  return status;
}

absl::Status HttpStream::WrongType() const { return BadContentType(FindHeader(head_.headers, "content-type"), body_); }

absl::Status HttpStream::WholeEvents(const ExchangeEnd& end) {
  const bool cut = sse_.inside_event();
  if (dialect_ == SseDialect::kPlain) return cut ? StatusFromEnd(end) : absl::OkStatus();
  // An end mark counts even if the blank line behind it was forgotten.
  std::vector<SseEvent> rest;
  if (cut && sse_.Feed("\n\n", rest).ok() && !rest.empty() &&
      MeaningOf(dialect_, rest.front()) == SseMeaning::kEndMark) {
    return absl::OkStatus();
  }
  return StatusFromEnd(end);
}

// A server that fails in the middle of a document may still end its HTTP body well.
absl::Status HttpStream::WholeDocument(const ExchangeEnd& end) const {
  if (document_.empty() && empty_is_whole_) return absl::OkStatus();
  if (!document_.IsWhole()) return StatusFromEnd(end);
  if (dialect_ == SseDialect::kPlain) return absl::OkStatus();
  const auto error = ReadUpstreamError(document_.text());
  return error ? StatusFromUpstreamError(*error) : absl::OkStatus();
}

// Without a body.
absl::Status HttpStream::WholeOther(Step& step) {
  if (dialect_ != SseDialect::kPlain && !empty_is_whole_) return WrongType();
  SendHead(step);
  return absl::OkStatus();
}

void HttpStream::Finish(absl::Status status, std::string_view last_event_id, Step& step) const {
  if (!status.ok() && !last_event_id.empty()) AddErrorMetadata(status, "last_event_id", last_event_id);
  if (!acts_) RemoveErrorMetadata(status, "may_have_run");
  step.end = std::move(status);
}

}  // namespace sluice::translate
