#include "server/base/reasons.h"

namespace sluice {

using absl::StatusCode;

const std::vector<ReasonInfo>& AllReasons() {
  static const auto& rows = *new std::vector<ReasonInfo>{
      {reason::kUpstreamUnreachable, StatusCode::kUnavailable,
       "No connection to the upstream. `cause` says why: its name did not resolve, it refused, its certificate is not "
       "trusted, ... It has read nothing of the request.",
       "Do what the end of the message says. Sending the call again is safe."},
      {reason::kUpstreamTimeoutConnect, StatusCode::kUnavailable,
       "The connection to the upstream was not ready in time. Nothing of the request was sent.",
       "Check that the upstream can be reached from the gateway, or raise upstreams[].clocks.connect. Sending the call "
       "again is safe."},
      {reason::kUpstreamTimeoutFirstByte, StatusCode::kDeadlineExceeded,
       "The upstream took the request and did not begin to answer in time. It may have acted on it.",
       "Find out why the upstream is slow, or raise upstreams[].clocks.first_byte (0s: no limit). Look at the task "
       "before sending the call again."},
      {reason::kUpstreamTimeoutIdle, StatusCode::kDeadlineExceeded,
       "The upstream began to answer and then sent nothing for too long.",
       "Have the upstream send keep-alive comments, or raise upstreams[].clocks.idle (0s: no limit). A task goes on: "
       "subscribe to it again."},
      {reason::kUpstreamTimeoutTotal, StatusCode::kDeadlineExceeded,
       "The exchange with the upstream took longer than the total timeout allows.",
       "Raise upstreams[].clocks.total (0s: no limit): the caller's deadline limits the call as well."},
      {reason::kUpstreamHttpStatus, StatusCode::kInternal,
       "The upstream answered with an HTTP error and not with its protocol. The status, in `http_status`, decides the "
       "code: 401 UNAUTHENTICATED, 403 PERMISSION_DENIED, 429 RESOURCE_EXHAUSTED, 503 UNAVAILABLE, ...",
       "Read the excerpt in the message. For 404 and 405 check the path of the upstream's URL; for 401 and 403 the "
       "credentials that the call carries; where there is a RetryInfo, wait that long."},
      {reason::kUpstreamBadContentType, StatusCode::kInternal,
       "The upstream answered with a media type that its protocol does not allow.",
       "Check that the upstream's URL is that of its JSON-RPC endpoint, and that no proxy answers in its place."},
      {reason::kUpstreamStreamTruncated, StatusCode::kUnavailable,
       "The answer broke off, or ended before the protocol says that it is over. What came before is good.",
       "A task of an A2A agent goes on: subscribe to it again, or get it. Anything else must be asked for again. Look "
       "for a proxy between gateway and upstream that closes "
       "idle or long connections."},
      {reason::kUpstreamBadMessage, StatusCode::kInternal,
       "The upstream sent what is not JSON, not JSON-RPC, or does not fit the message that the method answers.",
       "Compare upstreams[].version with what the upstream speaks, then report what the message shows to the "
       "upstream's "
       "authors."},
      {reason::kUpstreamSessionLost, StatusCode::kAborted,
       "The MCP server does not know its session any more: it restarted, or ended it.",
       "Open a new session and begin with `initialize`. What the server kept for the old one (subscriptions, log "
       "level) "
       "is gone."},
      {reason::kUpstreamError, StatusCode::kInternal,
       "The upstream told an error inside an answer that had begun well. `error_type` and `error_code` are its own "
       "words and decide the code: `overloaded_error` UNAVAILABLE, `rate_limit_error` RESOURCE_EXHAUSTED, ...",
       "Read the message, which has the upstream's. What came before it is incomplete."},
      {reason::kEventTooLarge, StatusCode::kResourceExhausted,
       "One event or message of the upstream is larger than the gateway takes.",
       "Have the agent send large content in pieces or by URL, or raise upstreams[].limits.event and limits.message, "
       "and the clients' own message limit with them."},
      {reason::kClientStalled, StatusCode::kResourceExhausted,
       "The client took nothing for too long while messages waited for it, or sent a large request and did not end it.",
       "Read the stream without pause, and cancel calls that are no longer read. limits.stall is the time a client "
       "has."},
      {reason::kOverLimit, StatusCode::kResourceExhausted,
       "The gateway holds as many calls, requests, connections or bytes as it is allowed to; `cause` may say of what. "
       "Without `may_have_run` the call or the request was not begun.",
       "Wait and try again. If it keeps coming, add replicas, or raise the limit that the message names."},
      {reason::kDraining, StatusCode::kUnavailable,
       "The gateway is shutting down. With `may_have_run` it ended a call that was running, else it did not begin it.",
       "Try again, after the time in RetryInfo if there is one: another replica, or the restarted gateway, will "
       "answer. "
       "After `may_have_run` look at the task first."},
      {reason::kUnknownUpstream, StatusCode::kNotFound, "No upstream of that name, or for that tenant, is configured.",
       "Use one of the names or tenants that the message lists, or add the upstream to the configuration, under "
       "upstreams."},
  };
  return rows;
}

const ReasonInfo* FindReason(std::string_view reason) {
  for (const ReasonInfo& row : AllReasons()) {
    if (row.reason == reason) return &row;
  }
  return nullptr;
}

}  // namespace sluice
