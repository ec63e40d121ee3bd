// The length of UTF-8 characters. RFC 3629.
#ifndef SLUICE_SERVER_CONFIG_UTF8_H_
#define SLUICE_SERVER_CONFIG_UTF8_H_

#include <cstddef>
#include <string_view>

namespace sluice::config {

// Bytes of the character that `text` begins with; 0 when it begins with none: overlong forms, surrogates and what lies
// above U+10FFFF are none.
inline std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return 0;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
  const bool too_high = lead == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_UTF8_H_
