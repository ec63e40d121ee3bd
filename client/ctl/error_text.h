// What a failed call tells about its failure, and what to do about it. Pure.
#ifndef SLUICE_CLIENT_CTL_ERROR_TEXT_H_
#define SLUICE_CLIENT_CTL_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {

// "UNAVAILABLE"; "CODE_42" for what gRPC does not define.
std::string CodeName(int code);

// How far the call came.
struct Reach {
  std::string address;    // where the gateway was looked for
  bool tls = false;       // how
  bool connected = true;  // there was a connection at the end of the call
  bool answered = false;  // a part of the answer had come
};

// What to do about it; empty when nothing better than the message is known.
std::string Hint(absl::StatusCode code, const client::ErrorDetails& details, const Reach& reach);

// The details, a line each, behind a margin.
std::string DetailLines(const client::ErrorDetails& details);

// The details as members of a JSON object, each with a comma in front.
std::string DetailMembers(const client::ErrorDetails& details);

// The end of one request of many: "request 7 cut: UNAVAILABLE: ..." with details and hint, some lines.
std::string CutText(const std::string& what, const google::rpc::Status& status, bool colour);

// The same as members of a JSON object: code, message, details.
std::string StatusMembers(const google::rpc::Status& status);

// "1.2 s".
std::string Seconds(double seconds);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_ERROR_TEXT_H_
