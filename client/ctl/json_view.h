// Looking into JSON that stays as it came: numbers of any size, the order of members. Pure.
#ifndef SLUICE_CLIENT_CTL_JSON_VIEW_H_
#define SLUICE_CLIENT_CTL_JSON_VIEW_H_

#include <functional>
#include <string>
#include <string_view>

namespace sluice::ctl {

// Whether `text` is one JSON value in UTF-8, nested at most 256 deep.
bool IsJson(std::string_view text);

// The functions below take raw JSON; what is of another kind, or no JSON, has nothing in it.

// The member of `object` that is called `name`; empty without one.
std::string_view Member(std::string_view object, std::string_view name);
void ForEachMember(std::string_view object, const std::function<void(std::string name, std::string_view value)>& visit);
void ForEachElement(std::string_view array, const std::function<void(std::string_view value)>& visit);

// The text of a string, in valid UTF-8; of anything else its JSON on one line.
std::string TextOf(std::string_view value);
// The same of a member; empty without one.
std::string TextOf(std::string_view object, std::string_view name);

// `bytes` as one line of JSON that a terminal may be shown: as they came when they are JSON, else as a JSON string.
// DEL and U+0080..U+009F, which JSON lets stand in strings, are escaped.
std::string JsonLine(std::string_view bytes);

// The same text with those escaped; `json` must be JSON.
std::string WithControlsEscaped(std::string_view json);

// JSON on one line: line ends in it are blanks, since none may stand in a string.
std::string OnOneLine(std::string_view json);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_JSON_VIEW_H_
