// The command lines of what is made of the services of sluice.v1.
#include <map>
#include <string>
#include <utility>

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

// One of a few words, in the order of the alphabet. CLI11's own transformer shows its inside when it refuses one.
template <typename Value>
CLI::Validator OneOf(std::map<std::string, Value> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& text) {
        const auto found = words.find(text);
        if (found != words.end()) {
          text = std::to_string(static_cast<int>(found->second));
          return std::string();
        }
        std::string known;
        for (const auto& [word, value] : words) known += (known.empty() ? "" : ", ") + word;
        return "'" + text + "': one of " + known + " is expected";
      },
      "");
}

void AddEra(CLI::App* sub, Era& era) {
  const std::map<std::string, Era> names = {{"auto", Era::kAuto}, {"legacy", Era::kLegacy}, {"modern", Era::kModern}};
  sub->add_option("--era", era, "Of MCP: auto, legacy or modern [auto: legacy, unless the gateway is set to modern]")
      ->transform(OneOf(names))
      ->type_name("ERA");
}

void AddSession(CLI::App* app, Options& options) {
  const char* help =
      "Talk JSON-RPC with an upstream, a message per line; '/cancel ID' cancels a request, '/help' helps";
  AddCommand<SessionCommand>(app, options, "session", help, [](CLI::App* sub, SessionCommand& command) {
    sub->add_option("FILE", command.file, "Lines to send; '-' is stdin [-]");
    AddTarget(sub, command.target);
    const std::map<std::string, OnCancel> names = {{"end", OnCancel::kEnd}, {"close", OnCancel::kClose}};
    sub->add_option("--on-cancel", command.on_cancel,
                    "What becomes of the upstream's session at Ctrl-C: end, or close so that it can be resumed [end]")
        ->transform(OneOf(names))
        ->type_name("POLICY");
    AddParsed(
        sub, "--resume", ParseResumeToken, [&command](std::string token) { command.resume_token = std::move(token); },
        "Go on with an earlier session: its token, as it was printed")
        ->type_name("TOKEN");
    sub->add_flag("--verbose", command.verbose, "Show heartbeats and the session's id too");
  });
}

void AddConverse(CLI::App* app, Options& options) {
  const char* help =
      "Talk with an A2A agent, a message per line; a line after a question answers it. '/cancel' stops a task, '/help' "
      "helps; lines of a FILE take turns with the agent";
  AddCommand<ConverseCommand>(app, options, "converse", help, [](CLI::App* sub, ConverseCommand& command) {
    sub->add_option("FILE", command.file, "Lines to send; '-' is stdin [-]");
    sub->add_flag("--verbose", command.verbose, "Show heartbeats too");
  });
}

void AddMcp(CLI::App* app, Options& options) {
  AddCommand<McpStdioCommand>(app, options, "mcp-stdio",
                              "Be a stdio server for an MCP client; the MCP server is behind the gateway",
                              [](CLI::App* sub, McpStdioCommand& command) { AddTarget(sub, command.target); });
  AddCommand<ToolsCommand>(app, options, "tools", "List the tools of an MCP server",
                           [](CLI::App* sub, ToolsCommand& command) {
                             AddTarget(sub, command.target);
                             AddEra(sub, command.era);
                           });
  AddCommand<ToolCommand>(app, options, "tool", "Call a tool of an MCP server; exit code 1 if the tool says it failed",
                          [](CLI::App* sub, ToolCommand& command) {
                            sub->add_option("NAME", command.name, "Which; `sluicectl tools` lists them")->required();
                            sub->add_option("ARGUMENTS", command.arguments, "A JSON object; '-' reads stdin [{}]");
                            AddTarget(sub, command.target);
                            AddEra(sub, command.era);
                          });
}

void AddChat(CLI::App* app, Options& options) {
  AddCommand<ChatCommand>(
      app, options, "chat", "Ask an LLM, and show the answer as it comes", [](CLI::App* sub, ChatCommand& command) {
        sub->add_option("TEXT", command.text, "What to ask; '-' reads it from stdin [-]");
        AddTarget(sub, command.target);
        sub->add_option("--model", command.model, "Which model [the server's default, if it has one]");
        sub->add_option("--path", command.path,
                        "Appended to the upstream's URL; '' is that URL itself [/v1/chat/completions or /v1/messages]");
        sub->add_option("--dialect", command.dialect, "openai or anthropic [as the gateway is configured]")
            ->check(CLI::IsMember({"openai", "anthropic"}))
            ->type_name("DIALECT");
      });
}

}  // namespace

void AddGatewayCommands(CLI::App* app, Options& options) {
  AddSession(app, options);
  AddConverse(app, options);
  AddMcp(app, options);
  AddChat(app, options);
  AddCommand<UpstreamsCommand>(app, options, "upstreams", "Show what is behind the gateway",
                               [](CLI::App*, UpstreamsCommand&) {});
}

}  // namespace sluice::ctl
