// What a failed call tells about its failure, and what to do about it. Pure.
#ifndef SLUICE_CLIENT_CTL_ERROR_TEXT_H_
#define SLUICE_CLIENT_CTL_ERROR_TEXT_H_

#include <grpcpp/support/status.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/status.pb.h"

namespace sluice::ctl {

// The details of a google.rpc.Status, as far as they are known here.
struct ErrorDetails {
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::optional<double> retry_seconds;
  std::vector<std::pair<std::string, std::string>> violations;  // field, what is wrong with it
  std::vector<std::string> others;                              // type URLs of details not known here

  // A metadata value; empty when there is none.
  std::string Find(const std::string& key) const;
};

ErrorDetails DecodeDetails(const google::rpc::Status& status);
// From `grpc-status-details-bin`; bytes that do not parse are no details.
ErrorDetails DecodeDetails(const grpc::Status& status);

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
std::string Hint(int code, const ErrorDetails& details, const Reach& reach);

// The details, a line each, behind a margin.
std::string DetailLines(const ErrorDetails& details);

// The details as members of a JSON object, each with a comma in front.
std::string DetailMembers(const ErrorDetails& details);

// "1.2 s".
std::string Seconds(double seconds);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_ERROR_TEXT_H_
