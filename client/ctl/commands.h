// How a command's flags are told to the parser of the command line.
#ifndef SLUICE_CLIENT_CTL_COMMANDS_H_
#define SLUICE_CLIENT_CTL_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/ctl/options.h"

namespace sluice::ctl {

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

// Registers subcommand `name`, whose values `add_flags` binds to a T that is `options.command` once it is chosen.
template <typename T, typename AddFlags>
void AddCommand(CLI::App* app, Options& options, const char* name, const char* help, AddFlags add_flags) {
  auto command = std::make_shared<T>();
  CLI::App* sub = app->add_subcommand(name, help);
  add_flags(sub, *command);
  // Binds the values to the lifetime of the parser, and runs only for the subcommand that was given.
  sub->final_callback([command, &options] { options.command = *command; });
}

inline void AddOptionalInt(CLI::App* sub, const char* name, std::optional<int>& into, int least, int most,
                           const char* help) {
  sub->add_option_function<int>(
         name, [&into](int value) { into = value; }, help)
      ->check(CLI::Range(least, most));
}

// Each registers some commands; the one that is given becomes `options.command`.
void AddA2aCommands(CLI::App* app, Options& options);
void AddGatewayCommands(CLI::App* app, Options& options);  // those of sluice.v1

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_COMMANDS_H_
