// Finds where the values of a JSON text begin and end, without converting them. RFC 8259.
//
// Why not the library: simdjson refuses numbers beyond 64 bits, which must pass; its DOM has no positions, and its
// on-demand parser does not check what it skips.
#ifndef SLUICE_SERVER_TRANSLATE_JSON_SCANNER_H_
#define SLUICE_SERVER_TRANSLATE_JSON_SCANNER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sluice::translate {

// A cursor over one text. Its functions say false at the first thing that is wrong; `error()` then says what, and the
// scanner is spent. Spans point into the text. Reads each byte once; never recurses deeper than kMaxDepth.
class JsonScanner {
 public:
  static constexpr int kMaxDepth = 256;

  explicit JsonScanner(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  // The next byte that is not blank; NUL at the end of the text (NUL begins nothing in JSON).
  char Peek();
  bool AtEnd() { return Peek() == '\0' && at_ == end_; }

  // One value, checked but for its UTF-8.
  bool Value(std::string_view& raw);

  // One value of which only the end is sought: brackets are counted, whatever their kind, and strings respected.
  bool Skip(std::string_view& raw);

  // An object: calls `on_member(name)` for each member, which takes the member's value with Value or Skip and says
  // whether to go on. `name` is a raw string token.
  template <typename OnMember>
  bool Members(OnMember on_member);

  // An array: calls `on_element()` for each element, which takes it with Value or Skip and says whether to go on.
  template <typename OnElement>
  bool Elements(OnElement on_element);

  // From the cursor to the end of the text.
  std::size_t bytes_left() const { return static_cast<std::size_t>(end_ - at_); }

  // "',' or '}' was expected at byte 17 of 17"
  absl::Status error() const;

 private:
  bool Fail(const char* what);
  bool Take(char c);
  bool Value();
  bool String();
  bool Escape();
  bool Number();
  bool Digits();
  bool Word(std::string_view word);
  bool SkipNested();
  bool SkipString();

  const char* begin_;
  const char* at_;
  const char* end_;
  int depth_ = 0;
  const char* wrong_ = nullptr;
};

// Appends the text of a raw string token that was checked. A surrogate without its other half becomes U+FFFD; false
// says that there was one.
bool AppendUnquotedJson(std::string_view token, std::string& out);
std::string UnquoteJson(std::string_view token);

// `text` as a string token.
std::string QuoteJson(std::string_view text);

// ------------------------------------------------------------------------------------------------------------------

template <typename OnMember>
bool JsonScanner::Members(OnMember on_member) {
  if (!Take('{')) return Fail("'{' was expected");
  if (++depth_ > kMaxDepth) return Fail("nesting deeper than 256 levels");
  if (Peek() != '}') {
    do {
      if (Peek() != '"') return Fail("a member name was expected");
      const char* name = at_;
      if (!String()) return false;
      const std::string_view token(name, static_cast<std::size_t>(at_ - name));
      if (!Take(':')) return Fail("':' was expected");
      if (!on_member(token)) return false;
    } while (Take(','));
  }
  --depth_;
  return Take('}') || Fail("',' or '}' was expected");
}

template <typename OnElement>
bool JsonScanner::Elements(OnElement on_element) {
  if (!Take('[')) return Fail("'[' was expected");
  if (++depth_ > kMaxDepth) return Fail("nesting deeper than 256 levels");
  if (Peek() != ']') {
    do {
      if (!on_element()) return false;
    } while (Take(','));
  }
  --depth_;
  return Take(']') || Fail("',' or ']' was expected");
}

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSON_SCANNER_H_
