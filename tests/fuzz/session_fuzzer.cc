// server/translate/session.h: any order of client frames and of what exchanges bring. Every request ends once, every
// exchange is closed or ends once, and what is refused is refused for a reason.
// The input, in pieces: kind and limits (a byte each); then what happens, each with its letter:
//   mJSON      a message of the client          cID   a cancel          fBYTES   any frame
//   hNHEAD, bNBYTES, eNEND   a head, bytes, the end of a running exchange; N, a byte, says which (http_events.h)
//   x          half-close                       d     draining          tN       a timer's time has come
//   z          the client is gone
#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <set>
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

constexpr translate::SessionKind kKinds[] = {translate::SessionKind::kJsonRpc, translate::SessionKind::kA2a,
                                             translate::SessionKind::kMcp};

struct Exchange {
  std::size_t fed_bytes = 0;
  bool has_head = false;
  bool own = false;  // of the session's own making
};

// A request of the client that runs.
struct Request {
  bool many_answers = false;  // A2A's streaming methods
};

// Where a session with an MCP server may have stood before.
const translate::SessionResume kStand{"up", "2025-11-25", "s", {{"1", "e1"}, {"2", ""}}, true, "l1"};

class Play {
 public:
  Play(translate::SessionKind kind, const Session::Limits& limits, bool resumes)
      : kind_(kind), limits_(limits), session_(Options(kind, limits)) {
    const bool mcp = kind == translate::SessionKind::kMcp;
    if (mcp && resumes) requests_ = asked_ = {{"1", {}}, {"2", {}}};
    Take(session_.Begin(mcp && resumes ? &kStand : nullptr));
  }

  // Does what a piece says, if it can be done now.
  void Do(std::string_view piece) {
    if (over_) return;
    const std::uint8_t letter = TakeByte(piece);
    switch (letter) {
      case 'm':
      case 'c':
      case 'f':
        return half_closed_ || gone_ ? void() : SendFrame(letter, piece);
      case 'h':
      case 'b':
      case 'e':
        return running_.empty() ? void() : TellOfExchange(letter, piece);
      case 'x':
        return HalfClose();
      case 'd':
        return gone_ ? void() : Take(session_.OnDraining(std::chrono::milliseconds(TakeByte(piece) * 100)));
      case 't':
        return timers_.empty() ? void() : Fire(TakeByte(piece) % timers_.size());
      case 'z':
        if (!std::exchange(gone_, true)) Take(session_.OnCancelled(/*draining=*/TakeByte(piece) % 2 == 1));
        return;
    }
  }

  // What runs ends, the client has no more to say, time passes: then the session is over.
  void Finish() {
    if (!over_) HalfClose();
    for (int i = 0; !over_ && i < 100'000; ++i) {
      if (!running_.empty()) {
        End(running_.begin()->first, {ExchangeOutcome::kUnreachable, "gone", /*request_sent=*/false});
      } else if (!timers_.empty()) {
        Fire(0);
      } else {
        break;
      }
    }
    Check(over_, "a session in which nothing runs and nothing comes is over");
  }

 private:
  Session::Options Options(translate::SessionKind kind, const Session::Limits& limits) const {
    Session::Options options{"up", kind, limits};
    options.era = "auto";
    options.seal = [this](const translate::SessionResume& stand) {
      for (const auto& stream : stand.streams) Check(asked_.contains(stream.request_id), "a token is of what runs");
      return std::string("token");
    };
    return options;
  }

  void SendFrame(std::uint8_t letter, std::string_view piece) {
    v1::SessionRequest frame;
    std::string bytes(piece);
    if (letter == 'm') frame.mutable_message()->set_json(bytes);
    if (letter == 'c') frame.mutable_cancel()->set_id(bytes);
    if (letter != 'f') bytes = frame.SerializeAsString();
    if (letter == 'm' || (frame.ParseFromString(bytes) && frame.has_message())) NoteSent(frame.message().json());
    Take(session_.OnFrame(bytes));
  }

  void NoteSent(const std::string& json) {
    const auto message = translate::ValidateJsonRpc(json);
    if (!message.ok()) return;
    sent_.insert(json);
    if (message->kind != JsonRpcKind::kRequest || requests_.contains(std::string(message->id))) return;
    const auto* method = translate::FindA2aMethod(message->method);
    const bool many = kind_ == translate::SessionKind::kA2a && method != nullptr && method->streaming;
    asked_[std::string(message->id)] = {many};
  }

  void TellOfExchange(std::uint8_t letter, std::string_view piece) {
    const auto at = std::next(running_.begin(), static_cast<std::ptrdiff_t>(TakeByte(piece) % running_.size()));
    auto& [key, exchange] = *at;
    if (letter == 'e') return End(key, ReadEnd(piece));
    if (letter == 'h' && !exchange.has_head) {
      exchange.has_head = true;
      Take(session_.OnHead(key, ReadHead(piece)));
    } else if (letter == 'b' && exchange.has_head) {
      exchange.fed_bytes += piece.size();
      Take(session_.OnBytes(key, piece));
    }
  }

