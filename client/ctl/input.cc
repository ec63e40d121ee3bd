#include "client/ctl/input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "server/base/utf8.h"

namespace sluice::ctl {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kMaxInputBytes = 64 << 20;

// Empty at the end of the input.
absl::StatusOr<std::string> ReadSome(int fd) {
  std::string bytes(kReadBytes, '\0');
  ssize_t count;
  do {
    count = read(fd, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) return absl::InvalidArgumentError(std::string("cannot be read: ") + std::strerror(errno));
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

}  // namespace

Input::Input(std::vector<std::string> messages)
    : ready_(std::make_move_iterator(messages.begin()), std::make_move_iterator(messages.end())) {}

Input::Input(std::vector<std::string> first, int fd, Decoder decode, std::shared_ptr<Outbox> outbox)
    : Input(std::move(first), std::move(outbox)) {
  fd_ = fd;
  decode_ = std::move(decode);
}

Input::Input(std::vector<std::string> first, std::shared_ptr<Outbox> outbox) : Input(std::move(first)) {
  outbox_ = std::move(outbox);
}

std::optional<std::string> Input::Next() {
  if (ready_.empty() && outbox_) ready_.swap(outbox_->messages);
  if (ready_.empty()) return std::nullopt;
  std::string message = std::move(ready_.front());
  ready_.pop_front();
  return message;
}

absl::Status Input::Read() {
  absl::StatusOr<std::string> bytes = ReadSome(fd_);
  const bool last = !bytes.ok() || bytes->empty();
  if (last) fd_ = -1;
  return bytes.ok() ? decode_(*bytes, last, ready_) : bytes.status();
}

absl::StatusOr<int> OpenInput(const std::string& file) {
  if (file == "-") return STDIN_FILENO;
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return fd;
  return absl::InvalidArgumentError("FILE: cannot read '" + file + "': " + std::strerror(errno));
}

absl::StatusOr<std::string> ReadAll(int fd, const Wakeup& wakeup) {
  std::string all;
  for (;;) {
    if (Interrupted()) return absl::CancelledError("interrupted");
    if (!wakeup.Wait(fd)) continue;
    absl::StatusOr<std::string> bytes = ReadSome(fd);
    if (!bytes.ok() || bytes->empty()) return bytes.ok() ? absl::StatusOr<std::string>(std::move(all)) : bytes;
    all += *bytes;
    if (all.size() > kMaxInputBytes) return absl::InvalidArgumentError("is larger than 64 MiB");
  }
}

absl::StatusOr<std::string> GivenText(const std::string& given, const Wakeup& wakeup) {
  std::string text = given;
  if (text == "-") {
    absl::StatusOr<std::string> input = ReadAll(STDIN_FILENO, wakeup);
    if (absl::IsCancelled(input.status())) return input;
    if (!input.ok()) return absl::InvalidArgumentError("stdin " + std::string(input.status().message()));
    text = *std::move(input);
  }
  if (text.empty()) return absl::InvalidArgumentError("TEXT: there is nothing to send");
  // A protobuf string must be UTF-8, and so must JSON; rather refuse here than have the gateway fail to parse.
  if (ToValidUtf8(text, text.size()) != text) return absl::InvalidArgumentError("TEXT: it must be valid UTF-8");
  return text;
}

}  // namespace sluice::ctl
