#include "client/agent/params.h"

#include <charconv>
#include <utility>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

// ProtoJSON readers take integers as numbers, as numbers with a zero fraction, and as strings.
std::optional<std::int64_t> ToInt(const boost::json::value& value) {
  if (value.is_string()) {
    std::int64_t number = 0;
    const auto& text = value.get_string();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
  }
  boost::json::error_code failed;
  const auto number = value.to_number<std::int64_t>(failed);
  if (failed) return std::nullopt;
  return number;
}

}  // namespace

Params::Params(const boost::json::object& object, std::string where) : object_(object), where_(std::move(where)) {}

std::string Params::String(std::string_view name) {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    Fail(name, "must be a string");
    return {};
  }
  return std::string(value->get_string());
}

std::string Params::RequiredString(std::string_view name) {
  std::string text = String(name);
  if (text.empty()) Fail(name, "is required");
  return text;
}

std::optional<std::int64_t> Params::Int(std::string_view name, std::int64_t least, std::int64_t most) {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return std::nullopt;
  const std::optional<std::int64_t> number = ToInt(*value);
  if (!number || *number < least || *number > most) {
    Fail(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

bool Params::Bool(std::string_view name) {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    Fail(name, "must be true or false");
    return false;
  }
  return value->get_bool();
}

const boost::json::object* Params::Object(std::string_view name) {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) Fail(name, "must be an object");
  return value->if_object();
}

const boost::json::object* Params::RequiredObject(std::string_view name) {
  const boost::json::object* object = Object(name);
  if (object == nullptr) Fail(name, "is required");
  return object;
}

const boost::json::array* Params::Array(std::string_view name) {
  const boost::json::value* value = FindMember(object_, name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) Fail(name, "must be an array");
  return value->if_array();
}

void Params::Fail(std::string_view name, std::string_view what) {
  if (error_) return;
  const std::string field = where_ + std::string(name);
  error_ = InvalidParams(field + " " + std::string(what), field);
}

}  // namespace sluice::agent
