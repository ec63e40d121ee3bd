// A client that is alive and reads nothing, not even what its kernel has for it, holds up nobody: not other calls, and
// not the end of the process. gRPC closes no connection while a write to it is stuck, and cannot ping it either.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

using agent::Agent;
using std::chrono::milliseconds;

std::string BigEndian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

// RFC 9113, section 4.1.
std::string Frame(char type, char flags, std::uint32_t stream, const std::string& payload) {
  return BigEndian(static_cast<std::uint32_t>(payload.size()), 3) + type + flags + BigEndian(stream, 4) + payload;
}

// RFC 7541, section 6.2.2: a literal that enters no table, without Huffman coding.
std::string Header(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
}

// A gRPC call over a bare socket, with windows so large that nothing but TCP ever holds the answer back: gRPC's own
// clients stop it before the sockets are full.
class FrozenClient {
 public:
  FrozenClient(const std::string& address, const std::string& text) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int small = 4096;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&peer), sizeof peer), 0);
    const std::string bytes = Call(TextRequest(text).SerializeAsString());
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  ~FrozenClient() { ::close(socket_); }
  FrozenClient(const FrozenClient&) = delete;
  FrozenClient& operator=(const FrozenClient&) = delete;

 private:
  static std::string Call(const std::string& message) {
    constexpr char kData = 0, kHeaders = 1, kSettings = 4, kWindowUpdate = 8;
    constexpr char kEndStream = 1, kEndHeaders = 4;
    constexpr std::uint32_t kLargest = 0x7fffffff;
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
           Frame(kSettings, 0, 0, BigEndian(4, 2) + BigEndian(kLargest, 4)) +  // SETTINGS_INITIAL_WINDOW_SIZE
           Frame(kWindowUpdate, 0, 0, BigEndian(kLargest - 65535, 4)) +
           Frame(kHeaders, kEndHeaders, 1,
                 Header(":method", "POST") + Header(":scheme", "http") +
                     Header(":path", "/lf.a2a.v1.A2AService/SendStreamingMessage") + Header(":authority", "gateway") +
                     Header("content-type", "application/grpc") + Header("te", "trailers")) +
           Frame(kData, kEndStream, 1,
                 std::string(1, '\0') + BigEndian(static_cast<std::uint32_t>(message.size()), 4) + message);
  }

  const int socket_;
};

class FrozenClientTest : public ::testing::Test {
 protected:
  // True when the gateway's write is stuck: as much of a large stream was written as everybody's buffers take.
  bool IsStuck() {
    std::uint64_t before = 0;
    return Eventually([&] {
      const std::uint64_t now = agent_->stats().events_written;
      const bool stands = now > 0 && now == std::exchange(before, now);
      if (!stands) ::usleep(200'000);
      return stands;
    });
  }
  const std::string kLarge = "size 2000 0 60000";
  std::unique_ptr<Agent> agent_ = Agent::Start({}).value();
};

TEST_F(FrozenClientTest, TheProcessEndsAllTheSame) {
  TestGateway gateway(TestConfig(agent_->url()));
  const FrozenClient client(gateway.address(), kLarge);
  ASSERT_TRUE(IsStuck());
  gateway.Drain();  // returns, with counters that match
}

TEST_F(FrozenClientTest, ItsCallIsOverWhenItHasTakenNothingForLong) {
  config::Config config = TestConfig(agent_->url());
  config.limits.stall = milliseconds(200);
  config.keepalive.timeout = milliseconds(1000);
  TestGateway gateway(config);
  const FrozenClient client(gateway.address(), kLarge);
  ASSERT_TRUE(IsStuck());
  EXPECT_TRUE(gateway.BecomesQuiet());
  lf::a2a::v1::SendMessageResponse response;
  EXPECT_TRUE(gateway.A2a()->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok());
}

}  // namespace
}  // namespace sluice::testing
