// One TCP connection to an upstream, plain or TLS.
#ifndef SLUICE_SERVER_UPSTREAM_CONNECTION_H_
#define SLUICE_SERVER_UPSTREAM_CONNECTION_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/upstream/task.h"
#include "server/upstream/tls.h"

namespace sluice::upstream {

struct IoResult {
  enum class Status {
    kDone,     // `bytes` were read or written, at least one
    kBlocked,  // nothing now: arm, and try again when woken
    kClosed,   // the peer closed cleanly (with TLS: said so)
    kFailed,   // Connection::error() says why
  };
  Status status = Status::kDone;
  std::size_t bytes = 0;
};

// Does at once what can be done at once, and wakes its owner when more can be done; it holds no buffer.
// Thread: the io_context's. Lifetime: shared with the waits it has given to Asio, which end soon after Close().
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `open_connections` counts sockets that are open.
  Connection(boost::asio::io_context& context, std::atomic<int>& open_connections);
  ~Connection() { Close(); }

  // Who is woken. One at a time; nobody after Close().
  void Attach(Wakeup* owner) { owner_ = owner; }
  void Detach() { owner_ = nullptr; }

  void StartConnect(const boost::asio::ip::tcp::endpoint& peer);
  bool connecting() const { return connecting_; }
  const boost::system::error_code& connect_error() const { return connect_error_; }

  // After the connect: from here on everything goes through `session`.
  void StartTls(SslPtr session) { tls_ = std::move(session); }
  IoResult::Status Handshake();  // kDone, kBlocked or kFailed

  IoResult Read(std::span<char> buffer);
  IoResult Write(std::string_view bytes);
  // Bytes are here that the socket will not announce any more.
  bool HasUnread() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }

  // The owner is woken once when it is worth trying again. Arming what is armed does nothing.
  void ArmRead();
  void ArmWrite();

  // Open, and nothing is there to read: neither the peer's close nor stray bytes. (Session tickets that come late make
  // a good TLS connection look dirty; it is then not used again, which is safe.)
  bool IsQuiet();
  bool is_open() const { return socket_.is_open(); }
  int descriptor() { return socket_.native_handle(); }
  const std::string& error() const { return error_; }
  Cause tls_cause() const { return tls_cause_; }  // of a failed handshake

  // The operation that failed told that the peer does not take our TLS certificate, or misses one. With TLS 1.3 it says
  // so when our side of the handshake is over, and before it reads anything else (RFC 8446, section 4.4.3).
  bool IsRefusedByCertificate() const;
  // It asked for a certificate, we had none, and it has sent nothing since.
  bool MissedCertificate() const { return tls_ && !got_bytes_ && LacksClientCertificate(tls_.get()); }

  // It came from the pool: the peer may have given it up without our having heard.
  bool reused() const { return reused_; }
  void set_reused() { reused_ = true; }

  void Close();

 private:
  void OnConnected(const boost::system::error_code& error);
  void Settle();
  void Notify();
  void Wait(boost::asio::ip::tcp::socket::wait_type what, bool& armed);
  IoResult Failed(std::string why);
  IoResult TlsFailed(int ssl_error);
  IoResult TlsResult(int ok, std::size_t bytes, bool& wants_other, int other);

  boost::asio::ip::tcp::socket socket_;
  std::atomic<int>& open_connections_;
  SslPtr tls_;
  Wakeup* owner_ = nullptr;
  std::string error_;
  Cause tls_cause_ = Cause::kNone;
  boost::system::error_code connect_error_;
  bool connecting_ = false;
  bool reused_ = false;
  bool got_bytes_ = false;
  bool tls_ready_ = false;  // the handshake is done and no error has spoiled the session
  bool read_armed_ = false;
  bool write_armed_ = false;
  bool read_wants_write_ = false;  // TLS: the last Read() can go on when the socket is writable
  bool write_wants_read_ = false;  // TLS: the last Write() can go on when the socket is readable
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_CONNECTION_H_
