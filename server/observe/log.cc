#include "server/observe/log.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice::observe {
namespace {

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads our log: there is no better place to say so
    text.remove_prefix(static_cast<std::size_t>(written));
  }
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
    WriteAll(fd_, text);
  }
}

}  // namespace sluice::observe
