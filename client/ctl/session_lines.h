// What a user types into a session: JSON-RPC messages, `/cancel ID` and `/help`. Pure.
#ifndef SLUICE_CLIENT_CTL_SESSION_LINES_H_
#define SLUICE_CLIENT_CTL_SESSION_LINES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/ctl/line_reader.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// Makes frames of lines.
class SessionLines {
 public:
  // Takes the next bytes; with `last` a line without an end counts too. What is not understood is told in `words`, a
  // line each, and skipped: a slip of the keyboard should not end a session. INVALID_ARGUMENT: a line is too long.
  absl::Status Feed(std::string_view bytes, bool last, std::vector<sluice::v1::SessionRequest>& frames,
                    std::string& words);

 private:
  void TakeCommand(std::string_view line, std::vector<sluice::v1::SessionRequest>& frames, std::string& words);

  LineReader lines_;
  int number_ = 0;
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_LINES_H_
