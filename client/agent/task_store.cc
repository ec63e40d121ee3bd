#include "client/agent/task_store.h"

#include <algorithm>

namespace sluice::agent {
namespace {

// What a task and a turn cost beside their messages, roughly.
constexpr std::size_t kTurnBytes = 1024;

// Once in the history, once for the echo.
std::size_t SizeOf(const UserMessage& message) { return 2 * message.bytes + kTurnBytes; }

SteadyTime DueOf(const Turn& turn) {
  const Script& script = turn.script;
  if (turn.made < script.chunks) return turn.started + (turn.made + 1) * script.interval;
  return turn.started + script.chunks * script.interval + script.end_delay;
}

// The chunks that are due by `now`. Counted from the start of the turn, so lateness does not add up.
std::int64_t ChunksDue(const Turn& turn, SteadyTime now) {
  const Script& script = turn.script;
  if (script.interval.count() == 0) return script.chunks;
  return std::min<std::int64_t>(script.chunks, (now - turn.started) / script.interval);
}

bool Matches(const Task& task, const TaskFilter& filter) {
  return (filter.context_id.empty() || task.context_id == filter.context_id) &&
         (!filter.state || task.state == *filter.state) &&
         (!filter.not_before || task.status_time >= *filter.not_before);
}

}  // namespace

TaskStore::TaskStore(const StoreLimits& limits, std::function<std::string()> make_id)
    : limits_(limits), make_id_(std::move(make_id)) {}

std::shared_ptr<Task> TaskStore::Find(std::string_view id) const {
  const auto found = tasks_.find(std::string(id));
  return found == tasks_.end() ? nullptr : found->second.task;
}

bool TaskStore::MakeRoom(const UserMessage& message, const Task* task, Now now) {
  while (kept_bytes_ + SizeOf(message) > limits_.kept_bytes) {
    const auto oldest =
        std::find_if(resting_.begin(), resting_.end(), [&](const Task* other) { return other != task; });
    if (oldest == resting_.end()) return false;
    Drop(**oldest, now);
  }
  return task != nullptr || tasks_.size() - resting_.size() < limits_.running_tasks;
}

std::shared_ptr<Task> TaskStore::Create(const UserMessage& message, const Script& script, Now now) {
  auto task = std::make_shared<Task>();
  task->sequence = next_sequence_++;
  task->id = MakeId();
  task->context_id = message.context_id.empty() ? MakeId() : message.context_id;
  tasks_[task->id].task = task;
  by_status_[{task->status_time, task->sequence}] = task.get();
  BeginTurn(*task, message, script, now);
  return task;
}

void TaskStore::Continue(Task& task, const UserMessage& message, const Script& script, Now now) {
  Wake(tasks_.at(task.id));
  BeginTurn(task, message, script, now);
}

void TaskStore::BeginTurn(Task& task, const UserMessage& message, const Script& script, Now now) {
  SetStatus(task, TaskState::kWorking, "", now);
  Note(task, message);
  Turn turn;
  turn.script = script;
  turn.artifact_id = "artifact-" + std::to_string(task.turns.size() + 1);
  if (script.echo) turn.echo_parts = message.parts;
  turn.started = now.steady;
  task.turns.push_back(std::move(turn));
}

void TaskStore::Note(Task& task, const UserMessage& message) {
  task.history.push_back(message.HistoryEntry(task.id, task.context_id));
  Charge(task, SizeOf(message));
}

void TaskStore::Run(const std::shared_ptr<Task>& task, Now now) { Step(tasks_.at(task->id), now); }

void TaskStore::Cancel(const std::shared_ptr<Task>& task, Now now) {
  if (IsTerminal(task->state)) return;
  Entry& entry = tasks_.at(task->id);
  if (entry.resting) {
    Wake(entry);
    // Those who follow a task that waits for input follow the turn that would come next, so that turn is the cancel.
    task->turns.emplace_back();
  }
  EndTurn(entry, TaskState::kCanceled, "Canceled, as asked.", now);
}

void TaskStore::KeepPushConfig(Task& task, const std::string& config_id, std::string json) {
  DropPushConfig(task, config_id);
  Charge(task, json.size());
  task.push_configs[config_id] = std::move(json);
}

void TaskStore::DropPushConfig(Task& task, const std::string& config_id) {
  const auto found = task.push_configs.find(config_id);
  if (found == task.push_configs.end()) return;
  task.bytes -= found->second.size();
  kept_bytes_ -= found->second.size();
  task.push_configs.erase(found);
}

std::optional<SteadyTime> TaskStore::NextDue() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void TaskStore::Advance(Now now) {
  while (!due_.empty() && due_.begin()->first <= now.steady) Step(tasks_.at(due_.begin()->second->id), now);
}

void TaskStore::Step(Entry& entry, Now now) {
  Task& task = *entry.task;
  Turn& turn = task.turns.back();
  turn.made = ChunksDue(turn, now.steady);
  if (turn.made == turn.script.chunks && DueOf(turn) <= now.steady) {
    EndTurn(entry, turn.script.end_state, turn.script.end_text, now);
    return;
  }
  Schedule(entry, DueOf(turn));
  task.TellFollowers();
}

void TaskStore::EndTurn(Entry& entry, TaskState state, std::string_view text, Now now) {
  const std::shared_ptr<Task> task = entry.task;
  Schedule(entry, std::nullopt);
  SetStatus(*task, state, text, now);
  task->turns.back().ended = true;
  task->turns.back().end_status = StatusJson(*task);
  task->TellFollowers();
  Rest(entry, now);
}

void TaskStore::SetStatus(Task& task, TaskState state, std::string_view text, Now now) {
  // What the agent said with the last status is part of the talk from now on.
  if (!task.status_message.empty()) task.history.push_back(std::move(task.status_message));
  by_status_.erase({task.status_time, task.sequence});
  task.state = state;
  task.status_time = now.unix_time;
  task.status_message = text.empty() ? std::string() : AgentMessageJson(MakeId(), task.context_id, task.id, text);
  by_status_[{task.status_time, task.sequence}] = &task;
}

void TaskStore::Schedule(Entry& entry, std::optional<SteadyTime> due) {
  if (entry.due && due) {
    // The common case, once per chunk: the node moves, nothing is allocated.
    auto node = due_.extract({*entry.due, entry.task.get()});
    node.value().first = *due;
    due_.insert(std::move(node));
  } else if (due) {
    due_.insert({*due, entry.task.get()});
  } else if (entry.due) {
    due_.erase({*entry.due, entry.task.get()});
  }
  entry.due = due;
}

void TaskStore::Rest(Entry& entry, Now now) {
  entry.resting = resting_.insert(resting_.end(), entry.task.get());
  if (resting_.size() > limits_.resting_tasks) Drop(*resting_.front(), now);
}

void TaskStore::Wake(Entry& entry) {
  resting_.erase(*entry.resting);
  entry.resting.reset();
}

void TaskStore::Drop(Task& task, Now now) {
  // A task that waits for input would leave its followers waiting for ever.
  if (!IsTerminal(task.state)) {
    task.turns.emplace_back();
    SetStatus(task, TaskState::kCanceled, "Dropped to make room for newer tasks.", now);
    task.turns.back().ended = true;
    task.turns.back().end_status = StatusJson(task);
    task.TellFollowers();
  }
  const auto found = tasks_.find(task.id);
  resting_.erase(*found->second.resting);
  by_status_.erase({task.status_time, task.sequence});
  kept_bytes_ -= task.bytes;
  tasks_.erase(found);  // last: it may end the task's life
}

void TaskStore::Charge(Task& task, std::size_t bytes) {
  task.bytes += bytes;
  kept_bytes_ += bytes;
}

TaskPage TaskStore::List(const TaskFilter& filter, std::size_t page_size, const std::optional<TaskPlace>& after) const {
  TaskPage page;
  std::optional<TaskPlace> last;
  for (const auto& [place, task] : by_status_) {
    if (!Matches(*task, filter)) continue;
    ++page.total;
    if (after && !NewestFirst()(*after, place)) continue;
    if (page.tasks.size() < page_size) {
      page.tasks.push_back(tasks_.at(task->id).task);
      last = place;
    } else {
      page.next = last;
    }
  }
  return page;
}

}  // namespace sluice::agent
