// A program run as a child, its output read as it comes. Every wait is bounded and tells what did not come.
#ifndef SLUICE_TESTS_SUPPORT_CHILD_H_
#define SLUICE_TESTS_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace sluice::testing {

// Thread: one. Lifetime: a child that still runs is killed.
class Child {
 public:
  // `environment` is added to a small fixed one ("NAME=value").
  Child(const std::string& program, const std::vector<std::string>& arguments,
        const std::vector<std::string>& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Write(const std::string& text);
  void CloseInput();
  void Signal(int signal);
  // True once stdout, or stderr, has `text` in it.
  [[nodiscard]] bool WaitForOut(const std::string& text);
  [[nodiscard]] bool WaitForErr(const std::string& text);
  // True once the child has read all that was written to it.
  [[nodiscard]] bool WaitForInputTaken();
  // True once at least so many bytes wait in the pipe of stdout, which is not read meanwhile.
  [[nodiscard]] bool WaitForOutWaiting(int bytes);
  // True once the child has closed its output, with its input still open.
  [[nodiscard]] bool WaitForEnd();
  // Sends `signal` again and again until the child ends, without reading its output. The exit code as Finish().
  int SignalUntilEnd(int signal);
  // Waits for the end, with the input open and without reading the output. The exit code as Finish().
  int EndUnread();
  // Closes stdin and waits for the end. The exit code; 1000 + N when signal N ended the child; -1 when it did not end.
  int Finish();

  // 0 once it has ended.
  pid_t pid() const { return pid_ > 0 ? pid_ : 0; }
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  bool WaitFor(const std::string& stream, const std::string& text);
  // Reads once. False when both streams have ended or the deadline has passed.
  bool ReadSome(Deadline deadline);
  void Drain(int& fd, std::string& into);
  // The exit code, once the child can be waited for with `options`; -1 before.
  int Reap(int options);

  pid_t pid_ = -1;
  int in_fd_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_SUPPORT_CHILD_H_
