// server/translate/http_stream.h, http_stream_request.h: any answer, however it is cut, gives the same frames and the
// same end, and OK only for a reason. Any request is refused, or is one that can be sent.
// The input, in pieces: dialect and limits (a byte each), then a head, bytes and the end of the exchange
// (http_events.h). The whole of it is read as a StreamRequest too.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/status.h"
#include "server/translate/http_stream.h"
#include "server/translate/http_stream_request.h"
#include "sluice/v1/gateway.pb.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/http_events.h"

namespace sluice::fuzz {
namespace {

using translate::HttpStream;
using translate::SseDialect;

constexpr HttpStream::Limits kLimits[] = {{1000, 100}, {64 * 1024, 4 * 1024}, {16, 0}, {200, 10}};
constexpr SseDialect kDialects[] = {SseDialect::kPlain, SseDialect::kOpenAi, SseDialect::kAnthropic};

struct Outcome {
  std::string heads;
  std::string events;  // serialized, in order
  std::string body;    // joined: its pieces are those of the wire
  std::string end;     // in words: a status compares by its bytes, and those of a map have any order
  bool operator==(const Outcome&) const = default;
};

class Play {
 public:
  Play(SseDialect dialect, bool acts, const HttpStream::Limits& limits)
      : limits_(limits), plain_(dialect == SseDialect::kPlain), acts_(acts), stream_(dialect, acts, "", limits) {}

  Outcome Run(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (over_) break;
      if (event.kind == Event::Kind::kHead)
        Take(stream_.OnHead(event.head, {{"x-a", event.head.headers.back().second}}));
      if (event.kind == Event::Kind::kBytes) Take(stream_.OnBytes(event.bytes));
      if (event.kind == Event::Kind::kEnd) Take(stream_.OnEnd(event.end));
      const std::size_t body = std::max(limits_.error_body_bytes, HttpStream::kMaxErrorDocumentBytes);
      if (!over_) Check(stream_.pending_bytes() <= 3 * limits_.event_bytes + body + 512, "bounded");
    }
    Check(over_, "an exchange that is over ends the call");
    return outcome_;
  }

 private:
  void Take(const HttpStream::Step& step) {
    for (const std::string& bytes : step.frames) {
      v1::StreamResponse frame;
      Check(frame.ParseFromString(bytes), "what comes down is a StreamResponse");
      Check(frame.has_head() == outcome_.heads.empty(), "the Head is the first frame, and there is one");
      if (frame.has_head()) outcome_.heads += bytes;
      if (frame.has_body()) outcome_.body += frame.body().data();
      if (!frame.has_event()) continue;
      Check(frame.event().sequence() == ++sequence_, "events are counted");
      Check(plain_ || frame.event().data() != "[DONE]", "an end mark is no event");
      outcome_.events += bytes;
    }
    if (!step.end) return;
    over_ = true;
    const absl::Status& end = *step.end;
    Check(end.ok() || absl::IsCancelled(end) || !ErrorReason(end).empty(), "says why");
    if (end.ok()) Check(!outcome_.heads.empty(), "OK has a Head");
    Check(acts_ || ErrorMetadataValue(end, "may_have_run").empty(), "a GET changes nothing");
    outcome_.end = absl::StatusCodeToString(end.code()) + ErrorReason(end) + std::string(ToStd(end.message()));
    for (const char* key : {"error_type", "error_code", "may_have_run", "last_event_id", "http_status"}) {
      outcome_.end += '|' + ErrorMetadataValue(end, key);
    }
  }

  const HttpStream::Limits limits_;
  const bool plain_;
  const bool acts_;
  HttpStream stream_;
  Outcome outcome_;
  std::uint64_t sequence_ = 0;
  bool over_ = false;
};

void TryRequest(std::string_view bytes) {
  const auto request = translate::ParseHttpStreamRequest(bytes);
  if (!request.ok()) return Check(absl::IsInvalidArgument(request.status()), "the caller is at fault");
  const std::string path = translate::PathBelow("/base?q", request->path);
  Check(path.starts_with("/base") && path.ends_with("?q"), "the path stays below that of the URL");
  Check(path.find("/../") == std::string::npos && path.find("/./") == std::string::npos, "and does not leave it");
  Check(!request->path.starts_with("//"), "and is no host");
  for (const char c : path) Check(c > ' ' && c < 0x7f, "it can be sent");
  for (const auto& [name, value] : request->ProtocolHeaders()) {
    Check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a header is one line");
  }
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  TryRequest(AsText(data, size));
  std::vector<std::string_view> pieces = Pieces(AsText(data, size));
  const std::uint8_t choice = TakeByte(pieces[0]);
  const auto dialect = kDialects[choice % std::size(kDialects)];
  const bool acts = choice % 2 == 0;
  const auto& limits = kLimits[TakeByte(pieces[0]) % std::size(kLimits)];
  pieces.erase(pieces.begin());
  const std::vector<Event> events = ReadExchange(pieces);
  const Outcome whole = Play(dialect, acts, limits).Run(Joined(events));
  Check(Play(dialect, acts, limits).Run(events) == whole, "cut as it was it is the same");
  Check(Play(dialect, acts, limits).Run(ByteByByte(events)) == whole, "byte by byte it is the same");
  return 0;
}
