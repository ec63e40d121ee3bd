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
  // Appends each line that `bytes` complete; with `last` one without an end too. INVALID_ARGUMENT: a line is longer
  // than 64 MiB; the reader is spent then.
  absl::Status Feed(std::string_view bytes, bool last, std::vector<std::string>& lines);

 private:
  std::string line_;
  int number_ = 0;  // of the lines appended
};

// `text` without the blanks around it.
std::string_view Trimmed(std::string_view text);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_LINE_READER_H_
