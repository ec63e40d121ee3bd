#include "client/ctl/polled_output.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace(1000);
// A signal may reach another thread, and then does not end a poll of this one.
constexpr milliseconds kTick(100);

// Whether so much as PIPE_BUF can be written without a wait. An error is found by writing.
bool HasRoom(int fd, milliseconds patience) {
  pollfd wait = {fd, POLLOUT, 0};
  return poll(&wait, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace

PolledOutput::int_type PolledOutput::overflow(int_type c) {
  if (!traits_type::eq_int_type(c, traits_type::eof())) pending_ += traits_type::to_char_type(c);
  return traits_type::not_eof(c);
}

std::streamsize PolledOutput::xsputn(const char* bytes, std::streamsize count) {
  pending_.append(bytes, static_cast<std::size_t>(count));
  return count;
}

int PolledOutput::sync() {
  std::string_view left = pending_;
  bool good = true;
  while (good && !left.empty()) good = WaitForRoom() && WriteSome(left);
  pending_.clear();
  return good ? 0 : -1;
}

bool PolledOutput::WaitForRoom() {
  while (!HasRoom(fd_, kTick)) {
    if (!interrupted_()) continue;
    if (!leave_by_) leave_by_ = steady_clock::now() + kGrace;
    if (steady_clock::now() >= *leave_by_) return false;
  }
  return true;
}

bool PolledOutput::WriteSome(std::string_view& bytes) {
  const ssize_t count = write(fd_, bytes.data(), bytes.substr(0, PIPE_BUF).size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  bytes.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

void WriteIfRoom(int fd, std::string_view text) {
  while (!text.empty() && HasRoom(fd, milliseconds(0))) {
    const ssize_t count = write(fd, text.data(), text.substr(0, PIPE_BUF).size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace sluice::ctl
