// One A2A call over as many exchanges as it takes: the answer to the client's request and, when that is cut, what
// A2aResume asks for. Pure. protos/RESUME.md.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_
#define SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_resume.h"
#include "server/translate/a2a_version.h"

namespace sluice::translate {

// Thread: one belongs to one thread. Lifetime: `method` outlives it.
class A2aResumedCall {
 public:
  struct Told : Step {
    // No end yet: the exchange is over, and Again() is wanted so much later.
    std::optional<std::chrono::milliseconds> again;
  };

  // As A2aCall::Begin. A stream that is cut goes on if there is a seed, from which its waits are spread.
  static absl::StatusOr<A2aResumedCall> Begin(const A2aMethod& method, std::string_view request, std::string_view id,
                                              A2aCall::Limits limits, A2aVersion upstream,
                                              std::optional<std::uint32_t> resume_seed);

  // Of the exchange that runs.
  Told OnHead(const ResponseHead& head) { return Take(call_.OnHead(head)); }
  Told OnBytes(std::string_view bytes) { return Take(call_.OnBytes(bytes)); }
  Told OnEnd(const ExchangeEnd& end) { return Take(call_.OnEnd(end)); }
  Told OnGraceOver();

  // Begins the next exchange. An error ends the call.
  absl::Status Again(std::string_view id, A2aCall::Limits limits, A2aVersion upstream);

  // The exchange that runs, or is to be started: its method is the client's, SubscribeToTask or GetTask.
  A2aCall& call() { return call_; }
  const A2aMethod& method() const { return *method_; }
  // It asks for the task by ourselves, which should take an agent no longer than kGetTaskTime.
  bool asks_task() const { return asks_task_; }
  static constexpr std::chrono::seconds kGetTaskTime{30};

  // Empty until an answer, or the client's own subscription, told it.
  const std::string& task_id() const { return task_id_; }
  bool may_go_on() const { return resume_ != nullptr; }
  // What it keeps beside the exchange's answer.
  std::size_t kept_bytes() const { return resume_ == nullptr ? 0 : resume_->kept_bytes(); }
  int resumed() const { return resume_ == nullptr ? 0 : resume_->resumed(); }
  int gaps() const { return resume_ == nullptr ? 0 : resume_->gaps(); }

 private:
  A2aResumedCall(const A2aMethod& method, A2aCall first) : method_(&method), call_(std::move(first)) {}
  Told Take(Step step);
  Told TakeTask(Step step);
  void Go(A2aResume::Next next, Told& told);

  const A2aMethod* method_;
  A2aCall call_;
  std::unique_ptr<A2aResume> resume_;  // null: its end is the end
  std::string tenant_;
  std::string task_id_;
  bool asks_task_ = false;
  std::string task_;  // what the agent answers to that
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_RESUMED_CALL_H_
