// sluicectl: calls AI agents through a Sluice gateway.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <variant>

#include "client/ctl/call.h"
#include "client/ctl/channel.h"
#include "client/ctl/end_report.h"
#include "client/ctl/methods.h"
#include "client/ctl/options.h"
#include "client/ctl/plan.h"
#include "client/ctl/relay.h"
#include "client/ctl/terminal.h"
#include "client/ctl/wakeup.h"

namespace sluice::ctl {
namespace {

constexpr int kExitCancelled = 65;

int RefuseUsage(const absl::Status& status) {
  std::fprintf(stderr, "sluicectl: %s\n", std::string(status.message()).c_str());
  return kExitUsage;
}

// The version of A2A that the service stands for, unless the user names one.
void AddA2aVersion(const google::protobuf::MethodDescriptor* method, Metadata& metadata) {
  for (const auto& field : metadata) {
    if (field.first == "a2a-version") return;
  }
  const std::string package(method->file()->package());
  if (package == "lf.a2a.v1") metadata.emplace_back("a2a-version", "1.0");
  if (package == "a2a.v1") metadata.emplace_back("a2a-version", "0.3");
}

int ReportEnd(const Options& options, const Plan& plan, const RelayEnd& relay, CallEnd end) {
  if (!relay.input.ok()) return RefuseUsage(relay.input);
  end.status = relay.status;
  end.events = relay.events;
  end.interrupted = Interrupted();
  end.address = options.connection.address;
  end.tls = options.connection.tls;
  end.address_given = options.connection.address_given;
  end.task = plan.printer->task();
  end.next = plan.printer->Next(relay.status.ok());
  const std::string text = options.json ? EndJson(end) : EndText(end, WantsColour(STDERR_FILENO));
  std::fputs(text.c_str(), stderr);
  return relay.status.ok() ? plan.printer->exit_code() : ExitCode(relay.status);
}

int Run(const Options& options) {
  const Wakeup wakeup;
  CatchInterrupts(wakeup);
  const Screen screen{std::cout, options.json, WantsColour(STDOUT_FILENO)};
  absl::StatusOr<Plan> plan =
      std::visit([&](const auto& command) { return PlanOf(command, screen, wakeup); }, options.command);
  if (absl::IsCancelled(plan.status())) return kExitCancelled;
  if (!plan.ok()) return RefuseUsage(plan.status());
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(options.connection);
  if (!channel.ok()) return RefuseUsage(channel.status());

  CallStart start{MethodPath(plan->method), options.metadata, options.timeout};
  AddA2aVersion(plan->method, start.metadata);
  const auto began = std::chrono::steady_clock::now();
  Call call(*channel, start, wakeup);
  const RelayEnd relay = Relay(call, *plan, wakeup);
  CallEnd end;
  end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  end.connected = (*channel)->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY;
  return ReportEnd(options, *plan, relay, std::move(end));
}

}  // namespace
}  // namespace sluice::ctl

int main(int argc, char** argv) {
  using namespace sluice::ctl;
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // what went wrong is told by the status, once
  const auto parsed = ParseOptions(argc, argv, std::getenv("SLUICE_ADDRESS"));
  if (const Leave* leave = std::get_if<Leave>(&parsed)) {
    std::fputs(leave->out.c_str(), stdout);
    std::fputs(leave->err.c_str(), stderr);
    return leave->exit_code;
  }
  return Run(std::get<Options>(parsed));
}
