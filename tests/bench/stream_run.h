// What one run of many streams gave, whichever way they were read.
#ifndef SLUICE_TESTS_BENCH_STREAM_RUN_H_
#define SLUICE_TESTS_BENCH_STREAM_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/event_plan.h"

namespace sluice::bench {

struct StreamRun {
  std::int64_t messages = 0;        // of all streams, the first and the last of each included
  double seconds = 0;               // from the first call's start to the last one's end
  double cpu_seconds = 0;           // of whom is measured
  std::vector<double> delays_us;    // of each event with a moment in it; only if they were asked for
  std::vector<std::string> errors;  // what went wrong; empty: every stream told all its events and ended well

  // Looks for a moment in what was just read.
  void AddDelay(std::string_view message) {
    const std::int64_t now = Now();
    if (const auto sent = FindStamp(message)) delays_us.push_back(static_cast<double>(now - *sent) * 1e-3);
  }
  // One stream is over that should have followed `plan`.
  void AddStream(std::int64_t its_messages, const EventPlan& plan) {
    messages += its_messages;
    if (its_messages == plan.events + 2) return;
    errors.push_back(std::to_string(its_messages) + " messages instead of " + std::to_string(plan.events + 2));
  }
};

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_STREAM_RUN_H_
