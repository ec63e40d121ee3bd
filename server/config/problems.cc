#include "server/config/problems.h"

#include <algorithm>
#include <utility>

#include "server/base/utf8.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxLines = 100;
constexpr std::size_t kMaxWord = 64;

std::string Escaped(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return {'\\', 'x', kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 15]};
}

bool IsControl(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string OneLine(std::string_view text, std::size_t max_bytes) {
  // A little more than fits, to see whether something is cut.
  const std::string valid = ToValidUtf8(text.substr(0, max_bytes + 4), 3 * max_bytes + 12);
  std::string line;
  for (std::size_t at = 0, end = 0; at < valid.size(); at = end) {
    for (end = at + 1; end < valid.size() && IsContinuation(valid[end]);) ++end;
    const std::string shown = IsControl(valid[at]) ? Escaped(valid[at]) : valid.substr(at, end - at);
    if (line.size() + shown.size() > max_bytes) return line + "…";
    line += shown;
  }
  return line;
}

std::string Quoted(std::string_view text) { return '"' + OneLine(text) + '"'; }

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ", ";
    joined += word;
  }
  return joined;
}

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kMaxWord) return {};
  std::string nearest;
  std::size_t least = 2 + word.size() / 4;  // one edit, and one more for each four letters
  for (const std::string& candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    // A candidate of which nothing is kept is no suggestion.
    if (distance < least && distance < candidate.size()) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

void Problems::Add(std::string_view where, std::string_view path, std::string_view message) {
  if (lines_.size() >= kMaxLines) {
    ++left_out_;
    return;
  }
  std::string line(where);
  for (const std::string_view part : {path, message}) {
    if (!line.empty() && !part.empty()) line += ": ";
    line += part;
  }
  lines_.push_back(std::move(line));
}

std::string Problems::Text() const {
  std::string text;
  for (const std::string& line : lines_) text += line + '\n';
  if (left_out_ > 0) text += "and " + std::to_string(left_out_) + " more\n";
  return text;
}

}  // namespace sluice::config
