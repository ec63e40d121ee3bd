#include "client/agent/llm/plain.h"

#include <algorithm>
#include <charconv>

namespace sluice::agent::llm {
namespace {

// What a client waits before it comes back.
constexpr std::string_view kRetry = "retry: 50\n";

// A percent sign that begins no two hex digits stands for itself.
std::string Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const hex = text.data() + i + 1;
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2;
    if (escaped) i += 2;
    decoded += escaped ? static_cast<char>(byte) : text[i] == '+' ? ' ' : text[i];
  }
  return decoded;
}

}  // namespace

std::optional<std::string> QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view key = pair.substr(0, pair.find('='));
    if (key == name) return Decode(pair.substr(std::min(pair.size(), key.size() + 1)));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return std::nullopt;
}

Feed::State PlainFeed::Fill(std::string& out, std::size_t limit) {
  const std::size_t end = out.size() + limit;
  while (next_ - first_ < run_->made()) {
    if (out.size() >= end) return State::kMore;
    AppendEvent(out);
  }
  if (!run_->through()) return State::kWaiting;
  if (!script_.error_type.empty()) AppendNamed("error", script_.error_type, out);
  return State::kEnded;
}

void PlainFeed::AppendEvent(std::string& out) {
  const std::string piece = script_.pings ? std::string() : PieceOf(script_, next_);
  if (next_ == first_) out += kRetry;
  ++next_;
  out += "id: " + std::to_string(next_) + (script_.pings ? "\nevent: ping\ndata: " : "\ndata: ");
  for (const char c : piece) {
    if (c == '\r') continue;
    out += c;
    if (c == '\n') out += "data: ";
  }
  out += "\n\n";
}

}  // namespace sluice::agent::llm
