#include "server/translate/fast_utf8.h"

#include "server/base/utf8.h"
#include "simdjson.h"

namespace sluice::translate {

bool IsValidUtf8(std::string_view text) { return text.empty() || simdjson::validate_utf8(text.data(), text.size()); }

void AppendAsValidUtf8(std::string_view text, std::string& out) {
  if (IsValidUtf8(text)) {
    out.append(text);
  } else {
    out.append(ToValidUtf8(text, std::string::npos));
  }
}

}  // namespace sluice::translate
