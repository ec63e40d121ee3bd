// Server-sent events: bytes in, events out. WHATWG HTML, "Server-sent events", "Interpreting an event stream".
#ifndef SLUICE_SERVER_TRANSLATE_SSE_H_
#define SLUICE_SERVER_TRANSLATE_SSE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace sluice::translate {

struct SseEvent {
  std::string type;  // "message" when the stream names none
  std::string data;
  std::string id;  // the last event id when the event was dispatched (ids are sticky)
  // The reconnection time in milliseconds, of the first event after it was told; saturates.
  std::optional<std::uint64_t> retry_ms = {};
  bool operator==(const SseEvent&) const = default;
};

// Pure: the same bytes give the same events however they were split. Linear. Bounded by `max_event_bytes`.
// One parser reads one body. Malformed UTF-8 becomes U+FFFD.
class SseParser {
 public:
  // Every later event repeats the id, so a long one multiplies what a peer can make us hold: the smallest event has 6
  // bytes ("data" and a blank line), so that 16 KiB become 2730 of them, and with ids of this size 1.4 MiB.
  static constexpr std::size_t kMaxIdBytes = 512;

  // `last_event_id` is where an earlier body of the same stream ended: a body that is cut before its first id must not
  // lose the place.
  explicit SseParser(std::size_t max_event_bytes, std::string last_event_id = {})
      : max_event_bytes_(max_event_bytes), last_event_id_(std::move(last_event_id)), id_(last_event_id_) {}

  // Appends the events that `bytes` completes. RESOURCE_EXHAUSTED (EVENT_TOO_LARGE) when a line or an event outgrows
  // the limit: the events completed before it are in `out`, and the parser is spent (every later call says the same).
  absl::Status Feed(std::string_view bytes, std::vector<SseEvent>& out);

  // What a reconnection would send as Last-Event-ID; empty: nothing.
  const std::string& last_event_id() const { return last_event_id_; }
  // The last accepted `retry` field, in milliseconds; saturates.
  std::optional<std::uint64_t> retry_ms() const { return retry_ms_; }
  // What was fed ends inside an event: it has begun, and no blank line has come. What tells no event (comments, blanks,
  // ids and times of reconnection) begins none.
  bool inside_event() const;
  // Bytes kept for an event that is not complete yet.
  std::size_t pending_bytes() const { return line_.size() + type_.size() + data_.size(); }

 private:
  void EndLine(std::string_view piece, std::vector<SseEvent>& out);
  void TakeField(std::string_view name, std::string_view value);
  void TakeId(std::string_view value);
  void TakeRetry(std::string_view digits);
  void Dispatch(std::vector<SseEvent>& out);
  std::size_t Held() const { return pending_bytes() + id_.size(); }
  void Spend(std::string_view what, std::size_t limit);

  std::size_t max_event_bytes_;
  std::string last_event_id_;
  std::optional<std::uint64_t> retry_ms_;
  bool retry_is_new_ = false;  // no event since it was told

  std::string line_;  // the line being collected, not decoded: a cut UTF-8 sequence waits here
  std::string type_;
  std::string data_;
  std::string id_;         // becomes `last_event_id_` at the next blank line
  bool has_data_ = false;  // an event may have data that is empty
  bool at_start_ = true;   // the first line may begin with a byte order mark
  bool after_cr_ = false;  // a following LF belongs to the line end already seen
  absl::Status spent_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SSE_H_
