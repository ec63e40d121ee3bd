// Ten thousand streams over sixteen connections: opened without an error, every event counted, cancelled streams closed
// at the agent, and a SIGTERM with thousands of them open ends in order.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "client/agent/agent.h"
#include "tests/bench/crowd.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"

namespace sluice::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
constexpr std::size_t kStreams = 1'000;
#else
constexpr bool kSanitized = false;
constexpr std::size_t kStreams = 10'000;
#endif
constexpr std::size_t kFew = kStreams / 10;
constexpr int kConnections = 16;
// What README.md tells to plan for.
constexpr std::size_t kStreamBytes = std::size_t{32} * 1024;
constexpr std::size_t kHalf = kStreams / 2;

using Counts = bench::Crowd::Counts;

std::string Told(const std::map<std::string, std::size_t>& errors) {
  std::string text;
  for (const auto& [error, count] : errors) text += "\n  " + std::to_string(count) + " × " + error;
  return text;
}

// What the gateway has taken for so many streams on which nothing happens. (A sanitizer's own memory says nothing.)
void ExpectSmall(std::size_t bytes, std::size_t streams) {
  std::printf("%zu idle streams: %zu bytes each\n", streams, bytes / streams);
  if (kSanitized) return;
  EXPECT_LT(bytes / streams, kStreamBytes) << streams;
}

// Streams that ended with a status of the gateway's own; gRPC makes one up when a connection breaks.
std::size_t TakenLeaveOf(const Counts& counts) {
  std::size_t streams = 0;
  for (const auto& [error, count] : counts.errors) {
    if (error.find("this gateway went away") != std::string::npos) streams += count;
  }
  return streams;
}

bool OpenStreamsBecome(const agent::Agent& agent, std::uint64_t count) {
  return agent.WaitUntil([=](const agent::AgentStats& stats) { return stats.open_streams == count; }, kPatience);
}

TEST(ScaleTest, TenThousandStreamsOpenHoldTrickleCloseAndEndWithTheProcess) {
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=100ms", "--drain-deadline=1s"});
  bench::Crowd crowd(bench::OpenChannels(gateway.address(), kConnections));

  const std::size_t none = gateway.resident_bytes();
  ASSERT_TRUE(crowd.Open(kFew, "silent 3600000"));
  ExpectSmall(gateway.resident_bytes() - none, kFew);
  ASSERT_TRUE(crowd.Open(kStreams - kFew, "silent 3600000"));
  ExpectSmall(gateway.resident_bytes() - none, kStreams);
  ASSERT_TRUE(OpenStreamsBecome(*agent, kStreams)) << agent->stats().open_streams << Told(crowd.counts().errors);
  EXPECT_EQ(crowd.counts().over, 0u) << Told(crowd.counts().errors);

  // A half is cancelled, and closed at the agent.
  crowd.Cancel(0, kHalf);
  ASSERT_TRUE(crowd.WaitUntil([](const Counts& counts) { return counts.over == kHalf; }));
  EXPECT_EQ(crowd.counts().statuses[grpc::StatusCode::CANCELLED], kHalf) << Told(crowd.counts().errors);
  ASSERT_TRUE(OpenStreamsBecome(*agent, kStreams - kHalf));

  // As many are told three events each, a while apart, beside those that are silent.
  ASSERT_TRUE(crowd.Open(kHalf, "slow 3 500"));
  ASSERT_TRUE(crowd.WaitUntil([](const Counts& counts) { return counts.over == 2 * kHalf; }));
  EXPECT_EQ(crowd.counts().messages_of_ok, (std::map<std::int64_t, std::size_t>{{5, kHalf}}))
      << "task, three chunks, completed; of each" << Told(crowd.counts().errors);
  ASSERT_TRUE(OpenStreamsBecome(*agent, kStreams - kHalf));

  gateway.Stop();
  ASSERT_TRUE(crowd.WaitUntil([](const Counts& counts) { return counts.over == counts.opened; }))
      << "a client got no status";
  EXPECT_EQ(crowd.counts().statuses[grpc::StatusCode::UNAVAILABLE], kStreams - kHalf) << Told(crowd.counts().errors);
  EXPECT_EQ(TakenLeaveOf(crowd.counts()), kStreams - kHalf) << Told(crowd.counts().errors);
  // Each silent stream its task, each other one its five: nothing is lost, nothing comes twice.
  EXPECT_EQ(crowd.counts().messages, static_cast<std::int64_t>(kStreams + 5 * kHalf));
  EXPECT_TRUE(OpenStreamsBecome(*agent, 0));
}

}  // namespace
}  // namespace sluice::testing
