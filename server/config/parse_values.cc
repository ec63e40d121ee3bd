#include "server/config/parse_values.h"

#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include "server/config/problems.h"

namespace sluice::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// How one kind of value with units is written and explained. Units from small to large.
struct Notation {
  std::string_view noun;
  std::string_view example;
  std::vector<Unit> units;
};

const Notation& Durations() {
  static const Notation notation{
      "a duration", "250ms, 2s, 5m", {{"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}}};
  return notation;
}

const Notation& Sizes() {
  static const Notation notation{"a size",
                                 "512B, 64KiB, 10MiB",
                                 {{"B", 1},
                                  {"kB", 1000},
                                  {"KiB", 1 << 10},
                                  {"MB", 1000 * 1000},
                                  {"MiB", 1 << 20},
                                  {"GB", 1000 * 1000 * 1000},
                                  {"GiB", 1 << 30}}};
  return notation;
}

std::string UnitNames(const Notation& notation) {
  std::vector<std::string> names;
  for (const Unit& unit : notation.units) names.emplace_back(unit.name);
  return Joined(names);
}

std::optional<std::int64_t> FactorOf(std::string_view name, const Notation& notation) {
  for (const Unit& unit : notation.units) {
    if (unit.name == name) return unit.factor;
  }
  return std::nullopt;
}

Wrong Explain(std::string_view text, const Notation& notation, std::string_view what) {
  return {Quoted(text) + ": " + std::string(notation.noun) + ' ' + std::string(what) + ", for example " +
          std::string(notation.example)};
}

// The value in the smallest unit; too large a number counts as the largest there is, which the caller's range refuses.
Parsed<std::int64_t> ParseWithUnit(std::string_view text, const Notation& notation) {
  constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return Explain(text, notation, "is a whole number with a unit");
  const std::string_view name = text.substr(digits);
  if (name.empty()) return Explain(text, notation, "needs a unit");
  if (name.front() == '.') return Explain(text, notation, "is a whole number with a unit");
  const auto factor = FactorOf(name, notation);
  if (!factor) return Wrong{Quoted(text) + ": unknown unit " + Quoted(name) + "; units: " + UnitNames(notation)};
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + digits, number);
  if (read.ec != std::errc() || number > kLargest / *factor) return kLargest;
  return number * *factor;
}

std::string PrintWithUnit(std::int64_t value, const Notation& notation) {
  const Unit* best = &notation.units.front();
  for (const Unit& unit : notation.units) {
    // Of units that divide evenly the one with the fewest digits; powers of two come after powers of ten and win.
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

Wrong OutOfRange(std::string_view text, const std::string& at_least, const std::string& at_most) {
  return {Quoted(text) + ": must be " + at_least + " to " + at_most};
}

}  // namespace

Parsed<milliseconds> ParseDuration(std::string_view text, milliseconds at_least) {
  const auto parsed = ParseWithUnit(text, Durations());
  if (!parsed.ok()) return Wrong{parsed.error()};
  if (*parsed < at_least.count() || *parsed > kMaxDuration.count()) {
    return OutOfRange(text, PrintDuration(at_least), PrintDuration(kMaxDuration));
  }
  return milliseconds(*parsed);
}

Parsed<std::size_t> ParseSize(std::string_view text, std::size_t at_least, std::size_t at_most) {
  const auto parsed = ParseWithUnit(text, Sizes());
  if (!parsed.ok()) return Wrong{parsed.error()};
  const auto bytes = static_cast<std::size_t>(*parsed);
  if (bytes < at_least || bytes > at_most) return OutOfRange(text, PrintSize(at_least), PrintSize(at_most));
  return bytes;
}

Parsed<std::int64_t> ParseCount(std::string_view text, std::int64_t at_least, std::int64_t at_most) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!digits || read.ec != std::errc() || number < at_least || number > at_most) {
    return Wrong{Quoted(text) + ": a whole number from " + std::to_string(at_least) + " to " + std::to_string(at_most) +
                 " is expected"};
  }
  return number;
}

std::string PrintDuration(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  return PrintWithUnit(duration.count(), Durations());
}

std::string PrintSize(std::size_t bytes) { return PrintWithUnit(static_cast<std::int64_t>(bytes), Sizes()); }

}  // namespace sluice::config
