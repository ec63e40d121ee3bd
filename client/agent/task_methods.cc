#include "client/agent/task_methods.h"

#include <charconv>
#include <limits>
#include <utility>

#include "client/agent/fault.h"
#include "client/agent/json_text.h"
#include "client/agent/user_message.h"

namespace sluice::agent {
namespace {

constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kLargestPage = 100;
constexpr std::int64_t kDefaultPage = 50;
// A page of large tasks ends early.
constexpr std::size_t kMostPageBytes = 16 << 20;

RpcError Unsupported(std::string message, const Task& task) {
  return {RpcErrorCode::kUnsupportedOperation, std::move(message), "taskId", task.id};
}

// A page token is the place of the last task shown: "<milliseconds>-<sequence>".
std::string PageToken(const TaskPlace& place) {
  return std::to_string(place.status_time.count()) + "-" + std::to_string(place.sequence);
}

std::optional<TaskPlace> ReadPageToken(std::string_view token) {
  const char* const end = token.data() + token.size();
  std::int64_t time = 0;
  TaskPlace place;
  const auto first = std::from_chars(token.data(), end, time);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, place.sequence);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  place.status_time = UnixMillis(time);
  return place;
}

std::optional<TaskState> ReadState(Params& params, const boost::json::object& object) {
  const boost::json::value* value = FindMember(object, "status");
  if (value == nullptr) return std::nullopt;
  if (const auto* name = value->if_string()) {
    if (*name == "TASK_STATE_UNSPECIFIED") return std::nullopt;
    const auto state = TaskStateFromName({name->data(), name->size()});
    if (!state) params.Fail("status", "must be a TASK_STATE_… name");
    return state;
  }
  const std::int64_t number = params.Int("status", 0, static_cast<int>(TaskState::kAuthRequired)).value_or(0);
  return number == 0 ? std::nullopt : std::optional(static_cast<TaskState>(number));
}

TaskFilter ReadFilter(Params& params, const boost::json::object& object) {
  TaskFilter filter;
  filter.context_id = params.String("contextId");
  filter.state = ReadState(params, object);
  const std::string not_before = params.String("statusTimestampAfter");
  if (!not_before.empty()) {
    filter.not_before = ParseTimestamp(not_before);
    if (!filter.not_before) params.Fail("statusTimestampAfter", "must be an RFC 3339 timestamp");
  }
  return filter;
}

std::string PageJson(TaskPage page, std::int64_t page_size, const TaskView& view) {
  std::string tasks;
  for (const auto& task : page.tasks) {
    AppendItem(TaskJson(*task, view), tasks);
    if (tasks.size() < kMostPageBytes || task == page.tasks.back()) continue;
    page.next = TaskPlace{task->status_time, task->sequence};
    break;
  }
  return R"({"tasks":[)" + tasks + R"(],"nextPageToken":)" + Quoted(page.next ? PageToken(*page.next) : "") +
         R"(,"pageSize":)" + std::to_string(page_size) + R"(,"totalSize":)" + std::to_string(page.total) + "}";
}

}  // namespace

TaskMethods::TaskMethods(TaskStore& store, std::string extended_card)
    : store_(store), extended_card_(std::move(extended_card)) {}

MethodResult TaskMethods::SendMessage(const MethodCall& call) {
  auto accepted = Begin(call);
  if (auto* error = std::get_if<RpcError>(&accepted)) return std::move(*error);
  Begun& begun = std::get<Begun>(accepted);
  if (begun.task == nullptr) return R"({"message":)" + begun.message + "}";
  if (begun.fresh) store_.Run(begun.task, call.now);
  TurnEnd end(call.id, begun.task, begun.turn, begun.configuration.view);
  if (!begun.configuration.return_immediately && !end.Reached()) return end;
  return R"({"task":)" + TaskJson(*begun.task, begun.configuration.view) + "}";
}

MethodResult TaskMethods::SendStreamingMessage(const MethodCall& call) {
  auto accepted = Begin(call);
  if (auto* error = std::get_if<RpcError>(&accepted)) return std::move(*error);
  Begun& begun = std::get<Begun>(accepted);
  if (begun.task == nullptr) return EventFeed(call.id, R"({"message":)" + begun.message + "}");
  // The first event shows the task before the turn has made anything: Run() comes after it.
  EventFeed feed(call.id, R"({"task":)" + TaskJson(*begun.task, begun.configuration.view) + "}", begun.task, begun.turn,
                 begun.task->turns[begun.turn].made);
  if (begun.fresh) store_.Run(begun.task, call.now);
  return feed;
}

MethodResult TaskMethods::GetTask(const MethodCall& call) {
  Params params(call.params);
  TaskView view;
  view.history_length = params.Int("historyLength", 0, kInt32Max);
  auto found = FindTask(params, "id");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  return TaskJson(*std::get<0>(found), view);
}

MethodResult TaskMethods::ListTasks(const MethodCall& call) {
  Params params(call.params);
  const TaskFilter filter = ReadFilter(params, call.params);
  const std::int64_t page_size = params.Int("pageSize", 1, kLargestPage).value_or(kDefaultPage);
  TaskView view;
  view.history_length = params.Int("historyLength", 0, kInt32Max);
  view.artifacts = params.Bool("includeArtifacts");
  const std::string token = params.String("pageToken");
  const std::optional<TaskPlace> after = ReadPageToken(token);
  if (!token.empty() && !after) params.Fail("pageToken", "must be a nextPageToken of this agent");
  if (params.error()) return *params.error();
  return PageJson(store_.List(filter, static_cast<std::size_t>(page_size), after), page_size, view);
}

