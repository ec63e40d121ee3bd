#include "tests/support/raw_upstream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace sluice::testing {
namespace {

void Require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("test server: ") + what);
}

sockaddr_in AddressOf(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  Require(::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1, "address");
  return address;
}

// A bound socket and its port; port 0 takes a free one.
std::pair<int, std::uint16_t> Bind(const std::string& host, std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(host, port);
  socklen_t size = sizeof(address);
  Require(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  Require(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  return {descriptor, ntohs(address.sin_port)};
}

bool WaitFor(int descriptor, short events, std::chrono::milliseconds patience) {  // NOLINT(google-runtime-int): poll's
  pollfd wanted{descriptor, events, 0};
  return ::poll(&wanted, 1, static_cast<int>(patience.count())) > 0;
}

SSL_CTX* ServerContext(const RawTls& files) {
  // OpenSSL writes without MSG_NOSIGNAL, and these scripts write to peers that are gone.
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  Require(SSL_CTX_use_certificate_chain_file(context, files.cert_file.c_str()) == 1, "certificate file");
  Require(SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) == 1, "key file");
  if (!files.client_ca_file.empty()) {
    Require(SSL_CTX_load_verify_locations(context, files.client_ca_file.c_str(), nullptr) == 1, "client CA file");
    const int may_have_none = files.client_may_have_none ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | may_have_none, nullptr);
  }
  if (files.only_tls12) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  return context;
}

}  // namespace

void Gate::Open() {
  const std::lock_guard lock(mu_);
  open_ = true;
  opened_.notify_all();
}

bool Gate::Wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mu_);
  return opened_.wait_for(lock, patience, [this] { return open_; });
}

std::string RawRequest::header(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    at += 2;
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    if (const auto colon = line.find(':'); colon == name.size() && strncasecmp(line.data(), name.data(), colon) == 0) {
      return line.substr(std::min(line.size(), line.find_first_not_of(' ', colon + 1)));
    }
    at = end;
  }
  return {};
}

// ---- RawConnection -------------------------------------------------------------------------------------------------

RawConnection::RawConnection(RawUpstream& server, int index, int descriptor)
    : server_(server), index_(index), descriptor_(descriptor) {
  const timeval patience{kPatience.count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

RawConnection::~RawConnection() {
  Close();
  SSL_free(tls_);
}

bool RawConnection::StartTls(SSL_CTX* context) {
  tls_ = SSL_new(context);
  SSL_set_fd(tls_, descriptor_);
  return SSL_accept(tls_) == 1;
}

std::string RawConnection::server_name() const {
  const char* name = tls_ != nullptr ? SSL_get_servername(tls_, TLSEXT_NAMETYPE_host_name) : nullptr;
  return name != nullptr ? name : "";
}

bool RawConnection::Fill() {
  std::array<char, 64 * 1024> bytes{};
  const int descriptor = descriptor_;
  if (descriptor < 0) return false;
  errno = 0;
  const ssize_t got =
      tls_ != nullptr ? SSL_read(tls_, bytes.data(), bytes.size()) : ::recv(descriptor, bytes.data(), bytes.size(), 0);
  if (got > 0) {
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }
  // A time limit is not the peer's close.
  if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) peer_closed_ = server_.CountPeerClose();
  return false;
}

std::optional<RawRequest> RawConnection::ReadRequestHead() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  RawRequest request;
  request.head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  server_.requests_.fetch_add(1);
  return request;
}

std::optional<RawRequest> RawConnection::ReadRequest() {
  auto request = ReadRequestHead();
  if (!request) return std::nullopt;
  const std::size_t length = std::strtoull(request->header("content-length").c_str(), nullptr, 10);
  while (buffer_.size() < length) {
    if (!Fill()) return std::nullopt;
  }
  request->body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return request;
}

bool RawConnection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const int descriptor = descriptor_;
    if (descriptor < 0) return false;
    const ssize_t sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                         : ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::Close() {
  if (tls_ != nullptr && descriptor_ >= 0) SSL_shutdown(tls_);
  CloseWithoutGoodbye();
}

void RawConnection::CloseWithoutGoodbye() {
  const std::lock_guard lock(server_.mu_);  // Shutdown() must not meet a descriptor that is somebody else's by now
  if (const int descriptor = descriptor_.exchange(-1); descriptor >= 0) ::close(descriptor);
}

void RawConnection::Reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  CloseWithoutGoodbye();
}

bool RawConnection::WaitForPeerClose() {
  while (Fill()) buffer_.clear();
  return peer_closed_;
}

// Makes the blocked calls of the connection's thread return. The server's mutex is held.
void RawConnection::Shutdown() {
  if (const int descriptor = descriptor_; descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
}

// ---- RawUpstream ---------------------------------------------------------------------------------------------------

RawUpstream::RawUpstream(Script script, std::optional<RawTls> tls, std::uint16_t port) : script_(std::move(script)) {
  if (tls) tls_ = ServerContext(*tls);
  std::tie(listener_, port_) = Bind("127.0.0.1", port);
  Require(::listen(listener_, 1024) == 0, "listen");
  acceptor_ = std::thread([this] { Accept(); });
}

RawUpstream::~RawUpstream() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
    for (auto& connection : connected_) connection->Shutdown();
  }
  ::shutdown(listener_, SHUT_RDWR);  // wakes the acceptor
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  connected_.clear();
  SSL_CTX_free(tls_);
}

void RawUpstream::Accept() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mu_);
    if (descriptor < 0 || stopping_) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    connected_.emplace_back(new RawConnection(*this, connections_.fetch_add(1), descriptor));
    threads_.emplace_back([this, connection = connected_.back().get()] { Serve(*connection); });
  }
}

void RawUpstream::Serve(RawConnection& connection) {
  if (tls_ == nullptr || connection.StartTls(tls_)) {
    script_(connection);
  } else {
    CountPeerClose();
  }
  connection.Close();
}

bool RawUpstream::CountPeerClose() {
  const std::lock_guard lock(mu_);
  if (stopping_) return false;
  ++peer_closes_;
  peer_closed_.notify_all();
  return true;
}

bool RawUpstream::WaitForPeerCloses(int count) {
  std::unique_lock lock(mu_);
  return peer_closed_.wait_for(lock, kPatience, [&] { return peer_closes_ >= count; });
}

// ---- ports ---------------------------------------------------------------------------------------------------------

FullListener::FullListener(const std::string& address) {
  std::tie(listener_, port_) = Bind(address, 0);
  Require(::listen(listener_, 0) == 0, "listen");
  const sockaddr_in peer = AddressOf(address, port_);
  // Fill the queue until the kernel leaves a connect without an answer.
  for (int i = 0; i < 16; ++i) {
    const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    fillers_.push_back(filler);
    ::connect(filler, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer));
    if (!WaitFor(filler, POLLOUT, std::chrono::milliseconds(50))) return;
  }
  Require(false, "the queue of a listener does not get full");
}

FullListener::~FullListener() {
  for (const int filler : fillers_) ::close(filler);
  ::close(listener_);
}

ClosedPort::ClosedPort() { std::tie(descriptor_, port_) = Bind("127.0.0.1", 0); }
ClosedPort::~ClosedPort() { ::close(descriptor_); }

}  // namespace sluice::testing
