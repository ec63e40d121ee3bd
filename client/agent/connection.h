// The connection of one client, plain or TLS.
#ifndef SLUICE_CLIENT_AGENT_CONNECTION_H_
#define SLUICE_CLIENT_AGENT_CONNECTION_H_

#include <openssl/types.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <memory>
#include <utility>

namespace sluice::agent {

// A stream as Asio's and Beast's operations want one: at most one read and one write at a time. TLS is OpenSSL on the
// socket's own descriptor, so a plain connection pays for nothing and an idle one holds no buffers.
// Thread: the agent's. Lifetime: handlers must keep it.
class Connection {
 public:
  using executor_type = boost::asio::ip::tcp::socket::executor_type;
  using Error = boost::system::error_code;

  // `tls` null: plain. It must outlive the connection.
  Connection(boost::asio::ip::tcp::socket socket, SSL_CTX* tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  bool is_open() const { return socket_.is_open(); }
  bool is_tls() const { return tls_ != nullptr; }

  template <typename Handler>
  void Handshake(Handler handler) {
    Run([this](std::size_t&) { return TryHandshake(); },
        [handler = std::move(handler)](Error failed, std::size_t) mutable { handler(failed); });
  }
  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler handler) {
    if (!is_tls()) return (void)socket_.async_read_some(buffers, std::move(handler));
    const boost::asio::mutable_buffer into = FirstFull<boost::asio::mutable_buffer>(buffers);
    Run([this, into](std::size_t& bytes) { return TryRead(into, bytes); }, std::move(handler));
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler handler) {
    if (!is_tls()) return (void)socket_.async_write_some(buffers, std::move(handler));
    const boost::asio::const_buffer from = FirstFull<boost::asio::const_buffer>(buffers);
    Run([this, from](std::size_t& bytes) { return TryWrite(from, bytes); }, std::move(handler));
  }
  // Of what waits for the socket.
  void Cancel();

  // Ours is the last word; the socket stays open to be read.
  void ShutdownSend();
  void Close();
  void CloseAbruptly();  // TLS: without close_notify
  void Reset();

 private:
  enum class Next { kDone, kWaitRead, kWaitWrite };
  struct Tried {
    Next next = Next::kDone;
    Error failed;
  };

  template <typename Buffer, typename Buffers>
  static Buffer FirstFull(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
      if (Buffer(*at).size() > 0) return *at;
    }
    return {};
  }

  // Tries until it is done; waits for the socket in between. Never calls the handler before it returns.
  template <typename Try, typename Handler>
  void Run(Try attempt, Handler handler) {
    std::size_t bytes = 0;
    const Tried tried = attempt(bytes);
    if (tried.next == Next::kDone) {
      boost::asio::post(get_executor(), [failed = tried.failed, bytes, handler = std::move(handler)]() mutable {
        handler(failed, bytes);
      });
      return;
    }
    using Socket = boost::asio::ip::tcp::socket;
    socket_.async_wait(tried.next == Next::kWaitRead ? Socket::wait_read : Socket::wait_write,
                       [this, attempt = std::move(attempt), handler = std::move(handler)](Error failed) mutable {
                         if (failed) return handler(failed, 0);
                         Run(std::move(attempt), std::move(handler));
                       });
  }

  Tried TryHandshake();
  Tried TryRead(boost::asio::mutable_buffer into, std::size_t& bytes);
  Tried TryWrite(boost::asio::const_buffer from, std::size_t& bytes);
  Tried Judge(int ok);
  void SayGoodbye();

  boost::asio::ip::tcp::socket socket_;
  SSL* tls_ = nullptr;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_CONNECTION_H_
