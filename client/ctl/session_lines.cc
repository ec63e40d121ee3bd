#include "client/ctl/session_lines.h"

#include "client/ctl/printer.h"
#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

constexpr char kHelp[] =
    "  {\"jsonrpc\": ...}  a message, on one line\n"
    "  /cancel ID        ends one running request\n"
    "  Ctrl-D            nothing more from you; what runs goes on to its end\n"
    "  Ctrl-C            cancels all of it\n";

// An id is a JSON token: a number or a string. Quotes that were left out are put around what is not a number.
std::string IdToken(std::string_view id) {
  const bool number = id.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
  return id.front() == '"' || number ? std::string(id) : JsonString(id);
}

}  // namespace

absl::Status SessionLines::Feed(std::string_view bytes, bool last, std::vector<sluice::v1::SessionRequest>& frames,
                                std::string& words) {
  std::vector<std::string> lines;
  absl::Status read = lines_.Feed(bytes, last, lines);
  for (const std::string& whole : lines) {
    ++number_;
    const std::string_view line = Trimmed(whole);
    if (line.empty()) continue;
    if (line.front() == '/') {
      TakeCommand(line, frames, words);
    } else {
      frames.emplace_back().mutable_message()->set_json(std::string(line));
    }
  }
  return read;
}

void SessionLines::TakeCommand(std::string_view line, std::vector<sluice::v1::SessionRequest>& frames,
                               std::string& words) {
  constexpr std::string_view kCancel = "/cancel ";
  if (line == "/help") {
    words += kHelp;
    return;
  }
  const std::string_view id = line.starts_with(kCancel) ? Trimmed(line.substr(kCancel.size())) : "";
  if (id.empty()) {
    words += "line " + std::to_string(number_) + ": '" + VisibleLine(line) + "' is neither /cancel ID nor /help\n";
  } else {
    frames.emplace_back().mutable_cancel()->set_id(IdToken(id));
  }
}

}  // namespace sluice::ctl
