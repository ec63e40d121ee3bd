// The command lines of what is made of sluice.v1.Gateway.
#include "client/ctl/commands.h"
#include "client/ctl/flag_values.h"

namespace sluice::ctl {
namespace {

void AddTarget(CLI::App* sub, Target& target) {
  sub->add_option("--upstream", target.upstream, "Name of the upstream [the gateway's first]");
  AddRepeated(
      sub, "--header", ParseHttpHeader,
      [&target](std::pair<std::string, std::string> field) { target.headers.push_back(std::move(field)); },
      "HTTP header for the upstream; repeatable")
      ->type_name("NAME:VALUE");
}

}  // namespace

void AddGatewayCommands(CLI::App* app, Options& options) {
  AddCommand<SessionCommand>(
      app, options, "session",
      "Talk JSON-RPC with an upstream: a message per line on stdin, '/cancel ID' cancels one request",
      [](CLI::App* sub, SessionCommand& command) { AddTarget(sub, command.target); });
  AddCommand<McpStdioCommand>(app, options, "mcp-stdio",
                              "Be a stdio server for an MCP client; the MCP server is behind the gateway",
                              [](CLI::App* sub, McpStdioCommand& command) { AddTarget(sub, command.target); });
}

}  // namespace sluice::ctl
