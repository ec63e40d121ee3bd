#include "client/agent/llm/request.h"

#include <boost/json/parse.hpp>

#include "client/agent/script_words.h"

namespace sluice::agent::llm {
namespace {

const boost::json::value* Find(const boost::json::object& object, std::string_view name) {
  return object.if_contains(boost::json::string_view(name.data(), name.size()));
}

bool IsTrue(const boost::json::value* value) { return value != nullptr && value->is_bool() && value->get_bool(); }

std::string StringAt(const boost::json::object& object, std::string_view name) {
  const boost::json::value* const value = Find(object, name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// A content is a string, or parts of which some have a text.
std::string TextOf(const boost::json::value* content) {
  if (content == nullptr) return {};
  if (content->is_string()) return std::string(content->get_string());
  if (!content->is_array()) return {};
  std::string text;
  for (const boost::json::value& part : content->get_array()) {
    if (part.is_object()) text += StringAt(part.get_object(), "text");
  }
  return text;
}

std::size_t CountWords(std::string_view text) { return SplitWords(text, /*most=*/100'000).size(); }

// False when there is no message of the user.
bool ReadMessages(const boost::json::array& messages, Request& request) {
  bool found = false;
  for (const boost::json::value& message : messages) {
    if (!message.is_object()) continue;
    std::string text = TextOf(Find(message.get_object(), "content"));
    request.prompt_tokens += CountWords(text);
    if (StringAt(message.get_object(), "role") != "user") continue;
    request.text = std::move(text);
    found = true;
  }
  return found;
}

}  // namespace

std::variant<Request, BadRequest> ReadRequest(std::string_view body, std::string_view list) {
  boost::json::parse_options options;
  options.max_depth = 100;
  boost::json::error_code failed;
  const boost::json::value parsed = boost::json::parse({body.data(), body.size()}, failed, {}, options);
  if (failed) return BadRequest{"The body is not JSON: " + failed.message(), ""};
  if (!parsed.is_object()) return BadRequest{"The body must be a JSON object", ""};
  const boost::json::object& object = parsed.get_object();
  Request request;
  request.model = StringAt(object, "model");
  if (request.model.empty()) return BadRequest{"A model is required, any name will do", "model"};
  request.stream = IsTrue(Find(object, "stream"));
  const boost::json::value* const stream_options = Find(object, "stream_options");
  request.include_usage = stream_options != nullptr && stream_options->is_object() &&
                          IsTrue(Find(stream_options->get_object(), "include_usage"));
  const boost::json::value* const messages = Find(object, list);
  if (list == "input" && messages != nullptr && messages->is_string()) {
    request.text = messages->get_string();
    request.prompt_tokens = CountWords(request.text);
    return request;
  }
  if (messages == nullptr || !messages->is_array() || !ReadMessages(messages->get_array(), request)) {
    return BadRequest{"It must hold a message of the role user", std::string(list)};
  }
  return request;
}

}  // namespace sluice::agent::llm
