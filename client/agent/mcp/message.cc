#include "client/agent/mcp/message.h"

#include <array>
#include <boost/json/parse.hpp>
#include <optional>
#include <utility>

#include "client/agent/json_text.h"
#include "client/agent/raw_json.h"

namespace sluice::agent::mcp {
namespace {

const boost::json::value* Find(const boost::json::object& object, std::string_view name) {
  return object.if_contains(boost::json::string_view(name.data(), name.size()));
}

HttpReply Invalid(std::string_view what) { return ErrorReply(400, "null", kInvalidRequest, what); }

// What is wrong with the members that every message has.
std::optional<HttpReply> CheckEnvelope(const boost::json::object& object) {
  const boost::json::value* const version = Find(object, "jsonrpc");
  if (version == nullptr || *version != "2.0") return Invalid("jsonrpc must be \"2.0\"");
  const boost::json::value* const id = Find(object, "id");
  if (id != nullptr && !id->is_string() && !id->is_number()) return Invalid("id must be a string or an integer");
  const boost::json::value* const method = Find(object, "method");
  if (method != nullptr && !method->is_string()) return Invalid("method must be a string");
  const boost::json::value* const params = Find(object, "params");
  if (params != nullptr && !params->is_object()) return Invalid("params must be an object");
  if (method != nullptr) return std::nullopt;
  const bool result = Find(object, "result") != nullptr;
  const bool error = Find(object, "error") != nullptr;
  if (result == error) return Invalid("A message has a method, or else either a result or an error");
  if (id == nullptr) return Invalid("A response has the id of its request");
  return std::nullopt;
}

}  // namespace

std::variant<Message, HttpReply> ReadMessage(std::string_view body) {
  boost::json::parse_options options;
  options.max_depth = 100;
  boost::json::error_code failed;
  boost::json::value parsed = boost::json::parse({body.data(), body.size()}, failed, {}, options);
  if (failed) return ErrorReply(400, "null", kParseError, "The body is not JSON: " + failed.message());
  if (parsed.is_array()) return Invalid("A batch is not supported: send one message per POST");
  if (!parsed.is_object()) return Invalid("The body must be an object");
  boost::json::object& object = parsed.get_object();
  if (auto refused = CheckEnvelope(object)) return *std::move(refused);
  Message message{.raw = body};
  message.id = RawMember(body, "id");
  const boost::json::value* const method = Find(object, "method");
  if (method == nullptr) {
    message.kind = Message::Kind::kResponse;
  } else {
    message.kind = message.id.empty() ? Message::Kind::kNotification : Message::Kind::kRequest;
    message.method = method->get_string();
  }
  if (boost::json::value* const params = object.if_contains("params")) message.params = std::move(params->get_object());
  return message;
}

std::string ErrorMember(int code, std::string_view message, std::string_view data) {
  std::string member = R"("error":{"code":)" + std::to_string(code) + R"(,"message":)" + Quoted(message);
  if (!data.empty()) member += R"(,"data":)" + std::string(data);
  return member + "}";
}

std::string RpcError(std::string_view id, int code, std::string_view message, std::string_view data) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + "," + ErrorMember(code, message, data) + "}";
}

HttpReply ErrorReply(int status, std::string_view id, int code, std::string_view message, std::string_view data) {
  return {.status = status, .body = RpcError(id, code, message, data)};
}

std::string ResultObject(const ToolResult& result, bool modern) {
  std::string member = "{";
  if (modern) member += R"("resultType":"complete",)";
  member += R"("content":[{"type":"text","text":)" + Quoted(result.text) + "}]";
  if (!result.structured.empty()) member += R"(,"structuredContent":)" + std::string(result.structured);
  if (result.is_error) member += R"(,"isError":true)";
  return member + "}";
}

std::string ResultMember(const ToolResult& result, bool modern) { return "\"result\":" + ResultObject(result, modern); }

std::string_view KnownMethod(std::string_view method) {
  constexpr auto kMethods = std::to_array<std::string_view>(
      {"initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read", "resources/subscribe",
       "resources/unsubscribe", "prompts/list", "prompts/get", "logging/setLevel", "server/discover",
       "subscriptions/listen", "notifications/initialized", "notifications/cancelled", "notifications/progress",
       "notifications/roots/list_changed"});
  for (const std::string_view known : kMethods) {
    if (known == method) return known;
  }
  return "other";
}

const boost::json::object& ObjectAt(const boost::json::object& object, std::string_view name) {
  static const boost::json::object kNone;
  const boost::json::value* const value = Find(object, name);
  return value == nullptr || !value->is_object() ? kNone : value->get_object();
}

std::string StringAt(const boost::json::object& object, std::string_view name) {
  const boost::json::value* const value = Find(object, name);
  return value == nullptr || !value->is_string() ? std::string() : std::string(value->get_string());
}

}  // namespace sluice::agent::mcp
