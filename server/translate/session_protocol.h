// What the protocol of an upstream adds to plain JSON-RPC over HTTP, which is what this class by itself does.
// For session_core.cc; the core tells what happens, the protocol calls the core to act.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_PROTOCOL_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_PROTOCOL_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/answer.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/session.h"
#include "server/translate/session_parts.h"

namespace sluice::translate {

// JSON-RPC 2.0, sections 4 and 5: one POST for each message, and the response is the end of a request.
class SessionProtocol {
 public:
  explicit SessionProtocol(SessionCore& core) : core_(core) {}
  virtual ~SessionProtocol() = default;
  SessionProtocol(const SessionProtocol&) = delete;
  SessionProtocol& operator=(const SessionProtocol&) = delete;

  // A message of the client that was checked: posts it, or refuses it.
  virtual void OnClientMessage(std::string json, const JsonRpcMessage& message);
  // The request has ended without a response and may go on running: what the upstream is to hear beside the close.
  virtual void OnGivenUp(const SessionRequest&) {}

  virtual void OnHead(SessionExchange&, const ResponseHead&) {}
  // Whether a message is known: it came before.
  virtual bool IsRepeated(SessionExchange&, const std::string& /*event_id*/) { return false; }
  // Whether the request's response may come on another exchange than its own.
  virtual bool IsAnsweredAnywhere(const SessionRequest&) const { return false; }
  // A message that is about to be told, or dropped if it is a response and nobody asked for it (`asked` is null then).
  // False: neither, the protocol has dealt with it.
  virtual bool OnMessage(SessionExchange&, const JsonRpcMessage&, SessionRequest* /*asked*/) { return true; }
  // `asked` was responded to: whether it is over.
  virtual bool IsOver(const SessionRequest&) const { return true; }
  // The exchange of a request that got no response is over, or not what it should be. Nothing: the request goes on;
  // else how it ends.
  virtual std::optional<absl::Status> EndOf(SessionRequest&, SessionExchange&, const absl::Status& why) { return why; }
  // What the end of the answer means for its request, which no response has ended.
  virtual absl::Status Verdict(const SessionRequest& request, const SessionExchange& exchange,
                               const ExchangeEnd& end) const;
  // An exchange is over, and gone.
  virtual void OnClosed(Session::Key, SessionExchange::Role) {}
  // One that is neither a request's nor a notice's has ended, or is being closed because of `why`.
  virtual void OnOtherEnd(SessionExchange&, const absl::Status& /*why*/) {}
  virtual void OnTimer(Session::TimerId) {}
  // What waits to be posted: messages that are no requests, and the bytes of all.
  virtual std::size_t held_notices() const { return 0; }
  virtual std::size_t held_bytes() const { return 0; }

  // What to tell of the request's end, beside why.
  virtual void AddParticulars(const SessionRequest&, absl::Status&) const {}
  // A request of the upstream that its client can no longer answer.
  virtual void OnUnanswerable(const JsonRpcMessage&) {}

  // The session is over; `abandoned`: with requests that still run. What is started now is waited for.
  virtual void Leave(bool /*abandoned*/) {}
  // Where it stands; nothing when it cannot be resumed.
  virtual std::optional<SessionResume> Snapshot() const { return std::nullopt; }
  virtual void Restore(const SessionResume&) {}

 protected:
  SessionCore& core_;
};

std::unique_ptr<SessionProtocol> MakeA2aProtocol(SessionCore& core);
std::unique_ptr<SessionProtocol> MakeMcpProtocol(SessionCore& core, std::string_view era);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_PROTOCOL_H_
