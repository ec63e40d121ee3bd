#include "server/translate/rfc3339.h"

#include <chrono>

namespace sluice::translate {
namespace {

// google/protobuf/timestamp.proto: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
constexpr std::int64_t kMinSeconds = -62'135'596'800;
constexpr std::int64_t kMaxSeconds = 253'402'300'799;
constexpr int kNanosDigits = 9;

class Reader {
 public:
  Reader(std::string_view text, TimeForm form) : left_(text), loose_(form == TimeForm::kLoose) {}

  std::optional<TimePoint> Read() {
    if (!Date()) return std::nullopt;
    if (!(loose_ && left_.empty()) && !(Clock() && Offset() && left_.empty())) return std::nullopt;
    if (time_.seconds < kMinSeconds || time_.seconds > kMaxSeconds) return std::nullopt;
    return time_;
  }

 private:
  bool Date() {
    int year = 0, month = 0, day = 0;
    if (!(Number(4, 9999, year) && Take('-') && Number(2, 12, month) && Take('-') && Number(2, 31, day))) return false;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return false;
    time_.seconds = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400;
    return true;
  }

  bool Clock() {
    int hour = 0, minute = 0, second = 0;
    if (!(Take('T') || Take('t') || (loose_ && Take(' ')))) return false;
    if (!(Number(2, 23, hour) && Take(':') && Number(2, 59, minute))) return false;
    if (Take(':')) {
      if (!Number(2, 60, second) || !Fraction()) return false;
    } else if (!loose_) {
      return false;
    }
    time_.seconds += hour * 3600 + minute * 60 + second;
    return true;
  }

  bool Fraction() {
    if (!Take('.') && !(loose_ && Take(','))) return true;
    int digits = 0;
    for (; !left_.empty() && IsDigit(left_.front()); left_.remove_prefix(1), ++digits) {
      if (digits < kNanosDigits) time_.nanos = time_.nanos * 10 + (left_.front() - '0');
    }
    for (int i = digits; i < kNanosDigits; ++i) time_.nanos *= 10;
    return digits > 0;
  }

  bool Offset() {
    if (Take('Z') || Take('z')) return true;
    const int sign = Take('-') ? 1 : Take('+') ? -1 : 0;  // local time is ahead of UTC by "+"
    if (sign == 0) return loose_ && left_.empty();
    int hours = 0, minutes = 0;
    if (!Number(2, 23, hours)) return false;
    if (Take(':') || (loose_ && !left_.empty())) {
      if (!Number(2, 59, minutes)) return false;
    } else if (!loose_) {
      return false;
    }
    time_.seconds += sign * (hours * 3600 + minutes * 60);
    return true;
  }

  bool Number(std::size_t digits, int at_most, int& value) {
    if (left_.size() < digits) return false;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!IsDigit(left_[i])) return false;
      value = value * 10 + (left_[i] - '0');
    }
    left_.remove_prefix(digits);
    return value <= at_most;
  }

  bool Take(char wanted) {
    if (left_.empty() || left_.front() != wanted) return false;
    left_.remove_prefix(1);
    return true;
  }

  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }

  std::string_view left_;
  const bool loose_;
  TimePoint time_;
};

}  // namespace

std::optional<TimePoint> ParseTime(std::string_view text, TimeForm form) { return Reader(text, form).Read(); }

}  // namespace sluice::translate
