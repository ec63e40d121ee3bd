#include "client/agent/json_text.h"

#include <boost/json/serialize.hpp>

namespace sluice::agent {
namespace {

std::string ProtoName(std::string_view camel) {
  std::string name;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      name += '_';
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += c;
    }
  }
  return name;
}

}  // namespace

std::string Quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

void AppendItem(std::string_view item, std::string& list) {
  if (!list.empty()) list += ',';
  list += item;
}

std::string ToJson(const boost::json::value& value) { return boost::json::serialize(value); }

const boost::json::value* FindMember(const boost::json::object& object, std::string_view name) {
  const boost::json::value* found = object.if_contains(boost::json::string_view(name.data(), name.size()));
  if (found == nullptr) found = object.if_contains(ProtoName(name));
  return found != nullptr && !found->is_null() ? found : nullptr;
}

}  // namespace sluice::agent
