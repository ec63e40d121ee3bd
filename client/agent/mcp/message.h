// The JSON-RPC messages of MCP.
#ifndef SLUICE_CLIENT_AGENT_MCP_MESSAGE_H_
#define SLUICE_CLIENT_AGENT_MCP_MESSAGE_H_

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "client/agent/site.h"

namespace sluice::agent::mcp {

inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;
inline constexpr int kServerError = -32000;
inline constexpr int kSessionNotFound = -32001;
// 2026-07-28
inline constexpr int kHeaderMismatch = -32020;
inline constexpr int kMissingCapability = -32021;
inline constexpr int kUnsupportedVersion = -32022;

struct Message {
  enum class Kind { kRequest, kNotification, kResponse };

  Kind kind = Kind::kRequest;
  std::string_view raw;  // the body
  std::string id;        // JSON text, as it came; empty for a notification
  std::string method;    // empty for a response
  boost::json::object params;
};

// The error is the whole answer.
std::variant<Message, HttpReply> ReadMessage(std::string_view body);

// `"error":{…}`; `data` is JSON text or empty.
std::string ErrorMember(int code, std::string_view message, std::string_view data = {});
// A whole response. `id` is JSON text.
std::string RpcError(std::string_view id, int code, std::string_view message, std::string_view data = {});
HttpReply ErrorReply(int status, std::string_view id, int code, std::string_view message, std::string_view data = {});

// {…}, the result of a tool call: one text, and `structured` (JSON, may be empty). A modern one says that it is
// complete.
struct ToolResult {
  std::string_view text;
  std::string_view structured = {};
  bool is_error = false;
};
std::string ResultObject(const ToolResult& result, bool modern);
// "result":{…}
std::string ResultMember(const ToolResult& result, bool modern);

// The name of a method or notification of either era, "other" for what is none of them. Lives for ever.
std::string_view KnownMethod(std::string_view method);

// The object at `name`, or an empty one.
const boost::json::object& ObjectAt(const boost::json::object& object, std::string_view name);
// The string at `name`, or an empty one.
std::string StringAt(const boost::json::object& object, std::string_view name);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_MESSAGE_H_
