#include "tests/bench/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace sluice::bench {
namespace {

constexpr std::chrono::seconds kStartPatience(20);
constexpr std::chrono::seconds kStopPatience(20);

[[noreturn]] void BecomeProgram(char* const* words, int out, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  execv(words[0], words);
  _exit(127);
}

}  // namespace

double CpuSeconds(pid_t pid) {
  clockid_t clock{};
  timespec taken{};
  // utime + stime of /proc/PID/stat without its rounding to clock ticks.
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &taken) != 0) {
    throw std::runtime_error("no process " + std::to_string(pid) + " to measure");
  }
  return static_cast<double>(taken.tv_sec) + static_cast<double>(taken.tv_nsec) * 1e-9;
}

Program::Program(const std::string& path, const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> texts = {path};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  for (std::string& text : texts) words.push_back(text.data());
  words.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) BecomeProgram(words.data(), ends[1], log.c_str());
  close(ends[1]);
  out_ = ends[0];
  if (pid_ > 0) ReadFirstLine(out_);
  if (!line_.ends_with('\n')) {
    const int code = pid_ > 0 ? Stop() : -1;
    throw std::runtime_error(path + " did not start (exit code " + std::to_string(code) + ")");
  }
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
}

void Program::ReadFirstLine(int fd) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (!line_.ends_with('\n')) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wait{fd, POLLIN, 0};
    char byte = 0;
    if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0 || read(fd, &byte, 1) != 1) return;
    line_ += byte;
  }
}

std::string Program::After(const std::string& label) const {
  const std::size_t place = line_.find(label);
  if (place == std::string::npos) throw std::runtime_error("no '" + label + "' in: " + line_);
  const std::size_t begin = place + label.size();
  return line_.substr(begin, line_.find_first_of(" \n", begin) - begin);
}

int Program::Stop() { return End(SIGINT); }
int Program::Terminate() { return End(SIGTERM); }

int Program::End(int signal) {
  kill(pid_, signal);
  const auto deadline = std::chrono::steady_clock::now() + kStopPatience;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace sluice::bench
