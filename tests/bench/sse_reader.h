// The other yardstick: what it costs to read the agent's streams and do nothing with them.
#ifndef SLUICE_TESTS_BENCH_SSE_READER_H_
#define SLUICE_TESTS_BENCH_SSE_READER_H_

#include <cstdint>

#include "tests/bench/stream_run.h"

namespace sluice::bench {

// Asks the EventUpstream at this port of loopback for `streams` streams at once and reads them to their end in this
// thread. The CPU is this thread's.
StreamRun ReadStreams(std::uint16_t port, const EventPlan& plan, int streams, bool want_delays);

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_SSE_READER_H_
