#include "client/ctl/session_lines.h"

#include <vector>

#include "client/ctl/printer.h"
#include "client/ctl/terminal.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {
namespace {

// An id is a JSON token: a number or a string. Quotes that were left out are put around what is not a number.
std::string IdToken(std::string_view id) {
  const bool number = id.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
  return id.front() == '"' || number ? std::string(id) : JsonString(id);
}

}  // namespace

absl::Status SessionLines::Feed(std::string_view bytes, bool last, std::deque<std::string>& frames,
                                std::string& complaints) {
  std::vector<std::string> lines;
  absl::Status read = lines_.Feed(bytes, last, lines);
  for (const std::string& line : lines) {
    ++number_;
    if (!Trimmed(line).empty()) TakeLine(Trimmed(line), frames, complaints);
  }
  return read;
}

void SessionLines::TakeLine(std::string_view line, std::deque<std::string>& frames, std::string& complaints) {
  sluice::v1::SessionRequest frame;
  if (line.front() != '/') {
    frame.mutable_message()->set_json(std::string(line));
  } else {
    constexpr std::string_view kCancel = "/cancel ";
    const std::string_view id = line.substr(0, kCancel.size()) == kCancel ? Trimmed(line.substr(kCancel.size())) : "";
    if (id.empty()) {
      complaints += "line " + std::to_string(number_) + ": '" + VisibleLine(line) + "' is not /cancel ID\n";
      return;
    }
    frame.mutable_cancel()->set_id(IdToken(id));
  }
  frames.push_back(frame.SerializeAsString());
}

}  // namespace sluice::ctl
