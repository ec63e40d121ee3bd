#include "sluice/client/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "client/lib/text.h"

namespace sluice::client {
namespace {

// gRPC over HTTP/2, "Custom-Metadata": 0-9 a-z _ - . only.
bool IsMetadataKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.';
  });
}

bool IsReserved(std::string_view key) {
  constexpr std::array<std::string_view, 6> kReserved = {"te",   "content-type", "user-agent",
                                                         "host", "connection",   "transfer-encoding"};
  return key.substr(0, 5) == "grpc-" || std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end();
}

bool IsPort(std::string_view text) {
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number > 0 && number <= 65535;
}

}  // namespace

absl::Status CheckAddress(std::string_view address) {
  for (std::string_view scheme : {"http://", "https://", "grpc://", "grpcs://"}) {
    if (address.substr(0, scheme.size()) == scheme) {
      return absl::InvalidArgumentError(Quoted(address) + " is a URL; write host:port, and ask for TLS beside it");
    }
  }
  for (std::string_view scheme : {"unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:"}) {
    if (address.size() > scheme.size() && address.substr(0, scheme.size()) == scheme) return absl::OkStatus();
  }
  const std::size_t colon = address.rfind(':');
  const bool is_host_port = colon != std::string_view::npos && colon > 0 && IsPort(address.substr(colon + 1)) &&
                            IsPrintable(address) && address.find(' ') == std::string_view::npos;
  if (is_host_port) return absl::OkStatus();
  return absl::InvalidArgumentError(Quoted(address) + " is not host:port, for example 127.0.0.1:50051");
}

// gRPC aborts the process on metadata that HTTP/2 cannot carry, so everything is checked here.
absl::Status CheckMetadata(std::string_view key, std::string_view value) {
  if (!IsMetadataKey(key)) {
    return absl::InvalidArgumentError("the key " + Quoted(key) +
                                      " may hold lower-case letters, digits, '-', '_', '.' only");
  }
  if (IsReserved(key)) return absl::InvalidArgumentError(Quoted(key) + " is gRPC's own and cannot be set");
  const bool binary = key.size() >= 4 && key.substr(key.size() - 4) == "-bin";
  if (binary || IsPrintable(value)) return absl::OkStatus();
  return absl::InvalidArgumentError("the value of " + Quoted(key) +
                                    " may hold printable ASCII only; for other bytes use a key that ends in -bin");
}

}  // namespace sluice::client
