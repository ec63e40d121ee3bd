// What a failed call tells about its failure. Values; pure.
//
// A status of this library has the code and message of the gateway, and each google.rpc detail as a payload under its
// type URL.
#ifndef SLUICE_CLIENT_ERRORS_H_
#define SLUICE_CLIENT_ERRORS_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace sluice::client {

struct FieldViolation {
  std::string field;
  std::string description;
};

struct ErrorDetails {
  // google.rpc.ErrorInfo. The reason is what to switch on; it belongs to its domain: "sluice" for the gateway's own,
  // "a2a-protocol.org" for A2A's.
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;

  std::optional<std::chrono::milliseconds>
      retry_delay;                         // google.rpc.RetryInfo: try again after so long; never negative
  std::vector<FieldViolation> violations;  // google.rpc.BadRequest
  std::vector<std::string> others;         // type URLs of details that are not known here

  // The agent may have acted on the request: look before sending it again. False tells nothing where there is no
  // reason, for example after the connection to the gateway broke.
  bool may_have_run() const;
};

// A detail that does not parse is one of `others`.
ErrorDetails DetailsOf(const absl::Status& status);

// The status that a session's Ended frame holds. Of several details of one type the last one counts.
absl::Status ToStatus(const google::rpc::Status& status);

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_ERRORS_H_