MethodResult TaskMethods::CancelTask(const MethodCall& call) {
  Params params(call.params);
  auto found = FindTask(params, "id");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  const std::shared_ptr<Task> task = std::get<0>(found);
  if (IsTerminal(task->state)) {
    return RpcError{RpcErrorCode::kTaskNotCancelable, "Task has ended: " + std::string(TaskStateName(task->state)),
                    "taskId", task->id};
  }
  store_.Cancel(task, call.now);
  return TaskJson(*task, {});
}

MethodResult TaskMethods::SubscribeToTask(const MethodCall& call) {
  Params params(call.params);
  auto found = FindTask(params, "id");
  if (auto* error = std::get_if<RpcError>(&found)) return std::move(*error);
  const std::shared_ptr<Task> task = std::get<0>(found);
  if (IsTerminal(task->state)) return Unsupported("Task has ended, there is nothing to subscribe to", *task);
  const std::string snapshot = R"({"task":)" + TaskJson(*task, {}) + "}";
  // A task that waits for input has its next turn to offer.
  if (task->turns.back().ended) return EventFeed(call.id, snapshot, task, task->turns.size(), 0);
  return EventFeed(call.id, snapshot, task, task->turns.size() - 1, task->turns.back().made);
}

MethodResult TaskMethods::GetExtendedAgentCard(const MethodCall&) { return extended_card_; }

std::variant<TaskMethods::Configuration, RpcError> TaskMethods::ReadConfiguration(const boost::json::object& params) {
  Configuration configuration;
  Params outer(params);
  const boost::json::object* object = outer.Object("configuration");
  if (outer.error()) return *outer.error();
  if (object == nullptr) return configuration;
  Params members(*object, "configuration.");
  configuration.view.history_length = members.Int("historyLength", 0, kInt32Max);
  configuration.return_immediately = members.Bool("returnImmediately");
  const boost::json::object* push_config = members.Object("taskPushNotificationConfig");
  if (members.error()) return *members.error();
  if (push_config == nullptr) return configuration;
  auto read = ReadPushConfig(*push_config, "configuration.taskPushNotificationConfig.");
  if (auto* error = std::get_if<RpcError>(&read)) return std::move(*error);
  configuration.push_config = std::move(std::get<0>(read));
  return configuration;
}

std::variant<TaskMethods::Begun, RpcError> TaskMethods::Begin(const MethodCall& call) {
  auto configuration = ReadConfiguration(call.params);
  if (auto* error = std::get_if<RpcError>(&configuration)) return std::move(*error);
  const auto read = ReadUserMessage(call.params);
  if (const auto* error = std::get_if<RpcError>(&read)) return *error;
  const UserMessage& message = std::get<UserMessage>(read);
  const auto script = ParseScript(SplitOrders(message.text).script);
  if (!script.ok()) return InvalidParams(std::string(script.status().message()), "message.parts");

  // Checked here because nothing may fail any more once a task has begun.
  const std::shared_ptr<Task> known = message.task_id.empty() ? nullptr : store_.Find(message.task_id);
  if (known != nullptr && std::get<Configuration>(configuration).push_config) {
    if (auto full = CheckRoomForPushConfig(*known)) return std::move(*full);
  }

  auto accepted = message.task_id.empty() ? BeginTask(message, *script, call.now) : GoOn(message, *script, call.now);
  auto* begun = std::get_if<Begun>(&accepted);
  if (begun == nullptr) return accepted;
  begun->configuration = std::move(std::get<Configuration>(configuration));
  auto& push_config = begun->configuration.push_config;
  if (begun->task != nullptr && push_config) KeepPushConfig(*begun->task, std::move(*push_config));
  return accepted;
}

std::variant<TaskMethods::Begun, RpcError> TaskMethods::BeginTask(const UserMessage& message, const Script& script,
                                                                  Now now) {
  Begun begun;
  if (script.bare_message) {
    const std::string context = message.context_id.empty() ? store_.MakeId() : message.context_id;
    begun.message = AgentMessageJson(store_.MakeId(), context, "", "A message without a task, as asked.");
    return begun;
  }
  if (!store_.MakeRoom(message, nullptr, now)) {
    return RpcError{RpcErrorCode::kInternalError, "Too many tasks: cancel some or wait for their end", "", ""};
  }
  begun.task = store_.Create(message, script, now);
  begun.fresh = true;
  return begun;
}

std::variant<TaskMethods::Begun, RpcError> TaskMethods::GoOn(const UserMessage& message, Script script, Now now) {
  Begun begun;
  begun.task = store_.Find(message.task_id);
  if (begun.task == nullptr) return TaskNotFound(message.task_id);
  Task& task = *begun.task;
  if (!message.context_id.empty() && message.context_id != task.context_id) {
    return InvalidParams("message.contextId is not the context of the task", "message.contextId");
  }
  if (IsTerminal(task.state)) return Unsupported("Task has ended, send a message without taskId", task);
  if (!store_.MakeRoom(message, &task, now)) {
    return RpcError{RpcErrorCode::kInternalError, "Too much kept: cancel some tasks or wait for their end", "", ""};
  }
  begun.fresh = task.turns.back().ended;
  if (begun.fresh) {
    if (script.bare_message) script = Script{.echo = true, .chunks = 1};  // there is a task already
    store_.Continue(task, message, script, now);
  } else {
    store_.Note(task, message);
  }
  begun.turn = task.turns.size() - 1;
  return begun;
}

std::variant<std::shared_ptr<Task>, RpcError> TaskMethods::FindTask(Params& params, std::string_view member) {
  const std::string id = params.RequiredString(member);
  if (params.error()) return *params.error();
  std::shared_ptr<Task> task = store_.Find(id);
  if (task == nullptr) return TaskNotFound(id);
  return task;
}

}  // namespace sluice::agent
