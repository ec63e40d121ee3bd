#include "client/ctl/json_splitter.h"

#include <utility>

namespace sluice::ctl {
namespace {

constexpr std::size_t kMaxObjectBytes = 64 << 20;
constexpr std::string_view kBlank = " \t\r\n";

}  // namespace

absl::Status JsonSplitter::Feed(std::string_view bytes, std::vector<std::string>& objects) {
  for (char c : bytes) {
    absl::Status taken = Take(c, objects);
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status JsonSplitter::Take(char c, std::vector<std::string>& objects) {
  if (depth_ == 0) {
    if (kBlank.find(c) != std::string_view::npos) return absl::OkStatus();
    ++count_;
    if (c != '{') {
      return absl::InvalidArgumentError("message " + std::to_string(count_) + ": a JSON object begins with '{'");
    }
  }
  object_ += c;
  if (object_.size() > kMaxObjectBytes) {
    return absl::InvalidArgumentError("message " + std::to_string(count_) + " is larger than 64 MiB");
  }
  if (in_string_) {
    in_string_ = c != '"' || escaped_;
    escaped_ = c == '\\' && !escaped_;
    return absl::OkStatus();
  }
  in_string_ = c == '"';
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') --depth_;
  if (depth_ == 0) objects.push_back(std::exchange(object_, {}));
  return absl::OkStatus();
}

absl::Status JsonSplitter::Finish() const {
  if (depth_ == 0) return absl::OkStatus();
  return absl::InvalidArgumentError("message " + std::to_string(count_) + " is not complete");
}

}  // namespace sluice::ctl
