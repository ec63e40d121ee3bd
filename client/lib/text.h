// Text of a caller: what may go into a header, and how an error shows it. Pure.
#ifndef SLUICE_CLIENT_LIB_TEXT_H_
#define SLUICE_CLIENT_LIB_TEXT_H_

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace sluice::client {

inline bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// In quotes, cut to what fits a line, with everything escaped that a terminal could obey.
inline std::string Quoted(std::string_view text) {
  const std::string_view head = text.substr(0, 200);
  return "'" + absl::Utf8SafeCHexEscape({head.data(), head.size()}) + "'";
}

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_LIB_TEXT_H_
