#include "client/ctl/options.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "absl/status/statusor.h"
#include "client/ctl/commands.h"
#include "client/ctl/flag_values.h"
#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

constexpr const char* kAbout =
    "Calls AI agents through a Sluice gateway.\n"
    "Exit code: 0 the call ended well, 64 wrong usage, 64 + gRPC code when the call failed (65 cancelled, 78 "
    "unavailable), 74 also when stdout cannot be written.";

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
  AddGatewayCommands(&app, options);
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
