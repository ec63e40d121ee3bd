// One conversation with an A2A agent (`sluice.v1.Conversation/Converse`): each request of the client is an A2aCall of
// its own. A2A 1.0, "Streaming"; protos/sluice/v1/conversation.proto.
// Pure: bytes in, bytes out; no gRPC, no sockets, no threads, no clock.
#ifndef SLUICE_SERVER_TRANSLATE_CONVERSATION_H_
#define SLUICE_SERVER_TRANSLATE_CONVERSATION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_resumed_call.h"
#include "server/translate/a2a_version.h"
#include "server/translate/cancel_receipt.h"
#include "server/translate/multiplexer.h"

namespace sluice::v1 {
class ConverseRequest;
}

namespace sluice::translate {

// Invariants: a request that was begun has one `ended` frame, or the end of the call. It is in the map of requests
// under the key of its exchange, which runs or, after a cut, will run when its wait is over.
class Conversation final : public Multiplexer {
 public:
  struct Options {
    std::string upstream;  // its name, for errors
    A2aVersion version = A2aVersion::k10;
    std::string tenant = {};  // of requests that name none
    Limits limits;
    bool cancel_tasks = false;  // the tasks of running requests, when the call is cancelled
    // Streams that are cut go on; the waits before that are spread from this seed. Nothing: a cut is a request's end.
    std::optional<std::uint32_t> resume_seed = std::nullopt;
  };

  explicit Conversation(Options options);
  ~Conversation() override;

  // Frames are ConverseRequest and ConverseResponse.
  Step OnFrame(std::string_view frame) override;
  Step OnHalfClose() override;
  Step OnHead(Key key, const ResponseHead& head) override;
  Step OnBytes(Key key, std::string_view bytes) override;
  Step OnEnd(Key key, const ExchangeEnd& end) override;
  Step OnTimer(TimerId id) override;
  Step OnDraining(std::chrono::milliseconds time_left) override;
  Step OnCancelled(bool draining) override;
  void GiveUp(Key key, const absl::Status& why, Step& step) override;
  std::string Heartbeat() const override;
  std::size_t pending_bytes() const override { return held_bytes_ + kept_bytes_; }
  std::uint64_t dropped_responses() const override { return dropped_; }
  std::size_t under_way() const override { return requests_.size() + cancels_.size(); }
  const CancelReceipt* cancel_receipt() const override { return cancelled_ ? &receipt_ : nullptr; }

 private:
  struct Request;  // of the client, from its frame to its one end
  using Requests = std::map<Key, Request>;
  struct Cancel;  // of a task, of our own making
  using Cancels = std::map<Key, Cancel>;

  void TakeFrame(v1::ConverseRequest& frame, Step& step);
  void Begin(v1::ConverseRequest& frame, Step& step);
  void PostNext(Key key, A2aResumedCall& answer, Step& step);
  void Post(Key key, A2aCall& call, bool retry_safe, Step& step);
  // Of the client's last frame, which begins no request.
  void Refuse(const absl::Status& why, Step& step) const;
  Requests::iterator FindById(std::string_view id);

  template <typename Feed>
  Step OnExchange(Key key, bool is_over, const Feed& feed);
  void Take(Requests::iterator at, A2aResumedCall::Told told, bool is_over, Step& step);
  void WaitForAgain(Requests::iterator at, std::chrono::milliseconds time, bool is_over, Step& step);
  void Again(Requests::iterator at, Step& step);
  void OnGrace(Requests::iterator at, Step& step);
  void Tell(Request& request, const A2aMessage& message, Step& step);
  void StartGrace(Request& request, Step& step);
  void End(Requests::iterator at, const absl::Status& status, bool is_over, Step& step);
  void CancelTasks(Step& step);
  void TakeCancel(Cancels::iterator at, translate::Step told, bool is_over, Step& step);
  Step Finish(Step step) const;
  A2aCall::Limits CallLimits() const;
  // Of all answers that are not complete.
  std::size_t most_held() const { return 2 * options_.limits.event_bytes; }

  const Options options_;
  Requests requests_;
  std::map<std::string, Key, std::less<>> by_id_;
  Cancels cancels_;
  CancelReceipt receipt_;
  std::string context_id_;
  Key last_key_ = 0;
  TimerId last_timer_ = 0;
  std::uint64_t frame_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t dropped_ = 0;
  std::size_t held_bytes_ = 0;
  std::size_t kept_bytes_ = 0;
  bool half_closed_ = false;
  bool cancelled_ = false;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CONVERSATION_H_
