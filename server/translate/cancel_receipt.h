// What a cancelled A2A call told its agent beside the close, and what that answered. Pure. protos/RESUME.md.
#ifndef SLUICE_SERVER_TRANSLATE_CANCEL_RECEIPT_H_
#define SLUICE_SERVER_TRANSLATE_CANCEL_RECEIPT_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace sluice::translate {

//   told=close                                                        the answer was closed; the task goes on
//   told=cancel-task; answer=TASK_STATE_CANCELED; took_ms=12          ... and the agent was asked to end the task
//   told=cancel-task; answer=TASK_NOT_CANCELABLE; took_ms=3           the reason of its error, or ours
//   told=cancel-task; answer=none                                     the client's status could not wait for an answer
//   told=cancel-task; tasks=3; answer=TASK_STATE_CANCELED:2,none:1    a conversation's
class CancelReceipt {
 public:
  // One task more is to be cancelled.
  void Tell() { ++told_; }
  // What the agent answered for one of them: a lf.a2a.v1.Task, serialized.
  void Answer(const absl::StatusOr<std::string>& task);

  bool tells_tasks() const { return told_ > 0; }
  // `took`: the time to the last answer, if there was one.
  std::string Text(std::optional<std::chrono::milliseconds> took = std::nullopt) const;

 private:
  int told_ = 0;
  int answered_ = 0;
  std::map<std::string, int> answers_;  // how many there were of each
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CANCEL_RECEIPT_H_
