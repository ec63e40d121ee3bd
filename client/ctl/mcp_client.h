// The client's side of MCP as far as one listing or one call needs it: the handshake, requests one after the other,
// their answers. Pure: frames of a session in, messages out.
#ifndef SLUICE_CLIENT_CTL_MCP_CLIENT_H_
#define SLUICE_CLIENT_CTL_MCP_CLIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/ctl/options.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// Legacy: `initialize` with 2025-11-25 first, then the request. Modern: 2026-07-28 in the `_meta` of each request.
class McpClient {
 public:
  struct Notification {
    std::string method;
    std::string params;  // raw JSON
  };
  // What a frame brought; most bring one thing, many nothing.
  struct News {
    std::vector<std::string> send;  // JSON-RPC messages, in this order
    std::optional<Notification> notification;
    std::string complaint;              // for people: a message of ours that failed, a request that cannot be answered
    std::optional<std::string> result;  // raw JSON: the request went well
    absl::Status failure;               // the request, or the handshake, did not
  };

  // The request that is sent once the handshake is done. `members`: of its params, raw, without braces and `_meta`.
  McpClient(Era era, std::string method, std::string members);

  News Take(const sluice::v1::SessionResponse& frame);
  // The same request again with other params, to be sent at once: the next page of a list.
  std::string Again(std::string members);

 private:
  News Begin(const sluice::v1::Opened& opened);
  News TakeMessage(std::string_view json);
  News TakeResponse(std::string_view json);
  News TakeEnded(const sluice::v1::Ended& ended);
  std::string Request();

  const std::string method_;
  std::string members_;
  Era era_;
  bool ready_ = false;   // the handshake is done
  std::int64_t id_ = 0;  // of the request that runs
};

// The status of a JSON-RPC error, with the server's words.
absl::Status StatusOfRpcError(std::string_view error);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_MCP_CLIENT_H_
