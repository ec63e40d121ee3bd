// The part of mcp_session.h that goes on after a cut: answers of requests, the stream of the server's own messages, and
// sessions of an earlier gateway. Model Context Protocol, "Resumability and Redelivery".
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/mcp_session.h"
#include "server/translate/session_core.h"

namespace sluice::translate {
namespace {

using Role = SessionExchange::Role;

}  // namespace

// ---- answers that are cut ----

std::optional<absl::Status> McpSession::EndOf(SessionRequest& request, SessionExchange& exchange,
                                              const absl::Status& why) {
  const std::string& cursor = exchange.answer.last_event_id();
  SessionRequest::Mcp& mcp = request.mcp;
  if (exchange.heard || cursor != mcp.cursor) mcp.silences = 0;
  if (exchange.answer.is_events()) mcp.attempts = 0;
  int& count = exchange.answer.is_events() ? mcp.silences : mcp.attempts;
  const int most = exchange.answer.is_events() ? kMaxSilences : kMaxAttempts;
  if (MayGoOn(request, exchange, ErrorReason(why)) && ++count <= most) {
    mcp.cursor = cursor;
    mcp.reconnect = core_.SetTimer(Delay(exchange.answer, mcp.attempts));
    return std::nullopt;
  }
  if (!exchange.replays || ErrorReason(why) == reason::kUpstreamStreamTruncated) return why;
  return MakeError(absl::StatusCode::kUnavailable,
                   absl::StrCat("the answer broke off, and going on with it failed: ", why.message()),
                   reason::kUpstreamStreamTruncated, reason::kDomain, {{"may_have_run", "true"}});
}

// A cut answer can be asked for again if the server gave its events ids. What is no answer at all cannot.
bool McpSession::MayGoOn(const SessionRequest& request, const SessionExchange& exchange,
                         std::string_view reason) const {
  if (!negotiated_ || request.mcp.modern || exchange.answer.last_event_id().empty()) return false;
  if (exchange.answer.is_events()) {
    return reason == reason::kUpstreamStreamTruncated || reason == reason::kUpstreamTimeoutIdle;
  }
  // 409: the server has not noticed the cut yet.
  const bool refused = exchange.http_status >= 400 && exchange.http_status < 500 && exchange.http_status != 409;
  return exchange.replays && !refused;
}

std::chrono::milliseconds McpSession::Delay(const AnswerReader& answer, int attempts) {
  if (const auto told = answer.retry_ms()) {
    return std::clamp(std::chrono::milliseconds(std::min<std::uint64_t>(*told, kReplaySilence.count())), kLeastRetry,
                      kReplaySilence);
  }
  std::chrono::milliseconds delay = kFirstRetry;
  for (int i = 1; i < attempts && delay < kLastRetry; ++i) delay *= 2;
  return std::min(delay, kLastRetry);
}

void McpSession::Resume(SessionRequest& request) {
  request.mcp.reconnect = 0;
  SessionExchange& exchange =
      core_.Start(Role::kRequest, request.id, "GET", {}, LegacyHeaders("text/event-stream"), request.mcp.cursor);
  exchange.named_session = !session_id_.empty();
  exchange.silence = core_.SetTimer(kReplaySilence);
}

void McpSession::OnSilence(SessionExchange& exchange) {
  if (std::exchange(exchange.heard, false)) {
    exchange.silence = core_.SetTimer(kReplaySilence);
    return;
  }
  SessionRequest* request = core_.FindRequest(exchange.request_id);
  if (request == nullptr) return;
  core_.EndRequest(*request, MakeError(absl::StatusCode::kUnavailable,
                                       "the answer broke off, and the server sent nothing more of it",
                                       reason::kUpstreamStreamTruncated, reason::kDomain, {{"may_have_run", "true"}}));
}

// ---- the stream of the server's own messages ----

void McpSession::Listen() {
  listen_again_ = 0;
  listening_ = Listening::kOpening;
  SessionExchange& exchange =
      core_.Start(Role::kListen, {}, "GET", {}, LegacyHeaders("text/event-stream"), listen_cursor_);
  exchange.named_session = !session_id_.empty();
  if (holding_) listen_wait_ = core_.SetTimer(kListenWait);
}

// What waited for the stream goes on its way, in the client's order.
void McpSession::Release() {
  if (!std::exchange(holding_, false)) return;
  for (Held& held : std::exchange(held_, {})) {
    if (!held.request_id.empty() && core_.FindRequest(held.request_id) == nullptr) continue;  // cancelled meanwhile
    const absl::StatusOr<JsonRpcMessage> message = ScanJsonRpc(held.json);
    if (message.ok()) PostLegacy(held.json, *message);
  }
}

void McpSession::OnListenEnd(const SessionExchange& exchange) {
  listen_cursor_ = exchange.answer.last_event_id();
  const int status = exchange.http_status;
  const bool refused = status >= 400 && status < 500 && status != 409 && status != 429;
  listening_ = refused ? Listening::kRefused : Listening::kWaiting;
  Release();
  if (!refused && !leaving_) listen_again_ = core_.SetTimer(Delay(exchange.answer, ++listen_attempts_));
}

std::optional<SessionResume> McpSession::Snapshot() const {
  if (!negotiated_ || session_id_.empty()) return std::nullopt;
  SessionResume stand{core_.options().upstream, version_, session_id_, {}, false, listen_cursor_};
  for (const auto& [id, request] : core_.requests()) {
    if (request.mcp.initializes) continue;  // it is being answered
    const SessionExchange* exchange = core_.FindExchange(request.exchange);
    stand.streams.push_back({id, exchange != nullptr ? exchange->answer.last_event_id() : request.mcp.cursor});
  }
  stand.listens = listening_ != Listening::kNot && listening_ != Listening::kRefused;
  if (const SessionExchange* listen = core_.FindListen()) stand.listen_cursor = listen->answer.last_event_id();
  return stand;
}

void McpSession::Restore(const SessionResume& resume) {
  negotiated_ = true;
  version_ = resume.protocol_version;
  session_id_ = resume.session_id;
  for (const SessionResume::Stream& stream : resume.streams) {
    SessionRequest& request = core_.AddRequest(stream.request_id);
    request.mcp.sent = true;
    request.mcp.cursor = stream.cursor;
  }
  TellNegotiated();
  for (const SessionResume::Stream& stream : resume.streams) {
    SessionRequest* request = core_.FindRequest(stream.request_id);
    if (!stream.cursor.empty()) {
      Resume(*request);
    } else {
      core_.EndRequest(*request,
                       MakeError(absl::StatusCode::kUnavailable,
                                 "the request was left running, and the server gave nothing to go on from",
                                 reason::kUpstreamStreamTruncated, reason::kDomain, {{"may_have_run", "true"}}));
    }
  }
  listen_cursor_ = resume.listen_cursor;
  if (resume.listens) Listen();
}

}  // namespace sluice::translate
