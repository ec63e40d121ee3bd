#include "server/translate/a2a_end_rule.h"

#include <algorithm>
#include <array>

namespace sluice::translate {
namespace {

struct StateRow {
  int state;
  LastTold told;
  std::string_view name;
};
// A2A 1.0, "TaskState". UNSPECIFIED is also what a state with a name that we do not know reads as: not over.
constexpr auto kStates = std::to_array<StateRow>({
    {0, LastTold::kRunning, "TASK_STATE_UNSPECIFIED"},
    {1, LastTold::kRunning, "TASK_STATE_SUBMITTED"},
    {2, LastTold::kRunning, "TASK_STATE_WORKING"},
    {3, LastTold::kTerminal, "TASK_STATE_COMPLETED"},
    {4, LastTold::kTerminal, "TASK_STATE_FAILED"},
    {5, LastTold::kTerminal, "TASK_STATE_CANCELED"},
    {6, LastTold::kInterrupted, "TASK_STATE_INPUT_REQUIRED"},
    {7, LastTold::kTerminal, "TASK_STATE_REJECTED"},
    {8, LastTold::kInterrupted, "TASK_STATE_AUTH_REQUIRED"},
});

const StateRow& RowOf(int state) {
  const auto* found = std::find_if(kStates.begin(), kStates.end(), [&](const auto& row) { return row.state == state; });
  return found == kStates.end() ? kStates.front() : *found;
}

}  // namespace

LastTold ToldByState(int state) { return RowOf(state).told; }

bool A2aEndRule::Note(const A2aFacts& event) {
  if (event.payload == A2aPayload::kMessage) last_told_ = LastTold::kMessage;
  if (!event.state) return false;
  const bool was_over = last_told_ == LastTold::kTerminal;
  const StateRow& row = RowOf(*event.state);
  last_told_ = row.told == LastTold::kRunning && event.final_update ? LastTold::kInterrupted : row.told;
  last_state_ = row.name;
  return !was_over && last_told_ == LastTold::kTerminal;
}

bool A2aEndRule::EndsWell(ExchangeOutcome outcome, bool cut_event) const {
  switch (last_told_) {
    case LastTold::kTerminal:
    case LastTold::kMessage:
      return true;
    case LastTold::kInterrupted:
      return outcome == ExchangeOutcome::kComplete && !cut_event;
    case LastTold::kNothing:
    case LastTold::kRunning:
      return false;
  }
  return false;
}

}  // namespace sluice::translate
