// When the end of an A2A stream is truthful. A2A 1.0, "Streaming": there is no end marker, so the last state decides.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_END_RULE_H_
#define SLUICE_SERVER_TRANSLATE_A2A_END_RULE_H_

#include <chrono>
#include <string_view>

#include "server/base/http.h"
#include "server/translate/a2a_facts.h"

namespace sluice::translate {

// How long a stream may stay open after its task is over.
inline constexpr std::chrono::milliseconds kA2aGrace{10'000};

// What the agent told last.
//
//     nothing ──▶ running ◀──▶ interrupted
//                   ▲ │            │         any event may tell any state; an artifact update tells none
//                   │ ▼            ▼
//                  terminal ◀──────┘         message: from anywhere, and nothing follows it
//
// An update that A2A 0.3 calls `final` is the last of its stream: a running task then counts as interrupted.
//
//   told last     | the body ends well | the body ends badly | grace over
//   nothing       | cut                | cut                 | -
//   running       | cut                | cut                 | -
//   interrupted   | OK                 | cut                 | -
//   terminal      | OK                 | OK                  | OK
//   message       | OK at once
enum class LastTold { kNothing, kRunning, kInterrupted, kTerminal, kMessage };

// What a lf.a2a.v1.TaskState alone tells; kRunning for one that we do not know.
LastTold ToldByState(int state);
inline bool IsTerminalState(int state) { return ToldByState(state) == LastTold::kTerminal; }

class A2aEndRule {
 public:
  // Takes the next event of the stream. True: the task is over only now, so the grace begins.
  bool Note(const A2aFacts& event);

  LastTold last_told() const { return last_told_; }
  // What the last event that told a state said; empty when none did.
  std::string_view last_state() const { return last_state_; }

  // Whether a stream that ends so is told as OK. `cut_event`: the body ended inside an event.
  bool EndsWell(ExchangeOutcome outcome, bool cut_event) const;
  // The message was the whole stream.
  bool OverAtOnce() const { return last_told_ == LastTold::kMessage; }
  bool OverAfterGrace() const { return last_told_ == LastTold::kTerminal; }

 private:
  LastTold last_told_ = LastTold::kNothing;
  std::string_view last_state_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_END_RULE_H_
