// A Message as a client sent it.
#ifndef SLUICE_CLIENT_AGENT_USER_MESSAGE_H_
#define SLUICE_CLIENT_AGENT_USER_MESSAGE_H_

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "client/agent/rpc_error.h"

namespace sluice::agent {

struct UserMessage {
  boost::json::object json;  // as sent
  std::string task_id;       // empty: a new task
  std::string context_id;    // empty: the agent makes one
  std::string text;          // of the first text part; empty when there is none
  std::string parts;         // JSON array
  std::size_t bytes = 0;     // of the whole as JSON

  // The message as it goes into the history of a task.
  std::string HistoryEntry(std::string_view task, std::string_view context) const;
};

// Ids beyond this many bytes are refused: the agent repeats the context's in every event.
inline constexpr std::size_t kLongestId = 256;

// The first text of the message in `params`, whatever else may be wrong with them; empty when there is none.
std::string_view MessageText(const boost::json::object& params);

std::variant<UserMessage, RpcError> ReadUserMessage(const boost::json::object& params);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_USER_MESSAGE_H_
