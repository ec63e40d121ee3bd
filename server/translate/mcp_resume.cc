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
  if (const auto told = exchange.answer.retry_ms()) mcp.retry_ms = told;
  if (exchange.heard || cursor != mcp.cursor) mcp.silences = 0;
  if (exchange.answer.is_events()) mcp.attempts = 0;
  int& count = exchange.answer.is_events() ? mcp.silences : mcp.attempts;
  const int most = exchange.answer.is_events() ? kMaxSilences : kMaxAttempts;
  if (MayGoOn(request, exchange, ErrorReason(why)) && ++count <= most) {
    mcp.cursor = cursor;
    mcp.reconnect = core_.SetTimer(Delay(mcp.retry_ms, mcp.attempts));
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

std::chrono::milliseconds McpSession::Delay(std::optional<std::uint64_t> told_ms, int attempts) {
  if (told_ms) {
    return std::clamp(std::chrono::milliseconds(std::min<std::uint64_t>(*told_ms, kReplaySilence.count())), kLeastRetry,
                      kReplaySilence);
  }
  std::chrono::milliseconds delay = kFirstRetry;
  for (int i = 1; i < attempts && delay < kLastRetry; ++i) delay *= 2;
  return std::min(delay, kLastRetry);
}

void McpSession::Resume(SessionRequest& request) {
  request.mcp.reconnect = 0;
  if (request.mcp.silence == 0) {
    request.mcp.silence = core_.SetTimer(kReplaySilence);
    request.mcp.heard = false;
  }
  SessionExchange& exchange =
      core_.Start(Role::kRequest, request.id, "GET", {}, LegacyHeaders("text/event-stream"), request.mcp.cursor);
  exchange.named_session = !session_id_.empty();
}

void McpSession::OnSilence(SessionRequest& request) {
  if (std::exchange(request.mcp.heard, false)) {
    request.mcp.silence = core_.SetTimer(kReplaySilence);
    return;
  }
  core_.EndRequest(
      request, MakeError(absl::StatusCode::kUnavailable, "the answer broke off, and the server sent nothing more of it",
                         reason::kUpstreamStreamTruncated, reason::kDomain, {{"may_have_run", "true"}}));
}

// ---- the stream of the server's own messages ----

void McpSession::Listen() {
  listen_again_ = 0;
  listening_ = Listening::kOpening;
  SessionExchange& exchange =
      core_.Start(Role::kListen, {}, "GET", {}, LegacyHeaders("text/event-stream"), listen_cursor_);
  // A server that has no such stream may say 404 or 400 to the first one: that is no lost session.
  exchange.named_session = !session_id_.empty() && listened_;
  if (holding_ != Holding::kNo) listen_wait_ = core_.SetTimer(kListenWait);
}

// The stream is open, or there is none: `initialized` goes on its way.
void McpSession::Release() {
  if (holding_ != Holding::kForListen || leaving_) return;
  if (held_.empty()) return void(holding_ = Holding::kNo);  // it was refused
  holding_ = Holding::kForInitialized;
  Held initialized = std::move(held_.front());
  held_.erase(held_.begin());
  PostHeld(std::move(initialized));
  initialized_ = core_.last_key();
  listen_wait_ = core_.SetTimer(kListenWait);
}

// The server has taken it: what followed it does, in the client's order.
void McpSession::ReleaseRest() {
  if (holding_ != Holding::kForInitialized) return;
  holding_ = Holding::kNo;
  initialized_ = 0;
  for (Held& held : std::exchange(held_, {})) PostHeld(std::move(held));
}

void McpSession::PostHeld(Held held) {
  const absl::StatusOr<JsonRpcMessage> message = ScanJsonRpc(held.json);
  if (message.ok()) PostLegacy(held.json, *message).frame = held.frame;
}

void McpSession::OnListenEnd(const SessionExchange& exchange) {
  listen_cursor_ = exchange.answer.last_event_id();
  if (const auto told = exchange.answer.retry_ms()) listen_retry_ms_ = told;
  const int status = exchange.http_status;
  const bool refused = status >= 400 && status < 500 && status != 409 && status != 429;
  listening_ = refused ? Listening::kRefused : Listening::kWaiting;
  Release();
  if (!refused && !leaving_) listen_again_ = core_.SetTimer(Delay(listen_retry_ms_, ++listen_attempts_));
}

// ---- another gateway ----

std::optional<SessionResume> McpSession::Snapshot() const {
  if (!negotiated_ || session_id_.empty()) return std::nullopt;
  constexpr std::size_t kMaxBytes = 512 * 1024;  // a token that clients can be expected to keep
  SessionResume stand{core_.options().upstream, version_, session_id_, {}, false, listen_cursor_};
  std::size_t bytes = 0;
  for (const auto& [id, request] : core_.requests()) {
    if (!request.mcp.sent || request.mcp.initializes) continue;
    const SessionExchange* exchange = core_.FindExchange(request.exchange);
    const std::string& cursor = exchange != nullptr ? exchange->answer.last_event_id() : request.mcp.cursor;
    bytes += id.size() + cursor.size();
    if (bytes > kMaxBytes) break;
    stand.streams.push_back({id, cursor});
  }
  stand.listens = listening_ != Listening::kRefused;  // who goes on before it listens will want to
  for (const auto& [key, exchange] : core_.exchanges()) {
    if (exchange.role == Role::kListen) stand.listen_cursor = exchange.answer.last_event_id();
  }
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
  listen_cursor_ = resume.listen_cursor;
  if (resume.listens) Listen();
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
}

}  // namespace sluice::translate
