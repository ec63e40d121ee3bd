#include "client/agent/task.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

struct StateRow {
  TaskState state;
  std::string_view name;
};

constexpr auto kStates = std::to_array<StateRow>({
    {TaskState::kSubmitted, "TASK_STATE_SUBMITTED"},
    {TaskState::kWorking, "TASK_STATE_WORKING"},
    {TaskState::kCompleted, "TASK_STATE_COMPLETED"},
    {TaskState::kFailed, "TASK_STATE_FAILED"},
    {TaskState::kCanceled, "TASK_STATE_CANCELED"},
    {TaskState::kInputRequired, "TASK_STATE_INPUT_REQUIRED"},
    {TaskState::kRejected, "TASK_STATE_REJECTED"},
    {TaskState::kAuthRequired, "TASK_STATE_AUTH_REQUIRED"},
});

void AppendParts(const Turn& turn, std::int64_t index, std::string& out) {
  if (turn.script.echo) {
    // Without its brackets: the parts of an array of chunks are joined by the caller.
    out.append(turn.echo_parts, 1, turn.echo_parts.size() - 2);
    return;
  }
  out += R"({"text":")";
  AppendChunkText(turn.script, index, 0, ChunkTextSize(turn.script, index), out);
  out += "\"}";
}

void AppendArtifact(const Turn& turn, std::string& out) {
  out += R"({"artifactId":)" + Quoted(turn.artifact_id) + R"(,"parts":[)";
  const std::size_t begin = out.size();
  std::int64_t index = 0;
  for (; index < turn.made && (index == 0 || out.size() - begin < kMostArtifactBytes); ++index) {
    if (index > 0) out += ',';
    AppendParts(turn, index, out);
  }
  out += ']';
  if (index < turn.made) out += R"(,"metadata":{"omittedChunks":)" + std::to_string(turn.made - index) + "}";
  out += '}';
}

void AppendArtifacts(const Task& task, std::string& out) {
  std::string_view separator = R"(,"artifacts":[)";
  for (const Turn& turn : task.turns) {
    if (turn.made == 0) continue;
    out += separator;
    AppendArtifact(turn, out);
    separator = ",";
  }
  if (separator == ",") out += ']';
}

void AppendHistory(const Task& task, std::size_t newest, std::string& out) {
  const std::size_t count = std::min(newest, task.history.size());
  if (count == 0) return;
  out += R"(,"history":[)";
  for (std::size_t i = task.history.size() - count; i < task.history.size(); ++i) {
    out += task.history[i];
    out += i + 1 < task.history.size() ? ',' : ']';
  }
}

}  // namespace

std::string_view TaskStateName(TaskState state) {
  return std::find_if(kStates.begin(), kStates.end(), [&](const StateRow& row) { return row.state == state; })->name;
}

std::optional<TaskState> TaskStateFromName(std::string_view name) {
  for (const StateRow& row : kStates) {
    if (row.name == name) return row.state;
  }
  return std::nullopt;
}

std::string StatusJson(const Task& task) {
  std::string status = R"({"state":")" + std::string(TaskStateName(task.state)) + "\"";
  if (!task.status_message.empty()) status += R"(,"message":)" + task.status_message;
  return status + R"(,"timestamp":")" + FormatTimestamp(task.status_time) + "\"}";
}

std::string TaskJson(const Task& task, const TaskView& view) {
  std::string json =
      R"({"id":)" + Quoted(task.id) + R"(,"contextId":)" + Quoted(task.context_id) + R"(,"status":)" + StatusJson(task);
  if (view.artifacts) AppendArtifacts(task, json);
  AppendHistory(task, static_cast<std::size_t>(view.history_length.value_or(INT64_MAX)), json);
  return json + "}";
}

std::string AgentMessageJson(std::string_view message_id, std::string_view context_id, std::string_view task_id,
                             std::string_view text) {
  std::string json = R"({"messageId":)" + Quoted(message_id) + R"(,"contextId":)" + Quoted(context_id);
  if (!task_id.empty()) json += R"(,"taskId":)" + Quoted(task_id);
  return json + R"(,"role":"ROLE_AGENT","parts":[{"text":)" + Quoted(text) + "}]}";
}

void AppendChunkParts(const Turn& turn, std::int64_t index, std::string& out) {
  out += '[';
  AppendParts(turn, index, out);
  out += ']';
}

}  // namespace sluice::agent
