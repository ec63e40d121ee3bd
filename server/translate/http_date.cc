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
    return std::chrono::seconds(absl::ToUnixSeconds(time));
  }
  return std::nullopt;
}

}  // namespace sluice::translate
