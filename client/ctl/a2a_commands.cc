// send, stream, get, list, cancel, subscribe, card: the requests of lf.a2a.v1.A2AService.
#include <string>
#include <utility>

#include "client/ctl/a2a_printer.h"
#include "client/ctl/methods.h"
#include "client/ctl/plan.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "sluice/client/client.h"

namespace sluice::ctl {
namespace {

namespace a2a = lf::a2a::v1;

absl::StatusOr<Plan> A2aPlan(const char* rpc, const google::protobuf::Message& request, Screen screen,
                             A2aPrinter::Detail detail) {
  auto method = FindMethod(std::string("lf.a2a.v1.A2AService/") + rpc);
  if (!method.ok()) return method.status();
  return Plan{*method, Input({request.SerializeAsString()}), std::make_unique<A2aPrinter>(screen, detail)};
}

}  // namespace

absl::StatusOr<Plan> PlanOf(const SendCommand& command, Screen screen, const Wakeup& wakeup) {
  absl::StatusOr<std::string> text = GivenText(command.text, wakeup);
  if (!text.ok()) return text.status();
  a2a::SendMessageRequest request = client::TextMessage(*std::move(text));
  request.mutable_message()->set_task_id(command.task);
  request.mutable_message()->set_context_id(command.context);
  if (command.return_immediately) request.mutable_configuration()->set_return_immediately(true);
  if (command.history) request.mutable_configuration()->set_history_length(*command.history);
  const char* rpc = command.stream ? "SendStreamingMessage" : "SendMessage";
  return A2aPlan(rpc, request, screen, A2aPrinter::Detail::kProgress);
}

absl::StatusOr<Plan> PlanOf(const GetCommand& command, Screen screen, const Wakeup&) {
  a2a::GetTaskRequest request;
  request.set_id(command.task);
  if (command.history) request.set_history_length(*command.history);
  return A2aPlan("GetTask", request, screen, A2aPrinter::Detail::kWhole);
}

absl::StatusOr<Plan> PlanOf(const ListCommand& command, Screen screen, const Wakeup&) {
  a2a::ListTasksRequest request;
  request.set_context_id(command.context);
  request.set_status(static_cast<a2a::TaskState>(command.status));
  if (command.page_size) request.set_page_size(*command.page_size);
  request.set_page_token(command.page_token);
  if (command.artifacts) request.set_include_artifacts(true);
  return A2aPlan("ListTasks", request, screen, A2aPrinter::Detail::kWhole);
}

absl::StatusOr<Plan> PlanOf(const CancelCommand& command, Screen screen, const Wakeup&) {
  a2a::CancelTaskRequest request;
  request.set_id(command.task);
  return A2aPlan("CancelTask", request, screen, A2aPrinter::Detail::kProgress);
}

absl::StatusOr<Plan> PlanOf(const SubscribeCommand& command, Screen screen, const Wakeup&) {
  a2a::SubscribeToTaskRequest request;
  request.set_id(command.task);
  return A2aPlan("SubscribeToTask", request, screen, A2aPrinter::Detail::kProgress);
}

absl::StatusOr<Plan> PlanOf(const CardCommand&, Screen screen, const Wakeup&) {
  return A2aPlan("GetExtendedAgentCard", a2a::GetExtendedAgentCardRequest(), screen, A2aPrinter::Detail::kWhole);
}

}  // namespace sluice::ctl
