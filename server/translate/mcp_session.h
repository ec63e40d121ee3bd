// MCP over Streamable HTTP in a session, for both eras at once: each message of the client says which it is of.
// Model Context Protocol, "Transports": 2025-03-26, 2025-06-18, 2025-11-25 (legacy), 2026-07-28 (modern).
//
//   legacy    `initialize` ──▶ negotiated: every request names the session and the version.
//             `notifications/initialized` waits until the stream of the server's own messages is open (or refused):
//             what the server sends at once would be lost. An answer that is cut goes on by GET with Last-Event-ID, if
//             the server gave its events ids. A cancel is told by a notification; closing says nothing. At the end the
//             session is deleted.
//   modern    headers are made from the message; closing is the cancel; nothing is kept.
#ifndef SLUICE_SERVER_TRANSLATE_MCP_SESSION_H_
#define SLUICE_SERVER_TRANSLATE_MCP_SESSION_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/translate/mcp_message.h"
#include "server/translate/mcp_tool_headers.h"
#include "server/translate/seen_events.h"
#include "server/translate/session_protocol.h"

namespace sluice::translate {

class McpSession final : public SessionProtocol {
 public:
  // How often in a row going on with a cut answer may be refused, or bring nothing.
  static constexpr int kMaxAttempts = 5;
  static constexpr int kMaxSilences = 300;
  // `initialized` waits no longer for the server's own stream, and what follows it no longer for its answer.
  static constexpr std::chrono::milliseconds kListenWait{2'000};
  // An answer that is asked for again may be silent so long: of an event that it does not know a server says nothing.
  static constexpr std::chrono::milliseconds kReplaySilence{300'000};
  // What the client may send meanwhile.
  static constexpr std::size_t kMaxHeldBytes = 1024 * 1024;
  // Requests of the server that are answered for the client at once; more are dropped.
  static constexpr std::size_t kMaxOwnAnswers = 16;
  // Between two attempts, when the server did not say how long: the first, doubled up to the last. It may say less, but
  // not nothing.
  static constexpr std::chrono::milliseconds kLeastRetry{100};
  static constexpr std::chrono::milliseconds kFirstRetry{1'000};
  static constexpr std::chrono::milliseconds kLastRetry{30'000};

  McpSession(SessionCore& core, std::string_view era) : SessionProtocol(core), era_(era) {}

  void OnClientMessage(std::string json, const JsonRpcMessage& message) override;
  void OnGivenUp(const SessionRequest& request) override;
  void OnClosed(Session::Key key, SessionExchange::Role role) override;
  void OnHead(SessionExchange& exchange, const ResponseHead& head) override;
  bool IsRepeated(SessionExchange& exchange, const std::string& event_id) override;
  bool IsAnsweredAnywhere(const SessionRequest& request) const override { return negotiated_ && request.mcp.sent; }
  bool OnMessage(SessionExchange& exchange, const JsonRpcMessage& message, SessionRequest* asked) override;
  std::optional<absl::Status> EndOf(SessionRequest& request, SessionExchange& exchange,
                                    const absl::Status& why) override;
  void OnOtherEnd(SessionExchange& exchange, const absl::Status& why) override;
  void OnTimer(Session::TimerId id) override;
  std::size_t held_notices() const override;
  std::size_t held_bytes() const override;
  void OnUnanswerable(const JsonRpcMessage& request) override;
  void Leave(bool abandoned) override;
  std::optional<SessionResume> Snapshot() const override;
  void Restore(const SessionResume& resume) override;

 private:
  // A message that waits for the server to be ready for it.
  struct Held {
    std::string json;
    std::uint64_t frame;
    std::string request_id;  // empty: it is no request
  };
  enum class Holding { kNo, kForListen, kForInitialized };
  enum class Listening {
    kNot,      // yet
    kOpening,  // the answer has not begun
    kOpen,
    kWaiting,  // to open it again
    kRefused,  // there is none
  };

  void PostModern(std::string json, const JsonRpcMessage& message, const McpFacts& facts);
  SessionExchange& PostLegacy(std::string json, const JsonRpcMessage& message);
  void TakeInitialize(std::string json, const JsonRpcMessage& message);
  void TakeCancelled(std::string json, const JsonRpcMessage& message, const McpFacts& facts);
  void PostOwn(std::string json, std::string_view cancels = {});
  void Delete();
  Headers LegacyHeaders(std::string_view accept) const;

  bool Negotiate(const SessionExchange& exchange, std::string_view result, SessionRequest& asked);
  void TellNegotiated();
  bool TellsLoss(const SessionExchange& exchange, const JsonRpcMessage& message) const;
  void EndLost();

  void Listen();
  void Release();
  void ReleaseRest();
  void PostHeld(Held held);
  void OnListenEnd(const SessionExchange& exchange);
  void Resume(SessionRequest& request);
  bool MayGoOn(const SessionRequest& request, const SessionExchange& exchange, std::string_view reason) const;
  static std::chrono::milliseconds Delay(std::optional<std::uint64_t> told_ms, int attempts);
  void OnSilence(SessionRequest& request);

  const std::string era_;  // that the configuration allows: auto, legacy, modern

  bool negotiated_ = false;  // legacy
  std::string version_;
  std::string session_id_;  // empty: the server keeps none
  std::string modern_version_;
  bool modern_told_ = false;
  McpToolHeaders tool_headers_;

  Listening listening_ = Listening::kNot;
  std::string listen_cursor_;
  int listen_attempts_ = 0;
  Session::TimerId listen_wait_ = 0;   // what is held waits no longer
  Session::TimerId listen_again_ = 0;  // until it is opened again
  std::vector<Held> held_;
  Holding holding_ = Holding::kNo;
  Session::Key initialized_ = 0;  // the POST of it
  bool listened_ = false;         // the stream was open once
  std::optional<std::uint64_t> listen_retry_ms_;

  SeenEvents seen_;      // of all answers
  SeenEvents replayed_;  // of answers that were asked for again
  bool leaving_ = false;
  bool deleted_ = false;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MCP_SESSION_H_
