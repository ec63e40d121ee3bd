#include "client/agent/mcp/mcp_header.h"

#include <cstddef>
#include <cstdint>

namespace sluice::agent::mcp {
namespace {

constexpr std::string_view kBefore = "=?base64?";
constexpr std::string_view kAfter = "?=";

std::optional<std::string> DecodeBase64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

}  // namespace

std::optional<std::string> DecodeHeader(std::string_view text) {
  const bool encoded = text.size() >= kBefore.size() + kAfter.size() && text.substr(0, kBefore.size()) == kBefore &&
                       text.substr(text.size() - kAfter.size()) == kAfter;
  if (!encoded) return std::string(text);
  return DecodeBase64(text.substr(kBefore.size(), text.size() - kBefore.size() - kAfter.size()));
}

std::string HeaderMismatch(const HttpCall& http, const std::vector<std::pair<std::string, std::string>>& expected) {
  for (const auto& [name, value] : expected) {
    const auto header = http.Header(name);
    if (!header && value.empty()) continue;
    if (!header) return name + " is missing: it must be " + value;
    if (DecodeHeader(*header) != value) return name + " is not what the body says, " + value;
  }
  return {};
}

}  // namespace sluice::agent::mcp
