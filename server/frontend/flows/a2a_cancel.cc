#include "server/frontend/flows/a2a_cancel.h"

#include <chrono>
#include <utility>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"

namespace sluice::frontend {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kOnCancel = "sluice-on-cancel";
constexpr std::string_view kReceipt = "sluice-cancel-receipt";
// How long a call that is over may try to cancel its task.
constexpr std::chrono::seconds kCancelTaskTime{5};
// How long the client's status waits for what the agent answers. The drain's own time for statuses is 500 ms.
constexpr milliseconds kStatusWaits{200};

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

void LeaveReceipt(Call& call, const translate::CancelReceipt& receipt, std::optional<milliseconds> took) {
  const std::string text = receipt.Text(took);
  call.SetTrailer(kReceipt, text);
  call.Note("cancel_receipt", text);
  if (!took && receipt.tells_tasks()) call.HoldStatus(kStatusWaits);
}

Task<translate::CancelReceipt> TellCancel(Call& call, const A2aAgent& agent, config::CancelPolicy policy,
                                          std::string tenant, std::string task_id) {
  translate::CancelReceipt receipt;
  const bool tells = policy == config::CancelPolicy::kCancelTask && !task_id.empty();
  if (tells) receipt.Tell();
  LeaveReceipt(call, receipt);
  if (!tells) co_return receipt;
  lf::a2a::v1::CancelTaskRequest request;
  request.set_tenant(std::move(tenant));
  request.set_id(std::move(task_id));
  const auto told_at = call.switchboard().now();
  receipt.Answer(co_await Ask(call, agent, "CancelTask", request.SerializeAsString(), kCancelTaskTime));
  LeaveReceipt(call, receipt, std::chrono::duration_cast<milliseconds>(call.switchboard().now() - told_at));
  co_return receipt;
}

}  // namespace sluice::frontend
