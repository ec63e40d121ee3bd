#include "client/ctl/error_text.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "client/ctl/printer.h"
#include "client/ctl/terminal.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/reasons.h"

namespace sluice::ctl {
namespace {

constexpr std::array<std::string_view, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

struct ReasonHint {
  std::string_view reason;
  std::string_view hint;
};

// What helps against A2A's own errors, where the message alone does not tell.
constexpr auto kA2aHints = std::to_array<ReasonHint>({
    {"TASK_NOT_FOUND", "see the tasks there are: sluicectl list"},
    {"UNSUPPORTED_OPERATION", "a task that is over cannot be followed or continued; see it: sluicectl get TASK"},
    {"VERSION_NOT_SUPPORTED", "leave out -H a2a-version: the service's name tells the version"},
});

std::string ReasonHintOf(const ErrorDetails& details) {
  if (details.domain == reason::kDomain) {
    const ReasonInfo* ours = FindReason(details.reason);
    if (ours != nullptr) return std::string(ours->remedy);
  }
  if (details.domain == reason::kA2aDomain) {
    for (const ReasonHint& row : kA2aHints) {
      if (row.reason == details.reason) return std::string(row.hint);
    }
  }
  return "";
}

std::string CodeHint(int code) {
  switch (code) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return "give credentials: -H 'authorization: Bearer TOKEN'";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "give it more time: --timeout";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "neither the gateway nor the agent knows this method; is the address that of a Sluice gateway?";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "wait, and try again";
    default:
      return "";
  }
}

std::string ReachHint(const Reach& reach) {
  if (reach.answered) return "the connection to the gateway at " + reach.address + " broke; does it still run?";
  if (reach.tls) {
    return "no gateway at " + reach.address +
           " that talks TLS as asked: check that it runs, --ca-file and --server-name";
  }
  return "no gateway at " + reach.address +
         ": start one with `sluice --upstream=http://HOST:PORT/`, or name another with --address or SLUICE_ADDRESS";
}

void Decode(const google::protobuf::Any& any, ErrorDetails& details) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad_request;
  if (any.UnpackTo(&info)) {
    details.reason = info.reason();
    details.domain = info.domain();
    details.metadata.insert(info.metadata().begin(), info.metadata().end());
  } else if (any.UnpackTo(&retry)) {
    details.retry_seconds = static_cast<double>(retry.retry_delay().seconds()) + retry.retry_delay().nanos() * 1e-9;
  } else if (any.UnpackTo(&bad_request)) {
    for (const auto& violation : bad_request.field_violations()) {
      details.violations.emplace_back(violation.field(), violation.description());
    }
  } else {
    details.others.push_back(any.type_url());
  }
}

}  // namespace

std::string ErrorDetails::Find(const std::string& key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

ErrorDetails DecodeDetails(const google::rpc::Status& status) {
  ErrorDetails details;
  for (const google::protobuf::Any& any : status.details()) Decode(any, details);
  return details;
}

ErrorDetails DecodeDetails(const grpc::Status& status) {
  google::rpc::Status rpc_status;
  if (!rpc_status.ParseFromString(status.error_details())) return {};
  return DecodeDetails(rpc_status);
}

std::string CodeName(int code) {
  if (code >= 0 && code < static_cast<int>(kCodeNames.size()))
    return std::string(kCodeNames[static_cast<std::size_t>(code)]);
  return "CODE_" + std::to_string(code);
}

std::string Hint(int code, const ErrorDetails& details, const Reach& reach) {
  if (code == grpc::StatusCode::UNAVAILABLE && details.reason.empty() && !reach.connected) return ReachHint(reach);
  const std::string hint = ReasonHintOf(details);
  return hint.empty() ? CodeHint(code) : hint;
}

std::string DetailLines(const ErrorDetails& details) {
  std::string lines;
  const auto add = [&lines](const std::string& name, const std::string& value) {
    lines += "  " + VisibleLine(name) + ": " + VisibleLine(value) + "\n";
  };
  if (!details.reason.empty()) add("reason", details.reason + " (" + details.domain + ")");
  for (const auto& [key, value] : details.metadata) add(key, value);
  for (const auto& [field, description] : details.violations) add("field " + field, description);
  if (details.retry_seconds) add("try again after", Seconds(*details.retry_seconds));
  for (const std::string& type : details.others) add("also told", type);
  return lines;
}

std::string DetailMembers(const ErrorDetails& details) {
  std::string json;
  const auto pairs = [](const auto& list) {
    std::string members;
    for (const auto& [key, value] : list) {
      members += (members.empty() ? "" : ",") + JsonString(key) + ":" + JsonString(value);
    }
    return "{" + members + "}";
  };
  if (!details.reason.empty()) {
    json += ",\"reason\":" + JsonString(details.reason) + ",\"domain\":" + JsonString(details.domain);
  }
  if (!details.metadata.empty()) json += ",\"metadata\":" + pairs(details.metadata);
  if (!details.violations.empty()) json += ",\"fieldViolations\":" + pairs(details.violations);
  if (details.retry_seconds) {
    char number[32];
    std::snprintf(number, sizeof number, "%.3f", *details.retry_seconds);
    json += ",\"retrySeconds\":" + std::string(number);
  }
  return json;
}

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, seconds < 0.1 ? "%.3f s" : "%.1f s", seconds);
  return text;
}

}  // namespace sluice::ctl
