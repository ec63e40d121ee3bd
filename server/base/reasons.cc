#include "server/base/reasons.h"

namespace sluice {

using absl::StatusCode;

const std::vector<ReasonInfo>& AllReasons() {
  static const auto& rows = *new std::vector<ReasonInfo>{
      {reason::kUpstreamUnreachable, StatusCode::kUnavailable,
       "No connection to the upstream: its name did not resolve, it refused, or the TLS handshake failed. Nothing of "
       "the request was sent.",
       "Check the upstream's address and certificate, and that it runs. Sending the call again is safe."},
      {reason::kUpstreamTimeoutConnect, StatusCode::kUnavailable,
       "The connection to the upstream was not ready in time. Nothing of the request was sent.",
       "Check that the upstream can be reached from the gateway, or allow it more time to connect. Sending the call "
       "again is safe."},
      {reason::kUpstreamTimeoutFirstByte, StatusCode::kDeadlineExceeded,
       "The upstream took the request and did not begin to answer in time. It may have acted on it.",
       "Find out why the upstream is slow, or set a longer first-byte timeout, or none. Look at the task before "
       "sending the call again."},
      {reason::kUpstreamTimeoutIdle, StatusCode::kDeadlineExceeded,
       "The upstream began to answer and then sent nothing for too long.",
       "Have the upstream send keep-alive comments, or set a longer idle timeout, or none. A task goes on: subscribe "
       "to it again."},
      {reason::kUpstreamTimeoutTotal, StatusCode::kDeadlineExceeded,
       "The exchange with the upstream took longer than the total timeout allows.",
       "Set a longer total timeout, or none: the caller's deadline limits the call as well."},
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
       "A task goes on: subscribe to it again, or get it. Look for a proxy between gateway and upstream that closes "
       "idle or long connections."},
      {reason::kUpstreamBadMessage, StatusCode::kInternal,
       "The upstream sent what is not JSON, not JSON-RPC, or does not fit the message that the method answers.",
       "Compare the protocol version that is configured for the upstream with the one it speaks, then report it to the "
       "upstream's authors."},
      {reason::kEventTooLarge, StatusCode::kResourceExhausted,
       "One event or message of the upstream is larger than the gateway takes.",
       "Have the agent send large content in pieces or by URL, or raise the event limit, and the clients' message "
       "limit with it."},
      {reason::kClientStalled, StatusCode::kResourceExhausted,
       "The client took nothing for too long while messages waited for it.",
       "Read the stream without pause, or cancel calls that are no longer read."},
      {reason::kOverLimit, StatusCode::kResourceExhausted,
       "The gateway holds as many calls, requests, connections or bytes as it is allowed to.",
       "Wait and try again. If it keeps coming, add replicas, or raise the limit that the message names."},
      {reason::kDraining, StatusCode::kUnavailable, "The gateway is shutting down.",
       "Try again after the time in RetryInfo: another replica, or the restarted gateway, will answer."},
      {reason::kUnknownUpstream, StatusCode::kNotFound, "No upstream of that name is configured.",
       "Use one of the names that the message lists, or add the upstream to the configuration."},
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
