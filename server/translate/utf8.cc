#include "server/translate/utf8.h"

#include <cstddef>

#include "simdjson.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// How many bytes may follow a first byte, and what the first of these may be (Unicode 15, table 3-7); those after it
// are 80..BF.
struct Follow {
  int count;
  unsigned char low;
  unsigned char high;
};

Follow FollowOf(unsigned char first) {
  if (first >= 0xC2 && first <= 0xDF) return {1, 0x80, 0xBF};
  if (first == 0xE0) return {2, 0xA0, 0xBF};
  if (first == 0xED) return {2, 0x80, 0x9F};  // no surrogates
  if (first >= 0xE1 && first <= 0xEF) return {2, 0x80, 0xBF};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3) return {3, 0x80, 0xBF};
  if (first == 0xF4) return {3, 0x80, 0x8F};
  return {-1, 0, 0};  // never a first byte
}

struct Sequence {
  std::size_t size;  // of the sequence, or of the maximal subpart
  bool valid;
};

// `text` is not empty.
Sequence NextSequence(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {1, true};
  Follow follow = FollowOf(first);
  std::size_t size = 1;
  for (; follow.count > 0; --follow.count, ++size) {
    if (size == text.size()) return {size, false};
    const auto byte = static_cast<unsigned char>(text[size]);
    if (byte < follow.low || byte > follow.high) return {size, false};
    follow.low = 0x80;
    follow.high = 0xBF;
  }
  return {size, follow.count == 0};
}

}  // namespace

bool IsValidUtf8(std::string_view text) { return text.empty() || simdjson::validate_utf8(text.data(), text.size()); }

void AppendAsValidUtf8(std::string_view text, std::string& out) {
  if (IsValidUtf8(text)) {
    out.append(text);
    return;
  }
  while (!text.empty()) {
    const Sequence next = NextSequence(text);
    out.append(next.valid ? text.substr(0, next.size) : kReplacement);
    text.remove_prefix(next.size);
  }
}

void AppendCodePoint(std::uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F))); };
  if (code_point >= 0xD800 && code_point <= 0xDFFF) {
    out.append(kReplacement);
  } else if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    tail(6), tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace sluice::translate
