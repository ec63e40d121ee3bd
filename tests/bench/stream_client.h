// The client of the event benchmark: many SendStreamingMessage calls at once, read as raw bytes by one thread.
#ifndef SLUICE_TESTS_BENCH_STREAM_CLIENT_H_
#define SLUICE_TESTS_BENCH_STREAM_CLIENT_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/event_plan.h"

namespace sluice::bench {

struct StreamRun {
  std::int64_t messages = 0;        // of all streams, the first and the last of each included
  double seconds = 0;               // from the first call's start to the last one's end
  std::vector<double> delays_us;    // of each event with a moment in it; only if they were asked for
  std::vector<std::string> errors;  // what went wrong; empty: every stream told all its events and ended with OK
};

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Connected, each by a connection of its own; throws std::runtime_error when one cannot be made.
Channels OpenChannels(const std::string& address, int count);

// Opens `streams` calls with this plan, in turn on all channels, and reads them to their end.
StreamRun RunStreams(const Channels& channels, const EventPlan& plan, int streams, bool want_delays);

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_STREAM_CLIENT_H_
