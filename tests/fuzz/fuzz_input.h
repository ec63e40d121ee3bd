// What the fuzzers share: how they read their input, and what they hold the code to.
#ifndef SLUICE_TESTS_FUZZ_FUZZ_INPUT_H_
#define SLUICE_TESTS_FUZZ_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

// libFuzzer's entry: one input, which must neither crash nor leak. The bytes live for the call. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sluice::fuzz {

// Ends the process when `holds` is false: that is how an input becomes a finding. In every build, unlike assert().
inline void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
  std::abort();
}

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Inputs that say more than one thing are pieces with 0xFE between them, a byte that stands in no UTF-8. They can be
// read, joined and cut by a mutation without losing their sense, which lengths could not.
inline std::vector<std::string_view> Pieces(std::string_view input) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = std::min(input.find('\xFE'), input.size());
    pieces.push_back(input.substr(0, end));
    if (end == input.size()) return pieces;
    input.remove_prefix(end + 1);
  }
}

// The first byte, which is taken away; 0 when there is none.
inline std::uint8_t TakeByte(std::string_view& piece) {
  if (piece.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(piece.front());
  piece.remove_prefix(1);
  return byte;
}

}  // namespace sluice::fuzz

#endif  // SLUICE_TESTS_FUZZ_FUZZ_INPUT_H_
