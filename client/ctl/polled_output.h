// Writing to descriptors that their readers may have stopped reading.
#ifndef SLUICE_CLIENT_CTL_POLLED_OUTPUT_H_
#define SLUICE_CLIENT_CTL_POLLED_OUTPUT_H_

#include <chrono>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>

namespace sluice::ctl {

// The buffer of a stream that is written when it is flushed. A flush waits for the reader; once `interrupted` says so
// what is left has a short grace, then it is dropped and the stream is bad, as after an error of write(2).
class PolledOutput : public std::streambuf {
 public:
  PolledOutput(int fd, bool (*interrupted)()) : fd_(fd), interrupted_(interrupted) {}

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  bool WaitForRoom();
  bool WriteSome(std::string_view& bytes);

  const int fd_;
  bool (*const interrupted_)();
  std::string pending_;
  std::optional<std::chrono::steady_clock::time_point> leave_by_;  // set when the interrupt was noticed
};

// Writes `text` when there is room for it at once, else drops it: words that are not worth a wait.
void WriteIfRoom(int fd, std::string_view text);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_POLLED_OUTPUT_H_
