#include "client/ctl/line_reader.h"

#include <utility>

namespace sluice::ctl {
namespace {

constexpr std::size_t kMaxLineBytes = 64 << 20;
constexpr std::string_view kBlank = " \t\r";

}  // namespace

absl::Status LineReader::Feed(std::string_view bytes, bool last, std::vector<std::string>& lines) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    const std::size_t room = kMaxLineBytes - line_.size();
    if (piece.size() > room && too_long_ == TooLong::kFails) {
      return absl::InvalidArgumentError("stdin: line " + std::to_string(number_ + 1) + " is longer than 64 MiB");
    }
    line_ += piece.substr(0, room);
    if (end == std::string_view::npos) break;
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    lines.push_back(std::exchange(line_, {}));
    ++number_;
    bytes.remove_prefix(end + 1);
  }
  if (last && !line_.empty()) lines.push_back(std::exchange(line_, {}));
  return absl::OkStatus();
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace sluice::ctl
