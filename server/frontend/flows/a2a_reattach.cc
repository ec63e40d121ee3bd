#include "server/frontend/flows/a2a_reattach.h"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/a2a_sent.h"

namespace sluice::frontend {
namespace {

using translate::A2aSent;

constexpr std::string_view kSendRequest = "lf.a2a.v1.SendMessageRequest";
// How long an agent may take for a question that it has the answer to.
constexpr std::chrono::seconds kQuestionTime{30};

bool IsAgentsOwn(const absl::Status& error) { return ErrorDomain(error) == reason::kA2aDomain; }

// The agent is there and has no such method, or more to tell than an answer may hold.
bool CannotSay(const absl::Status& error) {
  const std::string status = ErrorMetadataValue(error, "http_status");
  const bool no_method = status == "404" || status == "405" || status == "501";
  return IsAgentsOwn(error) || no_method || ErrorReason(error) == reason::kEventTooLarge;
}

std::string SubscribeRequest(const A2aStream& stream) {
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_tenant(stream.tenant);
  request.set_id(stream.task_id);
  return request.SerializeAsString();
}

// Waits until the task is over, or waits for its user, or its stream ends.
Task<absl::Status> WaitForTask(Call& call, const A2aAgent& agent, const A2aStream& stream) {
  const translate::A2aMethod& method = *translate::FindA2aMethod("SubscribeToTask");
  auto translation = agent.Begin(method, SubscribeRequest(stream));
  if (!translation.ok()) co_return translation.status();
  const OpenExchange exchange(call, agent.Post(method, *translation));
  for (;;) {
    if (absl::Status room = call.Keep(translation->pending_bytes(), true); !room.ok()) co_return room;
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    const auto* event = std::get_if<upstream::ExchangeEvent>(&next);
    if (event == nullptr) continue;
    const translate::Step step = agent.Feed(*translation, *event);
    for (const translate::A2aMessage& message : step.messages) {
      const auto state = translate::ReadResponseFacts(message.wire).state;
      if (state && translate::ToldByState(*state) != translate::LastTold::kRunning) co_return absl::OkStatus();
    }
    if (step.end) co_return *step.end;
  }
}

// The stream of the task, in the place of the answer.
Task<absl::Status> RelaySubscription(Call& call, A2aAgent& agent, A2aStream& stream) {
  auto answer = agent.BeginResumed(*translate::FindA2aMethod("SubscribeToTask"), SubscribeRequest(stream));
  if (!answer.ok()) co_return answer.status();
  co_return co_await RelayAnswer(call, agent, *answer, stream);
}

bool Runs(const lf::a2a::v1::Task& task) {
  return translate::ToldByState(task.status().state()) == translate::LastTold::kRunning;
}

// The task as the whole answer; SendMessageResponse and StreamResponse have it in the same place. `otherwise` is the
// end if that would be no end: the task runs, and its stream ended with an error.
Task<absl::Status> AnswerTask(Call& call, const A2aAgent& agent, const A2aSent& sent, const A2aStream& stream,
                              absl::Status otherwise) {
  const std::string request = sent.TaskRequest(stream.task_id);
  const auto task = co_await Ask(call, agent, "GetTask", request, kQuestionTime);
  if (!task.ok()) co_return task.status();
  lf::a2a::v1::StreamResponse response;
  if (!response.mutable_task()->ParseFromString(*task)) co_return absl::InternalError("a task that does not parse");
  if (Runs(response.task()) && !otherwise.ok()) co_return otherwise;
  std::vector<translate::A2aMessage> messages = {{response.SerializeAsString()}};
  WriteAll(call, stream, messages);
  co_return absl::OkStatus();
}

// The task that has the message; nothing when the agent shows none or cannot say.
Task<absl::StatusOr<std::optional<lf::a2a::v1::Task>>> FindSent(Call& call, const A2aAgent& agent,
                                                                const A2aSent& sent) {
  std::optional<lf::a2a::v1::Task> found;
  const std::string question = sent.Question();
  const auto answer = co_await Ask(call, agent, sent.rpc(), question, kQuestionTime);
  if (answer.ok()) found = sent.FindIn(*answer);
  if (!answer.ok() && (call.cancelled() || !CannotSay(answer.status()))) co_return answer.status();
  co_return found;
}

}  // namespace

Task<std::optional<absl::Status>> Reattach(Call& call, A2aAgent& agent, const std::string& request, A2aStream& stream) {
  if (stream.method.request != kSendRequest) co_return std::nullopt;
  const A2aSent sent(request);
  if (!sent.can_be_found()) co_return std::nullopt;
  const auto found = co_await FindSent(call, agent, sent);
  if (!found.ok()) co_return found.status();
  if (!*found) co_return std::nullopt;
  stream.task_id = (*found)->id();
  call.SetTrailer("sluice-reattached", stream.task_id);
  call.Note("task_id", stream.task_id);
  absl::Status end;
  if (Runs(**found) && stream.method.streaming) {
    end = co_await RelaySubscription(call, agent, stream);
    if (call.record().messages_out > 0) co_return end;
  } else if (Runs(**found) && !sent.return_immediately) {
    end = co_await WaitForTask(call, agent, stream);
  }
  // An error of the agent's own: the task was over, and could not be subscribed to.
  if (!end.ok() && (call.cancelled() || !IsAgentsOwn(end))) co_return end;
  co_return co_await AnswerTask(call, agent, sent, stream, end);
}

}  // namespace sluice::frontend
