#include "client/ctl/flag_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "absl/strings/escaping.h"
#include "client/ctl/terminal.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/utf8.h"
#include "sluice/client/options.h"

namespace sluice::ctl {
namespace {

using Field = std::pair<std::string, std::string>;

absl::Status Wrong(const std::string& what) { return absl::InvalidArgumentError(what); }

std::string Quoted(std::string_view text) { return "'" + VisibleText(ToValidUtf8(text, 200)) + "'"; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

absl::StatusOr<Field> SplitField(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || Trim(text.substr(0, colon)).empty()) {
    return Wrong(Quoted(text) + " is not key:value");
  }
  std::string key(Trim(text.substr(0, colon)));
  std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
  return Field(std::move(key), std::string(Trim(text.substr(colon + 1))));
}

bool IsPrintable(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 9110, section 5.6.2: what a field name is made of.
bool IsToken(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

absl::StatusOr<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  constexpr std::array<Unit, 4> kUnits = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view rest = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& row) { return row.name == rest; });
  if (parsed.ec != std::errc() || unit == kUnits.end()) {
    return Wrong(Quoted(text) + " is not a duration; write a number and ms, s, m or h, for example 30s");
  }
  const double milliseconds = std::round(number * unit->milliseconds);
  if (!(milliseconds >= 1 && milliseconds <= 366 * 24 * 3.6e6)) {
    return Wrong(Quoted(text) + " is out of range; it must be more than nothing and at most a year");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
}

absl::StatusOr<std::string> ParseAddress(std::string_view text) {
  absl::Status checked = client::CheckAddress(text);
  return checked.ok() ? absl::StatusOr<std::string>(text) : checked;
}

absl::StatusOr<Field> ParseMetadata(std::string_view text) {
  absl::StatusOr<Field> field = SplitField(text);
  if (!field.ok()) return field;
  auto& [key, value] = *field;
  if (key.size() >= 4 && key.substr(key.size() - 4) == "-bin") {
    std::string bytes;
    if (!absl::Base64Unescape(value, &bytes)) return Wrong("the value of " + Quoted(key) + " must be base64");
    value = std::move(bytes);
  }
  absl::Status checked = client::CheckMetadata(key, value);
  return checked.ok() ? std::move(field) : checked;
}

absl::StatusOr<Field> ParseHttpHeader(std::string_view text) {
  absl::StatusOr<Field> field = SplitField(text);
  if (!field.ok()) return field;
  if (!IsToken(field->first)) return Wrong("the name of " + Quoted(text) + " is not an HTTP header name");
  if (!IsPrintable(field->second))
    return Wrong("the value of " + Quoted(field->first) + " may hold printable ASCII only");
  return field;
}

absl::StatusOr<std::string> ParseResumeToken(std::string_view text) {
  std::string plain(text.substr(0, text.find_last_not_of('=') + 1));
  std::replace(plain.begin(), plain.end(), '+', '-');
  std::replace(plain.begin(), plain.end(), '/', '_');
  std::string token;
  if (absl::WebSafeBase64Unescape(plain, &token) && !token.empty()) return token;
  return Wrong(Quoted(text) + " is not a token as a session prints it");
}

std::string ResumeTokenText(std::string_view token) { return absl::WebSafeBase64Escape({token.data(), token.size()}); }

absl::StatusOr<int> ParseTaskState(std::string_view text) {
  std::string wanted(text);
  std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : std::toupper(c); });
  const std::string prefix = "TASK_STATE_";
  if (wanted.rfind(prefix, 0) != 0) wanted = prefix + wanted;
  lf::a2a::v1::TaskState state;
  if (lf::a2a::v1::TaskState_Parse(wanted, &state) && state != lf::a2a::v1::TASK_STATE_UNSPECIFIED) return state;
  return Wrong(Quoted(text) +
               " is not a task state; there are submitted, working, completed, failed, canceled, input-required, "
               "rejected, auth-required");
}

}  // namespace sluice::ctl
