#include "client/agent/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>

namespace sluice::agent {

using boost::asio::ip::tcp;

Connection::Connection(tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
  if (tls == nullptr) return;
  Error ignored;  // the handshake meets whatever is wrong with the socket
  socket_.non_blocking(true, ignored);
  tls_ = SSL_new(tls);
  SSL_set_fd(tls_, socket_.native_handle());
  SSL_set_accept_state(tls_);
}

Connection::~Connection() { SSL_free(tls_); }

void Connection::Cancel() {
  Error ignored;
  socket_.cancel(ignored);
}

void Connection::ShutdownSend() {
  SayGoodbye();
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Connection::Close() {
  SayGoodbye();
  CloseAbruptly();
}

void Connection::CloseAbruptly() {
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void Connection::Reset() {
  Error ignored;
  socket_.set_option(tcp::socket::linger(true, 0), ignored);
  socket_.close(ignored);
}

Connection::Tried Connection::TryHandshake() {
  ERR_clear_error();
  return Judge(SSL_do_handshake(tls_));
}

Connection::Tried Connection::TryRead(boost::asio::mutable_buffer into, std::size_t& bytes) {
  ERR_clear_error();
  return Judge(SSL_read_ex(tls_, into.data(), into.size(), &bytes));
}

Connection::Tried Connection::TryWrite(boost::asio::const_buffer from, std::size_t& bytes) {
  if (from.size() == 0) return {};
  ERR_clear_error();
  return Judge(SSL_write_ex(tls_, from.data(), from.size(), &bytes));
}

// What the last operation of OpenSSL came to.
Connection::Tried Connection::Judge(int ok) {
  if (ok == 1) return {};
  switch (SSL_get_error(tls_, ok)) {
    case SSL_ERROR_WANT_READ:
      return {Next::kWaitRead, {}};
    case SSL_ERROR_WANT_WRITE:
      return {Next::kWaitWrite, {}};
    case SSL_ERROR_ZERO_RETURN:
      return {Next::kDone, boost::asio::error::eof};
    default:
      return {Next::kDone, boost::asio::error::connection_reset};
  }
}

// TLS's close_notify, if the socket takes it at once.
void Connection::SayGoodbye() {
  if (!is_tls() || !is_open() || !SSL_is_init_finished(tls_)) return;
  ERR_clear_error();
  SSL_shutdown(tls_);
}

}  // namespace sluice::agent
