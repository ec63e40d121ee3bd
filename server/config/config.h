// The configuration of one gateway process, as values with their defaults.
#ifndef SLUICE_SERVER_CONFIG_CONFIG_H_
#define SLUICE_SERVER_CONFIG_CONFIG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/base/http.h"

namespace sluice::config {

using std::chrono::milliseconds;

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

struct HostPort {
  std::string host;        // an IPv6 address without brackets
  std::uint16_t port = 0;  // 0: any free one

  bool operator==(const HostPort&) const = default;
};

// An absolute http or https URL without userinfo and fragment.
struct Url {
  bool tls = false;
  std::string host;         // lower case; an IPv6 address without brackets
  std::uint16_t port = 0;   // 80 or 443 when the URL names none
  std::string path = "/";   // path and query, at least "/"
  std::string host_header;  // authority as it goes into Host: (without a default port)

  bool operator==(const Url&) const = default;
};

enum class UpstreamKind { kA2a, kMcp, kJsonRpc, kSse };
enum class A2aVersion { kAuto, k10, k03 };      // kAuto: what the agent's card says, 1.0 without one
enum class McpEra { kAuto, kLegacy, kModern };  // which revisions of MCP: to 2025-11-25, from 2026-07-28
enum class SseDialect { kPlain, kOpenAi, kAnthropic };
enum class CancelPolicy { kClose, kCancelTask };
enum class FileBytes { kBase64, kRaw };
enum class A2aErrorCodes { kAuto, k101, k100 };

struct Clocks {
  milliseconds connect{5000};
  std::optional<milliseconds> first_byte;
  std::optional<milliseconds> idle;
  std::optional<milliseconds> total;  // beside the caller's deadline

  bool operator==(const Clocks&) const = default;
};

struct UpstreamLimits {
  std::size_t event_bytes = 10 * kMiB;       // one SSE event, or a JSON answer as a whole
  std::size_t error_body_bytes = 64 * kKiB;  // how much of a non-2xx answer is read

  bool operator==(const UpstreamLimits&) const = default;
};

struct TlsFiles {
  std::string ca_file;  // empty: the system's store
  std::string cert_file;
  std::string key_file;
  std::string server_name;  // empty: the URL's host

  bool operator==(const TlsFiles&) const = default;
};

// Where the agent card of an A2A upstream is read, and how often.
struct Card {
  Url url;                                       // without host: the well-known paths of the upstream's own URL
  std::optional<milliseconds> refresh{300'000};  // none: the card is never read

  bool operator==(const Card&) const = default;
};

struct Upstream {
  std::string name = "default";
  Url url;
  UpstreamKind kind = UpstreamKind::kA2a;
  A2aVersion version = A2aVersion::kAuto;   // kA2a: the A2A version it speaks
  Card card;                                // kA2a
  bool resume = false;                      // kA2a: a cut stream is gone on with
  bool idempotent_send = false;             // kA2a: a message that was sent before attaches to its task
  std::vector<std::string> tenants;         // kA2a: calls of these tenants go to it
  std::vector<std::string> authorities;     // kA2a: calls to these go to it: "host" or "host:port", lower case
  McpEra era = McpEra::kAuto;               // kMcp
  SseDialect dialect = SseDialect::kPlain;  // kSse
  Headers headers;                          // sent with every request; they win over what a client sends
  CancelPolicy on_cancel = CancelPolicy::kClose;
  Clocks clocks;
  UpstreamLimits limits;
  TlsFiles tls;

  bool operator==(const Upstream&) const = default;
};

// Which downstream metadata goes up and which upstream headers come down; lower case. Hop-by-hop and pseudo headers
// never.
struct HeaderPolicy {
  std::vector<std::string> up = {"authorization", "a2a-extensions",  "traceparent", "tracestate",
                                 "baggage",       "accept-language", "x-request-id"};
  std::vector<std::string> down = {"a2a-extensions"};

  bool operator==(const HeaderPolicy&) const = default;
};

// What the clients of A2A do not agree about (protos/A2A.md).
struct A2a {
  FileBytes file_bytes = FileBytes::kBase64;  // in the file parts of 0.3
  // Of 1.0.1 or of 1.0.0 of the specification. kAuto: 1.0.1 for clients of 1.0, 1.0.0 for those of 0.3.
  A2aErrorCodes error_codes = A2aErrorCodes::kAuto;
  bool error_names = true;  // 0.3: an error's message begins with its name

  bool operator==(const A2a&) const = default;
};

struct Limits {
  int calls_in_flight = 12000;
  int streams_per_connection = 1000;
  std::size_t memory_bytes = 64 * kMiB;   // what all calls hold together, beside a little of each
  std::size_t message_bytes = 16 * kMiB;  // one gRPC message, in or out
  std::size_t metadata_bytes = 8 * kKiB;  // a call's metadata, as HTTP/2 counts it
  std::size_t high_watermark_bytes = 64 * kKiB;
  std::size_t low_watermark_bytes = 16 * kKiB;
  milliseconds stall{300'000};
  int session_requests = 100;  // requests of one session that run at once

  bool operator==(const Limits&) const = default;
};

struct Keepalive {
  milliseconds time{30'000};
  milliseconds timeout{10'000};
  milliseconds min_client_ping{10'000};

  bool operator==(const Keepalive&) const = default;
};

struct Drain {
  milliseconds lame_duck{2000};
  milliseconds refuse{250};
  milliseconds deadline{20'000};

  bool operator==(const Drain&) const = default;
};

// Tokens with which a session goes on, at another gateway of the same key too.
struct Resume {
  std::string key;  // 32 bytes, a secret; empty: a random one of this process
  milliseconds ttl{600'000};

  bool operator==(const Resume&) const = default;
};

struct Config {
  HostPort listen{"127.0.0.1", 50051};
  HostPort http_listen{"127.0.0.1", 9464};
  HostPort public_address;  // gRPC as agent cards name it to clients; without host: where gRPC listens
  int shards = 0;           // 0: max(1, cores / 2)
  std::vector<Upstream> upstreams;
  HeaderPolicy headers;
  A2a a2a;
  bool reflection = true;  // grpc.reflection is served
  Limits limits;
  Keepalive keepalive;
  Drain drain;
  std::optional<milliseconds> heartbeat{15'000};  // of sessions and streams that are silent
  Resume resume;

  bool operator==(const Config&) const = default;
};

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_CONFIG_H_
