#include "client/ctl/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/status/statusor.h"
#include "client/ctl/flag_values.h"
#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

constexpr const char* kAbout =
    "Calls AI agents through a Sluice gateway.\n"
    "Exit code: 0 the call ended well, 64 wrong usage, 64 + gRPC code when the call failed (65 cancelled, 78 "
    "unavailable).";

// A flag whose text is turned into a value by `parse`; what `parse` refuses is told with the flag's name.
template <typename Parse, typename Store>
auto Parsing(const std::string& names, Parse parse, Store store) {
  return [names, parse, store](const std::string& value) {
    auto parsed = parse(value);
    if (!parsed.ok()) throw CLI::ValidationError(names, std::string(parsed.status().message()));
    store(*std::move(parsed));
  };
}

template <typename Parse, typename Store>
CLI::Option* AddParsed(CLI::App* app, const std::string& names, Parse parse, Store store, const std::string& help) {
  return app->add_option_function<std::string>(names, Parsing(names, parse, store), help);
}

// The same for a flag that may be given more than once, with one value each time.
template <typename Parse, typename Store>
CLI::Option* AddRepeated(CLI::App* app, const std::string& names, Parse parse, Store store, const std::string& help) {
  const auto each = Parsing(names, parse, store);
  const auto all = [each](const std::vector<std::string>& values) {
    std::for_each(values.begin(), values.end(), each);
  };
  return app->add_option_function<std::vector<std::string>>(names, all, help)->allow_extra_args(false);
}

absl::StatusOr<std::string> ReadableFile(const std::string& path) {
  if (std::ifstream(path).good()) return path;
  return absl::InvalidArgumentError("cannot read '" + path + "'");
}

void AddTls(CLI::App* app, Connection& connection) {
  app->add_flag("--tls", connection.tls, "Use TLS; the flags below imply it");
  const auto file = [&](const char* name, std::string& into, const char* help) {
    const auto store = [&](std::string value) {
      into = std::move(value);
      connection.tls = true;
    };
    return AddParsed(app, name, ReadableFile, store, help)->type_name("FILE");
  };
  file("--ca-file", connection.ca_file, "Certificates to trust, PEM; else the system's");
  CLI::Option* cert = file("--cert-file", connection.cert_file, "Certificate to show, PEM");
  CLI::Option* key = file("--key-file", connection.key_file, "Key of --cert-file, PEM");
  cert->needs(key);
  key->needs(cert);
  const auto name = [&](const std::string& value) {
    connection.server_name = value;
    connection.tls = true;
  };
  app->add_option_function<std::string>("--server-name", name, "The name the gateway's certificate must have");
}

void AddConnection(CLI::App* app, Connection& connection) {
  const auto store = [&](std::string value) {
    connection.address = std::move(value);
    connection.address_given = true;
  };
  AddParsed(app, "-a,--address", ParseAddress, store, "The gateway; also SLUICE_ADDRESS [127.0.0.1:50051]")
      ->type_name("HOST:PORT");
  AddTls(app, connection);
}

void AddGlobals(CLI::App* app, Options& options) {
  AddConnection(app, options.connection);
  AddRepeated(
      app, "-H,--metadata", ParseMetadata,
      [&](std::pair<std::string, std::string> field) { options.metadata.push_back(std::move(field)); },
      "Metadata of the call, such as 'authorization: Bearer TOKEN'; repeatable")
      ->type_name("KEY:VALUE");
  AddParsed(
      app, "--timeout", ParseDuration, [&](std::chrono::milliseconds value) { options.timeout = value; },
      "Deadline of the call, such as 30s [none]")
      ->type_name("DURATION");
  app->add_option_function<std::string>(
         "-o,--output", [&](const std::string& value) { options.json = value == "json"; },
         "text, or json: one object per line [text]")
      ->check(CLI::IsMember({"text", "json"}));
}

// Registers subcommand `name`, whose values `add_flags` binds to a T that is `options.command` once it is chosen.
template <typename T, typename AddFlags>
void AddCommand(CLI::App* app, Options& options, const char* name, const char* help, AddFlags add_flags) {
  auto command = std::make_shared<T>();
  CLI::App* sub = app->add_subcommand(name, help);
  add_flags(sub, *command);
  // Binds the values to the lifetime of the parser, and runs only for the subcommand that was given.
  sub->final_callback([command, &options] { options.command = *command; });
}

void AddOptionalInt(CLI::App* sub, const char* name, std::optional<int>& into, int least, int most, const char* help) {
  sub->add_option_function<int>(
         name, [&into](int value) { into = value; }, help)
      ->check(CLI::Range(least, most));
}

void AddTask(CLI::App* sub, std::string& task) {
  sub->add_option("TASK", task, "Id of the task")->required()->check([](const std::string& value) {
    return value.empty() ? std::string("the id of the task is empty") : std::string();
  });
}

void AddSend(CLI::App* app, Options& options, const char* name, bool stream, const char* help) {
  AddCommand<SendCommand>(app, options, name, help, [stream](CLI::App* sub, SendCommand& command) {
    command.stream = stream;
    sub->add_option("TEXT", command.text, "What to say to the agent; '-' reads it from stdin")->required();
    sub->add_option("--task", command.task, "Go on with this task");
    sub->add_option("--context", command.context, "Belong to this context");
    sub->add_flag("--return-immediately", command.return_immediately, "Do not wait for the task to be over");
    AddOptionalInt(sub, "--history", command.history, 0, 1'000'000, "At most so many messages of the task's history");
  });
}

