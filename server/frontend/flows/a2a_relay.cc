#include "server/frontend/flows/a2a_relay.h"

#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"

namespace sluice::frontend {
namespace {

using translate::A2aMessage;
using translate::A2aResumedCall;
using Told = A2aResumedCall::Told;

// Fails when the call was cancelled meanwhile.
Task<absl::Status> Pause(Call& call, std::chrono::milliseconds time) {
  call.SetFlowTimer(time);
  for (;;) {
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    if (std::holds_alternative<FlowTimer>(next)) co_return absl::OkStatus();
  }
}

// What happens next to the exchange that runs, and what follows from it.
Told TakeNext(Call& call, const A2aAgent& agent, A2aResumedCall& answer, const A2aStream& stream, Occurrence next) {
  Told told;
  if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
    told.end = cancelled->why;
  } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
    const auto* head = std::get_if<ResponseHead>(&event->what);
    if (head != nullptr && !answer.asks_task()) {
      const Headers down = agent.HeadersDown(*head, stream.client.version());
      stream.method.streaming ? call.SendHeaders(down) : call.AddHeaders(down);
    }
    const std::size_t dropped = answer.call().dropped_responses();
    told = agent.Feed(answer, *event);
    call.switchboard().counters().responses_dropped +=
        static_cast<std::int64_t>(answer.call().dropped_responses() - dropped);
  } else if (std::holds_alternative<FlowTimer>(next)) {
    told = answer.OnGraceOver();
  }
  return told;
}

// One exchange, from its request to the end of the call or to the time of the next one.
Task<Told> RelayExchange(Call& call, A2aAgent& agent, A2aResumedCall& answer, A2aStream& stream) {
  upstream::ExchangeRequest post = agent.Post(answer.method(), answer.call());
  if (answer.asks_task()) post.clocks.total = A2aResumedCall::kGetTaskTime;
  const OpenExchange exchange(call, std::move(post));
  if (stream.asks_no_more) agent.ForgetMetadata();
  for (;;) {
    Told told;
    if (absl::Status room = call.Keep(answer.call().pending_bytes() + answer.kept_bytes(), true); !room.ok()) {
      if (!stream.task_id.empty()) AddErrorMetadata(room, "task_id", stream.task_id);
      told.end = std::move(room);
      co_return told;
    }
    const auto resumed = std::pair(answer.resumed(), answer.gaps());
    told = TakeNext(call, agent, answer, stream, co_await call.Next());
    if (stream.task_id.empty() && !answer.task_id().empty()) {
      stream.task_id = answer.task_id();
      call.Note("task_id", stream.task_id);
    }
    if (resumed != std::pair(answer.resumed(), answer.gaps())) {  // at once: the status may come at any time
      call.SetTrailer("sluice-resumed", std::to_string(answer.resumed()));
      call.SetTrailer("sluice-gaps", std::to_string(answer.gaps()));
    }
    WriteAll(call, stream, told.messages);
    if (told.start_grace) call.SetFlowTimer(translate::kA2aGrace);
    if (told.end || told.again) co_return told;
  }
}

}  // namespace

Task<absl::Status> RelayAnswer(Call& call, A2aAgent& agent, A2aResumedCall& answer, A2aStream& stream) {
  for (;;) {
    Told told = co_await RelayExchange(call, agent, answer, stream);
    if (told.end) co_return *std::move(told.end);
    (void)call.Keep(answer.kept_bytes(), true);  // less than before: an event that was cut has gone
    if (absl::Status paused = co_await Pause(call, *told.again); !paused.ok()) co_return paused;
    if (absl::Status begun = agent.Again(answer); !begun.ok()) co_return begun;
  }
}

void WriteAll(Call& call, const A2aStream& stream, std::vector<A2aMessage>& messages) {
  for (A2aMessage& message : messages) {
    if (stream.card_names != nullptr) message.wire = translate::RewriteCardMessage(message.wire, *stream.card_names);
    call.Write(stream.client.Answer(stream.method, std::move(message)));
  }
}

}  // namespace sluice::frontend
