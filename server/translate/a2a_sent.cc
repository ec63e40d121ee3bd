#include "server/translate/a2a_sent.h"

#include <algorithm>

namespace sluice::translate {

A2aSent::A2aSent(std::string_view request) {
  lf::a2a::v1::SendMessageRequest send;
  if (!send.ParseFromArray(request.data(), static_cast<int>(request.size()))) return;  // refused elsewhere
  tenant = send.tenant();
  message_id = send.message().message_id();
  task_id = send.message().task_id();
  context_id = send.message().context_id();
  if (send.configuration().has_history_length()) history_length = send.configuration().history_length();
  return_immediately = send.configuration().return_immediately();
}

std::string A2aSent::Question() const {
  if (!task_id.empty()) {
    lf::a2a::v1::GetTaskRequest task;
    task.set_tenant(tenant);
    task.set_id(task_id);
    task.set_history_length(kHistory);
    return task.SerializeAsString();
  }
  lf::a2a::v1::ListTasksRequest tasks;
  tasks.set_tenant(tenant);
  tasks.set_context_id(context_id);
  tasks.set_page_size(kTasks);
  tasks.set_history_length(kHistory);
  return tasks.SerializeAsString();
}

std::optional<lf::a2a::v1::Task> A2aSent::FindIn(std::string_view response) const {
  lf::a2a::v1::ListTasksResponse list;
  const int size = static_cast<int>(response.size());
  const bool parsed = task_id.empty() ? list.ParseFromArray(response.data(), size)
                                      : list.add_tasks()->ParseFromArray(response.data(), size);
  if (!parsed) return std::nullopt;
  const auto is_it = [this](const lf::a2a::v1::Message& message) {
    return message.role() == lf::a2a::v1::ROLE_USER && message.message_id() == message_id;
  };
  const auto found = std::find_if(list.tasks().begin(), list.tasks().end(), [&](const lf::a2a::v1::Task& task) {
    return std::any_of(task.history().begin(), task.history().end(), is_it);
  });
  return found == list.tasks().end() ? std::nullopt : std::optional(*found);
}

std::string A2aSent::TaskRequest(std::string_view found_task_id) const {
  lf::a2a::v1::GetTaskRequest task;
  task.set_tenant(tenant);
  task.set_id(std::string(found_task_id));
  if (history_length) task.set_history_length(*history_length);
  return task.SerializeAsString();
}

}  // namespace sluice::translate
