// server/translate/conversation.h: any order of client frames and of what exchanges bring. Every request that begins
// ends once, every exchange is closed or ends once, and what is held is bounded.
// The input, in pieces: limits and options (a byte each); then what happens, each with its letter:
//   sITEXT     a message; I, a byte, is the request's id        uITASK, kITASK   a subscription, a cancel
//   cI         a close                                          fBYTES           any frame
//   hNHEAD, bNBYTES, eNEND   a head, bytes, the end of a running exchange; N, a byte, says which (http_events.h)
//   x          half-close                       d     draining          tN       a timer's time has come
//   gN         no room for an exchange          z     the client is gone
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/translate/conversation.h"
#include "sluice/v1/conversation.pb.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/http_events.h"

namespace sluice::fuzz {
namespace {

using translate::Conversation;
using v1::ConverseRequest;
using v1::ConverseResponse;
using Key = Conversation::Key;

constexpr std::size_t kMostRemembered = 64 * 1024;  // of one request, with resume
constexpr Conversation::Limits kLimits[] = {{1000, 100, 3}, {64 * 1024, 4 * 1024, 100}, {40, 0, 1}, {200, 10, 8}};

ConverseRequest FrameOf(std::uint8_t letter, std::string_view piece) {
  ConverseRequest frame;
  frame.set_request_id(std::string(piece.substr(0, 1)));
  const std::string rest(piece.substr(std::min<std::size_t>(piece.size(), 1)));
  if (letter == 's') {
    lf::a2a::v1::Message& message = *frame.mutable_send()->mutable_message();
    message.set_message_id("m");
    message.set_role(lf::a2a::v1::ROLE_USER);
    message.add_parts()->set_text(rest);
  }
  if (letter == 'u') frame.mutable_subscribe()->set_id(rest);
  if (letter == 'k') frame.mutable_cancel_task()->set_id(rest);
  if (letter == 'c') frame.mutable_close();
  return frame;
}

class Play {
 public:
  Play(const Conversation::Limits& limits, std::uint8_t flags)
      : limits_(limits),
        cancel_tasks_(flags % 2 == 1),
        resumes_((flags & 4) != 0),
        conversation_({"agent", flags & 2 ? translate::A2aVersion::k03 : translate::A2aVersion::k10, "", limits,
                       cancel_tasks_, resumes_ ? std::optional<std::uint32_t>(flags) : std::nullopt}) {}

  // Does what a piece says, if it can be done now.
  void Do(std::string_view piece) {
    if (over_) return;
    const std::uint8_t letter = TakeByte(piece);
    switch (letter) {
      case 's':
      case 'u':
      case 'k':
      case 'c':
      case 'f':
        return half_closed_ || gone_ ? void() : SendFrame(letter, piece);
      case 'h':
      case 'b':
      case 'e':
      case 'g':
        return running_.empty() ? void() : TellOfExchange(letter, piece);
      case 'x':
        return HalfClose();
      case 'd':
        return Take(conversation_.OnDraining(std::chrono::milliseconds(TakeByte(piece) * 100)));
      case 't':
        return timers_.empty() ? void() : Fire(TakeByte(piece) % timers_.size());
      case 'z':
        return gone_ ? void() : Leave();
    }
  }

  // What runs ends and the client has no more to say: then the conversation is over.
  void Finish() {
    if (!over_) HalfClose();
    while (!over_ && !(running_.empty() && timers_.empty())) {
      running_.empty() ? Fire(0)
                       : End(running_.begin()->first, {ExchangeOutcome::kUnreachable, "gone", /*request_sent=*/false});
    }
    Check(over_, "a conversation in which nothing runs and nothing comes is over");
  }

 private:
  struct Exchange {
    std::string request;  // empty: of our own making
    bool has_head = false;
  };
  struct Timer {
    Conversation::TimerId id;
    std::string request;
  };

  void SendFrame(std::uint8_t letter, std::string_view piece) {
    std::string bytes(piece);
    if (letter != 'f') bytes = FrameOf(letter, piece).SerializeAsString();
    ConverseRequest frame;
    ++frames_sent_;
    begins_ = frame.ParseFromString(bytes) ? std::optional(frame.request_id()) : std::nullopt;
    const bool broken = !begins_;
    Take(conversation_.OnFrame(bytes));
    Check(!broken || over_, "what is no frame ends the call");
    begins_.reset();
  }

  void TellOfExchange(std::uint8_t letter, std::string_view piece) {
    auto& [key, exchange] =
        *std::next(running_.begin(), static_cast<std::ptrdiff_t>(TakeByte(piece) % running_.size()));
    if (letter == 'e') return End(key, ReadEnd(piece));
    about_ = exchange.request;
    if (letter == 'g') {
      Conversation::Step step;
      conversation_.GiveUp(key, absl::ResourceExhaustedError("no room"), step);
      Check(step.closes == std::vector<Key>{key}, "what is given up is closed");
      Take(std::move(step));
    } else if (letter == 'h' && !exchange.has_head) {
      exchange.has_head = true;
      Take(conversation_.OnHead(key, ReadHead(piece)));
    } else if (letter == 'b' && exchange.has_head) {
      Take(conversation_.OnBytes(key, piece));
    }
  }

