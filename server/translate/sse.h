// Server-sent events: bytes in, events out. WHATWG HTML, "Server-sent events", "Interpreting an event stream".
#ifndef SLUICE_SERVER_TRANSLATE_SSE_H_
#define SLUICE_SERVER_TRANSLATE_SSE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sluice::translate {

struct SseEvent {
  std::string type;  // "message" when the stream names none
  std::string data;
  std::string id;  // the last event id when the event was dispatched (ids are sticky)
  bool operator==(const SseEvent&) const = default;
};

// Pure: the same bytes give the same events however they were split. Linear. Bounded by `max_event_bytes`.
// One parser reads one body. Malformed UTF-8 becomes U+FFFD.
class SseParser {
 public:
  explicit SseParser(std::size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

  // Appends the events that `bytes` completes. RESOURCE_EXHAUSTED (EVENT_TOO_LARGE) when a line or an event outgrows
  // the limit: the events completed before it are in `out`, and the parser is spent.
  absl::Status Feed(std::string_view bytes, std::vector<SseEvent>& out);

  // What a reconnection would send as Last-Event-ID; empty: nothing.
  const std::string& last_event_id() const { return last_event_id_; }
  // The last accepted `retry` field, in milliseconds; saturates.
  std::optional<std::uint64_t> retry_ms() const { return retry_ms_; }
  // Bytes kept for an event that is not complete yet.
  std::size_t pending_bytes() const;

 private:
  std::size_t max_event_bytes_;
  std::string last_event_id_;
  std::optional<std::uint64_t> retry_ms_;
  // (the implementer completes this part)
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SSE_H_
