// A client that reads slowly holds its upstream back: memory stays flat, and when it reads on, nothing is lost.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

// 16 KiB of text in each, in all far more than every buffer on the way. A sanitizer keeps freed memory for a while.
#ifdef __SANITIZE_ADDRESS__
constexpr int kEvents = 4 * 1024;
constexpr std::size_t kSlackMiB = 512;
#else
constexpr int kEvents = 16 * 1024;
constexpr std::size_t kSlackMiB = 0;
#endif
constexpr int kEventBytes = 16 * 1024;

std::size_t ResidentMiB() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096 / (1024 * 1024);
}

TEST(SlowReaderTest, MemoryStaysFlatAndNothingIsLostWhenItReadsOn) {
  const auto agent = agent::Agent::Start({}).value();
  TestGateway gateway(TestConfig(agent->url()));
  auto context = NewContext(std::chrono::minutes(5));
  auto reader = gateway.A2a()->SendStreamingMessage(
      context.get(), TextRequest("size " + std::to_string(kEvents) + " 0 " + std::to_string(kEventBytes)));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  const std::size_t before = ResidentMiB();

  // The agent comes to a halt: it was stopped by back-pressure, all the way from us.
  std::uint64_t written = 0;
  ASSERT_TRUE(Eventually([&] {
    const std::uint64_t now = agent->stats().events_written;
    const bool stands = now == written && now > 0;
    written = now;
    if (!stands) ::usleep(100'000);
    return stands;
  }));
  EXPECT_LT(written, static_cast<std::uint64_t>(kEvents) / 2);
  // This process holds client, gateway and agent; the sockets' buffers are the kernel's.
  EXPECT_LT(ResidentMiB(), before + 48 + kSlackMiB);

  int chunks = 0;
  std::size_t most = 0;
  while (reader->Read(&event)) {
    if (!event.has_artifact_update()) continue;
    ++chunks;
    if (chunks % 1024 == 0) most = std::max(most, ResidentMiB());
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(chunks, kEvents);
  EXPECT_LT(most, before + 64 + kSlackMiB);
}

}  // namespace
}  // namespace sluice::testing
