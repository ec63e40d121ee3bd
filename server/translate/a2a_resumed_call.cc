#include "server/translate/a2a_resumed_call.h"

#include <optional>
#include <utility>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/translate/a2a_tenant.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kSubscribe = "SubscribeToTask";

template <typename Request>
std::string TaskRequest(const std::string& task_id, const std::string& tenant) {
  Request request;
  request.set_tenant(tenant);
  request.set_id(task_id);
  return request.SerializeAsString();
}

// The task that a request subscribes to; empty for any other request.
std::string SubscribedTask(const A2aMethod& method, std::string_view request) {
  lf::a2a::v1::SubscribeToTaskRequest subscription;
  return method.rpc == kSubscribe && ParseBytes(request, subscription) ? subscription.id() : "";
}

}  // namespace

absl::StatusOr<A2aResumedCall> A2aResumedCall::Begin(const A2aMethod& method, std::string_view request,
                                                     std::string_view id, A2aCall::Limits limits, A2aVersion upstream,
                                                     std::optional<std::uint32_t> resume_seed) {
  auto first = A2aCall::Begin(method, request, id, limits, upstream);
  if (!first.ok()) return first.status();
  A2aResumedCall whole(method, *std::move(first));
  whole.task_id_ = SubscribedTask(method, request);
  if (!method.streaming || !resume_seed) return whole;
  whole.tenant_ = TenantOf(method, request);
  whole.resume_ = std::make_unique<A2aResume>(*resume_seed, upstream, !whole.task_id_.empty());
  whole.asks_task_ = whole.resume_->asks_before_first();
  if (!whole.asks_task_) return whole;
  if (absl::Status begun = whole.Again(id, limits, upstream); !begun.ok()) return begun;
  return whole;
}

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
  if (resume_->asks_before_first()) {
    if (task.ok()) resume_->TellFirst(*task, told.messages);
    Go({A2aResume::Next::Do::kSubscribe}, told);
  } else {
    Go(resume_->OnTask(task, told.messages), told);
  }
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
  if (resume_ == nullptr || !resume_->waits()) return {call_.OnGraceOver()};
  Told told;
  told.end = absl::OkStatus();
  return told;
}

absl::Status A2aResumedCall::Again(std::string_view id, A2aCall::Limits limits, A2aVersion upstream) {
  method_ = FindA2aMethod(asks_task_ ? "GetTask" : kSubscribe);
  const std::string request = asks_task_ ? TaskRequest<lf::a2a::v1::GetTaskRequest>(task_id_, tenant_)
                                         : TaskRequest<lf::a2a::v1::SubscribeToTaskRequest>(task_id_, tenant_);
  task_.clear();
  auto next = A2aCall::Begin(*method_, request, id, limits, upstream);
  if (!next.ok()) return next.status();
  call_ = *std::move(next);
  return absl::OkStatus();
}

}  // namespace sluice::translate
