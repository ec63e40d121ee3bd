// What a user types into a session: JSON-RPC messages, and `/cancel ID`. Pure.
#ifndef SLUICE_CLIENT_CTL_SESSION_LINES_H_
#define SLUICE_CLIENT_CTL_SESSION_LINES_H_

#include <deque>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/ctl/line_reader.h"

namespace sluice::ctl {

// Makes serialized sluice.v1.SessionRequest frames of lines.
class SessionLines {
 public:
  // Takes the next bytes; with `last` a line without an end counts too. What is not understood is told in `complaints`,
  // a line each, and skipped: a slip of the keyboard should not end a session. INVALID_ARGUMENT: a line is too long.
  absl::Status Feed(std::string_view bytes, bool last, std::deque<std::string>& frames, std::string& complaints);

 private:
  void TakeLine(std::string_view line, std::deque<std::string>& frames, std::string& complaints);

  LineReader lines_;
  int number_ = 0;
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_LINES_H_
