#include "server/translate/excerpt.h"

#include "server/base/status.h"

namespace sluice::translate {

std::string Excerpt(std::string_view text, std::size_t max_bytes) {
  const std::string valid = ToValidUtf8(text, max_bytes);
  std::string line;
  line.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    const auto next = i + 1 < valid.size() ? static_cast<unsigned char>(valid[i + 1]) : 0;
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // C1: U+0080 to U+009F
      line.push_back(' ');
      ++i;
    } else {
      line.push_back(byte < 0x20 || byte == 0x7F ? ' ' : valid[i]);
    }
  }
  return line;
}

}  // namespace sluice::translate
