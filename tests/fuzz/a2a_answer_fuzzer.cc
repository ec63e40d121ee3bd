// server/translate/a2a_call.h: whatever an agent answers, a call ends once, with OK only if the end rule says so, and
// how the bytes were cut changes nothing.
// The input, in pieces: the method, the limits and what the agent speaks (a byte each, odd: A2A 0.3); then what
// happens, each with its letter:
//   h200text/event-stream   the head (once): the status, the content type
//   bBYTES                  of the body, after the head
//   g                       the grace is over, if one was asked for
//   eOUTCOME                the end: a byte. Without it the body ends well.
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_client.h"
#include "server/translate/proto_message.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/http_events.h"

namespace sluice::fuzz {
namespace {

using lf::a2a::v1::StreamResponse;
using lf::a2a::v1::TaskState;
using translate::A2aCall;
using translate::A2aMessage;
using translate::A2aMethod;
using translate::A2aVersion;
using translate::Step;

constexpr A2aCall::Limits kLimits[] = {
    {64 * 1024, 4 * 1024},
    {1000, 100},
    {100, 10},
    {16, 0},
};

// A request of the method that is taken: the texts that it may require, and a message where it wants one.
std::string RequestOf(const A2aMethod& method) {
  google::protobuf::Arena arena;
  google::protobuf::Message& request = **translate::NewMessage(method.request, arena);
  for (const char* name : {"id", "task_id", "url"}) {
    const auto* field = request.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) request.GetReflection()->SetString(&request, field, "x");
  }
  if (method.request == "lf.a2a.v1.SendMessageRequest") {
    auto& message = *static_cast<lf::a2a::v1::SendMessageRequest&>(request).mutable_message();
    message.set_message_id("m");
    message.set_role(lf::a2a::v1::ROLE_USER);
    message.add_parts()->set_text("x");
  }
  return request.SerializeAsString();
}

enum class Told { kNothing, kRunning, kInterrupted, kTerminal, kMessage };

Told StateTold(TaskState state) {
  switch (state) {
    case lf::a2a::v1::TASK_STATE_COMPLETED:
    case lf::a2a::v1::TASK_STATE_FAILED:
    case lf::a2a::v1::TASK_STATE_CANCELED:
    case lf::a2a::v1::TASK_STATE_REJECTED:
      return Told::kTerminal;
    case lf::a2a::v1::TASK_STATE_INPUT_REQUIRED:
    case lf::a2a::v1::TASK_STATE_AUTH_REQUIRED:
      return Told::kInterrupted;
    default:
      return Told::kRunning;
  }
}

// Not by their payloads, which hold maps in any order.
bool SameStatus(const absl::Status& a, const absl::Status& b) {
  for (const char* key : {"task_id", "last_state", "last_event_id", "may_have_run", "http_status", "jsonrpc_code"}) {
    if (ErrorMetadataValue(a, key) != ErrorMetadataValue(b, key)) return false;
  }
  return a.code() == b.code() && a.message() == b.message() && ErrorReason(a) == ErrorReason(b);
}

// The call under test, and beside it what its steps may be.
class Relay {
 public:
  Relay(const A2aMethod& method, A2aCall call) : method_(method), call_(std::move(call)) {}

  void Take(const Event& event) {
    const std::size_t pending = call_.pending_bytes();
    switch (event.kind) {
      case Event::Kind::kHead:
        is_events_ = event.head.status == 200 && event.head.headers[0].second == "text/event-stream";
        return Note(call_.OnHead(event.head), [&] { return false; });
      case Event::Kind::kBytes:
        return Note(call_.OnBytes(event.bytes),
                    [&] { return method_.streaming ? told_ == Told::kMessage : messages_.size() == 1; });
      case Event::Kind::kGrace:
        if (!std::exchange(grace_runs_, false)) return;
        return Note(call_.OnGraceOver(), [&] { return told_ == Told::kTerminal; });
      case Event::Kind::kEnd:
        return TakeEnd(event.end, pending);
    }
  }

  bool SameAs(const Relay& other) const {
    return messages_ == other.messages_ && SameStatus(*end_, *other.end_) && call_.task_id() == other.call_.task_id() &&
           call_.dropped_responses() == other.call_.dropped_responses();
  }

