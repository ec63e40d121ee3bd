#include "server/frontend/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/parse_address.h"

namespace sluice::frontend {
namespace {

constexpr int kPauseMs = 100;
constexpr int kForever = -1;
// Left to the process itself: its files, its pipes, its resolver.
constexpr rlim_t kLastDescriptors = 8;

void SetPort(sockaddr* address, std::uint16_t port) {
  if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = htons(port);
  }
}

// 0: it is no socket of IP's.
std::uint16_t PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return address.ss_family == AF_INET ? ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port) : 0;
}

void SetOption(int socket, int level, int name, int value) {
  (void)::setsockopt(socket, level, name, &value, sizeof value);
}

// -1 with errno set when it cannot be had. What is accepted inherits the options.
int Listen(const addrinfo& where, std::chrono::milliseconds give_up_after) {
  const int socket = ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(give_up_after.count()));
  if (where.ai_family == AF_INET6) SetOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);  // [::] means all addresses
  if (::bind(socket, where.ai_addr, where.ai_addrlen) == 0 && ::listen(socket, SOMAXCONN) == 0) return socket;
  const int why = errno;
  ::close(socket);
  errno = why;
  return -1;
}

bool IsLastDescriptor(int descriptor) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
         static_cast<rlim_t>(descriptor) + kLastDescriptors >= limit.rlim_cur;
}

}  // namespace

absl::Status Listener::Bind(const config::HostPort& where, std::chrono::milliseconds give_up_after) {
  const auto refused = [&](const char* why) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", config::PrintHostPort(where), ": ", why));
  };
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found);
  if (error != 0) return refused(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
  port_ = where.port;
  int why = 0;
  for (const addrinfo* one = found; one != nullptr && why != EADDRINUSE; one = one->ai_next) {
    SetPort(one->ai_addr, port_);
    const int listener = Listen(*one, give_up_after);
    if (listener < 0) {
      why = errno;
      continue;
    }
    listeners_.push_back(listener);
    port_ = PortOf(listener);
  }
  if (why == EADDRINUSE || listeners_.empty()) {
    Stop();
    return refused(std::strerror(why));
  }
  return absl::OkStatus();
}

void Listener::Run(Handler handler) {
  handler_ = std::move(handler);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "sluice-accept");
    Accept();
  });
}

void Listener::Stop() {
  if (thread_.joinable()) {
    (void)::eventfd_write(stop_, 1);
    thread_.join();
    ::close(std::exchange(stop_, -1));
  }
  for (const int listener : std::exchange(listeners_, {})) ::close(listener);
}

// They are gRPC's, which tells nobody which they are: those of the process's sockets that are connected at our port.
void Listener::BreakConnections() const {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  for (int socket = 0; static_cast<rlim_t>(socket) < limit.rlim_cur; ++socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (PortOf(socket) != port_ || ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    (void)::shutdown(socket, SHUT_RDWR);
  }
}

void Listener::Accept() {
  std::vector<pollfd> waits = {{stop_, POLLIN, 0}};
  for (const int listener : listeners_) waits.push_back({listener, POLLIN, 0});
  for (;;) {
    if (::poll(waits.data(), waits.size(), kForever) < 0) continue;  // a signal
    if (waits.front().revents != 0) return;
    for (const pollfd& wait : waits) {
      if (wait.revents != 0) AcceptFrom(wait.fd);
    }
  }
}

void Listener::AcceptFrom(int listener) {
  const int connection = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) {
    // Whoever connected and went away again is no trouble; asking at once for what is not there would only spin.
    const bool lack = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (lack) Pause();
    return;
  }
  if (IsLastDescriptor(connection)) {
    ::close(connection);
    return;
  }
  handler_(listener, connection);
}

// Cut short by Stop(), whose event stays for Accept() to see.
void Listener::Pause() const {
  pollfd stop{stop_, POLLIN, 0};
  (void)::poll(&stop, 1, kPauseMs);
}

}  // namespace sluice::frontend
