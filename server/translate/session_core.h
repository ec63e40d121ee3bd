// The bookkeeping of a session, whatever its protocol: which requests and exchanges run, what is told of them, when all
// is over. Session (session.h) hands on what happens; the protocol (session_protocol.h) says what follows from it.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_CORE_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_CORE_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "server/translate/answer.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/session.h"
#include "server/translate/session_parts.h"

namespace sluice::translate {

class SessionProtocol;

// Invariants: a request has one end: a response that is told, an Ended frame, or the end of the call. Its exchange, if
// it has one, is in the map and has its id. An exchange leaves the map when it has ended or its close is in the step.
class SessionCore {
 public:
  using Key = Session::Key;
  using Role = SessionExchange::Role;
  using Requests = std::map<std::string, SessionRequest>;

  explicit SessionCore(Session::Options options);
  ~SessionCore();

  // ---- what happens (session.h) ----

  void Begin(const SessionResume* resume);
  void OnFrame(std::string_view bytes);
  void OnHalfClose();
  void OnHead(Key key, const ResponseHead& head);
  void OnBytes(Key key, std::string_view bytes);
  void OnEnd(Key key, const ExchangeEnd& end);
  void OnTimer(Session::TimerId id);
  void OnDraining(std::chrono::milliseconds time_left);
  void OnCancelled(bool draining);
  void GiveUp(Key key, const absl::Status& why);
  // What is to be done since the last call of this.
  Session::Step TakeStep();

  std::size_t held_bytes() const;
  std::uint64_t dropped() const { return dropped_; }
  std::size_t under_way() const;

  // ---- for the protocol ----

  const Session::Options& options() const { return options_; }
  Requests& requests() { return requests_; }
  SessionRequest* FindRequest(const std::string& id);
  SessionExchange* FindExchange(Key key);
  Key last_key() const { return last_key_; }      // of the exchange that was started last
  std::uint64_t frame() const { return frame_; }  // the number of the client's last

  // A request of this id from now on, which the client's last frame brought. Not one that runs.
  SessionRequest& AddRequest(std::string_view id);
  // An exchange, for the request of this id or for none. `cursor` is sent as Last-Event-ID, if there is one.
  SessionExchange& Start(Role role, std::string_view request_id, std::string method, std::string body, Headers headers,
                         const std::string& cursor = {});
  // The POST of a message of the client; a request becomes one that runs, if it is not yet.
  SessionExchange& Post(std::string json, const JsonRpcMessage& message, Headers headers);

  void TellFrame(std::string frame) { step_.frames.push_back(std::move(frame)); }
  // Of the client's last frame: it is not taken.
  void Refuse(std::string_view request_id, const absl::Status& why);
  void EndRequest(SessionRequest& request, const absl::Status& why);
  void Close(SessionExchange& exchange);
  void EndCall(const absl::Status& status);
  void Drop() { ++dropped_; }
  Session::TimerId SetTimer(std::chrono::milliseconds after);
  std::size_t own() const { return own_; }  // exchanges of that role
  // All that run, for those that look for one.
  const std::map<Key, SessionExchange>& exchanges() const { return exchanges_; }
  // Of where the session stands; empty when it cannot be resumed.
  std::string Token() const;

 private:
  void TakeMessage(std::string json);
  void TakeCancel(const std::string& id);
  void TakeTexts(Key key, std::vector<AnswerReader::Text> texts, const absl::Status& read);
  void TakeBatch(Key key, const AnswerReader::Text& batch);
  void TakeText(SessionExchange& exchange, AnswerReader::Text text);
  SessionRequest* AskedBy(const SessionExchange& exchange, const JsonRpcMessage& message);
  absl::Status CountHeld(std::size_t before, const SessionExchange& exchange);
  // It is not what it should be: closed, and told to whom it concerns.
  void Fail(SessionExchange& exchange, const absl::Status& why);
  // It has ended by itself.
  void Conclude(SessionExchange& exchange, const ExchangeEnd& end);
  void TellNotice(const SessionExchange& exchange, const absl::Status& why);
  void Forget(SessionExchange& exchange);
  void Leave(const absl::Status& status, bool abandoned);
  void LeaveIfOver();
  void LastCall();

  const Session::Options options_;
  std::unique_ptr<SessionProtocol> protocol_;
  Session::Step step_;
  Requests requests_;
  std::map<Key, SessionExchange> exchanges_;
  Key ending_ = 0;  // the exchange that is ending by itself: it needs no close
  Key last_key_ = 0;
  Session::TimerId last_timer_ = 0;
  Session::TimerId last_call_ = 0;  // the timer of the end in a drain
  std::uint64_t frame_ = 1;         // the Open
  std::uint64_t sequence_ = 0;
  std::uint64_t dropped_ = 0;
  std::size_t notices_ = 0;     // exchanges of that role
  std::size_t own_ = 0;         // the same
  std::size_t held_bytes_ = 0;  // of answers that are not complete
  bool half_closed_ = false;
  bool handed_over_ = false;               // the client has a token for what the upstream keeps
  std::optional<absl::Status> left_with_;  // how the call ends when nothing of ours runs any more
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_CORE_H_
