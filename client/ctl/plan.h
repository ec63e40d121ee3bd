// What a command is: a method, what to send, and how to show the answer.
#ifndef SLUICE_CLIENT_CTL_PLAN_H_
#define SLUICE_CLIENT_CTL_PLAN_H_

#include <google/protobuf/descriptor.h>

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "client/ctl/input.h"
#include "client/ctl/options.h"
#include "client/ctl/printer.h"
#include "client/ctl/wakeup.h"

namespace sluice::ctl {

struct Plan {
  const google::protobuf::MethodDescriptor* method;
  Input input;
  std::unique_ptr<Printer> printer;
  // What comes after a good end, instead of a report of it.
  std::function<absl::StatusOr<Plan>()> then = nullptr;
};

// One per command. Reads stdin first where the whole of it makes one message: CANCELLED when the user interrupts that.
// INVALID_ARGUMENT, naming the flag, when the options do not make a call.
absl::StatusOr<Plan> PlanOf(const SendCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const GetCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const ListCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const CancelCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const SubscribeCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const CardCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const HealthCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const CallCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const SessionCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const ConverseCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const McpStdioCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const ToolsCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const ToolCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const ChatCommand& command, Screen screen, const Wakeup& wakeup);
absl::StatusOr<Plan> PlanOf(const UpstreamsCommand& command, Screen screen, const Wakeup& wakeup);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_PLAN_H_
