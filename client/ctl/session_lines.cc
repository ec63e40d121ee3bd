#include "client/ctl/session_lines.h"

#include <utility>

#include "client/ctl/printer.h"
#include "client/ctl/terminal.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {
namespace {

constexpr std::size_t kMaxLineBytes = 64 << 20;
constexpr std::string_view kBlank = " \t\r";

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// An id is a JSON token: a number or a string. Quotes that were left out are put around what is not a number.
std::string IdToken(std::string_view id) {
  const bool number = id.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
  return id.front() == '"' || number ? std::string(id) : JsonString(id);
}

}  // namespace

absl::Status SessionLines::Feed(std::string_view bytes, bool last, std::deque<std::string>& frames,
                                std::string& complaints) {
  for (char c : bytes) {
    if (c == '\n') {
      TakeLine(frames, complaints);
    } else if (line_.size() < kMaxLineBytes) {
      line_ += c;
    } else {
      return absl::InvalidArgumentError("stdin: line " + std::to_string(number_ + 1) + " is longer than 64 MiB");
    }
  }
  if (last) TakeLine(frames, complaints);
  return absl::OkStatus();
}

void SessionLines::TakeLine(std::deque<std::string>& frames, std::string& complaints) {
  ++number_;
  const std::string kept = std::exchange(line_, {});
  const std::string_view line = Trim(kept);
  if (line.empty()) return;
  sluice::v1::SessionRequest frame;
  if (line.front() != '/') {
    frame.mutable_message()->set_json(std::string(line));
  } else {
    constexpr std::string_view kCancel = "/cancel ";
    const std::string_view id = line.substr(0, kCancel.size()) == kCancel ? Trim(line.substr(kCancel.size())) : "";
    if (id.empty()) {
      complaints += "line " + std::to_string(number_) + ": '" + VisibleLine(line) + "' is not /cancel ID\n";
      return;
    }
    frame.mutable_cancel()->set_id(IdToken(id));
  }
  frames.push_back(frame.SerializeAsString());
}

}  // namespace sluice::ctl
