// Bytes as lines. Pure.
#ifndef SLUICE_CLIENT_CTL_LINE_READER_H_
#define SLUICE_CLIENT_CTL_LINE_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sluice::ctl {

// The same bytes give the same lines however they were split. A line ends with LF, or with CR LF.
class LineReader {
 public:
  // What becomes of a line longer than 64 MiB: an error, after which the reader is spent, or its first 64 MiB.
  enum class TooLong { kFails, kIsCut };
  explicit LineReader(TooLong too_long = TooLong::kFails) : too_long_(too_long) {}

  // Appends each line that `bytes` complete; with `last` one without an end too. INVALID_ARGUMENT: a line is too long.
  absl::Status Feed(std::string_view bytes, bool last, std::vector<std::string>& lines);

 private:
  const TooLong too_long_;
  std::string line_;
  int number_ = 0;  // of the lines appended
};

// `text` without the blanks around it.
std::string_view Trimmed(std::string_view text);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_LINE_READER_H_
