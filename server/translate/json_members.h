// The members of a JSON object, one after the other.
#ifndef SLUICE_SERVER_TRANSLATE_JSON_MEMBERS_H_
#define SLUICE_SERVER_TRANSLATE_JSON_MEMBERS_H_

#include <string>
#include <string_view>

#include "server/translate/json_scanner.h"

namespace sluice::translate {

// Calls on_member(unescaped name, raw value) for each member of the object; does nothing for another value. What is
// malformed ends it early.
template <typename OnMember>
void ForEachMember(std::string_view raw, OnMember on_member) {
  JsonScanner scanner(raw);
  if (scanner.Peek() != '{') return;
  (void)scanner.Members([&](std::string_view name) {
    std::string_view value;
    if (!scanner.Skip(value)) return false;
    on_member(UnquoteJson(name), value);
    return true;
  });
}

// The same for the elements of an array.
template <typename OnElement>
void ForEachElement(std::string_view raw, OnElement on_element) {
  JsonScanner scanner(raw);
  if (scanner.Peek() != '[') return;
  (void)scanner.Elements([&] {
    std::string_view value;
    if (!scanner.Skip(value)) return false;
    on_element(value);
    return true;
  });
}

// The text of a string; empty for another value, and for what is none: values that were only skipped may be anything.
inline std::string StringOf(std::string_view raw) {
  std::string_view token;
  JsonScanner scanner(raw);
  return scanner.Peek() == '"' && scanner.Value(token) ? UnquoteJson(token) : std::string();
}

// Of the object that comes next the text of one member; empty: it has none.
inline std::string TextOf(std::string_view member, JsonScanner ahead) {
  std::string text;
  std::string_view value;
  const bool whole = ahead.Members([&](std::string_view token) {
    if (!ahead.Value(value)) return false;
    if (UnquoteJson(token) == member && value.front() == '"') text = UnquoteJson(value);
    return true;
  });
  return whole ? text : std::string();
}

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSON_MEMBERS_H_
