// UTF-8 at the speed of the wire: nearly all text is valid, and that is found out many bytes at a time.
#ifndef SLUICE_SERVER_TRANSLATE_UTF8_H_
#define SLUICE_SERVER_TRANSLATE_UTF8_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::translate {

bool IsValidUtf8(std::string_view text);

// Appends `text` with U+FFFD for each maximal subpart of what is malformed (Unicode 15, 3.9, "U+FFFD Substitution of
// Maximal Subparts"; WHATWG Encoding, "UTF-8 decoder"). What was malformed grows to at most three times its size.
void AppendAsValidUtf8(std::string_view text, std::string& out);

// Appends one code point; a surrogate becomes U+FFFD. `code_point` is at most U+10FFFF.
void AppendCodePoint(std::uint32_t code_point, std::string& out);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_UTF8_H_
