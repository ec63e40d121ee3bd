#include "server/frontend/flows/a2a_cancel.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_facts.h"

namespace sluice::frontend {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kOnCancel = "sluice-on-cancel";
// How long a call that is over may try to cancel its task.
constexpr std::chrono::seconds kCancelTaskTime{5};
// How long the client's status waits for what the agent answers. The drain's own time for statuses is 500 ms.
constexpr milliseconds kStatusWaits{200};

void Leave(Call& call, const std::string& receipt) {
  call.SetTrailer(kCancelReceipt, receipt);
  call.Note("cancel_receipt", receipt);
}

std::string Answer(const absl::StatusOr<std::string>& task) {
  if (task.ok()) {
    const int state = translate::ReadTaskFacts(*task).state.value_or(0);
    return lf::a2a::v1::TaskState_Name(static_cast<lf::a2a::v1::TaskState>(state));
  }
  std::string reason = ErrorReason(task.status());
  return reason.empty() ? absl::StatusCodeToString(task.status().code()) : reason;
}

}  // namespace

absl::StatusOr<config::CancelPolicy> CancelPolicyOf(const config::Upstream& upstream, const Headers& metadata) {
  const std::string_view asked = FindHeader(metadata, kOnCancel);
  if (asked.empty()) return upstream.on_cancel;
  if (asked == "close") return config::CancelPolicy::kClose;
  if (asked == "cancel-task") return config::CancelPolicy::kCancelTask;
  absl::Status status = absl::InvalidArgumentError("sluice-on-cancel: send \"close\" or \"cancel-task\"");
  AddFieldViolation(status, kOnCancel, "neither \"close\" nor \"cancel-task\"");
  return status;
}

Task<std::string> TellCancel(Call& call, const A2aAgent& agent, config::CancelPolicy policy, std::string tenant,
                             std::string task_id) {
  std::string receipt = "told=close";
  if (policy != config::CancelPolicy::kCancelTask || task_id.empty()) {
    Leave(call, receipt);
    co_return receipt;
  }
  receipt = "told=cancel-task; answer=none";
  Leave(call, receipt);
  call.HoldStatus(kStatusWaits);
  lf::a2a::v1::CancelTaskRequest request;
  request.set_tenant(std::move(tenant));
  request.set_id(std::move(task_id));
  const auto told_at = call.switchboard().now();
  const auto task = co_await Ask(call, agent, "CancelTask", request.SerializeAsString(), kCancelTaskTime);
  const auto took = std::chrono::duration_cast<milliseconds>(call.switchboard().now() - told_at);
  receipt = absl::StrCat("told=cancel-task; answer=", Answer(task), "; took_ms=", took.count());
  Leave(call, receipt);
  co_return receipt;
}

}  // namespace sluice::frontend