 private:
  void TakeEnd(const ExchangeEnd& end, std::size_t pending) {
    const bool was_over = end_.has_value();
    const bool complete = end.outcome == ExchangeOutcome::kComplete;
    Note(call_.OnEnd(end), [&] {
      if (!method_.streaming) return messages_.size() == 1;
      const bool waits = told_ == Told::kInterrupted && complete && !(is_events_ && pending > 0);
      return told_ == Told::kMessage || told_ == Told::kTerminal || waits;
    });
    Check(end_.has_value(), "the end of the exchange is the end of the call");
    if (!was_over && is_events_ && told_ == Told::kTerminal) Check(end_->ok(), "a task that is over is no cut stream");
  }

  template <typename MayBeOk>
  void Note(Step step, MayBeOk may_be_ok) {
    if (end_) return Check(step.messages.empty() && !step.end && !step.start_grace, "nothing comes after the end");
    for (auto& message : step.messages) {
      NoteMessage(message);
      messages_.push_back(std::move(message.wire));
    }
    if (!method_.streaming) Check(messages_.size() <= 1, "a unary call has one answer");
    if (step.start_grace) Check(!step.end && told_ == Told::kTerminal, "the grace follows the end of a task");
    grace_runs_ = grace_runs_ || step.start_grace;
    if (!step.end) return;
    end_ = std::move(step.end);
    if (end_->ok()) Check(may_be_ok(), "OK is told by the end rule alone");
    if (!end_->ok()) Check(!end_->message().empty(), "an error says what is wrong");
    Check(call_.pending_bytes() == 0, "nothing is kept after the end");
  }

  void NoteMessage(const A2aMessage& message) {
    const std::string_view bytes = message.wire;
    google::protobuf::Arena arena;
    if (!method_.v03.rpc.empty()) {
      const std::string told = translate::A2aClient(A2aVersion::k03, {}).Answer(method_, message);
      Check(translate::ParseMessage(method_.v03.response, told, arena).ok(), "a client of 0.3 can read it");
    }
    Check(translate::ParseMessage(method_.response, bytes, arena).ok(), "what comes down is the response message");
    if (method_.response != "lf.a2a.v1.StreamResponse") return;
    StreamResponse response;
    response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    Check(response.payload_case() != StreamResponse::PAYLOAD_NOT_SET, "an event says something");
    Check(told_ != Told::kMessage, "a message is the last event");
    if (response.has_message()) told_ = Told::kMessage;
    if (response.has_task() && response.task().has_status()) told_ = StateTold(response.task().status().state());
    if (response.has_status_update() && response.status_update().has_status()) {
      told_ = StateTold(response.status_update().status().state());
      if (message.final_update.value_or(false) && told_ == Told::kRunning) told_ = Told::kInterrupted;
    }
  }

  const A2aMethod& method_;
  A2aCall call_;
  std::vector<std::string> messages_;
  std::optional<absl::Status> end_;
  Told told_ = Told::kNothing;
  bool is_events_ = false;
  bool grace_runs_ = false;
};

Relay Run(const A2aMethod& method, const A2aCall::Limits& limits, A2aVersion upstream,
          const std::vector<Event>& events) {
  Relay relay(method, *A2aCall::Begin(method, RequestOf(method), "1", limits, upstream));
  for (const Event& event : events) relay.Take(event);
  return relay;
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::vector<std::string_view> pieces = Pieces(AsText(data, size));
  const auto& methods = sluice::translate::AllA2aMethods();
  const auto& method = methods[TakeByte(pieces[0]) % methods.size()];
  const auto& limits = kLimits[TakeByte(pieces[0]) % std::size(kLimits)];
  using sluice::translate::A2aVersion;
  const bool is_v03 = TakeByte(pieces[0]) % 2 == 1 && !method.v03.rpc.empty();
  const A2aVersion upstream = is_v03 ? A2aVersion::k03 : A2aVersion::k10;
  const std::vector<Event> events = ReadExchange({pieces.begin() + 1, pieces.end()});
  const Relay as_told = Run(method, limits, upstream, events);
  Check(Run(method, limits, upstream, Joined(events)).SameAs(as_told), "in large pieces it is the same");
  Check(Run(method, limits, upstream, ByteByByte(events)).SameAs(as_told), "byte by byte it is the same");
  return 0;
}
