// A task of the agent and its JSON.
#ifndef SLUICE_CLIENT_AGENT_TASK_H_
#define SLUICE_CLIENT_AGENT_TASK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/agent/followed.h"
#include "client/agent/script.h"
#include "client/agent/timestamp.h"

namespace sluice::agent {

std::string_view TaskStateName(TaskState state);
std::optional<TaskState> TaskStateFromName(std::string_view name);

// What one message set going. The events of a turn are its chunks 0 … made-1 and, once it has ended, one status; each
// is written out when somebody wants it.
struct Turn {
  Script script;
  std::string artifact_id;
  std::string echo_parts;  // JSON array, for a script that echoes
  SteadyTime started;
  std::int64_t made = 0;
  bool ended = false;
  std::string end_status;  // JSON of the TaskStatus, once ended
};

// It moves when it has new events or has ended a turn.
// Thread: the agent's. Lifetime: shared by the store and those who follow it; TaskStore alone changes it.
struct Task : Followed {
  std::uint64_t sequence = 0;  // orders tasks whose status is of the same time
  std::string id;
  std::string context_id;
  TaskState state = TaskState::kWorking;
  UnixMillis status_time{0};
  std::string status_message;        // JSON of a Message, or empty
  std::vector<std::string> history;  // JSON of Messages
  std::vector<Turn> turns;
  std::map<std::string, std::string> push_configs;  // by id, JSON
  std::size_t bytes = 0;                            // of what clients made it keep
};

struct TaskView {
  std::optional<std::int64_t> history_length;  // unset: all; 0: no history
  bool artifacts = true;
};

std::string StatusJson(const Task& task);
std::string TaskJson(const Task& task, const TaskView& view);

// A Message of the agent with one text part. `task_id` is empty for one without a task.
std::string AgentMessageJson(std::string_view message_id, std::string_view context_id, std::string_view task_id,
                             std::string_view text);

// Appends the parts of one chunk as a JSON array.
void AppendChunkParts(const Turn& turn, std::int64_t index, std::string& out);

// A Task shows at most this much text of one artifact; its metadata says how many chunks were left out.
inline constexpr std::size_t kMostArtifactBytes = 8 << 20;

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_TASK_H_
