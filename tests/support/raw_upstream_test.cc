#include "tests/support/raw_upstream.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace sluice::testing {
namespace {

// A blocking client socket, as plain as the server.
class Client {
 public:
  explicit Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{kPatience.count(), 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    error_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  }
  ~Client() { ::close(descriptor_); }

  int error() const { return error_; }
  void Send(std::string_view bytes) {
    EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  // To the peer's close; errno of a reset is added as text.
  std::string ReceiveAll() {
    std::string all;
    std::array<char, 4096> bytes{};
    for (;;) {
      const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
      if (got == 0) return all;
      if (got < 0) return all + (errno == ECONNRESET ? "<reset>" : "<error>");
      all.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
  int error_ = 0;
};

TEST(RawUpstreamTest, ReadsRequestsAndWritesWhatTheScriptSays) {
  RawUpstream server([](RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) {
      connection.Write("<" + request->line() + "|" + request->header("X-Name") + "|" + request->body + ">");
      if (request->body == "bye") return;
    }
  });
  Client client(server.port());
  client.Send(
      "POST /a HTTP/1.1\r\nx-name: one\r\nContent-Length: 2\r\n\r\nhiPOST /b HTTP/1.1\r\ncontent-length: 3\r\n\r\nbye");
  EXPECT_EQ(client.ReceiveAll(), "<POST /a HTTP/1.1|one|hi><POST /b HTTP/1.1||bye>");
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests(), 2);
}

TEST(RawUpstreamTest, CanResetAConnection) {
  RawUpstream server([](RawConnection& connection) { connection.Reset(); });
  Client client(server.port());
  EXPECT_EQ(client.ReceiveAll(), "<reset>");
}

TEST(RawUpstreamTest, SeesThatThePeerCloses) {
  bool seen = false;
  Gate done;
  RawUpstream server([&](RawConnection& connection) {
    seen = connection.WaitForPeerClose();
    done.Open();
  });
  { Client client(server.port()); }
  ASSERT_TRUE(done.Wait());
  EXPECT_TRUE(seen);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST(RawUpstreamTest, EndsItsScriptsWhenItIsDestroyed) {
  bool peer_closed = true;
  std::optional<Client> client;
  {
    Gate running;
    RawUpstream server([&](RawConnection& connection) {
      running.Open();
      peer_closed = connection.WaitForPeerClose();
    });
    client.emplace(server.port());
    ASSERT_TRUE(running.Wait());
  }
  EXPECT_FALSE(peer_closed) << "it was the server that went";
}

TEST(ClosedPortTest, RefusesConnections) {
  const ClosedPort closed;
  EXPECT_EQ(Client(closed.port()).error(), ECONNREFUSED);
}

}  // namespace
}  // namespace sluice::testing
