// The body of one answer on its way through a fault.
#ifndef SLUICE_CLIENT_AGENT_FAULTY_BODY_H_
#define SLUICE_CLIENT_AGENT_FAULTY_BODY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/fault.h"
#include "client/agent/feed.h"

namespace sluice::agent {

// Pure: text in, bytes out. Its text is what a Feed writes; a JSON answer counts as one event. Once end() is set,
// nothing more is taken.
class FaultyBody {
 public:
  using Kind = agent::Feed::Kind;

  FaultyBody(Fault fault, Kind kind);

  void Feed(std::string_view text);
  void Finish();  // that was all of it
  // Nothing happens in the middle of an event, or in a JSON answer.
  void Comment();

  // The bytes so far, taken away.
  std::string TakeBytes();
  // How it ends after these bytes; unset: it goes on.
  const std::optional<CutWay>& end() const { return end_; }
  // Of the script, passed on as a whole.
  std::uint64_t events() const { return events_; }

 private:
  void FeedEvents(std::string_view text);
  void PassBoundary();
  void PassOddEvent(const OddEvent& odd);
  void Emit(std::string_view text);

  const Fault fault_;
  const Kind kind_;
  std::size_t next_odd_ = 0;
  bool inside_event_ = false;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
  std::string ready_;
  std::optional<CutWay> end_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_FAULTY_BODY_H_
