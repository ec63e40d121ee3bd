#include "server/translate/mcp_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/session_core.h"
#include "server/translate/session_frames.h"

namespace sluice::translate {
namespace {

using Role = SessionExchange::Role;

constexpr std::string_view kJsonOrEvents = "application/json, text/event-stream";
// The first revision whose requests name it in a header.
constexpr std::string_view kFirstVersionInHeader = "2025-06-18";
// What one request's headers may repeat of its message.
constexpr std::size_t kMaxHeaderBytes = 8 * 1024;

absl::Status Invalid(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("session: ", ToAbsl(what)));
}
absl::Status NotNow(std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("session: ", ToAbsl(what)));
}

std::string RequestIdOf(const JsonRpcMessage& message) {
  return std::string(message.kind == JsonRpcKind::kRequest ? message.id : std::string_view());
}

bool IsVersion(std::string_view version) {
  const auto legal = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.'; };
  return version.size() <= 64 && std::all_of(version.begin(), version.end(), legal);
}

}  // namespace

// ---- what the client sends ----

void McpSession::OnClientMessage(std::string json, const JsonRpcMessage& message) {
  const McpFacts facts = ReadMcpFacts(message);
  if (message.method == "notifications/cancelled") return TakeCancelled(std::move(json), message, facts);
  const bool follows_modern = !negotiated_ && !modern_version_.empty() && message.kind != JsonRpcKind::kRequest;
  if (!facts.protocol_version.empty() || follows_modern) return PostModern(std::move(json), message, facts);
  if (era_ == "modern") {
    return core_.Refuse(RequestIdOf(message),
                        NotNow("the upstream is configured with era modern: params._meta must have "
                               "io.modelcontextprotocol/protocolVersion"));
  }
  if (message.method == "initialize" && message.kind == JsonRpcKind::kRequest) {
    return TakeInitialize(std::move(json), message);
  }
  if (message.method == "notifications/initialized" && negotiated_ && listening_ == Listening::kNot) {
    holding_ = Holding::kForListen;
    Listen();
  }
  if (holding_ == Holding::kNo) return (void)PostLegacy(std::move(json), message);
  const std::string id = RequestIdOf(message);
  if (held_bytes() + json.size() > kMaxHeldBytes) {
    return core_.Refuse(id, MakeError(absl::StatusCode::kResourceExhausted,
                                      "session: more than 1 MiB was sent before the server took "
                                      "notifications/initialized; wait for a response",
                                      reason::kOverLimit));
  }
  if (!id.empty()) core_.AddRequest(id);
  held_.push_back({std::move(json), core_.frame(), id});
}

void McpSession::PostModern(std::string json, const JsonRpcMessage& message, const McpFacts& facts) {
  const std::string id = RequestIdOf(message);
  const bool is_response = message.kind == JsonRpcKind::kResult || message.kind == JsonRpcKind::kError;
  if (era_ == "legacy") {
    return core_.Refuse(id, NotNow("the upstream is configured with era legacy: begin with initialize, without "
                                   "io.modelcontextprotocol/protocolVersion"));
  }
  if (is_response) return core_.Refuse({}, NotNow("a modern MCP server sends no requests and takes no responses"));
  if (!IsVersion(facts.protocol_version)) {
    return core_.Refuse(id, Invalid("params._meta.io.modelcontextprotocol/protocolVersion: not a protocol version"));
  }
  if (!facts.protocol_version.empty()) modern_version_ = facts.protocol_version;
  Headers headers = {{"content-type", "application/json"},
                     {"accept", std::string(kJsonOrEvents)},
                     {"mcp-protocol-version", modern_version_},
                     {"mcp-method", McpHeaderValue(message.method)}};
  if (facts.name) headers.emplace_back("mcp-name", McpHeaderValue(*facts.name));
  if (facts.name && message.method == "tools/call") {
    for (auto& header : tool_headers_.Of(*facts.name, facts.arguments)) headers.push_back(std::move(header));
  }
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size();
  if (bytes > kMaxHeaderBytes) {
    return core_.Refuse(id, Invalid("method, params.name and the arguments that are sent as headers have more than "
                                    "8 KiB"));
  }
  const bool lists_tools = message.method == "tools/list";
  core_.Post(std::move(json), message, std::move(headers));
  SessionRequest* request = core_.FindRequest(id);
  if (request == nullptr) return;
  request->mcp.modern = true;
  request->mcp.lists_tools = lists_tools;
}

