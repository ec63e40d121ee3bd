// What all scripts are made of: a word and its numbers.
#ifndef SLUICE_CLIENT_AGENT_SCRIPT_WORDS_H_
#define SLUICE_CLIENT_AGENT_SCRIPT_WORDS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sluice::agent {

inline constexpr std::int64_t kMostChunks = 10'000'000;
inline constexpr std::chrono::milliseconds kLongestRun = std::chrono::hours(24);

struct NumberRule {
  std::string_view name;
  std::int64_t most = 0;
};

using Numbers = std::vector<std::int64_t>;

template <typename Script>
struct WordRule {
  std::string_view word;
  std::vector<NumberRule> numbers;
  Script (*make)(const Numbers& numbers);
};

// At most one word more than `most`.
std::vector<std::string_view> SplitWords(std::string_view text, std::size_t most);

// The numbers after the first word; nothing when that is another word, or its numbers are others in count or none at
// all. The error names a number that is out of bounds.
absl::StatusOr<std::optional<Numbers>> ReadWord(std::string_view word, const std::vector<NumberRule>& rules,
                                                const std::vector<std::string_view>& words);

// So many steps with so much time before each: at most a day. The error names the first word of `text`.
absl::Status CheckLength(std::string_view text, std::int64_t steps, std::chrono::milliseconds interval);

// What the first rule that fits makes of `text`; nothing when none fits.
template <typename Script>
absl::StatusOr<std::optional<Script>> MakeScript(const std::vector<WordRule<Script>>& rules, std::string_view text) {
  const std::vector<std::string_view> words = SplitWords(text, /*most=*/4);
  for (const WordRule<Script>& rule : rules) {
    const absl::StatusOr<std::optional<Numbers>> numbers = ReadWord(rule.word, rule.numbers, words);
    if (!numbers.ok()) return numbers.status();
    if (*numbers) return rule.make(**numbers);
  }
  return std::nullopt;
}

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_SCRIPT_WORDS_H_
