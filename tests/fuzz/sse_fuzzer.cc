// server/translate/sse.h: the same bytes give the same events however they were cut, and what is kept stays in bounds.
// The input: how large an event may be (a byte), the seed of the cuts (a byte), then the body.
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/translate/fast_utf8.h"
#include "server/translate/sse.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using translate::SseEvent;
using translate::SseParser;

constexpr std::size_t kLimits[] = {0, 1, 16, 100, 1000, std::size_t{1} << 20};

struct Outcome {
  std::vector<SseEvent> events;
  std::string last_event_id;
  std::optional<std::uint64_t> retry_ms;
  absl::Status status;
  bool operator==(const Outcome&) const = default;
};

// `next_size()` says how large the next piece is.
template <typename NextSize>
Outcome Parse(std::string_view body, std::size_t limit, NextSize next_size) {
  SseParser parser(limit);
  Outcome outcome;
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, next_size());
    const std::vector<char> tight(piece.begin(), piece.end());  // nothing may be read behind it
    outcome.status = parser.Feed({tight.data(), tight.size()}, outcome.events);
    // Only the line that broke the limit may stand above it, as U+FFFD.
    Check(parser.pending_bytes() <= (outcome.status.ok() ? limit : 3 * limit), "what is pending stays in bounds");
    body.remove_prefix(piece.size());
  }
  outcome.last_event_id = parser.last_event_id();
  outcome.retry_ms = parser.retry_ms();
  return outcome;
}

void CheckBounds(const Outcome& outcome, std::size_t limit) {
  for (const SseEvent& event : outcome.events) {
    Check(event.id.size() <= SseParser::kMaxIdBytes, "ids stay in bounds");
    const std::size_t type = event.type == "message" ? 0 : event.type.size();
    Check(type + event.data.size() <= limit, "events stay in bounds");
    Check(translate::IsValidUtf8(event.type) && translate::IsValidUtf8(event.data) && translate::IsValidUtf8(event.id),
          "events are UTF-8");
    Check(event.type.find_first_of("\r\n") == std::string::npos && event.id.find_first_of("\r\n") == std::string::npos,
          "a field is one line");
  }
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::string_view body = AsText(data, size);
  const std::size_t limit = kLimits[TakeByte(body) % std::size(kLimits)];
  std::minstd_rand cuts(TakeByte(body) + 1u);
  const Outcome whole = Parse(body, limit, [&] { return body.size(); });
  CheckBounds(whole, limit);
  Check(Parse(body, limit, [] { return std::size_t{1}; }) == whole, "byte by byte it is the same");
  Check(Parse(body, limit, [&] { return std::size_t{cuts() % 9}; }) == whole, "cut anywhere it is the same");
  return 0;
}
