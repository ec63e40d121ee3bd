// JSON as it was sent: a parser gives values, and 1.0, 2^53+1 and a member that is there twice are none of them.
#ifndef SLUICE_CLIENT_AGENT_RAW_JSON_H_
#define SLUICE_CLIENT_AGENT_RAW_JSON_H_

#include <initializer_list>
#include <string_view>

namespace sluice::agent {

// The text of the value at `path` below `object`, without the blanks around it; of members of the same name, the last
// one's, as parsers have it. Empty when there is none. `object` is valid JSON. Names are compared as they are written.
std::string_view RawMember(std::string_view object, std::string_view name);
std::string_view RawMember(std::string_view object, std::initializer_list<std::string_view> path);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_RAW_JSON_H_
