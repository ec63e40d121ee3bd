// MCP's stdio transport on one side, a session on the other: lines of JSON to frames, frames to lines. Pure.
// MCP 2025-11-25, "Transports", "stdio": a message is a line; stdout holds nothing but messages.
#ifndef SLUICE_CLIENT_CTL_MCP_STDIO_H_
#define SLUICE_CLIENT_CTL_MCP_STDIO_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/ctl/line_reader.h"
#include "client/ctl/refused_line.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// An MCP client knows nothing of gRPC, so a request that ends without a response gets a JSON-RPC error made here. Its
// code is -32600 when the gateway refused the message (-32700, with "id":null, one that is no JSON), -32001 when time
// ran out, else -32603; `data` has the gRPC code, and the reason, domain and metadata of the ErrorInfo.
class McpStdio {
 public:
  struct Lines {
    std::string out;  // messages for the client
    std::string err;  // words for people
  };

  // Appends a serialized SessionRequest for each line that `bytes` complete. A line longer than a gateway takes
  // (limits.message, 16 MiB if not set) is not sent: the call would end for it. Who sent it is told.
  Lines Feed(std::string_view bytes, bool last, std::deque<std::string>& frames);
  Lines Take(const sluice::v1::SessionResponse& frame);
  // The call is over: whoever waits is told.
  Lines End(const absl::Status& status);

 private:
  // Who waits for an answer, by the number of the frame: a client may err and use an id twice, and the gateway tells
  // no id when it could not read the message.
  using Waiting = std::map<std::uint64_t, LineOwner>;

  void Note(std::string_view message);
  Lines TakeMessage(const sluice::v1::ServerMessage& message);
  Lines TakeEnded(const sluice::v1::Ended& ended);
  Waiting::iterator FindWaiting(const std::string& id);
  bool StopWaiting(Waiting::iterator which);

  LineReader lines_{LineReader::TooLong::kIsCut};
  std::uint64_t frame_ = 1;  // the number of the last frame; the Open, which is not made here, is the first
  Waiting waiting_;
  std::set<std::string> cancelled_;  // ids that the client has cancelled: it does not want to hear of them
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_MCP_STDIO_H_
