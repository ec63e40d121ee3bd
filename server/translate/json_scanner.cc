#include "server/translate/json_scanner.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace sluice::translate {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

constexpr std::uint64_t Each(char c) { return kOnes * static_cast<unsigned char>(c); }

// A high bit in each byte that is zero. A byte above a zero byte may be marked wrongly; the lowest mark never is.
constexpr std::uint64_t ZeroBytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }
constexpr std::uint64_t BytesBelow32(std::uint64_t word) { return (word - Each(' ')) & ~word & kHighs; }

constexpr bool IsPlain(char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20; }

// The first quote, backslash or control character; eight bytes at a time, for most of a message stands in strings.
const char* FindSpecial(const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    for (std::uint64_t word = 0; end - at >= 8; at += 8) {
      std::memcpy(&word, at, 8);
      const std::uint64_t marks = ZeroBytes(word ^ Each('"')) | ZeroBytes(word ^ Each('\\')) | BytesBelow32(word);
      if (marks != 0) return at + std::countr_zero(marks) / 8;
    }
  }
  while (at != end && IsPlain(*at)) ++at;
  return at;
}

constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four hex digits after `\u`, which were checked.
std::uint32_t HexUnit(std::string_view digits) {
  std::uint32_t unit = 0;
  for (char c : digits.substr(0, 4)) unit = unit * 16 + static_cast<std::uint32_t>(HexDigit(c));
  return unit;
}

// What a one-letter escape stands for; the other escapes stand for themselves.
constexpr char EscapedLetter(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

// Takes one `\u....`, or two that are one code point, from the front of `text`.
std::uint32_t TakeUnicodeEscape(std::string_view& text) {
  const std::uint32_t unit = HexUnit(text.substr(2));
  text.remove_prefix(6);
  if (unit < 0xD800 || unit > 0xDBFF || !text.starts_with("\\u")) return unit;
  const std::uint32_t low = HexUnit(text.substr(2));
  if (low < 0xDC00 || low > 0xDFFF) return unit;
  text.remove_prefix(6);
  return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

constexpr bool IsSurrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

void AppendCodePoint(std::uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F))); };
  if (IsSurrogate(code_point)) {
    out.append("\uFFFD");  // half a pair
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

}  // namespace

char JsonScanner::Peek() {
  if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') return *at_;
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  return at_ == end_ ? '\0' : *at_;
}

bool JsonScanner::Take(char c) {
  if (Peek() != c) return false;
  ++at_;
  return true;
}

bool JsonScanner::Fail(const char* what) {
  wrong_ = what;
  return false;
}

absl::Status JsonScanner::error() const {
  return absl::InvalidArgumentError(absl::StrCat(wrong_, " at byte ", at_ - begin_, " of ", end_ - begin_));
}

bool JsonScanner::Value(std::string_view& raw) {
  Peek();
  const char* first = at_;
  if (!Value()) return false;
  raw = {first, static_cast<std::size_t>(at_ - first)};
  return true;
}

bool JsonScanner::Value() {
  switch (Peek()) {
    case '{':
      return Members([this](std::string_view) { return Value(); });
    case '[':
      return Elements([this] { return Value(); });
    case '"':
      return String();
    case 't':
      return Word("true");
    case 'f':
      return Word("false");
    case 'n':
      return Word("null");
    default:
      return Number();
  }
}

bool JsonScanner::String() {
  for (++at_;;) {
    at_ = FindSpecial(at_, end_);
    if (at_ == end_) return Fail("the end of a string was expected");
    if (*at_ == '"') {
      ++at_;
      return true;
    }
    if (*at_ != '\\') return Fail("a control character in a string must be escaped");
    if (!Escape()) return false;
  }
}

bool JsonScanner::Escape() {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  ++at_;
  if (at_ != end_ && *at_ == 'u') {
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_ || HexDigit(*at_) < 0) return Fail("four hexadecimal digits were expected");
    }
    return true;
  }
  if (at_ == end_ || kLetters.find(*at_) == kLetters.npos) return Fail("an escape was expected");
  ++at_;
  return true;
}

bool JsonScanner::Number() {
  if (at_ != end_ && *at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') {
    ++at_;
  } else if (!Digits()) {
    return Fail("a value was expected");
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!Digits()) return Fail("a digit was expected");
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!Digits()) return Fail("a digit was expected");
  }
  return true;
}

bool JsonScanner::Digits() {
  const char* first = at_;
  while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  return at_ != first;
}

bool JsonScanner::Word(std::string_view word) {
  const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
  if (!rest.starts_with(word)) return Fail("a value was expected");
  at_ += word.size();
  return true;
}

bool JsonScanner::Skip(std::string_view& raw) {
  const char next = Peek();
  const char* first = at_;
  const bool found = next == '{' || next == '[' ? SkipNested() : next == '"' ? SkipString() : Value();
  if (!found) return false;
  raw = {first, static_cast<std::size_t>(at_ - first)};
  return true;
}

bool JsonScanner::SkipNested() {
  std::size_t open = 0;
  while (at_ != end_) {
    const char c = *at_;
    if (c == '"') {
      if (!SkipString()) return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++open;
    if ((c == '}' || c == ']') && --open == 0) return true;
  }
  return Fail("the end of an object or array was expected");
}

// A quote ends the string unless an odd number of backslashes stands before it. Looking back stops at a quote already
// passed, so it costs no more than the way forward.
bool JsonScanner::SkipString() {
  for (++at_;;) {
    const void* found = std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_));
    if (found == nullptr) {
      at_ = end_;
      return Fail("the end of a string was expected");
    }
    const char* quote = static_cast<const char*>(found);
    const char* backslashes = quote;
    while (backslashes[-1] == '\\') --backslashes;
    at_ = quote + 1;
    if ((quote - backslashes) % 2 == 0) return true;
  }
}

bool AppendUnquotedJson(std::string_view token, std::string& out) {
  std::string_view rest = token.substr(1, token.size() - 2);
  bool whole = true;
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    if (rest[1] == 'u') {
      const std::uint32_t code_point = TakeUnicodeEscape(rest);
      whole = whole && !IsSurrogate(code_point);
      AppendCodePoint(code_point, out);
    } else {
      out.push_back(EscapedLetter(rest[1]));
      rest.remove_prefix(2);
    }
  }
  return whole;
}

std::string UnquoteJson(std::string_view token) {
  std::string text;
  (void)AppendUnquotedJson(token, text);
  return text;
}

std::string QuoteJson(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string token = "\"";
  for (char c : text) {
    if (IsPlain(c)) {
      token.push_back(c);
    } else if (c == '"' || c == '\\') {
      token.append({'\\', c});
    } else {
      token.append("\\u00").append({kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 15]});
    }
  }
  return token.append("\"");
}

}  // namespace sluice::translate