void AddA2aCommands(CLI::App* app, Options& options) {
  AddSend(app, options, "send", false, "Send a message and wait for the answer (SendMessage)");
  AddSend(app, options, "stream", true, "Send a message and show the events as they come (SendStreamingMessage)");
  AddCommand<GetCommand>(app, options, "get", "Show a task (GetTask)", [](CLI::App* sub, GetCommand& command) {
    AddTask(sub, command.task);
    AddOptionalInt(sub, "--history", command.history, 0, 1'000'000, "At most so many messages of its history");
  });
  AddCommand<ListCommand>(app, options, "list", "List tasks (ListTasks)", [](CLI::App* sub, ListCommand& command) {
    sub->add_option("--context", command.context, "Only those of this context");
    AddParsed(
        sub, "--status", ParseTaskState, [&command](int state) { command.status = state; },
        "Only those in this state, such as working or input-required")
        ->type_name("STATE");
    AddOptionalInt(sub, "--page-size", command.page_size, 1, 100, "At most so many");
    sub->add_option("--page-token", command.page_token, "Go on where the page before ended");
    sub->add_flag("--artifacts", command.artifacts, "With their artifacts");
  });
  AddCommand<CancelCommand>(app, options, "cancel", "Ask the agent to cancel a task (CancelTask)",
                            [](CLI::App* sub, CancelCommand& command) { AddTask(sub, command.task); });
  AddCommand<SubscribeCommand>(app, options, "subscribe",
                               "Follow a running task: as it stands, then its events (SubscribeToTask)",
                               [](CLI::App* sub, SubscribeCommand& command) { AddTask(sub, command.task); });
  AddCommand<CardCommand>(app, options, "card", "Show the agent's card (GetExtendedAgentCard)",
                          [](CLI::App*, CardCommand&) {});
}

void AddOtherCommands(CLI::App* app, Options& options) {
  AddCommand<HealthCommand>(
      app, options, "health", "Show whether the gateway serves; exit code 78 if it does not (grpc.health.v1)",
      [](CLI::App* sub, HealthCommand& command) {
        sub->add_option("SERVICE", command.service, "A service, or upstream/NAME [the gateway as a whole]");
        sub->add_flag("--watch", command.watch, "Show each change until Ctrl-C");
      });
  AddCommand<CallCommand>(app, options, "call", "Call any method with JSON", [](CLI::App* sub, CallCommand& command) {
    sub->add_option("METHOD", command.method, "full.Service/Method, such as lf.a2a.v1.A2AService/GetTask")->required();
    sub->add_option("-d,--data", command.data,
                    "The message as JSON; several one after the other; '-' reads stdin, '@FILE' a file [{}]");
  });
  AddCommand<SessionCommand>(
      app, options, "session",
      "Talk JSON-RPC with an upstream: a message per line on stdin, '/cancel ID' cancels one request",
      [](CLI::App* sub, SessionCommand& command) {
        sub->add_option("--upstream", command.upstream, "Name of the upstream [the gateway's first]");
        AddRepeated(
            sub, "--header", ParseHttpHeader,
            [&command](std::pair<std::string, std::string> field) { command.headers.push_back(std::move(field)); },
            "HTTP header for the upstream; repeatable")
            ->type_name("NAME:VALUE");
      });
}

Leave Usage(const std::string& what) {
  return Leave{kExitUsage, "", "sluicectl: " + what + "\ntry: sluicectl --help\n"};
}

// Names what the parser could not place; empty when there is nothing of the kind.
std::string Unplaced(const CLI::App& app) {
  for (const std::string& argument : app.remaining(/*recurse=*/true)) {
    const std::string shown = "'" + VisibleLine(argument) + "'";
    if (argument.substr(0, 1) == "-") return "there is no flag " + shown;
    if (app.get_subcommands().empty()) return "there is no command " + shown;
    return "unexpected argument " + shown + "; a TEXT of several words needs quotes";
  }
  return "";
}

}  // namespace

std::variant<Options, Leave> ParseOptions(int argc, const char* const* argv, const char* address_from_environment) {
  Options options;
  CLI::App app(kAbout, "sluicectl");
  app.set_version_flag("--version", "sluicectl " SLUICE_VERSION);
  app.fallthrough();  // inherited by the subcommands: `sluicectl stream hi --timeout 3s`
  app.require_subcommand(1);
  AddGlobals(&app, options);
  AddA2aCommands(&app, options);
  AddOtherCommands(&app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    if (app.exit(error, out, err) == 0) return Leave{0, out.str(), ""};
    const std::string unplaced = Unplaced(app);
    if (!unplaced.empty()) return Usage(unplaced);
    if (app.get_subcommands().empty()) return Usage("a command is needed");
    return Usage(error.what());
  }
  if (!options.connection.address_given && address_from_environment != nullptr) {
    auto address = ParseAddress(address_from_environment);
    if (!address.ok()) return Usage("SLUICE_ADDRESS: " + std::string(address.status().message()));
    options.connection.address = *std::move(address);
  }
  return options;
}

}  // namespace sluice::ctl
