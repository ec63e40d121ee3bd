#include "client/ctl/json_view.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "client/ctl/printer.h"
#include "server/base/utf8.h"
#include "server/translate/fast_utf8.h"
#include "server/translate/json_scanner.h"

namespace sluice::ctl {

using translate::JsonScanner;

bool IsJson(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view value;
  return translate::IsValidUtf8(text) && scanner.Value(value) && scanner.AtEnd();
}

std::string_view Member(std::string_view object, std::string_view name) {
  std::string_view found;
  ForEachMember(object, [&](const std::string& key, std::string_view value) {
    if (key == name) found = value;
  });
  return found;
}

void ForEachMember(std::string_view object,
                   const std::function<void(std::string name, std::string_view value)>& visit) {
  JsonScanner scanner(object);
  scanner.Members([&](std::string_view name) {
    std::string_view value;
    if (!scanner.Value(value)) return false;
    visit(translate::UnquoteJson(name), value);
    return true;
  });
}

void ForEachElement(std::string_view array, const std::function<void(std::string_view value)>& visit) {
  JsonScanner scanner(array);
  scanner.Elements([&] {
    std::string_view value;
    if (!scanner.Value(value)) return false;
    visit(value);
    return true;
  });
}

std::string TextOf(std::string_view value) {
  const std::string text = value.starts_with('"') ? translate::UnquoteJson(value) : OnOneLine(value);
  return ToValidUtf8(text, text.size() * 3);
}

std::string TextOf(std::string_view object, std::string_view name) { return TextOf(Member(object, name)); }

std::string OnOneLine(std::string_view json) {
  std::string line(json);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

std::string JsonLine(std::string_view bytes) {
  if (IsJson(bytes)) return WithControlsEscaped(OnOneLine(bytes));
  return JsonString(ToValidUtf8(std::string(bytes), bytes.size() * 3));
}

std::string WithControlsEscaped(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0;
    const bool two = byte == 0xc2 && next >= 0x80 && next < 0xa0;  // U+0080..U+009F in UTF-8
    if (two || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", two ? next : byte);
      escaped += escape;
    } else {
      escaped += json[i];
    }
    if (two) ++i;
  }
  return escaped;
}

}  // namespace sluice::ctl
