// Whether a message was sent before: what the agent is asked, and what its answer shows. Pure.
// A2A 1.0, "Message.messageId": it is the sender's, and unique. Nothing but a task's history tells that it arrived.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_SENT_H_
#define SLUICE_SERVER_TRANSLATE_A2A_SENT_H_

#include <optional>
#include <string>
#include <string_view>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {

// The message of a send, without its content.
struct A2aSent {
  // So much is looked at: the newest messages of a task, the tasks of a context with the newest status.
  static constexpr int kHistory = 100;
  static constexpr int kTasks = 10;

  // `request` is a serialized SendMessageRequest.
  explicit A2aSent(std::string_view request);

  // A message that belongs to no task and no context yet cannot be found again.
  bool can_be_found() const { return !task_id.empty() || !context_id.empty(); }

  // What is asked: for the task that the message is for, else for those of its context.
  std::string_view rpc() const { return task_id.empty() ? "ListTasks" : "GetTask"; }
  std::string Question() const;  // the request of rpc()
  // The task whose history has the message, in the response of rpc().
  std::optional<lf::a2a::v1::Task> FindIn(std::string_view response) const;

  // Asks for that task as the answer to the send is to show it.
  std::string TaskRequest(std::string_view found_task_id) const;

  std::string tenant;
  std::string message_id;
  std::string task_id;
  std::string context_id;
  std::optional<int> history_length;
  bool return_immediately = false;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_SENT_H_
