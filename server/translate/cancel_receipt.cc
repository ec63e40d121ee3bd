#include "server/translate/cancel_receipt.h"

#include "absl/strings/str_cat.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_facts.h"

namespace sluice::translate {
namespace {

std::string Name(const absl::StatusOr<std::string>& task) {
  if (task.ok()) {
    const int state = ReadTaskFacts(*task).state.value_or(0);
    const std::string& name = lf::a2a::v1::TaskState_Name(static_cast<lf::a2a::v1::TaskState>(state));
    return name.empty() ? absl::StrCat(state) : name;
  }
  std::string reason = ErrorReason(task.status());
  return reason.empty() ? absl::StatusCodeToString(task.status().code()) : reason;
}

}  // namespace

void CancelReceipt::Answer(const absl::StatusOr<std::string>& task) {
  ++answered_;
  ++answers_[Name(task)];
}

std::string CancelReceipt::Text(std::optional<std::chrono::milliseconds> took) const {
  if (told_ == 0) return "told=close";
  std::map<std::string, int> answers = answers_;
  if (answered_ < told_) answers["none"] = told_ - answered_;
  std::string text = "told=cancel-task; ";
  if (told_ > 1) absl::StrAppend(&text, "tasks=", told_, "; ");
  std::string_view before = "answer=";
  for (const auto& [name, count] : answers) {
    absl::StrAppend(&text, std::string(before), name);
    if (told_ > 1) absl::StrAppend(&text, ":", count);
    before = ",";
  }
  if (took && answered_ > 0) absl::StrAppend(&text, "; took_ms=", took->count());
  return text;
}

}  // namespace sluice::translate
