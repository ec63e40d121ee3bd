// What is sent in a session, and when: the lines of the user, and what they have to wait for. Pure.
#ifndef SLUICE_CLIENT_CTL_SESSION_SENDER_H_
#define SLUICE_CLIENT_CTL_SESSION_SENDER_H_

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/ctl/session_lines.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// MCP, "Lifecycle": nothing follows an `initialize` before its answer has come, which brings the id of the MCP session.
// Lines of a file come faster than that, so they wait here.
class SessionSender {
 public:
  using Frames = std::vector<sluice::v1::SessionRequest>;

  // Appends the frames that may go now. `words` and the status are those of SessionLines.
  absl::Status Feed(std::string_view bytes, bool last, Frames& go, std::string& words);
  // The same when a frame has come.
  void Take(const sluice::v1::SessionResponse& frame, Frames& go);
  // Whether something still waits.
  bool holds() const { return !held_.empty(); }

 private:
  void Release(Frames& go);

  SessionLines lines_;
  std::deque<sluice::v1::SessionRequest> held_;
  std::string initialize_;  // the id, as a token, of the `initialize` that runs; empty without one
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_SENDER_H_
