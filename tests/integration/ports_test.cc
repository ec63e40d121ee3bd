// Local ports near their end: the same promise as for descriptors. A network of our own has very few of them.
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

bool BringLoopbackUp() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  const bool known = ioctl(fd, SIOCGIFFLAGS, &loopback) == 0;
  loopback.ifr_flags = static_cast<short>(loopback.ifr_flags | IFF_UP);
  const bool up = known && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
  close(fd);
  return up;
}

// For this thread, and for all threads and processes that it starts. Needs to be root, or a system that lets users
// have namespaces.
bool EnterNetworkWithFewPorts(const std::string& range) {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  std::ofstream ports("/proc/sys/net/ipv4/ip_local_port_range");
  ports << range << std::flush;
  return ports.good() && BringLoopbackUp();
}

TEST(PortsTest, BeyondThemCallsAreRefusedAndAfterwardsAllIsWell) {
  constexpr std::size_t kPorts = 32;
  if (!EnterNetworkWithFewPorts("40000 40031")) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "no network of our own; nothing may be skipped here";
    GTEST_SKIP() << "this system gives us no network of our own";
  }
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=0s"});
  const auto stub = gateway.NewA2a();

  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<StreamResponse>>> held;
  grpc::Status refused;
  while (refused.ok() && held.size() <= kPorts) {
    contexts.push_back(NewContext());
    auto reader = stub->SendStreamingMessage(contexts.back().get(), TextRequest("silent 3600000"));
    StreamResponse event;
    if (reader->Read(&event)) {
      held.push_back(std::move(reader));
    } else {
      refused = reader->Finish();
    }
  }
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << refused.error_message();
  const google::rpc::ErrorInfo info = ErrorInfoOf(refused);
  EXPECT_EQ(info.reason(), "OVER_LIMIT");
  EXPECT_EQ(info.metadata().at("cause"), "ports");
  EXPECT_EQ(info.metadata().count("may_have_run"), 0u);
  EXPECT_GE(held.size(), kPorts / 2) << "two or three of them are listeners'";
  EXPECT_EQ(agent->stats().requests["SendStreamingMessage"], held.size());

  for (auto& context : contexts) context->TryCancel();
  for (auto& reader : held) reader->Finish();
  // The system keeps a port for a moment after its connection has ended.
  EXPECT_TRUE(Eventually([&] {
    lf::a2a::v1::SendMessageResponse response;
    return stub->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok();
  }));
  gateway.Stop();
}

}  // namespace
}  // namespace sluice::testing
