#include "client/agent/faulty_body.h"

#include <algorithm>
#include <utility>

namespace sluice::agent {
namespace {

constexpr std::string_view kEventEnd = "\n\n";

bool IsCutAt(const std::optional<Cut>& cut, CutPlace place, std::uint64_t at) {
  return cut && cut->place == place && cut->after <= at;
}

}  // namespace

FaultyBody::FaultyBody(Fault fault, Kind kind) : fault_(std::move(fault)), kind_(kind) {
  if (IsCutAt(fault_.cut, CutPlace::kAnswer, 0) || IsCutAt(fault_.cut, CutPlace::kBytes, 0)) end_ = fault_.cut->way;
  PassBoundary();
}

void FaultyBody::Feed(std::string_view text) {
  if (kind_ == Kind::kEvents) return FeedEvents(text);
  if (!end_) Emit(text);
}

void FaultyBody::Finish() {
  if (kind_ == Kind::kJson && !end_) {
    ++events_;
    PassBoundary();
  }
  if (!end_) end_ = CutWay::kEnd;
}

void FaultyBody::Comment() {
  if (kind_ == Kind::kEvents && !inside_event_ && !end_) Emit(": still here\n\n");
}

std::string FaultyBody::TakeBytes() { return std::exchange(ready_, {}); }

void FaultyBody::FeedEvents(std::string_view text) {
  while (!end_ && !text.empty()) {
    const std::size_t close = text.find(kEventEnd);
    inside_event_ = close == std::string_view::npos;
    const std::size_t size = inside_event_ ? text.size() : close + kEventEnd.size();
    Emit(text.substr(0, size));
    text.remove_prefix(size);
    if (inside_event_ || end_) return;
    ++events_;
    PassBoundary();
  }
}

// Between two events: what is due here comes now, and not when the next event does.
void FaultyBody::PassBoundary() {
  for (; !end_ && next_odd_ < fault_.odd_events.size(); ++next_odd_) {
    const OddEvent& odd = fault_.odd_events[next_odd_];
    if (odd.after > events_) break;
    PassOddEvent(odd);
  }
  if (!end_ && IsCutAt(fault_.cut, CutPlace::kEvents, events_)) end_ = fault_.cut->way;
}

void FaultyBody::PassOddEvent(const OddEvent& odd) {
  const bool json = kind_ == Kind::kJson;
  if (json && events_ > 0) return;  // its one place is taken
  Emit(json ? odd.data : "data: " + odd.data + "\n\n");
  if (!end_ && (json || odd.last)) end_ = CutWay::kEnd;
}

void FaultyBody::Emit(std::string_view text) {
  std::string bytes;
  for (const char c : text) {
    if (c == '\n' && kind_ == Kind::kEvents) {
      bytes += fault_.line_end;
    } else {
      bytes += c;
    }
  }
  if (IsCutAt(fault_.cut, CutPlace::kBytes, bytes_ + bytes.size())) {
    bytes.resize(fault_.cut->after - bytes_);
    end_ = fault_.cut->way;
  }
  bytes_ += bytes.size();
  ready_ += bytes;
}

}  // namespace sluice::agent
