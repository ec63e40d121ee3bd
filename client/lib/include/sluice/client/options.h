// How to reach a gateway, and how to make one call. Values; every member has an initializer, so that designated ones
// may name some of them without a warning.
#ifndef SLUICE_CLIENT_OPTIONS_H_
#define SLUICE_CLIENT_OPTIONS_H_

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace sluice::client {

// Keys are lower-case; the value of a key that ends in "-bin" is bytes, that of any other is printable ASCII.
using Metadata = std::vector<std::pair<std::string, std::string>>;

struct TlsOptions {
  std::string ca_file = {};      // PEM: whom to trust; empty: the system's authorities
  std::string cert_file = {};    // PEM: what to show, together with key_file; empty: nothing
  std::string key_file = {};     // PEM
  std::string server_name = {};  // the name that the gateway's certificate must have, when it is not the address's
};

struct ConnectOptions {
  std::string address = "127.0.0.1:50051";  // "host:port", or a gRPC target ("unix:/run/sluice.sock")
  std::optional<TlsOptions> tls = {};       // none: plaintext
  Metadata metadata = {};                   // of every call; a key that the call has too is the call's
  // A ping after so long a silence, and how long to wait for its answer: silence is normal while an agent thinks, and a
  // ping tells a quiet connection from a dead one. At least 10 s: a gateway closes connections that ping more often.
  std::chrono::milliseconds keepalive_time{30'000};
  std::chrono::milliseconds keepalive_timeout{10'000};
  int max_message_bytes = 64 << 20;  // of one message, in either direction
  std::string user_agent = {};       // "name/version", put before gRPC's own
};

// What becomes of the upstream's side when the call is cancelled: of an A2A task (`sluice-on-cancel`), of what runs in
// a session and of the session itself (Open.on_cancel).
enum class OnCancel {
  kDefault,     // as the gateway is configured
  kClose,       // it goes on: the task can be subscribed to, the session resumed
  kCancelTask,  // the gateway asks the agent to cancel the task, and ends the session
};

struct CallOptions {
  // From the start to the status; then the call ends with DEADLINE_EXCEEDED. None: as long as it takes. More than ten
  // years are ten years.
  std::optional<std::chrono::milliseconds> timeout = {};
  std::stop_token stop = {};  // its stop request cancels the call, from any thread
  std::string upstream = {};  // which agent (`sluice-upstream`); empty: the gateway's first
  OnCancel on_cancel = OnCancel::kDefault;
  Metadata metadata = {};
};

// OK, or INVALID_ARGUMENT with what is wrong and what would be right. Connecting and calling check by themselves; these
// are for programs that take such values from their users.
absl::Status CheckAddress(std::string_view address);
absl::Status CheckMetadata(std::string_view key, std::string_view value);

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_OPTIONS_H_
