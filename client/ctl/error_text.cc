#include "client/ctl/error_text.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "client/ctl/printer.h"
#include "client/ctl/terminal.h"
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

std::string ReasonHintOf(const client::ErrorDetails& details) {
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

std::string CodeHint(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnauthenticated:
      return "give credentials: -H 'authorization: Bearer TOKEN'";
    case absl::StatusCode::kDeadlineExceeded:
      return "give it more time: --timeout";
    case absl::StatusCode::kUnimplemented:
      return "neither the gateway nor the agent knows this method; is the address that of a Sluice gateway?";
    case absl::StatusCode::kResourceExhausted:
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

double InSeconds(std::chrono::milliseconds delay) { return std::chrono::duration<double>(delay).count(); }

}  // namespace

std::string CodeName(int code) {
  if (code >= 0 && code < static_cast<int>(kCodeNames.size()))
    return std::string(kCodeNames[static_cast<std::size_t>(code)]);
  return "CODE_" + std::to_string(code);
}

std::string Hint(absl::StatusCode code, const client::ErrorDetails& details, const Reach& reach) {
  if (code == absl::StatusCode::kUnavailable && details.reason.empty() && !reach.connected) return ReachHint(reach);
  const std::string hint = ReasonHintOf(details);
  return hint.empty() ? CodeHint(code) : hint;
}

std::string DetailLines(const client::ErrorDetails& details) {
  std::string lines;
  const auto add = [&lines](const std::string& name, const std::string& value) {
    lines += "  " + VisibleLine(name) + ": " + VisibleLine(value) + "\n";
  };
  if (!details.reason.empty()) add("reason", details.reason + " (" + details.domain + ")");
  for (const auto& [key, value] : details.metadata) add(key, value);
  for (const auto& [field, description] : details.violations) add("field " + field, description);
  if (details.retry_delay) add("try again after", Seconds(InSeconds(*details.retry_delay)));
  for (const std::string& type : details.others) add("also told", type);
  return lines;
}

std::string DetailMembers(const client::ErrorDetails& details) {
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
  if (details.retry_delay) {
    char number[32];
    std::snprintf(number, sizeof number, "%.3f", InSeconds(*details.retry_delay));
    json += ",\"retrySeconds\":" + std::string(number);
  }
  return json;
}

std::string CutText(const std::string& what, const google::rpc::Status& rpc, bool colour) {
  const absl::Status status = client::ToStatus(rpc);
  const client::ErrorDetails details = client::DetailsOf(status);
  const std::string hint = Hint(status.code(), details, Reach{});
  return Paint(colour, Colour::kRed, what + " cut: " + CodeName(rpc.code())) + ": " + VisibleLine(rpc.message()) +
         "\n" + DetailLines(details) + (hint.empty() ? "" : "  hint: " + hint + "\n");
}

std::string StatusMembers(const google::rpc::Status& status) {
  return "\"code\":" + JsonString(CodeName(status.code())) + ",\"message\":" + JsonString(status.message()) +
         DetailMembers(client::DetailsOf(client::ToStatus(status)));
}

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, seconds < 0.1 ? "%.3f s" : "%.1f s", seconds);
  return text;
}

}  // namespace sluice::ctl
