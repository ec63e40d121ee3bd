#include "tests/bench/event_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "tests/bench/event_plan.h"

namespace sluice::bench {
namespace {

constexpr std::size_t kBurstBytes = 64 << 10;  // of whole events that one send() is given
constexpr int kSendBuffer = 256 << 10;
constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kRefusal = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

int Checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

// One server-sent event as one HTTP chunk.
std::string Chunk(std::string_view json) {
  const std::string event = "data: " + std::string(json) + "\n\n";
  std::array<char, 24> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", event.size());
  return std::string(size.data(), static_cast<std::size_t>(digits)) + event + "\r\n";
}

// The number after `name` in a head; 0 when it is not there.
std::size_t ContentLength(std::string_view head) {
  for (std::string_view name : {"\r\ncontent-length:", "\r\nContent-Length:"}) {
    const std::size_t place = head.find(name);
    if (place == std::string_view::npos) continue;
    const char* begin = head.data() + place + name.size();
    while (*begin == ' ') ++begin;
    std::size_t length = 0;
    std::from_chars(begin, head.data() + head.size(), length);
    return length;
  }
  return 0;
}

// The id of a JSON-RPC request, as it is written there.
std::string_view RequestId(std::string_view body) {
  constexpr std::string_view kName = R"("id":)";
  const std::size_t place = body.find(kName);
  if (place == std::string_view::npos) return "null";
  const std::size_t begin = place + kName.size();
  return body.substr(begin, body.find_first_of(",}", begin) - begin);
}

struct Stream {
  Stream(const EventPlan& the_plan, std::string_view the_id)
      : plan(the_plan), id(the_id), chunk(Chunk(ChunkJson(id, plan.bytes))) {}

  const EventPlan plan;
  const std::string id;
  StampedMessage chunk;
  std::int64_t made = 0;
  std::int64_t first_due = 0;  // paced: when the event 0 is due

  std::int64_t due() const { return first_due + made * plan.interval.count(); }
};

struct Connection {
  int fd = -1;
  bool full = false;  // the socket takes no more: we wait for EPOLLOUT
  std::string in;
  std::string out;
  std::optional<Stream> stream;
};

}  // namespace

// Thread: Run() is the thread's; the rest is called before it starts or after it ended, but for Stop().
class EventUpstream::Loop {
 public:
  explicit Loop(std::uint16_t port);
  ~Loop();
  void Run();
  void Stop();
  std::uint16_t port() const { return port_; }

 private:
  void Watch(int fd, std::uint32_t events, int operation);
  void Accept();
  void OnSocket(int fd, std::uint32_t events);
  bool Read(Connection& connection);  // false: the peer has gone
  void TakeRequest(Connection& connection);
  void Begin(Connection& connection, std::string_view body);
  bool Work(Connection& connection);  // makes events and sends; false: the peer has gone
  void MakeBurst(Connection& connection);
  void EndIfDone(Connection& connection);
  bool Send(Connection& connection);
  void OnTimer();
  void ArmTimer();
  void Drop(int fd);

  const int epoll_ = Checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  const int timer_ = Checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
  const int stop_ = Checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
  const int listener_ = Checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  std::int64_t paced_begun_ = 0;
  std::map<int, Connection> connections_;
  std::set<std::pair<std::int64_t, int>> due_;  // moment, connection
};

EventUpstream::Loop::Loop(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  Checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), "bind");
  Checked(listen(listener_, SOMAXCONN), "listen");
  Checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  for (const int fd : {listener_, timer_, stop_}) Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
}

EventUpstream::Loop::~Loop() {
  for (const auto& [fd, connection] : connections_) close(fd);
  for (const int fd : {listener_, stop_, timer_, epoll_}) close(fd);
}

void EventUpstream::Loop::Stop() {
  const std::uint64_t one = 1;
  (void)!write(stop_, &one, sizeof one);
}

void EventUpstream::Loop::Watch(int fd, std::uint32_t events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  Checked(epoll_ctl(epoll_, operation, fd, &event), "epoll_ctl");
}

void EventUpstream::Loop::Run() {
  std::array<epoll_event, 64> ready{};
  while (!stopped_) {
    const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = ready[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_) {
        Accept();
      } else if (fd == timer_) {
        OnTimer();
      } else if (fd == stop_) {
        stopped_ = true;
      } else {
        OnSocket(fd, ready[static_cast<std::size_t>(i)].events);
      }
    }
  }
}

void EventUpstream::Loop::Accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    connections_[fd].fd = fd;
    Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

