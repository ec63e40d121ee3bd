// server/translate/session.h: any order of client frames and of what exchanges bring. Every request ends once, every
// exchange is closed or ends once, and what is refused is refused for a reason.
// The input, in pieces: kind and limits (a byte each); then what happens, each with its letter:
//   mJSON      a message of the client          cID   a cancel          fBYTES   any frame
//   hNHEAD, bNBYTES, eNEND   a head, bytes, the end of a running exchange; N, a byte, says which (http_events.h)
//   x          half-close                       d     draining          g        the grace is over
#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/status.h"
#include "server/translate/a2a_call.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/session.h"
#include "sluice/v1/gateway.pb.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/http_events.h"

namespace sluice::fuzz {
namespace {

using translate::JsonRpcKind;
using translate::Session;
using Key = Session::Key;

constexpr Session::Limits kLimits[] = {{1000, 100, 3}, {64 * 1024, 4 * 1024, 100}, {40, 0, 1}, {200, 10, 8}};

// An exchange that was started, and what was told of it so far.
struct Exchange {
  std::string id;             // of a request, else empty
  bool many_answers = false;  // A2A's streaming methods
  std::size_t fed_bytes = 0;
  bool has_head = false;
  int answers = 0;  // results and errors that came down
  int errors = 0;   // of these
  int ended = 0;    // Ended frames
};

class Play {
 public:
  Play(bool a2a, const Session::Limits& limits)
      : a2a_(a2a), limits_(limits), session_("up", a2a ? "a2a" : "x", limits) {
    Take(session_.Begin());
  }

  // Does what a piece says, if it can be done now.
  void Do(std::string_view piece) {
    if (over_) return;
    const std::uint8_t letter = TakeByte(piece);
    switch (letter) {
      case 'm':
      case 'c':
      case 'f':
        return half_closed_ ? void() : SendFrame(letter, piece);
      case 'h':
      case 'b':
      case 'e':
        return running_.empty() ? void() : TellOfExchange(letter, piece);
      case 'x':
        return HalfClose();
      case 'd':
        return Take(session_.OnDraining(std::chrono::milliseconds(TakeByte(piece) * 100)));
      case 'g':
        if (std::exchange(grace_runs_, false)) Take(session_.OnGraceOver());
        return;
    }
  }

  // What runs ends, the client has no more to say: then the session is over, with OK.
  void Finish() {
    if (!over_) HalfClose();
    while (!over_ && !running_.empty()) {
      const Key key = running_.begin()->first;
      End(key, {ExchangeOutcome::kTruncated, "cut", /*request_sent=*/true});
    }
    Check(over_, "a session in which nothing runs and nothing comes is over");
  }

 private:
  void SendFrame(std::uint8_t letter, std::string_view piece) {
    v1::SessionRequest frame;
    std::string bytes(piece);
    if (letter == 'm') frame.mutable_message()->set_json(bytes);
    if (letter == 'c') frame.mutable_cancel()->set_id(bytes);
    if (letter != 'f') bytes = frame.SerializeAsString();
    sent_ = letter == 'f' && frame.ParseFromString(bytes) ? frame.message().json() : std::string(piece);
    Take(session_.OnFrame(bytes));
  }

  void TellOfExchange(std::uint8_t letter, std::string_view piece) {
    const auto at = std::next(running_.begin(), static_cast<std::ptrdiff_t>(TakeByte(piece) % running_.size()));
    const auto& [key, exchange] = *at;
    if (letter == 'e') return End(key, ReadEnd(piece));
    if (letter == 'h' && !exchange->has_head) {
      exchange->has_head = true;
      Take(session_.OnHead(key, ReadHead(piece)));
    } else if (letter == 'b' && exchange->has_head) {
      exchange->fed_bytes += piece.size();
      Take(session_.OnBytes(key, piece));
    }
  }

  void End(Key key, const ExchangeEnd& end) {
    const auto exchange = running_.at(key);
    ending_ = key;
    Take(session_.OnEnd(key, end));
    ending_ = 0;
    Stop(key);
  }

  void HalfClose() {
    if (std::exchange(half_closed_, true)) return;
    Take(session_.OnHalfClose());
  }

