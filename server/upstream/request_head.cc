#include "server/upstream/request_head.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::upstream {
namespace {

// RFC 9110 section 5.6.2.
bool IsToken(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool HasLineBreak(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; }

bool IsControlOrBlank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool IsOurs(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"host", "content-length", "connection", "transfer-encoding"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return std::find(kOurs.begin(), kOurs.end(), lower) != kOurs.end();
}

}  // namespace

std::string WhyNotSendable(const ExchangeRequest& request) {
  if (!request.target) return "no target";
  if (!IsToken(request.method)) return "the method is not an HTTP token";
  if (request.path.empty() || request.path.front() != '/') return "the path does not begin with a slash";
  if (std::any_of(request.path.begin(), request.path.end(), IsControlOrBlank)) {
    return "the path holds a blank or a control character";
  }
  if (request.target->host_header.empty() || HasLineBreak(request.target->host_header)) return "no usable Host value";
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return "a header name is not an HTTP token";
    if (IsOurs(name)) return "header " + name + " is set by the gateway itself";
    if (HasLineBreak(value)) return "header " + name + " holds a line break or a NUL";
  }
  return {};
}

std::string RequestHead(const ExchangeRequest& request) {
  std::string head;
  head.reserve(256);
  const auto add_line = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  head.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\n");
  add_line("host", request.target->host_header);
  for (const auto& [name, value] : request.headers) add_line(name, value);
  const bool bodyless = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
  if (!request.body.empty() || !bodyless) add_line("content-length", std::to_string(request.body.size()));
  return head.append("\r\n");
}

}  // namespace sluice::upstream
