// All tasks of the agent and the clockwork that moves them.
#ifndef SLUICE_CLIENT_AGENT_TASK_STORE_H_
#define SLUICE_CLIENT_AGENT_TASK_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "client/agent/task.h"
#include "client/agent/timestamp.h"
#include "client/agent/user_message.h"

namespace sluice::agent {

struct StoreLimits {
  std::size_t resting_tasks = 10'000;   // finished or waiting for input; the oldest are dropped
  std::size_t running_tasks = 100'000;  // beyond them new ones are refused
  std::size_t kept_bytes = 256u << 20;  // of messages; resting tasks are dropped, then new messages refused
};

struct TaskFilter {
  std::string context_id;  // empty: any
  std::optional<TaskState> state;
  std::optional<UnixMillis> not_before;
};

// A place in the newest-first order of tasks: the time of the status, then the sequence.
struct TaskPlace {
  UnixMillis status_time{0};
  std::uint64_t sequence = 0;

  bool operator==(const TaskPlace&) const = default;
};

struct TaskPage {
  std::vector<std::shared_ptr<const Task>> tasks;
  std::size_t total = 0;          // that match, on all pages
  std::optional<TaskPlace> next;  // the last task of this page, when more follow
};

// A task begins a turn (Create, Continue), which stands still until Run() lets it go: whoever wants the state before
// its first event writes it down in between. From then on Advance() moves it by the clock, whether anyone follows it
// or not.
// Thread: the agent's; takes the time as an argument.
class TaskStore {
 public:
  // `make_id` makes unique ids.
  TaskStore(const StoreLimits& limits, std::function<std::string()> make_id);

  std::string MakeId() { return make_id_(); }
  std::shared_ptr<Task> Find(std::string_view id) const;
  // Makes room for a message to `task` (null: a new one) at the cost of the oldest resting tasks; false when that is
  // not enough.
  bool MakeRoom(const UserMessage& message, const Task* task, Now now);

  std::shared_ptr<Task> Create(const UserMessage& message, const Script& script, Now now);
  // The next turn of a task that waits for input.
  void Continue(Task& task, const UserMessage& message, const Script& script, Now now);
  // A message for a task that works already: it is kept, the turn goes on.
  void Note(Task& task, const UserMessage& message);
  void Run(const std::shared_ptr<Task>& task, Now now);
  // Ends the task; nothing happens when it is terminal.
  void Cancel(const std::shared_ptr<Task>& task, Now now);
  void KeepPushConfig(Task& task, const std::string& config_id, std::string json);
  void DropPushConfig(Task& task, const std::string& config_id);

  // When Advance() has to be called next; nothing while no task runs.
  std::optional<SteadyTime> NextDue() const;
  void Advance(Now now);

  TaskPage List(const TaskFilter& filter, std::size_t page_size, const std::optional<TaskPlace>& after) const;

  std::size_t size() const { return tasks_.size(); }

 private:
  using Due = std::pair<SteadyTime, Task*>;
  struct NewestFirst {
    bool operator()(const TaskPlace& a, const TaskPlace& b) const {
      return a.status_time != b.status_time ? a.status_time > b.status_time : a.sequence > b.sequence;
    }
  };
  struct Entry {
    std::shared_ptr<Task> task;
    std::optional<SteadyTime> due;                      // while it runs
    std::optional<std::list<Task*>::iterator> resting;  // while it rests
  };

  void BeginTurn(Task& task, const UserMessage& message, const Script& script, Now now);
  void Step(Entry& entry, Now now);
  void EndTurn(Entry& entry, TaskState state, std::string_view text, Now now);
  void SetStatus(Task& task, TaskState state, std::string_view text, Now now);
  void Schedule(Entry& entry, std::optional<SteadyTime> due);
  void Rest(Entry& entry, Now now);
  void Wake(Entry& entry);
  void Drop(Task& task, Now now);
  void Charge(Task& task, std::size_t bytes);

  const StoreLimits limits_;
  const std::function<std::string()> make_id_;
  std::uint64_t next_sequence_ = 1;
  std::size_t kept_bytes_ = 0;
  std::unordered_map<std::string, Entry> tasks_;
  std::set<Due> due_;
  std::list<Task*> resting_;  // oldest first
  std::map<TaskPlace, Task*, NewestFirst> by_status_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_TASK_STORE_H_
