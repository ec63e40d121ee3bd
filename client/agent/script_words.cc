#include "client/agent/script_words.h"

#include <charconv>
#include <string>

#include "absl/status/status.h"

namespace sluice::agent {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool Fits(std::string_view word, const std::vector<NumberRule>& rules, const std::vector<std::string_view>& words) {
  if (words.size() != rules.size() + 1 || words[0] != word) return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!IsDigits(words[i])) return false;
  }
  return true;
}

absl::Status OutOfBounds(std::string_view word, const NumberRule& number) {
  return absl::InvalidArgumentError(std::string(word) + ": " + std::string(number.name) + " must be 0 to " +
                                    std::to_string(number.most));
}

}  // namespace

std::vector<std::string_view> SplitWords(std::string_view text, std::size_t most) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string_view> words;
  while (words.size() <= most) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find_first_of(kBlanks)));
    text.remove_prefix(words.back().size());
  }
  return words;
}

absl::StatusOr<std::optional<Numbers>> ReadWord(std::string_view word, const std::vector<NumberRule>& rules,
                                                const std::vector<std::string_view>& words) {
  if (!Fits(word, rules, words)) return std::nullopt;
  Numbers numbers;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string_view digits = words[i + 1];
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || value > rules[i].most) return OutOfBounds(word, rules[i]);
    numbers.push_back(value);
  }
  return numbers;
}

absl::Status CheckLength(std::string_view text, std::int64_t steps, std::chrono::milliseconds interval) {
  if (steps * interval <= kLongestRun) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(SplitWords(text, /*most=*/0).front()) +
                                    ": N times MS must be at most a day");
}

}  // namespace sluice::agent
