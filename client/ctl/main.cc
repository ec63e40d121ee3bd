// sluicectl: calls AI agents through a Sluice gateway.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "client/ctl/end_report.h"
#include "client/ctl/methods.h"
#include "client/ctl/options.h"
#include "client/ctl/plan.h"
#include "client/ctl/polled_output.h"
#include "client/ctl/relay.h"
#include "client/ctl/terminal.h"
#include "client/ctl/wakeup.h"
#include "sluice/client/client.h"

namespace sluice::ctl {
namespace {

constexpr int kExitCancelled = 65;
constexpr int kExitOutput = 74;  // EX_IOERR of sysexits.h

// `waits`: for whoever reads stderr; mcp-stdio must end also when nobody does.
void Tell(const std::string& text, bool waits) {
  if (waits) {
    std::fputs(text.c_str(), stderr);
  } else {
    WriteIfRoom(STDERR_FILENO, text);
  }
}

int RefuseUsage(const absl::Status& status, bool waits = true) {
  Tell("sluicectl: " + std::string(status.message()) + "\n", waits);
  return kExitUsage;
}

int RefuseOutput(bool waits = true) {
  Tell("sluicectl: stdout: cannot be written\n", waits);
  return kExitOutput;
}

client::ConnectOptions ConnectOptionsOf(const Connection& connection) {
  client::ConnectOptions options;
  options.address = connection.address;
  options.user_agent = "sluicectl/" SLUICE_VERSION;
  if (connection.tls) {
    options.tls = {connection.ca_file, connection.cert_file, connection.key_file, connection.server_name};
  }
  return options;
}

// The library names the field of its options; our user knows the flag.
absl::Status NamingTheFlag(const absl::Status& status) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kFlags = {{{"address:", "--address:"},
                                                                                    {"tls.ca_file:", "--ca-file:"},
                                                                                    {"tls.cert_file:", "--cert-file:"},
                                                                                    {"tls.key_file:", "--key-file:"}}};
  std::string message(status.message());
  for (const auto& [field, flag] : kFlags) {
    if (message.rfind(field, 0) == 0) message.replace(0, field.size(), flag);
  }
  return absl::Status(status.code(), message);
}

int ReportEnd(const Options& options, const Plan& plan, const RelayEnd& relay, std::ostream& out, CallEnd end) {
  const bool waits = !std::holds_alternative<McpStdioCommand>(options.command);
  end.status = plan.printer->Outcome(relay.status);  // first: a client of mcp-stdio waits for its answers
  if (!relay.input.ok()) return RefuseUsage(relay.input, waits);
  out.flush();
  if (!out.good() && !Interrupted()) return RefuseOutput(waits);
  end.events = relay.events;
  end.interrupted = Interrupted();
  end.address = options.connection.address;
  end.tls = options.connection.tls;
  end.address_given = options.connection.address_given;
  end.task = plan.printer->task();
  end.next = plan.printer->Next(end.status.ok());
  const std::string text = options.json ? EndJson(end) : EndText(end, WantsColour(STDERR_FILENO));
  if (!end.status.ok() || plan.printer->tells_good_end()) Tell(text, waits);
  return end.status.ok() ? plan.printer->exit_code() : ExitCode(end.status);
}

RelayEnd Carry(const Options& options, const client::Client& gateway, Plan& plan, const Wakeup& wakeup,
               const std::ostream& out, CallEnd& end) {
  client::CallOptions call_options;
  call_options.metadata = options.metadata;
  call_options.timeout = options.timeout;
  const auto began = std::chrono::steady_clock::now();
  client::Call call = gateway.StartCall(MethodPath(plan.method), call_options, [&wakeup] { wakeup.Wake(); });
  RelayEnd relay = Relay(call, plan, wakeup, out);
  end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  end.connected = gateway.connected();
  return relay;
}

int Run(const Options& options) {
  const Wakeup wakeup;
  CatchInterrupts(wakeup);
  PolledOutput buffer(STDOUT_FILENO, Interrupted);
  std::ostream out(&buffer);
  const Screen screen{out, options.json, WantsColour(STDOUT_FILENO)};
  absl::StatusOr<Plan> plan =
      std::visit([&](const auto& command) { return PlanOf(command, screen, wakeup); }, options.command);
  if (absl::IsCancelled(plan.status())) return kExitCancelled;
  if (!plan.ok()) return RefuseUsage(plan.status());
  absl::StatusOr<client::Client> gateway = client::Client::Connect(ConnectOptionsOf(options.connection));
  if (!gateway.ok()) return RefuseUsage(NamingTheFlag(gateway.status()));

  for (;;) {
    CallEnd end;
    const RelayEnd relay = Carry(options, *gateway, *plan, wakeup, out, end);
    if (!plan->then || !relay.status.ok()) return ReportEnd(options, *plan, relay, out, std::move(end));
    plan = plan->then();
    if (!plan.ok()) return RefuseUsage(plan.status());
  }
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
    return std::fflush(stdout) == 0 ? leave->exit_code : RefuseOutput();
  }
  return Run(std::get<Options>(parsed));
}
