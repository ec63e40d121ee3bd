// What the demo agent has seen, asked over HTTP (client/agent/stats.h has the other end).
#ifndef SLUICE_TESTS_BENCH_AGENT_STATS_H_
#define SLUICE_TESTS_BENCH_AGENT_STATS_H_

#include <cstdint>
#include <map>
#include <string>

namespace sluice::bench {

struct AgentNumbers {
  std::uint64_t open_streams = 0;
  std::uint64_t streams_started = 0;
  std::uint64_t streams_ended = 0;
  std::uint64_t disconnects_seen = 0;
  std::map<std::string, double> closed_at;  // task → when its stream was closed, in milliseconds of Unix time
};

// Both throw std::runtime_error when the agent does not answer. `url`: "http://host:port/".
AgentNumbers ReadAgent(const std::string& url);
void ResetAgent(const std::string& url);

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_AGENT_STATS_H_
