// The last words on a call: how it ended, why, and what to do next. Pure.
#ifndef SLUICE_CLIENT_CTL_END_REPORT_H_
#define SLUICE_CLIENT_CTL_END_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/ctl/printer.h"

namespace sluice::ctl {

struct CallEnd {
  absl::Status status;
  int events = 0;
  double seconds = 0;
  bool interrupted = false;  // the user pressed Ctrl-C
  bool connected = true;     // there was a connection to the gateway at the end
  bool tls = false;
  std::string address;
  bool address_given = false;  // by --address: the commands of the advice need it too
  std::string task;
  std::vector<Advice> next;
};

// "ended: OK", or "cut: CODE: ..." when a part of the answer had come or the user cut it, else "failed: CODE: ...";
// then a line for each detail and each piece of advice.
std::string EndText(const CallEnd& end, bool colour);

// The same as one line: {"end":{"outcome":"cut","code":"UNAVAILABLE",...}}.
std::string EndJson(const CallEnd& end);

// 0 or 64 + code.
int ExitCode(const absl::Status& status);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_END_REPORT_H_
