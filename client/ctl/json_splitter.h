// JSON objects that stand one after the other, on one line or over many: where each begins and ends. Pure.
#ifndef SLUICE_CLIENT_CTL_JSON_SPLITTER_H_
#define SLUICE_CLIENT_CTL_JSON_SPLITTER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace sluice::ctl {

// The same bytes give the same objects however they were split. Whether an object is valid JSON is for its parser.
class JsonSplitter {
 public:
  // Appends each object that `bytes` complete. After an error the splitter is spent.
  absl::Status Feed(std::string_view bytes, std::vector<std::string>& objects);
  // The input is over: INVALID_ARGUMENT when it ends within an object.
  absl::Status Finish() const;

 private:
  absl::Status Take(char c, std::vector<std::string>& objects);

  std::string object_;  // what there is of the object being collected
  int depth_ = 0;
  int count_ = 0;  // objects begun
  bool in_string_ = false;
  bool escaped_ = false;  // the character before was the backslash of an escape
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_JSON_SPLITTER_H_
