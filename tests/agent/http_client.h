// A small blocking HTTP/1.1 client over a raw socket. Every wait is bounded.
#ifndef SLUICE_TESTS_AGENT_HTTP_CLIENT_H_
#define SLUICE_TESTS_AGENT_HTTP_CLIENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::agent {

struct HttpResponse {
  int status = 0;                              // 0: the connection gave no whole answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  // `receive_buffer` bytes of the socket; 0: the system's choice.
  explicit HttpClient(std::uint16_t port, int receive_buffer = 0);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;

  void Send(std::string_view bytes);
  void SendRequest(std::string_view method, std::string_view target, std::string_view body,
                   std::string_view headers = "Content-Type: application/json\r\n");
  HttpResponse ReadResponse();
  HttpResponse Request(std::string_view method, std::string_view target, std::string_view body,
                       std::string_view headers = "Content-Type: application/json\r\n");

  // Reads the head of an answer whose body comes in chunks.
  HttpResponse ReadHead();
  // The lines of the next event or comment; nothing once the body has ended.
  std::optional<std::string> NextBlock();
  // The data of the next event, of one line, or a comment; nothing once the body has ended cleanly. Aborts the test's
  // wait after 10 s.
  std::optional<std::string> NextEvent();
  // Whether the body ended with its last chunk, rather than with the connection.
  bool ended_cleanly() const { return ended_cleanly_; }
  // Whether the other side has closed the connection.
  bool ReadsEnd();
  // Whether it was reset.
  bool was_reset() const { return was_reset_; }
  // All bytes that come until the other side ends, or `count` of them.
  std::string ReadBytes(std::size_t count = SIZE_MAX);

  int descriptor() const { return fd_; }

 private:
  bool Receive();
  bool ReceiveUntil(std::string_view mark);
  bool ReadChunk();

  int fd_ = -1;
  std::string input_;   // as received
  std::string events_;  // of chunks, unread
  bool ended_cleanly_ = false;
  bool was_reset_ = false;
};

}  // namespace sluice::agent

#endif  // SLUICE_TESTS_AGENT_HTTP_CLIENT_H_
