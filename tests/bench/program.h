// One of our programs, started as a child that says on stdout where it serves.
#ifndef SLUICE_TESTS_BENCH_PROGRAM_H_
#define SLUICE_TESTS_BENCH_PROGRAM_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace sluice::bench {

// User and system time that a process of this machine has taken so far; throws std::runtime_error when it is gone.
double CpuSeconds(pid_t pid);

// Thread: one. Lifetime: a child that still runs is killed, also when we die.
class Program {
 public:
  // Returns when the child has printed a line; throws std::runtime_error when it ends before. Its stderr goes to the
  // file `log`, or is dropped.
  Program(const std::string& path, const std::vector<std::string>& arguments, const std::string& log = "/dev/null");
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  // What stands after `label` in the first line, up to the next blank: "grpc=" gives "127.0.0.1:50051".
  std::string After(const std::string& label) const;
  // Interrupts it and waits. The exit code, or 128 + the signal that ended it.
  int Stop();
  // The same with SIGTERM.
  int Terminate();

 private:
  void ReadFirstLine(int fd);
  int End(int signal);

  pid_t pid_ = -1;
  int out_ = -1;
  std::string line_;
};

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_PROGRAM_H_
