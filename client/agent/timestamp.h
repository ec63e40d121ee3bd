// The two clocks of the agent, and timestamps as A2A writes them.
#ifndef SLUICE_CLIENT_AGENT_TIMESTAMP_H_
#define SLUICE_CLIENT_AGENT_TIMESTAMP_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::agent {

using SteadyTime = std::chrono::steady_clock::time_point;
// Since the Unix epoch. Task times have the resolution that is printed, so a printed time works as a filter.
using UnixMillis = std::chrono::milliseconds;

// One reading of both clocks; the pure parts get it as an argument.
struct Now {
  SteadyTime steady;
  UnixMillis unix_time{0};
};

Now ReadClocks();

// RFC 3339 in UTC with milliseconds: 2026-01-31T09:30:00.000Z
std::string FormatTimestamp(UnixMillis time);

// Reads RFC 3339 with any fraction (cut to milliseconds) and any offset; nothing when `text` is none.
std::optional<UnixMillis> ParseTimestamp(std::string_view text);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_TIMESTAMP_H_
