#include "client/agent/raw_json.h"

#include <algorithm>
#include <cstddef>

namespace sluice::agent {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Walks over JSON that is known to be valid; past the end it stands still.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  char Peek() {
    at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void Skip() { at_ = std::min(at_ + 1, text_.size()); }

  // The text of the next value.
  std::string_view Value() {
    const char first = Peek();
    const std::size_t begin = at_;
    if (first == '"') {
      SkipString();
    } else if (first == '{' || first == '[') {
      SkipNested();
    } else {
      at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  void SkipString() {
    for (Skip(); at_ < text_.size() && text_[at_] != '"'; Skip()) {
      if (text_[at_] == '\\') Skip();
    }
    Skip();
  }

  void SkipNested() {
    std::size_t depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      Skip();
    } while (depth > 0 && at_ < text_.size());
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view RawMember(std::string_view object, std::string_view name) {
  Walker walker(object);
  std::string_view found;
  if (walker.Peek() != '{') return found;
  walker.Skip();
  while (walker.Peek() == '"') {
    const std::string_view key = walker.Value();
    walker.Peek();
    walker.Skip();  // the colon
    const std::string_view value = walker.Value();
    if (key.substr(1, key.size() - 2) == name) found = value;
    if (walker.Peek() == ',') walker.Skip();
  }
  return found;
}

std::string_view RawMember(std::string_view object, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) object = RawMember(object, name);
  return object;
}

}  // namespace sluice::agent