void EventUpstream::Loop::OnSocket(int fd, std::uint32_t events) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;  // dropped in this very round
  Connection& connection = found->second;
  if ((events & EPOLLOUT) != 0) {
    connection.full = false;
    Watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  }
  const bool readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
  if ((readable && !Read(connection)) || !Work(connection)) Drop(fd);
}

bool EventUpstream::Loop::Read(Connection& connection) {
  std::array<char, 16 << 10> bytes{};
  const ssize_t count = recv(connection.fd, bytes.data(), bytes.size(), 0);
  if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
  if (count > 0) connection.in.append(bytes.data(), static_cast<std::size_t>(count));
  if (!connection.stream) TakeRequest(connection);
  return true;
}

void EventUpstream::Loop::TakeRequest(Connection& connection) {
  const std::size_t head = connection.in.find("\r\n\r\n");
  if (head == std::string::npos) return;
  const std::size_t length = ContentLength(std::string_view(connection.in).substr(0, head));
  if (connection.in.size() < head + 4 + length) return;
  Begin(connection, std::string_view(connection.in).substr(head + 4, length));
  connection.in.erase(0, head + 4 + length);
}

void EventUpstream::Loop::Begin(Connection& connection, std::string_view body) {
  const auto plan = EventPlan::Find(body);
  if (!plan) {
    connection.out += kRefusal;
    return;
  }
  Stream& stream = connection.stream.emplace(*plan, RequestId(body));
  connection.out.append(kHead).append(Chunk(TaskJson(stream.id)));
  if (plan->interval.count() == 0 || plan->events == 0) return;
  // Multiples of the golden ratio fall evenly into the interval, however many there are.
  const double phase = std::fmod(static_cast<double>(paced_begun_++) * 0.6180339887498949, 1.0);
  const auto interval = plan->interval.count();
  stream.first_due = Now() + interval + static_cast<std::int64_t>(phase * static_cast<double>(interval));
  due_.emplace(stream.due(), connection.fd);
  ArmTimer();
}

bool EventUpstream::Loop::Work(Connection& connection) {
  while (!connection.full) {
    if (connection.out.empty()) MakeBurst(connection);
    EndIfDone(connection);
    if (connection.out.empty()) return true;
    if (!Send(connection)) return false;
  }
  return true;
}

void EventUpstream::Loop::MakeBurst(Connection& connection) {
  if (!connection.stream || connection.stream->plan.interval.count() > 0) return;
  Stream& stream = *connection.stream;
  const std::string& chunk = stream.chunk.Stamp(0);
  while (stream.made < stream.plan.events && connection.out.size() < kBurstBytes) {
    connection.out += chunk;
    ++stream.made;
  }
}

void EventUpstream::Loop::EndIfDone(Connection& connection) {
  if (!connection.stream || connection.stream->made < connection.stream->plan.events) return;
  connection.out.append(Chunk(EndJson(connection.stream->id))).append("0\r\n\r\n");
  connection.stream.reset();
}

bool EventUpstream::Loop::Send(Connection& connection) {
  const ssize_t count = send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN) return false;
  if (count > 0) connection.out.erase(0, static_cast<std::size_t>(count));
  if (connection.out.empty()) return true;
  connection.full = true;
  Watch(connection.fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  return true;
}

void EventUpstream::Loop::OnTimer() {
  std::uint64_t expirations = 0;
  (void)!read(timer_, &expirations, sizeof expirations);
  while (!due_.empty() && due_.begin()->first <= Now()) {
    const int fd = due_.begin()->second;
    due_.erase(due_.begin());
    Connection& connection = connections_.at(fd);
    Stream& stream = *connection.stream;
    connection.out += stream.chunk.Stamp(Now());
    ++stream.made;
    if (stream.made < stream.plan.events) due_.emplace(stream.due(), fd);
    if (!Work(connection)) Drop(fd);
  }
  ArmTimer();
}

void EventUpstream::Loop::ArmTimer() {
  itimerspec when{};
  if (!due_.empty()) {
    when.it_value.tv_sec = due_.begin()->first / 1'000'000'000;
    when.it_value.tv_nsec = due_.begin()->first % 1'000'000'000;
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
}

void EventUpstream::Loop::Drop(int fd) {
  std::erase_if(due_, [&](const auto& due) { return due.second == fd; });
  connections_.erase(fd);
  close(fd);
}

EventUpstream::EventUpstream(std::uint16_t port)
    : loop_(std::make_unique<Loop>(port)), thread_([this] { loop_->Run(); }) {}

EventUpstream::~EventUpstream() {
  loop_->Stop();
  thread_.join();
}

std::uint16_t EventUpstream::port() const { return loop_->port(); }

std::string EventUpstream::url() const { return "http://127.0.0.1:" + std::to_string(port()) + "/"; }

}  // namespace sluice::bench
