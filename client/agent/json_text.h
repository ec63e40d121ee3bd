// Small helpers around Boost.JSON: writing JSON as text.
#ifndef SLUICE_CLIENT_AGENT_JSON_TEXT_H_
#define SLUICE_CLIENT_AGENT_JSON_TEXT_H_

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace sluice::agent {

// `text` as a JSON string, quotes included. `text` is valid UTF-8: it came from a parser or from us.
std::string Quoted(std::string_view text);

// Appends `item` to a list of JSON texts, after a comma unless it is the first.
void AppendItem(std::string_view item, std::string& list);

std::string ToJson(const boost::json::value& value);

// The member called `name` in lowerCamelCase or, as ProtoJSON readers must allow, by its proto_name. A null counts as
// absent. Null when there is none.
const boost::json::value* FindMember(const boost::json::object& object, std::string_view name);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_JSON_TEXT_H_
