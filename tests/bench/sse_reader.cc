#include "tests/bench/sse_reader.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::bench {
namespace {

constexpr std::string_view kEventBegin = "data: ";
constexpr std::string_view kBodyEnd = "\r\n0\r\n\r\n";

double ThreadCpuSeconds() {
  timespec taken{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &taken);
  return static_cast<double>(taken.tv_sec) + static_cast<double>(taken.tv_nsec) * 1e-9;
}

// A connection on which the stream was asked for.
int Ask(std::uint16_t port, const EventPlan& plan) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const std::string body = R"({"jsonrpc":"2.0","id":1,"params":")" + plan.Words() + "\"}";
  const std::string request =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    throw std::system_error(errno, std::generic_category(), "the event upstream");
  }
  return fd;
}

struct Stream {
  std::int64_t messages = 0;
  std::string rest;  // the last bytes read, where a word of interest may have begun
};

class Reader {
 public:
  Reader(const EventPlan& plan, bool want_delays) : plan_(plan), want_delays_(want_delays) {}
  ~Reader() {
    for (const auto& [fd, stream] : streams_) close(fd);
    close(epoll_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  StreamRun Do(std::uint16_t port, int count) {
    const std::int64_t begun = Now();
    const double cpu_begun = ThreadCpuSeconds();
    for (int i = 0; i < count; ++i) {
      const int fd = Ask(port, plan_);
      streams_[fd];
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.fd = fd;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }
    std::array<epoll_event, 64> ready{};
    while (!streams_.empty()) {
      const int events = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < events; ++i) Read(ready[static_cast<std::size_t>(i)].data.fd);
    }
    result_.cpu_seconds = ThreadCpuSeconds() - cpu_begun;
    result_.seconds = static_cast<double>(Now() - begun) * 1e-9;
    return std::move(result_);
  }

 private:
  void Read(int fd) {
    Stream& stream = streams_.at(fd);
    const ssize_t count = recv(fd, buffer_.data() + stream.rest.size(), buffer_.size() - stream.rest.size(), 0);
    stream.rest.copy(buffer_.data(), stream.rest.size());
    const std::string_view bytes(buffer_.data(), stream.rest.size() + static_cast<std::size_t>(count > 0 ? count : 0));
    std::size_t place = 0;
    for (std::size_t next; (next = bytes.find(kEventBegin, place)) != bytes.npos; ++stream.messages) {
      place = next + kEventBegin.size();
    }
    if (want_delays_) result_.AddDelay(bytes);
    if (count <= 0 || bytes.ends_with(kBodyEnd)) {
      result_.AddStream(stream.messages, plan_);
      streams_.erase(fd);
      close(fd);
      return;
    }
    // Shorter than either word, so neither is seen twice; and never a part of what was counted.
    const std::size_t keep = std::min(bytes.size() - place, kBodyEnd.size() - 1);
    stream.rest = bytes.substr(bytes.size() - keep);
  }

  const EventPlan plan_;
  const bool want_delays_;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::map<int, Stream> streams_;
  std::array<char, 64 << 10> buffer_{};
  StreamRun result_;
};

}  // namespace

StreamRun ReadStreams(std::uint16_t port, const EventPlan& plan, int streams, bool want_delays) {
  return Reader(plan, want_delays).Do(port, streams);
}

}  // namespace sluice::bench
