// What is known of one call at its end: one log line.
#ifndef SLUICE_SERVER_OBSERVE_CALL_RECORD_H_
#define SLUICE_SERVER_OBSERVE_CALL_RECORD_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace sluice::observe {

struct CallRecord {
  std::string method;
  std::string peer;
  std::string upstream;  // empty: none was asked
  absl::Status status;
  std::string end;  // why it ended: complete, client_cancelled, deadline, draining, stalled, or the error's reason
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;  // "events"
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds duration{0};
  std::vector<std::pair<std::string, std::string>> trailers;  // what the client is told with the status
};

// `call method=/pkg.Service/Method upstream=default status=OK end=complete events=7 bytes=512 ms=12.3 peer=…
// sluice-resumed=1` The trailers come last. Values with blanks, quotes or control characters are quoted; the status
// message is not part of the line.
std::string ToLogLine(const CallRecord& record);

}  // namespace sluice::observe

#endif  // SLUICE_SERVER_OBSERVE_CALL_RECORD_H_
