// What is sent in a conversation, and when: the lines of the user, of which some answer what the agent asked. Pure.
#ifndef SLUICE_CLIENT_CTL_CONVERSE_SENDER_H_
#define SLUICE_CLIENT_CTL_CONVERSE_SENDER_H_

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/ctl/line_reader.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::ctl {

// A line is a message; one that begins with "/" is a command. Requests are numbered from 1.
class ConverseSender {
 public:
  using Frames = std::vector<sluice::v1::ConverseRequest>;

  // `takes_turns`: a line waits until the message before has ended, so that those of a file can answer its agent. What
  // a user types goes at once.
  explicit ConverseSender(bool takes_turns) : takes_turns_(takes_turns) {}

  // Takes the next bytes; with `last` a line without an end counts too. Appends the frames that may go now. What is not
  // understood is told in `words`, a line each, and skipped. INVALID_ARGUMENT: a line is too long.
  absl::Status Feed(std::string_view bytes, bool last, Frames& go, std::string& words);
  // The same when a frame has come.
  void Take(const sluice::v1::ConverseResponse& frame, Frames& go, std::string& words);
  // Whether something still waits.
  bool holds() const { return !held_.empty(); }

 private:
  struct Line {
    int number;
    std::string text;
  };

  void Release(Frames& go, std::string& words);
  void TakeCommand(const Line& line, Frames& go, std::string& words);
  sluice::v1::ConverseRequest& NewRequest(Frames& go);
  void Send(const std::string& text, Frames& go);

  const bool takes_turns_;
  LineReader lines_;
  int number_ = 0;
  std::deque<Line> held_;
  std::uint64_t last_request_ = 0;
  std::set<std::string> running_;  // messages that have not ended
  std::string asking_;             // the task that waits for the user
  std::string task_;               // that was spoken of last
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_CONVERSE_SENDER_H_
