// The quick way to what base/utf8.h does: nearly all text is valid, and that is found out many bytes at a time.
#ifndef SLUICE_SERVER_TRANSLATE_FAST_UTF8_H_
#define SLUICE_SERVER_TRANSLATE_FAST_UTF8_H_

#include <string>
#include <string_view>

namespace sluice::translate {

bool IsValidUtf8(std::string_view text);

// Appends `text` as ToValidUtf8() repairs it, uncut. What was malformed grows to at most three times its size.
void AppendAsValidUtf8(std::string_view text, std::string& out);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_FAST_UTF8_H_
