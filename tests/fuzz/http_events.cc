#include "tests/fuzz/http_events.h"

#include <algorithm>
#include <array>

#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

constexpr auto kOutcomes = std::to_array<ExchangeOutcome>(
    {ExchangeOutcome::kComplete, ExchangeOutcome::kTruncated, ExchangeOutcome::kAborted, ExchangeOutcome::kUnreachable,
     ExchangeOutcome::kConnectTimeout, ExchangeOutcome::kFirstByteTimeout, ExchangeOutcome::kIdleTimeout,
     ExchangeOutcome::kTotalTimeout, ExchangeOutcome::kMalformed});

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

ResponseHead ReadHead(std::string_view piece) {
  ResponseHead head;
  for (int digit = 0; digit < 3; ++digit) head.status = head.status * 10 + TakeByte(piece) % 48 % 10;
  head.status = std::max(head.status, 100);  // upstream/ lets no smaller one through
  head.headers.emplace_back("content-type", TakeLine(piece));
  while (!piece.empty()) {
    const std::string_view line = TakeLine(piece);
    const std::size_t colon = std::min(line.find(':'), line.size());
    head.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  return head;
}

ExchangeEnd ReadEnd(std::string_view piece) {
  const std::uint8_t byte = TakeByte(piece);
  return {kOutcomes[byte % kOutcomes.size()], std::string(piece), /*request_sent=*/byte % 2 == 0};
}

std::vector<Event> ReadExchange(const std::vector<std::string_view>& pieces) {
  std::vector<Event> events;
  bool has_head = false;
  ExchangeEnd end;
  for (std::string_view piece : pieces) {
    const std::uint8_t letter = TakeByte(piece);
    if (letter == 'h' && !has_head) {
      has_head = true;
      events.push_back({.kind = Event::Kind::kHead, .head = ReadHead(piece)});
    } else if (letter == 'b' && has_head) {
      events.push_back({.kind = Event::Kind::kBytes, .bytes = std::string(piece)});
    } else if (letter == 'g') {
      events.push_back({.kind = Event::Kind::kGrace});
    } else if (letter == 'e') {
      end = ReadEnd(piece);
      break;
    }
  }
  events.push_back({.kind = Event::Kind::kEnd, .end = end});
  return events;
}

std::vector<Event> Joined(const std::vector<Event>& events) {
  std::vector<Event> joined;
  for (const Event& event : events) {
    const bool goes_on = event.kind == Event::Kind::kBytes && !joined.empty() && joined.back().kind == event.kind;
    goes_on ? void(joined.back().bytes += event.bytes) : joined.push_back(event);
  }
  return joined;
}

std::vector<Event> ByteByByte(const std::vector<Event>& events) {
  std::vector<Event> bytes;
  for (const Event& event : events) {
    if (event.kind != Event::Kind::kBytes) bytes.push_back(event);
    for (const char byte : event.bytes) bytes.push_back({.kind = event.kind, .bytes = std::string(1, byte)});
  }
  return bytes;
}

}  // namespace sluice::fuzz
