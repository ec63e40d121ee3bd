#include "server/base/utf8.h"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

unsigned char Byte(char c) { return static_cast<unsigned char>(c); }
bool IsAscii(char c) { return Byte(c) < 0x80; }
bool IsContinuation(char c) { return (Byte(c) & 0xC0) == 0x80; }

// Unicode 15, table 3-7, without its first row: what may follow a lead byte, and how long the sequence is.
struct LeadRow {
  unsigned char first_lead, last_lead;
  unsigned char first_second, last_second;
  std::size_t length;
};
constexpr auto kLeads = std::to_array<LeadRow>({
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},  // not overlong
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},  // not a surrogate
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},  // not overlong
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},  // not above U+10FFFF
});

struct Sequence {
  std::size_t length;  // at least 1
  bool well_formed;
};

// The sequence at the front of `text`, which is not empty: a character, or the longest start of one that breaks off.
Sequence FirstSequence(std::string_view text) {
  if (IsAscii(text[0])) return {1, true};
  const auto lead = Byte(text[0]);
  const auto* row = std::find_if(kLeads.begin(), kLeads.end(), [lead](const LeadRow& candidate) {
    return candidate.first_lead <= lead && lead <= candidate.last_lead;
  });
  if (row == kLeads.end() || text.size() < 2) return {1, false};
  if (Byte(text[1]) < row->first_second || Byte(text[1]) > row->last_second) return {1, false};
  std::size_t length = 2;
  while (length < row->length && length < text.size() && IsContinuation(text[length])) ++length;
  return {length, length == row->length};
}

}  // namespace

std::string ToValidUtf8(std::string_view text, std::size_t max_bytes) {
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const Sequence next = FirstSequence(text);
    const std::string_view piece = next.well_formed ? text.substr(0, next.length) : kReplacement;
    if (out.size() + piece.size() > max_bytes) break;
    out += piece;
    text.remove_prefix(next.length);
  }
  return out;
}

}  // namespace sluice
