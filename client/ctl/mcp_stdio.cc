#include "client/ctl/mcp_stdio.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "client/ctl/error_text.h"
#include "client/ctl/json_view.h"
#include "client/ctl/printer.h"
#include "client/ctl/session_printer.h"
#include "client/ctl/terminal.h"
#include "server/base/utf8.h"
#include "server/translate/jsonrpc.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;
using translate::JsonRpcKind;

constexpr int kTimeout = -32001, kInternal = -32603;
constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxLineBytes = (16 << 20) - (1 << 10);  // the rest is for what a frame has besides

std::string ErrorResponse(const std::string& id, int error, const absl::Status& status) {
  const std::string message = ToValidUtf8(std::string(status.message()), kMaxMessageBytes);
  return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + std::to_string(error) +
         ",\"message\":" + JsonString(message) + ",\"data\":{\"code\":" + JsonString(CodeName(status.raw_code())) +
         DetailMembers(client::DetailsOf(status)) + "}}}\n";
}

int ErrorCode(const absl::Status& status) { return absl::IsDeadlineExceeded(status) ? kTimeout : kInternal; }

std::string Complaint(const std::string& what) { return "sluicectl: " + VisibleLine(what) + "\n"; }

McpStdio::Lines RefuseLong(std::string_view line) {
  const absl::Status why = absl::InvalidArgumentError("the message is too long: on one line it may have " +
                                                      std::to_string(kMaxLineBytes) + " bytes");
  const LineOwner owner = OwnerOf(line);
  return {owner.id.empty() ? "" : ErrorResponse(owner.id, kInvalidRequest, why), Complaint(std::string(why.message()))};
}

}  // namespace

McpStdio::Lines McpStdio::Feed(std::string_view bytes, bool last, std::deque<std::string>& frames) {
  Lines told;
  std::vector<std::string> lines;
  (void)lines_.Feed(bytes, last, lines);  // it cuts, and never fails
  for (std::string& line : lines) {
    if (Trimmed(line).empty()) continue;
    if (line.size() > kMaxLineBytes) {
      const Lines refusal = RefuseLong(line);
      told.out += refusal.out;
      told.err += refusal.err;
      continue;
    }
    Note(line);
    pb::SessionRequest frame;
    frame.mutable_message()->set_json(std::move(line));
    frames.push_back(frame.SerializeAsString());
  }
  return told;
}

// What is no message is for the gateway to refuse.
void McpStdio::Note(std::string_view message) {
  ++frame_;
  LineOwner owner = OwnerOf(message);
  if (!owner.id.empty()) {
    waiting_.emplace(frame_, std::move(owner));
    return;
  }
  const auto scanned = translate::ScanJsonRpc(message);
  if (!scanned.ok() || scanned->method != "notifications/cancelled") return;
  const std::string id(Member(scanned->params, "requestId"));
  if (FindWaiting(id) != waiting_.end()) cancelled_.insert(id);
}

McpStdio::Lines McpStdio::Take(const pb::SessionResponse& frame) {
  switch (frame.frame_case()) {
    case pb::SessionResponse::kMessage:
      return TakeMessage(frame.message());
    case pb::SessionResponse::kEnded:
      return TakeEnded(frame.ended());
    case pb::SessionResponse::kDraining:
      return {"", Complaint("the gateway is going away and ends the session in " + TimeLeft(frame.draining()))};
    default:
      return {};
  }
}

// The gateway looks at envelopes only; a line of ours must be JSON through and through.
McpStdio::Lines McpStdio::TakeMessage(const pb::ServerMessage& message) {
  const auto scanned = translate::ScanJsonRpc(message.json());
  const bool response = scanned.ok() && scanned->method.empty();
  const std::string id = message.request_id().empty() && response ? std::string(scanned->id) : message.request_id();
  const bool awaited = response && StopWaiting(FindWaiting(id));
  if (!scanned.ok() || !IsJson(message.json())) {
    const absl::Status bad = absl::InternalError("the server sent a message that is not JSON-RPC");
    return {awaited ? ErrorResponse(id, kInternal, bad) : "", Complaint(std::string(bad.message()))};
  }
  // JSON-RPC 2.0, section 5: a server that could not read the id answers null. The client waits for its own.
  if (awaited && scanned->kind == JsonRpcKind::kError && scanned->id != id) {
    return {"{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":" + OnOneLine(scanned->error) + "}\n", ""};
  }
  return {OnOneLine(message.json()) + "\n", ""};
}

McpStdio::Lines McpStdio::TakeEnded(const pb::Ended& ended) {
  const absl::Status status = client::ToStatus(ended.status());
  const auto found = ended.frame() != 0 ? waiting_.find(ended.frame()) : FindWaiting(ended.request_id());
  const LineOwner owner = found != waiting_.end() ? found->second : LineOwner{ended.request_id()};
  const bool awaited = StopWaiting(found);
  if (status.ok()) return {};
  const bool named = !owner.id.empty() && owner.id != "null";
  const std::string what = named ? "request " + owner.id : "message " + std::to_string(ended.frame());
  Lines lines{"", Complaint(what + ": " + CodeName(status.raw_code()) + ": " + ended.status().message())};
  const bool at_fault = ended.frame() != 0 && absl::IsInvalidArgument(status);
  if (awaited) lines.out = ErrorResponse(owner.id, at_fault ? owner.code : ErrorCode(status), status);
  return lines;
}

McpStdio::Lines McpStdio::End(const absl::Status& status) {
  const absl::Status why = status.ok() ? absl::UnavailableError("the session ended before the answer") : status;
  Lines lines;
  for (const auto& [frame, owner] : waiting_) {
    if (cancelled_.count(owner.id) == 0) lines.out += ErrorResponse(owner.id, ErrorCode(why), why);
  }
  waiting_.clear();
  return lines;
}

// Answers come about in the order of the requests, so the search is short.
McpStdio::Waiting::iterator McpStdio::FindWaiting(const std::string& id) {
  return std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& waiting) { return waiting.second.id == id; });
}

// Whether the client waited for it, and wants to know.
bool McpStdio::StopWaiting(Waiting::iterator which) {
  if (which == waiting_.end()) return false;
  const std::string id = which->second.id;
  waiting_.erase(which);
  return cancelled_.erase(id) == 0;
}

}  // namespace sluice::ctl