  void End(Key key, const ExchangeEnd& end) {
    ending_ = key;
    Take(session_.OnEnd(key, end));
    ending_ = 0;
    running_.erase(key);
  }

  void Fire(std::size_t index) {
    const Session::TimerId id = timers_[index];
    timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(index));
    Take(session_.OnTimer(id));
  }

  void HalfClose() {
    if (gone_ || std::exchange(half_closed_, true)) return;
    Take(session_.OnHalfClose());
  }

  void Take(const Session::Step& step) {
    Check(!over_, "nothing is asked for after the end");
    for (const Session::HttpRequest& request : step.requests) Start(request);
    for (const std::string& bytes : step.frames) TakeFrame(bytes);
    for (const Key key : step.closes) {
      Check(key != ending_, "what ended by itself is not closed");
      Check(running_.erase(key) == 1, "an exchange is closed once");
    }
    for (const Session::Timer& timer : step.timers) {
      Check(timer.id > last_timer_ && timer.after.count() >= 0, "a timer is one of its own");
      last_timer_ = timer.id;
      timers_.push_back(timer.id);
    }
    Check(running_.size() - CountOfClient() <= limits_.requests + 17, "what is of our own making is bounded");
    Check(CountOfClient() <= 2 * limits_.requests + 1, "no more runs than may");  // an answer and what goes on with it
    over_ = step.end.has_value();
    if (over_ && step.end->ok()) {
      Check(half_closed_ && requests_.empty(), "OK comes when all is over");
      Check(running_.empty() || (running_.size() == 1 && ending_ != 0), "at the end nothing runs");
    }
  }

  void Start(const Session::HttpRequest& request) {
    Check(request.key > last_key_, "no key is used twice");
    last_key_ = request.key;
    running_[request.key].own = request.total.has_value();
    const bool of_client = request.method == "POST" && !request.total;
    if (!of_client) {
      Check(kind_ == translate::SessionKind::kMcp, "only MCP does more than post");
      return;
    }
    Check(sent_.contains(request.body), "a message is posted byte for byte");
    const auto message = translate::ValidateJsonRpc(request.body);
    if (message->kind == JsonRpcKind::kRequest) {
      const std::string id(message->id);
      Check(!requests_.contains(id), "an id is used once at a time");
      requests_[id] = asked_[id];
    }
  }

  std::size_t CountOfClient() const {
    return static_cast<std::size_t>(
        std::count_if(running_.begin(), running_.end(), [](const auto& one) { return !one.second.own; }));
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
    const auto found = requests_.find(message.request_id());
    if (message.request_id().empty()) return Check(read->kind == JsonRpcKind::kError, "a notice is not answered");
    Check(found != requests_.end(), "an answer belongs to a request that runs");
    if (read->kind == JsonRpcKind::kResult) {
      Check(translate::IsSameJsonRpcId(read->id, found->first), "a result has the request's id");
    }
    if (read->kind == JsonRpcKind::kResult && found->second.many_answers) return;
    asked_.erase(found->first);
    requests_.erase(found);
  }

  void TakeEnded(const v1::Ended& ended) {
    if (ended.frame() == 0) {
      // One that was never posted had waited for its turn.
      const bool ran = requests_.erase(ended.request_id()) == 1;
      const bool asked = asked_.erase(ended.request_id()) == 1;
      Check(ran || asked, "what ends has run");
    }
    // What all exchanges hold together is refused only when there is so much.
    if (ended.status().message().find("session: the answers that are not complete hold") != 0) return;
    std::size_t most = 0;
    for (const auto& [key, exchange] : running_) most += 3 * exchange.fed_bytes;  // as U+FFFD
    Check(most > 2 * limits_.event_bytes, "what is held is counted right");
  }

  const translate::SessionKind kind_;
  const Session::Limits limits_;
  std::map<std::string, Request> requests_;  // that were posted, by id
  std::map<std::string, Request> asked_;     // that the client sent and that have not ended
  Session session_;
  std::map<Key, Exchange> running_;
  std::set<std::string> sent_;  // the JSON of all messages
  std::vector<Session::TimerId> timers_;
  Key last_key_ = 0;
  Key ending_ = 0;
  Session::TimerId last_timer_ = 0;
  std::uint64_t sequence_ = 0;
  bool half_closed_ = false;
  bool gone_ = false;
  bool over_ = false;
};

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::vector<std::string_view> pieces = Pieces(AsText(data, size));
  (void)sluice::translate::ParseSessionOpen(AsText(data, size));
  const std::uint8_t first = TakeByte(pieces[0]);
  Play play(kKinds[first % 3], kLimits[TakeByte(pieces[0]) % std::size(kLimits)], first >= 128);
  for (std::size_t i = 1; i < pieces.size(); ++i) play.Do(pieces[i]);
  play.Finish();
  return 0;
}
