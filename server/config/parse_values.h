// Durations, sizes and counts as people write them. Pure.
#ifndef SLUICE_SERVER_CONFIG_PARSE_VALUES_H_
#define SLUICE_SERVER_CONFIG_PARSE_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/config/config.h"
#include "server/config/parsed.h"

namespace sluice::config {

// Fits the int of milliseconds that gRPC's channel arguments are.
inline constexpr milliseconds kMaxDuration = std::chrono::hours(500);
// Fits the int of bytes that gRPC's message limits are.
inline constexpr std::size_t kMaxSize = 1024 * kMiB;

// "250ms", "2s", "5m", "1h": a whole number and its unit.
Parsed<milliseconds> ParseDuration(std::string_view text, milliseconds at_least = milliseconds(0));
// "512B", "64KiB", "10MiB", "1GiB", and kB, MB, GB by thousands.
Parsed<std::size_t> ParseSize(std::string_view text, std::size_t at_least = 0, std::size_t at_most = kMaxSize);
// "100": digits only.
Parsed<std::int64_t> ParseCount(std::string_view text, std::int64_t at_least, std::int64_t at_most);

// In the largest unit that leaves a whole number; the parsers read it back.
std::string PrintDuration(milliseconds duration);
std::string PrintSize(std::size_t bytes);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PARSE_VALUES_H_
