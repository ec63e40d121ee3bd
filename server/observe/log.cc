#include "server/observe/log.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice::observe {
namespace {

// Not more than a pipe takes at once when it says that it takes something, so that no write blocks.
constexpr std::size_t kPiece = 4096;
constexpr int kPatienceMs = 1000;

// False: nobody reads our log, for as long as we wait; there is no better place to say so.
bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    pollfd waiting{fd, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t written = ::write(fd, text.data(), std::min(text.size(), kPiece));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Log::Log(int fd, std::size_t max_lines) : fd_(fd), max_lines_(max_lines) {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "sluice-log");
    Run();
  });
}

Log::~Log() {
  {
    std::lock_guard lock(mu_);
    stop_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void Log::Write(std::string line) {
  {
    std::lock_guard lock(mu_);
    if (lines_.size() >= max_lines_) {
      ++lost_;
      return;
    }
    lines_.push_back(std::move(line));
    if (lines_.size() > 1) return;  // the writer has been told
  }
  ready_.notify_one();
}

void Log::Run() {
  std::vector<std::string> batch;
  for (bool stop = false; !stop;) {
    std::uint64_t lost = 0;
    {
      std::unique_lock lock(mu_);
      ready_.wait(lock, [this] { return stop_ || !lines_.empty(); });
      batch.clear();
      batch.swap(lines_);
      lost = std::exchange(lost_, 0);
      stop = stop_;
    }
    std::string text;
    for (const std::string& line : batch) absl::StrAppend(&text, line, "\n");
    if (lost > 0) absl::StrAppend(&text, "log: lines_lost=", lost, " (stderr is read too slowly)\n");
    if (WriteAll(fd_, text)) continue;
    std::lock_guard lock(mu_);
    lost_ += batch.size() + lost;
  }
}

}  // namespace sluice::observe
