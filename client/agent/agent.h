// The scripted upstream: an A2A agent (1.0 and 0.3) over JSON-RPC and SSE, an MCP server, or a model. script.h,
// mcp/script.h and llm/script.h have the words they understand, fault.h what can be ordered to go wrong.
//
// Push notification configs are kept and told, nothing is posted to them.
// Also the upstream of the tests: it tells what it has seen, above all when a client went away.
#ifndef SLUICE_CLIENT_AGENT_AGENT_H_
#define SLUICE_CLIENT_AGENT_AGENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/agent/a2a_options.h"
#include "client/agent/llm/options.h"
#include "client/agent/mcp/options.h"
#include "client/agent/stats.h"

namespace sluice::agent {

// What goes wrong on a port that is said to speak TLS. Cuts without close_notify are ordered by a message (fault.h).
enum class TlsFault {
  kNone,
  kHandshake,  // the connection is closed when the client has begun its handshake
  kPlainHttp,  // it speaks plain HTTP
};

// PEM files.
struct TlsOptions {
  std::string cert_file;  // empty: plain HTTP
  std::string key_file;
  std::string client_ca_file;  // not empty: clients must show a certificate of it
  TlsFault fault = TlsFault::kNone;
};

// What it speaks.
enum class Protocol { kA2a, kMcp, kLlm };

struct AgentOptions {
  Protocol protocol = Protocol::kA2a;
  std::string host = "127.0.0.1";  // name or address; an IPv6 address without brackets
  std::uint16_t port = 0;          // 0 picks one
  std::string public_url;          // what the agent card says; empty: where it listens
  int send_buffer_bytes = 0;       // of each connection's socket; 0: the system's choice
  TlsOptions tls;
  A2aOptions a2a;
  mcp::Options mcp;
  llm::Options llm;
};

// Serves from Start() on, in a thread of its own, until it is destroyed; open streams do not hold that up.
// Thread-safe.
class Agent {
 public:
  // kInvalidArgument for a host that does not resolve or TLS files that are wrong, kUnavailable when it cannot listen
  // there.
  static absl::StatusOr<std::unique_ptr<Agent>> Start(const AgentOptions& options);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  std::uint16_t port() const;
  std::string url() const;  // for example http://127.0.0.1:41241/
  AgentStats stats() const;
  void ResetStats();
  // Whether `wanted` held within `timeout`; it is asked under a lock, after every change.
  bool WaitUntil(const std::function<bool(const AgentStats&)>& wanted, std::chrono::milliseconds timeout) const;

 private:
  class Server;
  explicit Agent(std::unique_ptr<Server> server);

  const std::unique_ptr<Server> server_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_AGENT_H_
