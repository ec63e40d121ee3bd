#include "server/observe/call_record.h"

#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status.h"

namespace sluice::observe {
namespace {

// A value as it goes into the line: as it is when it is plain, else quoted. Paths and peers come from clients.
std::string Value(std::string_view text) {
  constexpr std::size_t kMaxBytes = 256;
  text = text.substr(0, kMaxBytes);
  bool plain = !text.empty();
  for (const char c : text) plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  if (plain) return std::string(text);
  return absl::StrCat("\"", absl::CHexEscape(ToAbsl(text)), "\"");
}

}  // namespace

std::string ToLogLine(const CallRecord& record) {
  std::string line = absl::StrCat("call method=", Value(record.method));
  if (!record.upstream.empty()) absl::StrAppend(&line, " upstream=", Value(record.upstream));
  absl::StrAppend(&line, " status=", absl::StatusCodeToString(record.status.code()), " end=", Value(record.end),
                  " in=", record.messages_in, " events=", record.messages_out, " bytes=", record.bytes_out,
                  absl::StrFormat(" ms=%.1f", static_cast<double>(record.duration.count()) / 1000.0),
                  " peer=", Value(record.peer));
  for (const auto& [name, value] : record.trailers) absl::StrAppend(&line, " ", name, "=", Value(value));
  return line;
}

}  // namespace sluice::observe
