#include "tests/bench/agent_stats.h"

#include <netdb.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace sluice::bench {
namespace {

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort Split(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) throw std::runtime_error("--agent must be http://host:port/, got " + url);
  const std::string authority = url.substr(kScheme.size(), url.find('/', kScheme.size()) - kScheme.size());
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("--agent must name its port, got " + url);
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

int Connect(const HostAndPort& where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found) != 0) return -1;
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!connected && fd >= 0) close(fd);
  return connected ? fd : -1;
}

// The body of the answer to one request on a connection of its own.
std::string Ask(const std::string& url, const std::string& request_line) {
  const HostAndPort where = Split(url);
  const int fd = Connect(where);
  if (fd < 0) throw std::runtime_error("the agent cannot be reached at " + url);
  const std::string request = request_line + " HTTP/1.1\r\nHost: " + where.host + ":" + where.port +
                              "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  std::string answer;
  std::array<char, 16 << 10> bytes{};
  ssize_t count = send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  while (count > 0) {
    count = recv(fd, bytes.data(), bytes.size(), 0);
    if (count > 0) answer.append(bytes.data(), static_cast<std::size_t>(count));
  }
  close(fd);
  const std::size_t body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 200") || body == std::string::npos) {
    throw std::runtime_error("the agent answered " + request_line + " with: " + answer.substr(0, 60));
  }
  return answer.substr(body + 4);
}

}  // namespace

AgentNumbers ReadAgent(const std::string& url) {
  simdjson::dom::parser parser;
  const simdjson::padded_string json(Ask(url, "GET /_agent/stats"));
  const simdjson::dom::element stats = parser.parse(json);
  AgentNumbers numbers;
  numbers.open_streams = stats["openStreams"].get_uint64();
  numbers.streams_started = stats["streamsStarted"].get_uint64();
  numbers.streams_ended = stats["streamsEnded"].get_uint64();
  numbers.disconnects_seen = stats["disconnectsSeen"].get_uint64();
  for (const simdjson::dom::element lost : stats["disconnects"].get_array()) {
    const std::string_view task = lost["taskId"].get_string();
    numbers.closed_at[std::string(task)] = lost["unixMs"].get_double();
  }
  return numbers;
}

void ResetAgent(const std::string& url) { Ask(url, "POST /_agent/reset"); }

}  // namespace sluice::bench
