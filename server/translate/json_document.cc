#include "server/translate/json_document.h"

#include <algorithm>
#include <utility>

#include "server/translate/json_scanner.h"

namespace sluice::translate {
namespace {

// RFC 8259, 8.1: none should be there, and a reader may overlook it.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

void JsonDocument::Add(std::string_view bytes) {
  Follow(bytes);
  if (!kept_) return;
  if (bytes.size() <= max_kept_bytes_ - text_.size()) {
    text_.append(bytes);
  } else {
    kept_ = false;
    std::string().swap(text_);
  }
}

bool JsonDocument::IsWhole() const {
  if (!begun_ || broken_ || in_string_ || depth_ > 0) return false;
  if (!kept_ || deep_) return true;
  std::string_view text = text_;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  JsonScanner scanner(text);
  std::string_view value;
  return scanner.Value(value) && scanner.AtEnd();
}

void JsonDocument::Follow(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (in_string_) {
      at = FollowString(bytes, at);
    } else {
      FollowOutside(bytes[at++]);
    }
  }
}

void JsonDocument::FollowOutside(char c) {
  if (IsBlank(c)) return;
  if (closed_) broken_ = true;
  begun_ = true;
  if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    if (++depth_ > std::size_t{JsonScanner::kMaxDepth}) deep_ = true;
  } else if (c == '}' || c == ']') {
    if (depth_ == 0) {
      broken_ = true;
    } else if (--depth_ == 0) {
      closed_ = true;
    }
  }
}

// Gives where to go on: behind the closing quote, or at the end.
std::size_t JsonDocument::FollowString(std::string_view bytes, std::size_t at) {
  if (std::exchange(escaped_, false)) return at + 1;
  at = std::min(bytes.find_first_of("\"\\", at), bytes.size());
  if (at == bytes.size()) return at;
  escaped_ = bytes[at] == '\\';
  in_string_ = escaped_;
  if (!in_string_ && depth_ == 0) closed_ = true;
  return at + 1;
}

}  // namespace sluice::translate
