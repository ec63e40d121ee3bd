// Times as text. RFC 3339, section 5.6.
#ifndef SLUICE_SERVER_TRANSLATE_RFC3339_H_
#define SLUICE_SERVER_TRANSLATE_RFC3339_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::translate {

// As google.protobuf.Timestamp has it.
struct TimePoint {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00:00Z
  std::int32_t nanos = 0;    // 0 to 999,999,999

  bool operator==(const TimePoint&) const = default;
};

enum class TimeForm {
  kRfc3339,  // "2025-10-28T10:30:00.5+01:00"
  // Also what ISO 8601 allows and programs write: a blank for the T, no seconds, "+0100" or "+01" for the offset, none
  // at all (UTC then), and a date alone.
  kLoose,
};

// Nothing for a text of another form, a day that does not exist, or a time outside the years 1 to 9999 of UTC, which is
// all that a Timestamp holds. Digits beyond nanoseconds are cut off. Second 60 is the first of the next minute.
std::optional<TimePoint> ParseTime(std::string_view text, TimeForm form);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_RFC3339_H_
