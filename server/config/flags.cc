#include "server/config/flags.h"

#include <algorithm>
#include <cstdint>

#include "CLI/CLI.hpp"
#include "server/config/config.h"
#include "server/config/keys.h"

namespace sluice::config {
namespace {

constexpr std::string_view kHelpHead =
    "sluice: a gateway between gRPC programs and AI agents that speak JSON-RPC and SSE over HTTP\n"
    "\n"
    "Usage:    sluice --upstream=URL [flags]\n"
    "Example:  sluice --upstream=http://127.0.0.1:41241/ --set=upstreams.default.clocks.idle=30s\n";

constexpr std::string_view kHelpTail =
    "\n"
    "Later wins: defaults, --config, --set, the other flags. An --upstream takes the place of the one that the file\n"
    "has under the same name. Durations and sizes have units: 250ms, 2s, 5m, 1h; 512B, 64KiB, 10MiB.\n"
    "\n"
    "Exit codes:\n"
    "  0   stopped as asked          64  bad flag          69  cannot listen\n"
    "  70  final counters disagree   78  bad configuration\n";

const Flag* FindFlag(std::string_view name) {
  for (const Flag& flag : Flags()) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

// What CLI11 did not know. Only a flag's name is shown: a value that lost its quotes may be a secret.
void ReportExtra(const std::string& extra, Problems& problems) {
  if (extra == "--") return;  // all that follows is an extra too
  if (!extra.starts_with('-')) {
    problems.Add("sluice", "", "a value stands alone; flags begin with --, and a value with blanks needs quotes");
    return;
  }
  const std::string name = extra.substr(0, extra.find('='));
  std::vector<std::string> names;
  for (const Flag& flag : Flags()) names.push_back(flag.name);
  const std::string nearest = Nearest(name, names);
  problems.Add("sluice", OneLine(name),
               "unknown flag" + (nearest.empty() ? "; see --help" : "; did you mean " + Quoted(nearest) + '?'));
}

// "listen" → "127.0.0.1:50051", as the printed configuration has it but without quotes.
std::string DefaultOf(const std::string& path) {
  std::string text = FindKey<Config>(path)->print(Config(), {});
  std::erase(text, '"');
  return text;
}

std::string HelpLine(const Flag& flag) {
  constexpr std::size_t kColumn = 34;
  std::string line = "  " + flag.name + (flag.value.empty() ? "" : '=' + flag.value);
  line.resize(std::max(line.size() + 2, kColumn), ' ');
  line += flag.help;
  if (flag.key.empty()) return line + '\n';
  const std::string value = DefaultOf(flag.key);
  return line + (value.empty() ? "" : " (default " + value + ')') + '\n';
}

}  // namespace

const std::vector<Flag>& Flags() {
  static const std::vector<Flag> flags = {
      {"--upstream", "[name=[kind+]]url", "", "what to send to; kind: a2a (default), mcp, jsonrpc, sse; repeatable",
       "What to serve"},
      {"--listen", "host:port", "listen", "gRPC; port 0 takes a free one", "What to serve"},
      {"--http-listen", "host:port", "http_listen", "/livez, /readyz, agent cards", "What to serve"},
      {"--public-address", "host:port", "public_address", "gRPC, as agent cards name it to clients", "What to serve"},
      {"--config", "FILE", "", "YAML file; deploy/sluice.yaml shows every key", "Configuration"},
      {"--set", "path=value", "", "any key of the file, as drain.lame_duck=0s; repeatable", "Configuration"},
      {"--check-config", "", "", "say what is wrong with the configuration, or that nothing is, and exit",
       "Configuration"},
      {"--print-config", "", "", "print the whole configuration without its secrets, and exit", "Configuration"},
      {"--shards", "N", "shards", "pairs of threads; 0: half the cores", "Running"},
      {"--lame-duck", "DURATION", "drain.lame_duck", "after SIGTERM: still serve new calls", "Running"},
      {"--drain-deadline", "DURATION", "drain.deadline", "then: until what still runs is cut", "Running"},
      {"--version", "", "", "print the version and exit", "Help"},
      {"--help", "", "", "print this and exit", "Help"},
  };
  return flags;
}

FlagValues ParseFlags(const std::vector<std::string>& args, Problems& problems) {
  FlagValues values;
  try {
    CLI::App app;
    app.set_help_flag();  // --help is a switch like the others
    app.allow_extras();
    for (const Flag& flag : Flags()) {
      if (flag.value.empty()) {
        app.add_flag(flag.name + (flag.name == "--help" ? ",-h" : ""));
      } else {
        // 0 or 1: a flag without its value is told with all else that is wrong.
        app.add_option(flag.name)->expected(0, 1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      }
    }
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));  // CLI11 wants the last argument first
    for (const std::string& extra : app.remaining()) ReportExtra(extra, problems);
    for (const Flag& flag : Flags()) {
      const CLI::Option* option = app.get_option(flag.name);
      if (option->count() > 0) values[flag.name] = option->results();
    }
  } catch (const std::exception& e) {
    problems.Add("sluice", "", "the flags cannot be read; see --help");
  }
  for (const auto& [name, given] : values) {
    const Flag& flag = *FindFlag(name);
    const bool empty = std::find(given.begin(), given.end(), "") != given.end();
    if (!flag.value.empty() && empty) problems.Add(name, "", "needs a value: " + name + '=' + flag.value);
  }
  return values;
}

std::string HelpText() {
  std::string text(kHelpHead);
  std::string group;
  for (const Flag& flag : Flags()) {
    if (flag.group != group) text += '\n' + flag.group + ":\n";
    group = flag.group;
    text += HelpLine(flag);
  }
  return text += kHelpTail;
}

}  // namespace sluice::config
