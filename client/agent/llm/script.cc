#include "client/agent/llm/script.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "client/agent/script_words.h"

namespace sluice::agent::llm {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kTypeBytes = "abcdefghijklmnopqrstuvwxyz_";
constexpr std::int64_t kLargestPiece = 1 << 20;
constexpr std::size_t kLargestText = 64 << 20;

Script Steps(std::int64_t count, std::int64_t interval_ms, std::int64_t bytes = 0) {
  Script script;
  script.pace = {.steps = count, .interval = std::chrono::milliseconds(interval_ms)};
  script.bytes = static_cast<std::size_t>(bytes);
  return script;
}

const std::vector<WordRule<Script>>& Words() {
  static const NumberRule kCount{"N", kMostChunks};
  static const NumberRule kMillis{"MS", kLongestRun.count()};
  static const std::vector<WordRule<Script>> kWords = {
      {"words", {kCount, kMillis}, [](const Numbers& n) { return Steps(n[0], n[1]); }},
      {"size", {kCount, kMillis, {"B", kLargestPiece}}, [](const Numbers& n) { return Steps(n[0], n[1], n[2]); }},
      {"silent",
       {kMillis},
       [](const Numbers& n) {
         Script script = Steps(1, n[0]);
         script.pieces = {"As asked."};
         return script;
       }},
      {"ping",
       {kCount, kMillis},
       [](const Numbers& n) {
         Script script = Steps(n[0], n[1]);
         script.pings = true;
         return script;
       }},
      {"mirror",
       {},
       [](const Numbers&) {
         Script script = Steps(1, 0);
         script.mirror = true;
         return script;
       }},
  };
  return kWords;
}

// The words with the blanks that follow them, so that they add up to the text.
Script Echo(std::string_view text) {
  Script script;
  while (!text.empty()) {
    const std::size_t word_end = text.find_first_of(kBlanks, text.find_first_not_of(kBlanks));
    const std::size_t end = std::min(text.find_first_not_of(kBlanks, word_end), text.size());
    script.pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  script.pace.steps = static_cast<std::int64_t>(script.pieces.size());
  return script;
}

// "error TYPE [N MS]"; nothing when it is something else.
absl::StatusOr<std::optional<Script>> ErrorScript(std::string_view text) {
  const std::vector<std::string_view> words = SplitWords(text, /*most=*/4);
  if (words.size() < 2 || words[0] != "error") return std::nullopt;
  if (words[1].find_first_not_of(kTypeBytes) != std::string_view::npos) return std::nullopt;
  Script script = Steps(2, 0);
  if (words.size() > 2) {
    std::vector<std::string_view> numbers(words.begin() + 1, words.end());
    numbers[0] = words[0];
    const auto read = ReadWord("error", {{"N", kMostChunks}, {"MS", kLongestRun.count()}}, numbers);
    if (!read.ok()) return read.status();
    if (!*read) return std::nullopt;
    script = Steps((**read)[0], (**read)[1]);
  }
  script.error_type = words[1];
  return script;
}

absl::StatusOr<Script> ParseWords(std::string_view text) {
  constexpr std::string_view kEcho = "echo ";
  if (text.substr(0, kEcho.size()) == kEcho) return Echo(text.substr(kEcho.size()));
  absl::StatusOr<std::optional<Script>> script = ErrorScript(text);
  if (script.ok() && !*script) script = MakeScript(Words(), text);
  if (!script.ok()) return script.status();
  if (!*script) return Echo(text);
  const absl::Status length = CheckLength(text, (*script)->pace.steps, (*script)->pace.interval);
  if (!length.ok()) return length;
  return **std::move(script);
}

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::vector<std::string_view> order = SplitWords(text.substr(0, text.find(';')), /*most=*/1);
  const bool no_end = text.find(';') != std::string_view::npos && order.size() == 1 && order[0] == "no-end";
  if (no_end) text.remove_prefix(text.find(';') + 1);
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  absl::StatusOr<Script> script = ParseWords(text);
  if (script.ok()) script->no_end = no_end;
  return script;
}

std::string PieceOf(const Script& script, std::int64_t index) {
  if (!script.pieces.empty()) return script.pieces[static_cast<std::size_t>(index)];
  std::string label = "word " + std::to_string(index + 1) + " of " + std::to_string(script.pace.steps) + ". ";
  if (script.bytes > 0) label.resize(script.bytes, '.');
  return label;
}

bool IsBounded(const Script& script) {
  constexpr std::size_t kLabel = 40;
  return static_cast<std::size_t>(script.pace.steps) * std::max(script.bytes, kLabel) <= kLargestText ||
         !script.pieces.empty();
}

std::string WholeText(const Script& script) {
  if (script.pings) return PieceOf({.pace = {.steps = 1}}, 0);
  std::string text;
  for (std::int64_t i = 0; i < script.pace.steps; ++i) text += PieceOf(script, i);
  return text;
}

}  // namespace sluice::agent::llm
