#include "server/frontend/flows/a2a_relay.h"

#include <chrono>
#include <variant>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"

namespace sluice::frontend {
namespace {

using std::chrono::milliseconds;
using translate::A2aCall;
using translate::A2aMessage;
using translate::A2aResume;
using translate::Step;

// How long an agent may take to tell the task that a cut stream was about.
constexpr std::chrono::seconds kGetTaskTime{30};

// Told as it happens: the status may come at any time.
void TellResumption(Call& call, const A2aResume& resume) {
  call.SetTrailer("sluice-resumed", std::to_string(resume.resumed()));
  call.SetTrailer("sluice-gaps", std::to_string(resume.gaps()));
}

void PassOn(Call& call, const A2aStream& stream, std::vector<A2aMessage>& messages) {
  if (A2aResume* const resume = stream.resume.get(); resume != nullptr) {
    const int resumed = resume->resumed();
    resume->Pass(messages);
    if (resume->resumed() > resumed) TellResumption(call, *resume);
  }
  WriteAll(call, stream, messages);
}

// False: the call was cancelled meanwhile.
Task<bool> Pause(Call& call, milliseconds time) {
  call.SetFlowTimer(time);
  for (;;) {
    Occurrence next = co_await call.Next();
    if (std::holds_alternative<Cancelled>(next)) co_return false;
    if (std::holds_alternative<FlowTimer>(next)) co_return true;
  }
}

Task<absl::StatusOr<std::string>> GetTask(Call& call, const A2aAgent& agent, const A2aStream& stream) {
  lf::a2a::v1::GetTaskRequest request;
  request.set_tenant(stream.tenant);
  request.set_id(stream.task_id);
  co_return co_await Ask(call, agent, "GetTask", request.SerializeAsString(), kGetTaskTime);
}

// The task of a stream that cannot be subscribed to: it may be over.
Task<A2aResume::Next> AskForTask(Call& call, const A2aAgent& agent, A2aStream& stream) {
  const auto task = co_await GetTask(call, agent, stream);
  std::vector<A2aMessage> messages;
  A2aResume::Next next = stream.resume->OnTask(task, messages);
  if (task.ok()) TellResumption(call, *stream.resume);
  WriteAll(call, stream, messages);
  co_return next;
}

}  // namespace

Task<absl::Status> RelayAnswer(Call& call, const A2aAgent& agent, A2aCall& translation, A2aStream& stream) {
  for (;;) {
    if (absl::Status room = call.Keep(translation.pending_bytes() + stream.kept_bytes(), true); !room.ok()) {
      if (!translation.task_id().empty()) AddErrorMetadata(room, "task_id", translation.task_id());
      co_return room;
    }
    Occurrence next = co_await call.Next();
    Step step;
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
      co_return cancelled->why;
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      if (const auto* head = std::get_if<ResponseHead>(&event->what)) {
        const Headers down = agent.HeadersDown(*head, stream.client.version());
        stream.method.streaming ? call.SendHeaders(down) : call.AddHeaders(down);
      }
      const std::size_t dropped = translation.dropped_responses();
      step = agent.Feed(translation, *event);
      if (stream.task_id.empty() && !translation.task_id().empty()) {
        stream.task_id = translation.task_id();
        call.Note("task_id", stream.task_id);
      }
      call.switchboard().counters().responses_dropped +=
          static_cast<std::int64_t>(translation.dropped_responses() - dropped);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      if (stream.WaitsForUser()) co_return absl::OkStatus();
      step = translation.OnGraceOver();
    }
    const bool waited = stream.WaitsForUser();
    PassOn(call, stream, step.messages);
    if (step.start_grace || (stream.WaitsForUser() && !waited)) call.SetFlowTimer(translate::kA2aGrace);
    if (step.end) co_return *step.end;
  }
}

void WriteAll(Call& call, const A2aStream& stream, std::vector<A2aMessage>& messages) {
  for (A2aMessage& message : messages) {
    if (stream.card_names != nullptr) message.wire = translate::RewriteCardMessage(message.wire, *stream.card_names);
    call.Write(stream.client.Answer(stream.method, std::move(message)));
  }
}

std::string SubscribeRequest(const A2aStream& stream) {
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_tenant(stream.tenant);
  request.set_id(stream.task_id);
  return request.SerializeAsString();
}

std::string SubscribedTask(const translate::A2aMethod& method, const std::string& request) {
  lf::a2a::v1::SubscribeToTaskRequest subscription;
  const bool is_one = method.request == subscription.GetDescriptor()->full_name();
  return is_one && subscription.ParseFromString(request) ? subscription.id() : "";
}

Task<absl::Status> TellTaskFirst(Call& call, const A2aAgent& agent, const A2aStream& stream) {
  if (stream.resume == nullptr || !stream.resume->asks_before_first()) co_return absl::OkStatus();
  const auto task = co_await GetTask(call, agent, stream);
  if (call.cancelled()) co_return task.status();
  std::vector<A2aMessage> messages;
  if (task.ok()) stream.resume->TellFirst(*task, messages);
  WriteAll(call, stream, messages);
  co_return absl::OkStatus();
}

Task<absl::Status> RelaySubscription(Call& call, const A2aAgent& agent, A2aStream& stream) {
  const translate::A2aMethod& method = *translate::FindA2aMethod("SubscribeToTask");
  auto translation = agent.Begin(method, SubscribeRequest(stream));
  if (!translation.ok()) co_return translation.status();
  const OpenExchange exchange(call, agent.Post(method, *translation));
  co_return co_await RelayAnswer(call, agent, *translation, stream);
}

Task<absl::Status> GoOn(Call& call, const A2aAgent& agent, A2aStream& stream, absl::Status end) {
  using Do = A2aResume::Next::Do;
  if (call.cancelled()) co_return end;
  A2aResume::Next next = stream.resume->OnEnd(end, stream.task_id);
  while (next.what != Do::kEnd) {
    (void)call.Keep(stream.kept_bytes(), true);  // less than before: an event that was cut has gone
    if (!co_await Pause(call, next.wait)) co_return end;
    if (next.what == Do::kAskTask) {
      next = co_await AskForTask(call, agent, stream);
    } else {
      end = co_await RelaySubscription(call, agent, stream);
      if (call.cancelled()) co_return end;
      next = stream.resume->OnEnd(end, stream.task_id);
    }
  }
  co_return next.end;
}

}  // namespace sluice::frontend
