// Upstream text, made fit to stand in an error message.
#ifndef SLUICE_SERVER_TRANSLATE_EXCERPT_H_
#define SLUICE_SERVER_TRANSLATE_EXCERPT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::translate {

inline constexpr std::size_t kExcerptBytes = 512;

// At most `max_bytes` of `text` as valid UTF-8 on one line: control characters (C0, DEL, C1) become blanks, so that
// nothing an upstream sends can write to a terminal or forge a log line.
std::string Excerpt(std::string_view text, std::size_t max_bytes = kExcerptBytes);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_EXCERPT_H_
