#include "tests/support/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace sluice::testing {
namespace {

constexpr std::chrono::seconds kPatience(30);

// Whether `condition` comes true; for what the system gives no other way to wait for.
template <typename Condition>
bool Eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    sched_yield();
  }
  return true;
}

struct Pipe {
  int ends[2];
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  }
};

std::vector<std::string> Environment(const std::vector<std::string>& more) {
  // The proxy leads nowhere: whoever obeys it cannot reach a server on this host.
  std::vector<std::string> all = {"PATH=/usr/bin:/bin", "http_proxy=http://127.0.0.1:9", "TERM=xterm"};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = Environment(environment);
  if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, Pointers(words).data(), Pointers(variables).data()) != 0) {
    ADD_FAILURE() << "cannot start " << program;
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(in.ends[0]);
  close(out.ends[1]);
  close(err.ends[1]);
  in_fd_ = in.ends[1];
  out_fd_ = out.ends[0];
  err_fd_ = err.ends[0];
}

Child::~Child() {
  CloseInput();
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (int fd : {out_fd_, err_fd_}) {
    if (fd >= 0) close(fd);
  }
}

void Child::Write(const std::string& text) {
  signal(SIGPIPE, SIG_IGN);  // a child that has gone is found by what it did not print
  EXPECT_EQ(write(in_fd_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

void Child::CloseInput() {
  if (in_fd_ >= 0) close(in_fd_);
  in_fd_ = -1;
}

void Child::Signal(int signal) {
  if (pid_ > 0) kill(pid_, signal);
}

bool Child::WaitForOut(const std::string& text) { return WaitFor(out_, text); }
bool Child::WaitForErr(const std::string& text) { return WaitFor(err_, text); }

bool Child::WaitFor(const std::string& stream, const std::string& text) {
  const Deadline deadline = std::chrono::steady_clock::now() + kPatience;
  while (stream.find(text) == std::string::npos) {
    if (!ReadSome(deadline)) {
      ADD_FAILURE() << "did not come: " << text << "\nstdout: " << out_ << "\nstderr: " << err_;
      return false;
    }
  }
  return true;
}

bool Child::ReadSome(Deadline deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  if (left <= 0 || (out_fd_ < 0 && err_fd_ < 0)) return false;
  pollfd waits[2] = {{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}};
  if (poll(waits, 2, static_cast<int>(left)) <= 0) return false;
  if (waits[0].revents != 0) Drain(out_fd_, out_);
  if (waits[1].revents != 0) Drain(err_fd_, err_);
  return true;
}

void Child::Drain(int& fd, std::string& into) {
  char bytes[4096];
  const ssize_t count = read(fd, bytes, sizeof bytes);
  if (count > 0) {
    into.append(bytes, static_cast<std::size_t>(count));
  } else {
    close(fd);
    fd = -1;
  }
}

bool Child::WaitForEnd() {
  const Deadline deadline = std::chrono::steady_clock::now() + kPatience;
  while (ReadSome(deadline)) {
  }
  if (out_fd_ < 0 && err_fd_ < 0) return true;
  ADD_FAILURE() << "the child did not end\nstdout: " << out_ << "\nstderr: " << err_;
  return false;
}

int Child::Finish() {
  CloseInput();
  return WaitForEnd() ? Reap(0) : -1;  // its streams are closed: it is ending
}

int Child::Reap(int options) {
  int status = 0;
  if (waitpid(pid_, &status, options) != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

bool Child::WaitForInputTaken() {
  return Eventually([this] {
    int waiting = -1;
    return ioctl(in_fd_, FIONREAD, &waiting) == 0 && waiting == 0;
  });
}

bool Child::WaitForOutWaiting(int bytes) {
  return Eventually([this, bytes] {
    int waiting = -1;
    return ioctl(out_fd_, FIONREAD, &waiting) == 0 && waiting >= bytes;
  });
}

int Child::EndUnread() {
  int code = -1;
  const bool ended = Eventually([this, &code] {
    code = Reap(WNOHANG);
    return code != -1;
  });
  EXPECT_TRUE(ended) << "the child did not end";
  return code;
}

int Child::SignalUntilEnd(int signal) {
  int code = -1;
  const bool ended = Eventually([this, signal, &code] {
    Signal(signal);
    code = Reap(WNOHANG);
    return code != -1;
  });
  EXPECT_TRUE(ended) << "the child did not end";
  return code;
}

}  // namespace sluice::testing