  void End(Key key, const ExchangeEnd& end) {
    const std::string request = about_ = running_.at(key).request;
    Conversation::Step step = conversation_.OnEnd(key, end);
    Check(step.closes.empty(), "what has ended needs no close");
    running_.erase(key);
    Take(std::move(step));
    Check(resumes_ || request.empty() || !requests_.contains(request), "a request ends with its exchange");
  }

  void HalfClose() {
    if (!std::exchange(half_closed_, true)) Take(conversation_.OnHalfClose());
  }

  void Fire(std::size_t index) {
    const auto at = timers_.begin() + static_cast<std::ptrdiff_t>(index);
    const Timer timer = *at;
    timers_.erase(at);
    about_ = timer.request;
    Take(conversation_.OnTimer(timer.id));
  }

  void Leave() {
    gone_ = true;
    Conversation::Step step = conversation_.OnCancelled(/*draining=*/false);
    Check(cancel_tasks_ || (step.requests.empty() && step.end), "nothing is owed to the agent");
    Check(step.closes.size() == running_.size(), "every exchange is closed");
    requests_.clear();
    Take(std::move(step));
  }

  void Take(Conversation::Step step) {
    Check(!over_, "nothing comes after the end");
    for (const Conversation::HttpRequest& request : step.requests) Start(request);
    Check(!gone_ || step.frames.empty(), "who is gone is told nothing");
    for (const std::string& frame : step.frames) TakeFrame(frame);
    for (const Key key : step.closes) Check(running_.erase(key) == 1, "what is closed has run");
    for (const Conversation::Timer& timer : step.timers) {
      Check(timer.id > last_timer_ && timer.after.count() >= 0, "a timer is one of its own");
      last_timer_ = timer.id;
      timers_.push_back({timer.id, about_});
    }
    Check(requests_.size() <= limits_.requests, "no more runs than may");
    Check(conversation_.under_way() == running_.size() + Waiting(), "what runs is counted");
    const std::size_t remembered = resumes_ ? limits_.requests * kMostRemembered : 0;
    Check(conversation_.pending_bytes() <= 2 * limits_.event_bytes + remembered, "what is held is bounded");
    Check(!requests_.empty() || !running_.empty() || conversation_.pending_bytes() == 0,
          "what has ended holds nothing");
    over_ = step.end.has_value();
    if (over_ && step.end->ok()) Check(half_closed_ && running_.empty(), "OK comes when all is over");
  }

  // Requests between two exchanges.
  std::size_t Waiting() const {
    std::set<std::string> waiting = requests_;
    for (const auto& [key, exchange] : running_) waiting.erase(exchange.request);
    Check(resumes_ || waiting.empty(), "a request has an exchange");
    return waiting.size();
  }

  void Start(const Conversation::HttpRequest& request) {
    Check(keys_.insert(request.key).second, "no key is used twice");
    Check(gone_ ? request.total.has_value() : resumes_ || !request.total, "what is of our own making is bounded");
    Exchange& exchange = running_[request.key];
    if (gone_) return;
    if (!begins_ && resumes_) {
      Check(requests_.contains(about_), "what goes on has not ended");
      exchange.request = about_;
      return;
    }
    Check(begins_ && !begins_->empty(), "only a frame with an id begins a request");
    exchange.request = *begins_;
    Check(requests_.insert(*begins_).second, "an id is used once at a time");
  }

  void TakeFrame(const std::string& bytes) {
    ConverseResponse frame;
    Check(frame.ParseFromString(bytes), "what comes down is a ConverseResponse");
    const bool tells = frame.has_event() || frame.has_task();
    Check(frame.sequence() == (tells ? ++sequence_ : 0), "what is told is counted");
    if (tells) Check(requests_.contains(frame.request_id()), "what is told belongs to a request that runs");
    if (!frame.has_ended()) return;
    const v1::RequestEnded& ended = frame.ended();
    if (ended.frame() > 0) {
      Check(frame.request_id().empty() && ended.frame() == frames_sent_ && ended.status().code() != 0,
            "a frame is refused by its number");
    } else if (requests_.erase(frame.request_id()) == 0) {
      Check(begins_ == frame.request_id() && ended.status().code() != 0, "what ends has run, or could not begin");
    }
  }

  const Conversation::Limits limits_;
  const bool cancel_tasks_;
  const bool resumes_;
  Conversation conversation_;
  std::map<Key, Exchange> running_;
  std::set<std::string> requests_;     // that run, by id
  std::optional<std::string> begins_;  // the id in the frame that is taken now
  std::string about_;                  // the request whose exchange or timer is told of now
  std::vector<Timer> timers_;
  std::set<Key> keys_;
  Conversation::TimerId last_timer_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t frames_sent_ = 0;
  bool half_closed_ = false;
  bool gone_ = false;
  bool over_ = false;
};

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::vector<std::string_view> pieces = Pieces(AsText(data, size));
  const auto& limits = kLimits[TakeByte(pieces[0]) % std::size(kLimits)];
  Play play(limits, TakeByte(pieces[0]));
  for (std::size_t i = 1; i < pieces.size(); ++i) play.Do(pieces[i]);
  play.Finish();
  return 0;
}
