#include "client/ctl/end_report.h"

#include <algorithm>
#include <cstdio>

#include "client/ctl/error_text.h"
#include "client/ctl/options.h"
#include "client/ctl/terminal.h"
#include "server/base/reasons.h"
#include "server/base/utf8.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

constexpr std::size_t kMaxMessageBytes = 4096;

std::string Outcome(const CallEnd& end, const client::ErrorDetails& details) {
  if (end.status.ok()) return "ended";
  const bool begun = end.events > 0 || end.interrupted || details.reason == reason::kUpstreamStreamTruncated;
  return begun ? "cut" : "failed";
}

std::string Message(const CallEnd& end) {
  if (end.interrupted && absl::IsCancelled(end.status)) return "interrupted by you";
  return ToValidUtf8(std::string(end.status.message()), kMaxMessageBytes);
}

std::string HintOf(const CallEnd& end, const client::ErrorDetails& details) {
  if (end.status.ok() || end.interrupted) return "";
  return Hint(end.status.code(), details, Reach{end.address, end.tls, end.connected, end.events > 0});
}

// An agent chooses its task ids: what a user may paste into a shell must stay one word.
std::string ShellWord(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '/';
  });
  if (plain) return word;
  std::string quoted = "'";
  for (char c : VisibleLine(word)) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string CommandLine(const CallEnd& end, const Advice& advice) {
  std::string line = "sluicectl";
  if (end.address_given) line += " --address " + ShellWord(end.address);
  for (const std::string& argument : advice.arguments) line += " " + ShellWord(argument);
  return line;
}

std::string Count(int events) { return std::to_string(events) + (events == 1 ? " event" : " events"); }

}  // namespace

std::string EndText(const CallEnd& end, bool colour) {
  const client::ErrorDetails details = client::DetailsOf(end.status);
  const std::string code = CodeName(end.status.raw_code());
  std::string text =
      Paint(colour, end.status.ok() ? Colour::kGreen : Colour::kRed, Outcome(end, details) + ": " + code);
  if (!end.status.ok()) {
    text += ": " + VisibleLine(Message(end));
    if (!details.reason.empty()) text += " (" + VisibleLine(details.reason) + ")";
  }
  text += ", " + Count(end.events) + ", " + Seconds(end.seconds) + "\n";
  text += DetailLines(details);
  const std::string hint = HintOf(end, details);
  if (!hint.empty()) text += "  hint: " + hint + "\n";
  for (const Advice& advice : end.next) text += "  " + advice.what + ": " + CommandLine(end, advice) + "\n";
  return text;
}

std::string EndJson(const CallEnd& end) {
  const client::ErrorDetails details = client::DetailsOf(end.status);
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", end.seconds);
  std::string json = "{\"end\":{\"outcome\":" + JsonString(Outcome(end, details)) +
                     ",\"code\":" + JsonString(CodeName(end.status.raw_code()));
  if (!end.status.ok()) json += ",\"message\":" + JsonString(Message(end));
  json += DetailMembers(details) + ",\"events\":" + std::to_string(end.events) + ",\"seconds\":" + seconds;
  if (!end.task.empty()) json += ",\"taskId\":" + JsonString(end.task);
  const std::string hint = HintOf(end, details);
  if (!hint.empty()) json += ",\"hint\":" + JsonString(hint);
  for (const Advice& advice : end.next) {
    json += "," + JsonString(advice.what) + ":" + JsonString(CommandLine(end, advice));
  }
  return json + "}}\n";
}

int ExitCode(const absl::Status& status) { return status.ok() ? 0 : kExitUsage + status.raw_code(); }

}  // namespace sluice::ctl
