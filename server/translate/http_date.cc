#include "server/translate/http_date.h"

#include <string>

#include "absl/time/time.h"

namespace sluice::translate {

std::optional<std::chrono::seconds> ParseHttpDate(std::string_view text) {
  // absl::ParseTime also takes blanks at both ends and words such as "infinite-future", which are no dates here.
  if (text.empty() || text.front() < 'A' || text.front() > 'Z' || text.back() == ' ') return std::nullopt;
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    absl::Time time;
    if (!absl::ParseTime(format, std::string(text), &time, nullptr)) continue;
    // absl reads years of any length; those of the format have four digits.
    constexpr std::int64_t kMostSeconds = 253'402'300'799;  // the end of the year 9999
    const std::int64_t seconds = absl::ToUnixSeconds(time);
    if (seconds < -kMostSeconds || seconds > kMostSeconds) return std::nullopt;
    return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

}  // namespace sluice::translate
