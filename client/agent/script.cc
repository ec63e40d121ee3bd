#include "client/agent/script.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace sluice::agent {
namespace {

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

struct NumberRule {
  std::string_view name;
  std::int64_t most = 0;
};

struct WordRule {
  std::string_view word;
  std::vector<NumberRule> numbers;
  Script (*make)(const std::vector<std::int64_t>& numbers);
};

Script Ending(TaskState state, std::string text) {
  Script script;
  script.end_state = state;
  script.end_text = std::move(text);
  return script;
}

Script Chunks(std::int64_t count, std::int64_t interval_ms, std::int64_t bytes) {
  Script script;
  script.chunks = count;
  script.interval = std::chrono::milliseconds(interval_ms);
  script.chunk_bytes = static_cast<std::size_t>(bytes);
  return script;
}

const std::vector<WordRule>& Words() {
  using Numbers = std::vector<std::int64_t>;
  static const NumberRule kCount{"N", kMostChunks};
  static const NumberRule kMillis{"MS", kLongestRun.count()};
  static const std::vector<WordRule> kWords = {
      {"slow", {kCount, kMillis}, [](const Numbers& n) { return Chunks(n[0], n[1], 0); }},
      {"size", {kCount, kMillis, {"B", kLargestChunkBytes}}, [](const Numbers& n) { return Chunks(n[0], n[1], n[2]); }},
      {"big", {{"KIB", kLargestChunkBytes / 1024}}, [](const Numbers& n) { return Chunks(1, 0, n[0] * 1024); }},
      {"silent",
       {kMillis},
       [](const Numbers& n) {
         Script script;
         script.end_delay = std::chrono::milliseconds(n[0]);
         return script;
       }},
      {"ask", {}, [](const Numbers&) { return Ending(TaskState::kInputRequired, "What else should I know?"); }},
      {"message",
       {},
       [](const Numbers&) {
         Script script;
         script.bare_message = true;
         return script;
       }},
      {"fail", {}, [](const Numbers&) { return Ending(TaskState::kFailed, "Failed, as asked."); }},
      {"reject", {}, [](const Numbers&) { return Ending(TaskState::kRejected, "Rejected, as asked."); }},
  };
  return kWords;
}

Script Echo() {
  Script script;
  script.echo = true;
  script.chunks = 1;
  return script;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

absl::Status OutOfBounds(const WordRule& rule, const NumberRule& number) {
  return absl::InvalidArgumentError(std::string(rule.word) + ": " + std::string(number.name) + " must be 0 to " +
                                    std::to_string(number.most));
}

absl::StatusOr<Script> Apply(const WordRule& rule, const std::vector<std::string_view>& words) {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < rule.numbers.size(); ++i) {
    const std::string_view digits = words[i + 1];
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || value > rule.numbers[i].most) return OutOfBounds(rule, rule.numbers[i]);
    numbers.push_back(value);
  }
  Script script = rule.make(numbers);
  if (script.chunks * script.interval > kLongestRun) {
    return absl::InvalidArgumentError(std::string(rule.word) + ": N times MS must be at most a day");
  }
  return script;
}

bool Fits(const WordRule& rule, const std::vector<std::string_view>& words) {
  if (words.size() != rule.numbers.size() + 1 || words[0] != rule.word) return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!IsDigits(words[i])) return false;
  }
  return true;
}

// "chunk 3 of 9", without an allocation: written half a million times a second.
class ChunkLabel {
 public:
  ChunkLabel(std::int64_t index, std::int64_t count) {
    Append("chunk ");
    Append(index + 1);
    Append(" of ");
    Append(count);
  }

  std::string_view text() const { return {text_.data(), size_}; }

 private:
  void Append(std::string_view words) {
    words.copy(text_.data() + size_, words.size());
    size_ += words.size();
  }
  void Append(std::int64_t number) {
    size_ = static_cast<std::size_t>(std::to_chars(text_.data() + size_, text_.data() + text_.size(), number).ptr -
                                     text_.data());
  }

  std::array<char, 64> text_;
  std::size_t size_ = 0;
};

}  // namespace

bool IsTerminal(TaskState state) {
  return state == TaskState::kCompleted || state == TaskState::kFailed || state == TaskState::kCanceled ||
         state == TaskState::kRejected;
}

absl::StatusOr<Script> ParseScript(std::string_view text) {
  const std::vector<std::string_view> words = SplitWords(text, /*most=*/4);
  for (const WordRule& rule : Words()) {
    if (!words.empty() && Fits(rule, words)) return Apply(rule, words);
  }
  return Echo();
}

std::size_t ChunkTextSize(const Script& script, std::int64_t index) {
  return script.chunk_bytes > 0 ? script.chunk_bytes : ChunkLabel(index, script.chunks).text().size();
}

void AppendChunkText(const Script& script, std::int64_t index, std::size_t begin, std::size_t count, std::string& out) {
  const ChunkLabel label(index, script.chunks);
  const std::size_t end = out.size() + count;
  if (begin < label.text().size()) out += label.text().substr(begin, count);
  if (begin <= label.text().size() && out.size() < end) out += ' ';
  out.resize(end, '.');
}

}  // namespace sluice::agent
