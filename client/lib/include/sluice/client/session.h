// A session with an upstream that speaks JSON-RPC: sluice.v1.Gateway/Session.
#ifndef SLUICE_CLIENT_SESSION_H_
#define SLUICE_CLIENT_SESSION_H_

#include <string_view>
#include <utility>

#include "sluice/client/stream.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::client {

// A stream of the gateway's frames that takes frames of ours too; gateway.proto says what they mean. JSON passes byte
// for byte.
//
// Thread: one reads (Next, the loop, status). Send, CancelRequest and HalfClose may be called meanwhile from any other,
// or from several: frames go whole, one after the other. A reader that stands still holds the gateway back, so a thread
// that both sends and reads should not send without end before it reads.
class [[nodiscard]] Session : public Stream<sluice::v1::SessionResponse> {
 public:
  explicit Session(Call call) : Stream(std::move(call)) {}

  // Sends one JSON-RPC request, notification or response, UTF-8. Waits while the gateway takes none. False: the session
  // is over, as status() will tell. A message that the gateway refuses is told by an Ended frame.
  bool Send(std::string_view json);
  // Ends one running request; its Ended frame will say CANCELLED. `id` is the JSON token as it stood in the request:
  // `7`, or `"a"` with its quotes. False as Send.
  bool CancelRequest(std::string_view id);
  // Nothing more from this side: what runs goes on to its end, then the session ends with OK.
  void HalfClose() { call_.HalfClose(); }
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_SESSION_H_
