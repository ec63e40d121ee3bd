#include "client/agent/user_message.h"

#include <boost/json/array.hpp>

#include "client/agent/json_text.h"
#include "client/agent/params.h"

namespace sluice::agent {
namespace {

// A Part is one of four kinds of content; `data` may hold any value, null included.
bool IsPart(const boost::json::value& value) {
  const boost::json::object* part = value.if_object();
  if (part == nullptr) return false;
  int contents = part->contains("data") ? 1 : 0;
  for (const std::string_view kind : {"text", "raw", "url"}) {
    const boost::json::value* content = FindMember(*part, kind);
    if (content == nullptr) continue;
    if (!content->is_string()) return false;
    ++contents;
  }
  return contents == 1;
}

bool IsRole(const boost::json::value* role) {
  if (role == nullptr) return false;
  if (const auto* name = role->if_string()) return *name == "ROLE_USER" || *name == "ROLE_AGENT";
  return *role == 1 || *role == 2;
}

void CheckParts(Params& message, const boost::json::array* parts) {
  if (parts == nullptr || parts->empty()) {
    message.Fail("parts", "must have at least one part");
    return;
  }
  for (std::size_t i = 0; i < parts->size(); ++i) {
    if (!IsPart((*parts)[i])) {
      message.Fail("parts[" + std::to_string(i) + "]", "must have exactly one of text, raw, url, data");
    }
  }
}

}  // namespace

std::string_view MessageText(const boost::json::object& params) {
  const boost::json::value* message = FindMember(params, "message");
  if (message == nullptr || !message->is_object()) return {};
  const boost::json::value* parts = FindMember(message->get_object(), "parts");
  if (parts == nullptr || !parts->is_array()) return {};
  for (const boost::json::value& part : parts->get_array()) {
    const boost::json::value* text = part.is_object() ? FindMember(part.get_object(), "text") : nullptr;
    if (text != nullptr && text->is_string()) return text->get_string();
  }
  return {};
}

std::string UserMessage::HistoryEntry(std::string_view task, std::string_view context) const {
  boost::json::object entry = json;
  for (const std::string_view proto_name : {"task_id", "context_id"}) entry.erase(proto_name);
  entry["taskId"] = task;
  entry["contextId"] = context;
  return ToJson(entry);
}

std::variant<UserMessage, RpcError> ReadUserMessage(const boost::json::object& params) {
  Params outer(params);
  const boost::json::object* json = outer.RequiredObject("message");
  if (outer.error()) return *outer.error();

  Params message(*json, "message.");
  message.RequiredString("messageId");
  if (!IsRole(FindMember(*json, "role"))) message.Fail("role", "must be ROLE_USER or ROLE_AGENT");
  const boost::json::array* parts = message.Array("parts");
  CheckParts(message, parts);
  UserMessage read;
  read.task_id = message.String("taskId");
  read.context_id = message.String("contextId");
  if (read.context_id.size() > kLongestId) message.Fail("contextId", "must have at most 256 bytes");
  if (message.error()) return *message.error();

  read.json = *json;
  read.bytes = ToJson(*json).size();
  read.text = MessageText(params);
  read.parts = ToJson(*parts);
  return read;
}

}  // namespace sluice::agent
