#include "server/translate/a2a_resumed_call.h"

#include <optional>
#include <utility>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {
namespace {

template <typename Request>
std::string TaskRequest(const std::string& task_id, const std::string& tenant) {
  Request request;
  request.set_tenant(tenant);
  request.set_id(task_id);
  return request.SerializeAsString();
}

}  // namespace

A2aResumedCall::Told A2aResumedCall::Take(Step step) {
  if (asks_task_) return TakeTask(std::move(step));
  if (task_id_.empty()) task_id_ = call_.task_id();
  Told told{std::move(step)};
  if (resume_ == nullptr) return told;
  const bool waited = resume_->waits();
  resume_->Pass(told.messages);
  if (resume_->waits() && !waited) told.start_grace = true;
  if (told.end) Go(resume_->OnEnd(*std::exchange(told.end, std::nullopt), task_id_), told);
  return told;
}

A2aResumedCall::Told A2aResumedCall::TakeTask(Step step) {
  for (A2aMessage& message : step.messages) task_ = std::move(message.wire);
  Told told;
  if (!step.end) return told;
  const auto task = step.end->ok() ? absl::StatusOr<std::string>(std::move(task_)) : *std::move(step.end);
  Go(resume_->OnTask(task, told.messages), told);
  return told;
}

void A2aResumedCall::Go(A2aResume::Next next, Told& told) {
  using Do = A2aResume::Next::Do;
  if (next.what == Do::kEnd) {
    told.end.emplace(std::move(next.end));
  } else {
    told.again = next.wait;
    asks_task_ = next.what == Do::kAskTask;
  }
}

A2aResumedCall::Told A2aResumedCall::OnGraceOver() {
  if (!WaitsForUser()) return {call_.OnGraceOver()};
  Told told;
  told.end = absl::OkStatus();
  return told;
}

absl::Status A2aResumedCall::Again(const std::string& tenant, std::string_view id, A2aCall::Limits limits,
                                   A2aVersion upstream) {
  const bool asks = asks_task_;
  const A2aMethod& method = *FindA2aMethod(asks ? "GetTask" : "SubscribeToTask");
  const std::string request = asks ? TaskRequest<lf::a2a::v1::GetTaskRequest>(task_id_, tenant)
                                   : TaskRequest<lf::a2a::v1::SubscribeToTaskRequest>(task_id_, tenant);
  task_.clear();
  auto next = A2aCall::Begin(method, request, id, limits, upstream);
  if (!next.ok()) return next.status();
  call_ = *std::move(next);
  return absl::OkStatus();
}

}  // namespace sluice::translate