  void Take(const Session::Step& step) {
    Check(!over_, "nothing is asked for after the end");
    for (const std::string& bytes : step.frames) TakeFrame(bytes);
    for (const Session::Post& post : step.posts) Start(post);
    for (const Key key : step.closes) {
      Check(key != ending_, "what ended by itself is not closed");
      Stop(key);
    }
    if (step.start_grace) Check(!std::exchange(grace_runs_, true), "one grace runs at a time");
    Check(running_.size() <= limits_.requests, "no more runs than may");
    over_ = step.end.has_value();
    if (over_ && step.end->ok()) {
      Check(half_closed_ && (running_.empty() || (running_.size() == 1 && ending_ != 0)), "OK comes when all is over");
    } else if (over_) {
      Check(absl::IsInvalidArgument(*step.end), "only a client's frame breaks a session");
    }
  }

  void Start(const Session::Post& post) {
    Check(post.key > last_key_, "no key is used twice");
    last_key_ = post.key;
    Check(post.body == sent_, "a message is posted byte for byte");
    const auto message = translate::ValidateJsonRpc(post.body);
    Check(message.ok(), "what is posted is JSON-RPC");
    auto exchange = std::make_shared<Exchange>();
    if (message->kind == JsonRpcKind::kRequest) {
      exchange->id = message->id;
      Check(!ByRequest(exchange->id), "an id is used once at a time");
    }
    const auto* method = translate::FindA2aMethod(message->method);
    exchange->many_answers = a2a_ && method != nullptr && method->streaming;
    running_.emplace(post.key, std::move(exchange));
  }

  std::shared_ptr<Exchange> ByRequest(const std::string& id) const {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const auto& one) { return !id.empty() && one.second->id == id; });
    return found == running_.end() ? nullptr : found->second;
  }

  void TakeFrame(const std::string& bytes) {
    v1::SessionResponse frame;
    Check(frame.ParseFromString(bytes), "what comes down is a SessionResponse");
    if (frame.has_message()) TakeMessage(frame.message());
    if (frame.has_ended()) TakeEnded(frame.ended());
  }

  void TakeMessage(const v1::ServerMessage& message) {
    Check(message.sequence() == ++sequence_, "messages are counted");
    const auto read = translate::ScanJsonRpc(message.json());
    Check(read.ok(), "what comes down is JSON-RPC");
    if (read->kind != JsonRpcKind::kResult && read->kind != JsonRpcKind::kError) return;
    const auto exchange = ByRequest(message.request_id());
    if (exchange == nullptr) return Check(message.request_id().empty(), "an answer belongs to a request that runs");
    if (read->kind == JsonRpcKind::kResult) Check(read->id == exchange->id, "a result has the request's id");
    ++exchange->answers;
    if (read->kind == JsonRpcKind::kError) ++exchange->errors;
    Check(exchange->errors <= 1 && (exchange->many_answers || exchange->answers == 1), "a request is answered once");
  }

  void TakeEnded(const v1::Ended& ended) {
    if (ended.frame() == 0) {
      const auto exchange = ByRequest(ended.request_id());
      Check(exchange != nullptr, "what ends has run");
      ++exchange->ended;
    }
    // What all exchanges hold together is refused only when there is so much.
    if (ended.status().message().rfind("session: the answers that are not complete hold", 0) != 0) return;
    std::size_t most = 0;
    for (const auto& [key, exchange] : running_) most += 3 * exchange->fed_bytes;  // as U+FFFD
    Check(most > 2 * limits_.event_bytes, "what is held is counted right");
  }

  // An exchange was closed, or has ended.
  void Stop(Key key) {
    const auto found = running_.find(key);
    Check(found != running_.end(), "an exchange stops once");
    const Exchange& exchange = *found->second;
    if (!exchange.id.empty()) {
      const int answers = exchange.many_answers ? exchange.errors : exchange.answers;
      Check(answers + exchange.ended == 1, "a request ends once");
    }
    running_.erase(found);
  }

  const bool a2a_;
  const Session::Limits limits_;
  Session session_;
  std::map<Key, std::shared_ptr<Exchange>> running_;
  std::string sent_;  // the JSON of the last frame
  Key last_key_ = 0;
  Key ending_ = 0;
  std::uint64_t sequence_ = 0;
  bool half_closed_ = false;
  bool grace_runs_ = false;
  bool over_ = false;
};

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::vector<std::string_view> pieces = Pieces(AsText(data, size));
  (void)sluice::translate::ParseSessionOpen(AsText(data, size));
  const bool a2a = TakeByte(pieces[0]) % 2 == 1;
  Play play(a2a, kLimits[TakeByte(pieces[0]) % std::size(kLimits)]);
  for (std::size_t i = 1; i < pieces.size(); ++i) play.Do(pieces[i]);
  play.Finish();
  return 0;
}
