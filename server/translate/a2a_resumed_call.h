// One A2A call over as many exchanges as it takes: the answer to the client's request and, when that is cut, the
// re-subscriptions that A2aResume asks for. Pure. protos/RESUME.md.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_
#define SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_resume.h"
#include "server/translate/a2a_version.h"

namespace sluice::translate {

// Thread: one belongs to one thread.
class A2aResumedCall {
 public:
  struct Told : Step {
    // No end yet: the exchange is over, and Again() is wanted so much later.
    std::optional<std::chrono::milliseconds> again;
  };

  // `first` is the call that the client asks for; `task_id`, if it is a subscription, the task. `resume` may be null:
  // then its end is the end.
  A2aResumedCall(A2aCall first, std::string task_id, std::unique_ptr<A2aResume> resume)
      : call_(std::move(first)), resume_(std::move(resume)), task_id_(std::move(task_id)) {}

  // Of the exchange that runs.
  Told OnHead(const ResponseHead& head) { return Take(call_.OnHead(head)); }
  Told OnBytes(std::string_view bytes) { return Take(call_.OnBytes(bytes)); }
  Told OnEnd(const ExchangeEnd& end) { return Take(call_.OnEnd(end)); }
  Told OnGraceOver();

  // Begins the next exchange. `tenant` is that of the client's request, the rest is as for A2aCall::Begin, whose errors
  // end the call.
  absl::Status Again(const std::string& tenant, std::string_view id, A2aCall::Limits limits, A2aVersion upstream);

  // The exchange that runs, or will run next.
  A2aCall& call() { return call_; }
  // What it keeps beside the exchange's answer.
  std::size_t kept_bytes() const { return resume_ == nullptr ? 0 : resume_->kept_bytes(); }
  // It asks for the task, which should take an agent no longer than kGetTaskTime. Else it is a stream.
  bool asks_task() const { return asks_task_; }
  static constexpr std::chrono::seconds kGetTaskTime{30};

 private:
  Told Take(Step step);
  Told TakeTask(Step step);
  void Go(A2aResume::Next next, Told& told);
  bool WaitsForUser() const { return resume_ != nullptr && resume_->waits(); }

  A2aCall call_;
  std::unique_ptr<A2aResume> resume_;
  std::string task_id_;  // empty until it is known
  bool asks_task_ = false;
  std::string task_;  // what the agent answers to that
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_