SessionExchange& McpSession::PostLegacy(std::string json, const JsonRpcMessage& message) {
  SessionExchange& exchange = core_.Post(std::move(json), message, LegacyHeaders(kJsonOrEvents));
  exchange.named_session = !session_id_.empty();
  if (SessionRequest* request = core_.FindRequest(exchange.request_id)) request->mcp.sent = true;
  return exchange;
}

void McpSession::TakeInitialize(std::string json, const JsonRpcMessage& message) {
  const std::string id = RequestIdOf(message);
  const auto& requests = core_.requests();
  const auto initializes = [](const auto& one) { return one.second.mcp.initializes; };
  if (negotiated_ || std::any_of(requests.begin(), requests.end(), initializes)) {
    return core_.Refuse(id, NotNow("it is initialized already; open another session for another one"));
  }
  PostLegacy(std::move(json), message);
  core_.FindRequest(id)->mcp.initializes = true;
}

// Cancellation, "notifications/cancelled": a legacy server must be told, a modern one sees the close; `initialize` must
// not be cancelled. An id that is not running passes: the server knows the race too.
void McpSession::TakeCancelled(std::string json, const JsonRpcMessage& message, const McpFacts& facts) {
  SessionRequest* request = core_.FindRequest(std::string(facts.cancelled_id));
  const std::string id = request != nullptr ? request->id : std::string();
  const bool told = request != nullptr ? request->mcp.sent && !request->mcp.initializes : negotiated_;
  if (told) PostLegacy(std::move(json), message).cancels = id;
  request = core_.FindRequest(id);
  if (request == nullptr) return;
  request->mcp.sent = false;  // the server has been told
  core_.EndRequest(*request, absl::CancelledError("the client cancelled the request"));
}

void McpSession::OnGivenUp(const SessionRequest& request) {
  std::erase_if(held_, [&](const Held& held) { return held.request_id == request.id; });
  if (!request.mcp.sent || request.mcp.initializes) return;
  PostOwn(MakeCancelled(request.id, "nobody waits for it"), request.id);
}

Headers McpSession::LegacyHeaders(std::string_view accept) const {
  Headers headers = {{"accept", std::string(accept)}};
  if (accept == kJsonOrEvents) headers.emplace_back("content-type", "application/json");
  if (!session_id_.empty()) headers.emplace_back("mcp-session-id", session_id_);
  if (version_ >= kFirstVersionInHeader) headers.emplace_back("mcp-protocol-version", version_);
  return headers;
}

void McpSession::PostOwn(std::string json, std::string_view cancels) {
  core_.Start(Role::kOwn, {}, "POST", std::move(json), LegacyHeaders(kJsonOrEvents)).cancels = cancels;
}

// ---- what the server sends ----

void McpSession::OnHead(SessionExchange& exchange, const ResponseHead& head) {
  exchange.new_session_id = FindHeader(head.headers, "mcp-session-id");
  if (head.status == 404 && exchange.named_session && exchange.role != Role::kOwn) return EndLost();
  if (exchange.role != Role::kListen) return;
  if (exchange.answer.is_events()) {
    listening_ = Listening::kOpen;
    listen_attempts_ = 0;
    listened_ = true;
  }
  Release();
}

// Servers replay more than the stream that was asked for: what came on another one is not told twice.
bool McpSession::IsRepeated(SessionExchange& exchange, const std::string& event_id) {
  if (!negotiated_) return false;
  if (event_id == exchange.last_event) return exchange.last_was_repeated;  // it has none of its own
  exchange.last_event = event_id;
  exchange.last_was_repeated = replayed_.Has(event_id) || (exchange.replays && seen_.Has(event_id));
  seen_.Add(event_id);
  if (exchange.replays) replayed_.Add(event_id);
  return exchange.last_was_repeated;
}

bool McpSession::OnMessage(SessionExchange& exchange, const JsonRpcMessage& message, SessionRequest* asked) {
  exchange.heard = true;
  if (SessionRequest* request = core_.FindRequest(exchange.request_id)) request->mcp.heard = true;
  if (TellsLoss(exchange, message)) {
    EndLost();
    return false;
  }
  if (asked == nullptr || message.kind != JsonRpcKind::kResult) return true;
  if (asked->mcp.initializes) return Negotiate(exchange, message.result, *asked);
  if (asked->mcp.lists_tools) tool_headers_.Learn(message.result);
  if (asked->mcp.modern && !std::exchange(modern_told_, true)) {
    core_.TellFrame(NegotiatedFrame("modern", modern_version_, {}, {}));
  }
  return true;
}

