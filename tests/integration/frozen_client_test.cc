// A client that is alive and reads nothing, not even what its kernel has for it, holds up nobody: not other calls, and
// not the end of the process. gRPC closes no connection while a write to it is stuck, and cannot ping it either.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using agent::Agent;
using agent::AgentStats;
using std::chrono::milliseconds;

class FrozenClientTest : public ::testing::Test {
 protected:
  // Returns when a write of the gateway is stuck: as much of a large stream was written as everybody's buffers take.
  void FreezeInMidStream(const TestGateway& gateway) {
    client_ = std::make_unique<Child>(
        SLUICECTL, std::vector<std::string>{"--address=" + gateway.address(), "stream", "size 2000 0 60000"});
    ASSERT_TRUE(client_->WaitForOut("chunk 1 of 2000"));
    client_->Signal(SIGSTOP);
    std::uint64_t before = 0;
    ASSERT_TRUE(Eventually([&] {
      const std::uint64_t now = agent_->stats().events_written;
      return now > 0 && now == std::exchange(before, now);
    }));
  }
  void TearDown() override {
    client_->Signal(SIGCONT);
    client_->Signal(SIGKILL);
    (void)client_->Finish();
  }

  std::unique_ptr<Agent> agent_ = Agent::Start({}).value();
  std::unique_ptr<Child> client_;
};

TEST_F(FrozenClientTest, TheProcessEndsAllTheSame) {
  TestGateway gateway(TestConfig(agent_->url()));
  FreezeInMidStream(gateway);
  gateway.Drain();  // returns, with counters that match
}

TEST_F(FrozenClientTest, ItsCallIsOverWhenItHasTakenNothingForLong) {
  config::Config config = TestConfig(agent_->url());
  config.limits.stall = milliseconds(200);
  config.keepalive.timeout = milliseconds(1000);
  TestGateway gateway(config);
  FreezeInMidStream(gateway);
  EXPECT_TRUE(gateway.BecomesQuiet());
  lf::a2a::v1::SendMessageResponse response;
  EXPECT_TRUE(gateway.A2a()->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok());
}

}  // namespace
}  // namespace sluice::testing
