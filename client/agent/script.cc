#include "client/agent/script.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace sluice::agent {
namespace {

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

const std::vector<WordRule<Script>>& Words() {
  static const NumberRule kCount{"N", kMostChunks};
  static const NumberRule kMillis{"MS", kLongestRun.count()};
  static const std::vector<WordRule<Script>> kWords = {
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
  const absl::StatusOr<std::optional<Script>> script = MakeScript(Words(), text);
  if (!script.ok()) return script.status();
  if (!*script) return Echo();
  const absl::Status length = CheckLength(text, (*script)->chunks, (*script)->interval);
  if (!length.ok()) return length;
  return **script;
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
