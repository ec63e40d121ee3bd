// What a serialized A2A answer says about its task: read off the wire, without parsing the rest of it.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_FACTS_H_
#define SLUICE_SERVER_TRANSLATE_A2A_FACTS_H_

#include <optional>
#include <string_view>

namespace sluice::translate {

enum class A2aPayload { kNone, kTask, kMessage, kStatusUpdate, kArtifactUpdate };

struct A2aFacts {
  A2aPayload payload = A2aPayload::kNone;  // the member of the oneof
  std::string_view task_id;                // into what was read; empty: not told
  std::string_view context_id;             // the same
  std::optional<int> state;                // lf.a2a.v1.TaskState; nothing: this event does not tell one
  bool final_update = false;               // A2A 0.3: the agent said that no event follows
};

// Of a StreamResponse or a SendMessageResponse, whose members have the same numbers. `serialized` is our own output;
// anything else is read as far as it goes.
A2aFacts ReadResponseFacts(std::string_view serialized);

// Of a bare Task.
A2aFacts ReadTaskFacts(std::string_view serialized);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_FACTS_H_
