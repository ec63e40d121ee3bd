#include "server/upstream/connection.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "server/upstream/scarcity.h"

namespace sluice::upstream {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Status = IoResult::Status;

// An upstream whose host is gone says nothing for ever; the kernel finds out within two minutes.
constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 15;
constexpr int kKeepaliveProbes = 4;

void SetOption(int descriptor, int level, int name, int value) {
  // Best effort: a connection without it still works.
  (void)::setsockopt(descriptor, level, name, &value, sizeof(value));
}

}  // namespace

Connection::Connection(boost::asio::io_context& context, std::atomic<int>& open_connections)
    : socket_(context), open_connections_(open_connections) {}

void Connection::StartConnect(const tcp::endpoint& peer) {
  socket_.open(peer.protocol(), connect_error_);
  if (connect_error_) return;
  if (socket_.native_handle() >= FirstReservedDescriptor()) {
    ErrorCode ignored;
    socket_.close(ignored);
    connect_error_ = boost::asio::error::no_descriptors;
    return;
  }
  open_connections_.fetch_add(1, std::memory_order_relaxed);
  connecting_ = true;
  socket_.async_connect(peer, [self = shared_from_this()](const ErrorCode& error) { self->OnConnected(error); });
}

void Connection::OnConnected(const ErrorCode& error) {
  connecting_ = false;
  connect_error_ = error;
  if (!connect_error_) Settle();
  Notify();
}

void Connection::Settle() {
  ErrorCode ignored;
  const tcp::endpoint local = socket_.local_endpoint(ignored);
  const tcp::endpoint peer = socket_.remote_endpoint(connect_error_);
  if (connect_error_) return;
  if (local == peer) {
    // A free port of this host can be given to us as our own: TCP then connects us to ourselves.
    connect_error_ = boost::asio::error::connection_refused;
    return;
  }
  // Asio has asked for writability events to see the connect; a socket registered anew does not get them.
  socket_.assign(peer.protocol(), socket_.release(connect_error_), connect_error_);
  if (connect_error_) return;
  socket_.non_blocking(true, connect_error_);
  const int fd = socket_.native_handle();
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
}

void Connection::Notify() {
  if (owner_ != nullptr) owner_->Notify();
}

IoResult Connection::Failed(std::string why) {
  error_ = std::move(why);
  tls_ready_ = false;
  return {Status::kFailed};
}

IoResult Connection::TlsFailed(int ssl_error) {
  TlsFault fault = ExplainTls(tls_.get(), ssl_error);
  tls_cause_ = fault.cause;
  return Failed(std::move(fault.text));
}

bool Connection::IsRefusedByCertificate() const {
  return tls_ && !got_bytes_ && tls_cause_ == Cause::kTlsClientCertificate && SSL_version(tls_.get()) == TLS1_3_VERSION;
}

Status Connection::Handshake() {
  ERR_clear_error();
  errno = 0;
  const int ok = SSL_do_handshake(tls_.get());
  if (ok == 1) {
    tls_ready_ = true;
    return Status::kDone;
  }
  switch (const int error = SSL_get_error(tls_.get(), ok)) {
    case SSL_ERROR_WANT_READ:
      ArmRead();
      return Status::kBlocked;
    case SSL_ERROR_WANT_WRITE:
      ArmWrite();
      return Status::kBlocked;
    default:
      return TlsFailed(error).status;
  }
}

IoResult Connection::Read(std::span<char> buffer) {
  if (tls_) {
    std::size_t bytes = 0;
    ERR_clear_error();
    errno = 0;
    const int ok = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &bytes);
    got_bytes_ = got_bytes_ || ok == 1;
    return TlsResult(ok, bytes, read_wants_write_, SSL_ERROR_WANT_WRITE);
  }
  ErrorCode error;
  const std::size_t bytes = socket_.read_some(boost::asio::buffer(buffer.data(), buffer.size()), error);
  if (!error) return {Status::kDone, bytes};
  if (error == boost::asio::error::would_block) return {Status::kBlocked};
  if (error == boost::asio::error::eof) return {Status::kClosed};
  return Failed(error.message());
}

IoResult Connection::Write(std::string_view text) {
  if (tls_) {
    std::size_t bytes = 0;
    ERR_clear_error();
    errno = 0;
    const int ok = SSL_write_ex(tls_.get(), text.data(), text.size(), &bytes);
    return TlsResult(ok, bytes, write_wants_read_, SSL_ERROR_WANT_READ);
  }
  ErrorCode error;
  const std::size_t bytes = socket_.write_some(boost::asio::buffer(text.data(), text.size()), error);
  if (!error) return {Status::kDone, bytes};
  if (error == boost::asio::error::would_block) return {Status::kBlocked};
  return Failed(error.message());
}

// `other`: the direction that a blocked operation does not wait for by its nature, but may.
IoResult Connection::TlsResult(int ok, std::size_t bytes, bool& wants_other, int other) {
  wants_other = false;
  if (ok == 1) return {Status::kDone, bytes};
  const int error = SSL_get_error(tls_.get(), ok);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    wants_other = error == other;
    return {Status::kBlocked};
  }
  if (error == SSL_ERROR_ZERO_RETURN) return {Status::kClosed};
  return TlsFailed(error);
}

void Connection::ArmRead() {
  if (read_wants_write_) return Wait(tcp::socket::wait_write, write_armed_);
  if (HasUnread() && !read_armed_) {
    read_armed_ = true;
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->read_armed_ = false;
      self->Notify();
    });
    return;
  }
  Wait(tcp::socket::wait_read, read_armed_);
}

void Connection::ArmWrite() {
  if (write_wants_read_) return Wait(tcp::socket::wait_read, read_armed_);
  Wait(tcp::socket::wait_write, write_armed_);
}

// `armed` is a member, so it lives as long as the handler's `self`.
void Connection::Wait(tcp::socket::wait_type what, bool& armed) {
  if (armed) return;
  armed = true;
  socket_.async_wait(what, [self = shared_from_this(), &armed](const ErrorCode& /*error*/) {
    armed = false;
    self->Notify();
  });
}

bool Connection::IsQuiet() {
  if (!socket_.is_open() || HasUnread()) return false;
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::Close() {
  owner_ = nullptr;
  if (!socket_.is_open()) return;
  if (tls_ && tls_ready_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // says goodbye if the socket takes it at once
  }
  ErrorCode ignored;
  socket_.close(ignored);
  open_connections_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace sluice::upstream
