#include "tests/agent/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sluice::agent {
namespace {

constexpr timeval kPatience{10, 0};

void ReadHeaders(std::string_view head, HttpResponse& response) {
  response.status = std::stoi(std::string(head.substr(9, 3)));
  for (std::size_t line = head.find("\r\n"); line + 2 < head.size(); line = head.find("\r\n", line + 2)) {
    const std::string_view header = head.substr(line + 2, head.find("\r\n", line + 2) - line - 2);
    const std::size_t colon = header.find(": ");
    std::string name(header.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    response.headers[name] = header.substr(colon + 2);
  }
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port, int receive_buffer) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::runtime_error("no descriptor for a client");
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(std::exchange(fd_, -1));
    throw std::runtime_error("cannot connect to the agent");
  }
}

HttpClient::~HttpClient() {
  if (fd_ >= 0) close(fd_);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      input_(std::move(other.input_)),
      events_(std::move(other.events_)),
      ended_cleanly_(other.ended_cleanly_) {}

void HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the answer tells why
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::SendRequest(std::string_view method, std::string_view target, std::string_view body,
                             std::string_view headers) {
  Send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: agent\r\n" + std::string(headers) +
       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

HttpResponse HttpClient::ReadResponse() {
  HttpResponse response = ReadHead();
  const auto length = response.headers.find("content-length");
  if (length == response.headers.end()) return response;
  const std::size_t size = std::stoul(length->second);
  while (input_.size() < size) {
    if (!Receive()) return {};
  }
  response.body = input_.substr(0, size);
  input_.erase(0, size);
  return response;
}

HttpResponse HttpClient::Request(std::string_view method, std::string_view target, std::string_view body,
                                 std::string_view headers) {
  SendRequest(method, target, body, headers);
  return ReadResponse();
}

HttpResponse HttpClient::ReadHead() {
  ended_cleanly_ = false;
  HttpResponse response;
  if (!ReceiveUntil("\r\n\r\n")) return response;
  const std::size_t end = input_.find("\r\n\r\n");
  ReadHeaders(std::string_view(input_).substr(0, end + 2), response);
  input_.erase(0, end + 4);
  return response;
}

std::optional<std::string> HttpClient::NextBlock() {
  std::size_t end = 0;
  while ((end = events_.find("\n\n")) == std::string::npos) {
    if (!ReadChunk()) return std::nullopt;
  }
  std::string block = events_.substr(0, end);
  events_.erase(0, end + 2);
  return block;
}

std::optional<std::string> HttpClient::NextEvent() {
  constexpr std::string_view kData = "data: ";
  const std::optional<std::string> block = NextBlock();
  if (!block) return std::nullopt;
  const std::size_t data = block->find(kData);
  return data == std::string::npos ? *block : block->substr(data + kData.size());
}

bool HttpClient::ReadsEnd() {
  while (Receive()) {
  }
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

std::string HttpClient::ReadBytes(std::size_t count) {
  while (input_.size() < count && Receive()) {
  }
  std::string bytes = input_.substr(0, count);
  input_.erase(0, count);
  return bytes;
}

bool HttpClient::Receive() {
  std::array<char, 65536> bytes;
  errno = 0;
  const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
  was_reset_ = was_reset_ || (size < 0 && errno == ECONNRESET);
  if (size <= 0) return false;
  input_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

bool HttpClient::ReceiveUntil(std::string_view mark) {
  while (input_.find(mark) == std::string::npos) {
    if (!Receive()) return false;
  }
  return true;
}

bool HttpClient::ReadChunk() {
  if (ended_cleanly_ || !ReceiveUntil("\r\n")) return false;
  const std::size_t line = input_.find("\r\n") + 2;
  const std::size_t size = std::stoul(input_, nullptr, 16);
  while (input_.size() < line + size + 2) {
    if (!Receive()) return false;
  }
  events_.append(input_, line, size);
  input_.erase(0, line + size + 2);
  ended_cleanly_ = size == 0;
  return !ended_cleanly_;
}

}  // namespace sluice::agent
