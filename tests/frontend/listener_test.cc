#include "server/frontend/listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

namespace sluice::frontend {
namespace {

constexpr std::chrono::milliseconds kGiveUp{10'000};

using ::testing::HasSubstr;

// A connection to that port of 127.0.0.1; -1 when nobody takes it.
int Connect(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0) return socket;
  ::close(socket);
  return -1;
}

TEST(ListenerTest, GivesEachConnectionToItsHandlerAndTakesNoneOnceStopped) {
  Listener listener;
  ASSERT_TRUE(listener.Bind({"127.0.0.1", 0}, kGiveUp).ok());
  const std::uint16_t port = listener.port();
  const int early = Connect(port);
  EXPECT_GE(early, 0) << "it waits until the listener runs";
  std::promise<int> given;
  listener.Run([&](int, int connection) { given.set_value(connection); });
  std::future<int> connection = given.get_future();
  ASSERT_EQ(connection.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(::write(connection.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(early, &byte, 1), 1);
  listener.Stop();
  EXPECT_EQ(Connect(port), -1);
  ::close(early);
}

TEST(ListenerTest, APortInUseIsRefusedByName) {
  Listener first, second;
  ASSERT_TRUE(first.Bind({"127.0.0.1", 0}, kGiveUp).ok());
  const absl::Status refused = second.Bind({"127.0.0.1", first.port()}, kGiveUp);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(first.port()) + ": "));
}

TEST(ListenerTest, AnAddressThatIsNotOursIsRefusedByName) {
  Listener listener;
  EXPECT_THAT(std::string(listener.Bind({"192.0.2.1", 0}, kGiveUp).message()),
              HasSubstr("cannot listen on 192.0.2.1:0: "));
}

TEST(ListenerTest, ANameStandsForAllItsAddressesWithOnePort) {
  Listener listener;
  ASSERT_TRUE(listener.Bind({"localhost", 0}, kGiveUp).ok());
  const int connection = Connect(listener.port());
  EXPECT_GE(connection, 0);
  ::close(connection);
}

TEST(ListenerTest, AnyIpv4AddressMeansThisHost) {
  Listener listener;
  ASSERT_TRUE(listener.Bind({"0.0.0.0", 0}, kGiveUp).ok());
  const int connection = Connect(listener.port());
  EXPECT_GE(connection, 0);
  ::close(connection);
}

}  // namespace
}  // namespace sluice::frontend
