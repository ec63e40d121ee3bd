#include "client/agent/timestamp.h"

#include <array>
#include <cstdio>

namespace sluice::agent {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

// Reads the text from the left; the first thing that does not fit spoils it for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return text_.empty(); }
  char Peek() const { return text_.empty() ? '\0' : text_.front(); }

  int Digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) value = value * 10 + Digit();
    return value;
  }

  int Digit() {
    const char c = Peek();
    if (c < '0' || c > '9') {
      ok_ = false;
      return 0;
    }
    text_.remove_prefix(1);
    return c - '0';
  }

  bool Take(char wanted) {
    if (Peek() != wanted || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }

  void Expect(std::string_view any_of) {
    if (AtEnd() || any_of.find(Peek()) == std::string_view::npos) {
      ok_ = false;
    } else {
      text_.remove_prefix(1);
    }
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

std::chrono::milliseconds ReadFraction(Scanner& in) {
  if (!in.Take('.')) return std::chrono::milliseconds(0);
  int value = 0;
  int scale = 100;
  do {
    value += in.Digit() * scale;
    scale /= 10;
  } while (in.ok() && in.Peek() >= '0' && in.Peek() <= '9');
  return std::chrono::milliseconds(value);
}

minutes ReadOffset(Scanner& in) {
  if (in.Take('Z') || in.Take('z')) return minutes(0);
  const int sign = in.Peek() == '-' ? -1 : 1;
  in.Expect("+-");
  const int offset_hours = in.Digits(2);
  in.Expect(":");
  return sign * (hours(offset_hours) + minutes(in.Digits(2)));
}

}  // namespace

Now ReadClocks() {
  return {std::chrono::steady_clock::now(),
          floor<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())};
}

std::string FormatTimestamp(UnixMillis time) {
  const std::chrono::sys_time<std::chrono::milliseconds> point(time);
  const auto day = floor<days>(point);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::milliseconds> clock(point - day);
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

std::optional<UnixMillis> ParseTimestamp(std::string_view text) {
  Scanner in(text);
  const std::chrono::year year(in.Digits(4));
  in.Expect("-");
  const std::chrono::month month(static_cast<unsigned>(in.Digits(2)));
  in.Expect("-");
  const std::chrono::year_month_day date(year, month, std::chrono::day(static_cast<unsigned>(in.Digits(2))));
  in.Expect("Tt ");
  const int hour = in.Digits(2);
  in.Expect(":");
  const int minute = in.Digits(2);
  in.Expect(":");
  const int second = in.Digits(2);
  const auto fraction = ReadFraction(in);
  const minutes offset = ReadOffset(in);
  if (!in.ok() || !in.AtEnd() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second) + fraction - offset;
}

}  // namespace sluice::agent