bool McpSession::Negotiate(const SessionExchange& exchange, std::string_view result, SessionRequest& asked) {
  if (!exchange.new_session_id.empty() && !IsMcpSessionId(exchange.new_session_id)) {
    core_.EndRequest(asked, BadMessage("Mcp-Session-Id: it has more than 1024 bytes, or others than visible ASCII"));
    return false;
  }
  const std::string version = ReadNegotiatedVersion(result);
  if (version.empty() || !IsVersion(version)) {
    core_.EndRequest(asked, BadMessage("result.protocolVersion: not a protocol version", result));
    return false;
  }
  negotiated_ = true;
  version_ = version;
  session_id_ = exchange.new_session_id;
  TellNegotiated();
  return true;
}

void McpSession::TellNegotiated() { core_.TellFrame(NegotiatedFrame("legacy", version_, session_id_, core_.Token())); }

// The specification's way is HTTP 404. Others in use: 400 with -32000 or -32001 and words about the session.
bool McpSession::TellsLoss(const SessionExchange& exchange, const JsonRpcMessage& message) const {
  if (exchange.http_status != 400 || !exchange.named_session || message.kind != JsonRpcKind::kError) return false;
  const JsonRpcError error = ParseJsonRpcError(message.error);
  const bool about_session = absl::StrContains(absl::AsciiStrToLower(error.message), "session");
  return about_session && (error.code == -32000 || error.code == -32001);
}

void McpSession::EndLost() {
  if (leaving_) return;  // it was to be deleted
  session_id_.clear();   // there is nothing to delete or to resume
  core_.EndCall(MakeError(absl::StatusCode::kAborted,
                          "the MCP server does not know its session any more; open a new one and begin with initialize",
                          reason::kUpstreamSessionLost, reason::kDomain, {{"upstream", core_.options().upstream}}));
}

void McpSession::OnOtherEnd(SessionExchange& exchange, const absl::Status&) {
  if (exchange.role == Role::kListen) OnListenEnd(exchange);
}

void McpSession::OnClosed(Session::Key key, Role role) {
  if (key == initialized_ && !leaving_) ReleaseRest();
  if (leaving_ && role == Role::kOwn && core_.own() == 0) Delete();
}

void McpSession::OnTimer(Session::TimerId id) {
  if (leaving_) return;
  if (id == listen_wait_) return holding_ == Holding::kForListen ? Release() : ReleaseRest();
  if (id == listen_again_) return Listen();
  for (auto& [request_id, request] : core_.requests()) {
    if (request.mcp.reconnect == id) return Resume(request);
    if (request.mcp.silence == id) return OnSilence(request);
  }
}

std::size_t McpSession::held_notices() const {
  return static_cast<std::size_t>(
      std::count_if(held_.begin(), held_.end(), [](const Held& held) { return held.request_id.empty(); }));
}

std::size_t McpSession::held_bytes() const {
  std::size_t bytes = 0;
  for (const Held& held : held_) bytes += held.json.size();
  return bytes;
}

// ---- the end ----

void McpSession::OnUnanswerable(const JsonRpcMessage& request) {
  if (!negotiated_) return;
  if (core_.own() >= kMaxOwnAnswers) return core_.Drop();
  PostOwn(MakeMethodNotFound(request.id, "the client takes no more requests"));
}

// Abandoned: whatever runs is closed with the call, the cancels that were on their way too.
void McpSession::Leave(bool abandoned) {
  leaving_ = true;
  if (abandoned) {
    deleted_ = false;
    std::vector<std::string> cancelled;
    for (const auto& [key, exchange] : core_.exchanges()) {
      if (!exchange.cancels.empty()) cancelled.push_back(exchange.cancels);
      // The answer to `initialize` had begun: there is a session, though nobody heard of it.
      const bool new_session = session_id_.empty() && exchange.role == Role::kRequest && !negotiated_;
      if (new_session && IsMcpSessionId(exchange.new_session_id)) session_id_ = exchange.new_session_id;
    }
    for (const auto& [id, request] : core_.requests()) {
      if (request.mcp.sent && !request.mcp.initializes) cancelled.push_back(id);
    }
    for (const std::string& id : cancelled) PostOwn(MakeCancelled(id, "the caller is gone"), id);
  }
  if (core_.own() == 0) Delete();
}

void McpSession::Delete() {
  if (session_id_.empty() || std::exchange(deleted_, true)) return;
  core_.Start(Role::kOwn, {}, "DELETE", {}, LegacyHeaders("*/*"));
}

std::unique_ptr<SessionProtocol> MakeMcpProtocol(SessionCore& core, std::string_view era) {
  return std::make_unique<McpSession>(core, era);
}

}  // namespace sluice::translate
