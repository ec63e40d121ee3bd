// What the user asked for: the command line as values, checked as far as it can be without a connection.
#ifndef SLUICE_CLIENT_CTL_OPTIONS_H_
#define SLUICE_CLIENT_CTL_OPTIONS_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::ctl {

// Exit codes: 0 ended, 64 usage, 64 + gRPC code when the call failed (as grpcurl does).
inline constexpr int kExitUsage = 64;

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct Connection {
  std::string address = "127.0.0.1:50051";
  bool address_given = false;  // by --address
  bool tls = false;
  std::string ca_file;      // PEM; empty: the system's
  std::string cert_file;    // PEM, together with key_file
  std::string key_file;     // PEM
  std::string server_name;  // the name that the certificate must have, when it is not the address's
};

struct SendCommand {
  bool stream = false;
  std::string text;  // "-": all of stdin
  std::string task;
  std::string context;
  bool return_immediately = false;
  std::optional<int> history;
};
struct GetCommand {
  std::string task;
  std::optional<int> history;
};
struct ListCommand {
  std::string context;
  int status = 0;  // a lf.a2a.v1.TaskState; 0: any
  std::optional<int> page_size;
  std::string page_token;
  bool artifacts = false;
};
struct CancelCommand {
  std::string task;
};
struct SubscribeCommand {
  std::string task;
};
struct CardCommand {};
struct HealthCommand {
  std::string service;
  bool watch = false;
};
struct CallCommand {
  std::string method;               // full.Service/Method
  std::optional<std::string> data;  // JSON; "-": stdin; "@FILE": a file
};
// Which upstream a session, or a stream, is with.
struct Target {
  std::string upstream;
  Metadata headers;  // for the upstream
};
enum class OnCancel { kDefault, kEnd, kClose };  // as sluice.v1.CancelPolicy
struct SessionCommand {
  Target target;
  std::string file = "-";  // "-": stdin
  OnCancel on_cancel = OnCancel::kDefault;
  std::string resume_token;  // bytes
  bool verbose = false;
};
struct ConverseCommand {
  std::string file = "-";  // "-": stdin
  bool verbose = false;
};
struct McpStdioCommand {
  Target target;
};

enum class Era { kAuto, kLegacy, kModern };  // of MCP
struct ToolsCommand {
  Target target;
  Era era = Era::kAuto;
};
struct ToolCommand {
  Target target;
  Era era = Era::kAuto;
  std::string name;
  std::string arguments = "{}";  // JSON; "-": all of stdin
};

struct ChatCommand {
  Target target;
  std::string text = "-";  // "-": all of stdin
  std::string model;
  std::optional<std::string> path;  // below the upstream's URL; none: where the dialect's APIs have it
  std::string dialect;              // empty: as the gateway says
};
struct UpstreamsCommand {};

using Command = std::variant<SendCommand, GetCommand, ListCommand, CancelCommand, SubscribeCommand, CardCommand,
                             HealthCommand, CallCommand, SessionCommand, ConverseCommand, McpStdioCommand, ToolsCommand,
                             ToolCommand, ChatCommand, UpstreamsCommand>;

struct Options {
  Connection connection;
  Metadata metadata;
  std::optional<std::chrono::milliseconds> timeout;
  bool json = false;
  Command command;
};

// The command line does not ask for a call: help, or a flag that is wrong.
struct Leave {
  int exit_code = 0;
  std::string out;  // for stdout
  std::string err;  // for stderr; names the flag
};

// `address_from_environment` is the value of SLUICE_ADDRESS, null when unset; --address wins over it.
std::variant<Options, Leave> ParseOptions(int argc, const char* const* argv, const char* address_from_environment);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_OPTIONS_H_
