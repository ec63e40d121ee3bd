// The client of the event benchmark: many SendStreamingMessage calls at once, read as raw bytes by one thread.
#ifndef SLUICE_TESTS_BENCH_STREAM_CLIENT_H_
#define SLUICE_TESTS_BENCH_STREAM_CLIENT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/stream_run.h"

namespace sluice::bench {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// Connected, each by a connection of its own; throws std::runtime_error when one cannot be made.
Channels OpenChannels(const std::string& address, int count);

// Opens `streams` calls with this plan, in turn on all channels, and reads them to their end.
StreamRun RunStreams(const Channels& channels, const EventPlan& plan, int streams, bool want_delays);

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_STREAM_CLIENT_H_
