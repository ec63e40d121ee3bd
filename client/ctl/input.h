// What is sent on a call: messages that are there from the start, or that are made of what is read from a descriptor.
#ifndef SLUICE_CLIENT_CTL_INPUT_H_
#define SLUICE_CLIENT_CTL_INPUT_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/ctl/wakeup.h"

namespace sluice::ctl {

// Messages that are made while the call runs, of what it brought: shared by the input and by who makes them.
struct Outbox {
  std::deque<std::string> messages;  // serialized
  bool closed = false;               // nothing will be added any more
};

// Thread: the main one.
class Input {
 public:
  using Messages = std::deque<std::string>;  // serialized
  // Makes messages of the next bytes; `last` with the end of the input.
  using Decoder = std::function<absl::Status(std::string_view bytes, bool last, Messages& out)>;

  // Sends `messages` and no more.
  explicit Input(std::vector<std::string> messages);
  // Sends `first`, then what `decode` makes of what `fd` brings, and, if there is one, what comes into `outbox`.
  Input(std::vector<std::string> first, int fd, Decoder decode, std::shared_ptr<Outbox> outbox = nullptr);
  // Sends `first`, then what comes into `outbox`.
  Input(std::vector<std::string> first, std::shared_ptr<Outbox> outbox);

  // The next message to send, if there is one now.
  std::optional<std::string> Next();
  // Nothing will come any more.
  bool over() const {
    return fd_ < 0 && ready_.empty() && (!outbox_ || (outbox_->closed && outbox_->messages.empty()));
  }
  // What to wait for before the next Read; -1: nothing.
  int fd() const { return ready_.empty() ? fd_ : -1; }
  // Reads what fd() has, which must be readable. An error is the user's: bad JSON, an unreadable input.
  absl::Status Read();

 private:
  Messages ready_;
  int fd_ = -1;
  Decoder decode_;
  std::shared_ptr<Outbox> outbox_;
};

// The TEXT of a command: as it was given, or all of stdin for "-". INVALID_ARGUMENT when there is none or it is not
// UTF-8; CANCELLED when the user interrupts.
absl::StatusOr<std::string> GivenText(const std::string& given, const Wakeup& wakeup);

// The descriptor of a FILE of lines, open to the end of the process; stdin for "-". INVALID_ARGUMENT.
absl::StatusOr<int> OpenInput(const std::string& file);

// All that `fd` brings up to its end. CANCELLED when the user interrupts.
absl::StatusOr<std::string> ReadAll(int fd, const Wakeup& wakeup);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_INPUT_H_
