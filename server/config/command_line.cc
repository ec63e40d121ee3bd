#include "server/config/command_line.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/config/draft.h"
#include "server/config/flags.h"
#include "server/config/keys.h"
#include "server/config/overrides.h"
#include "server/config/print_config.h"
#include "server/config/problems.h"

namespace sluice::config {
namespace {

const std::vector<std::string>& ValuesOf(const FlagValues& flags, std::string_view name) {
  static const std::vector<std::string> none;
  const auto found = flags.find(name);
  return found == flags.end() ? none : found->second;
}

std::vector<UpstreamFlag> ParseUpstreamFlags(const FlagValues& flags, Problems& problems) {
  std::vector<UpstreamFlag> upstreams;
  for (const std::string& text : ValuesOf(flags, "--upstream")) {
    if (text.empty()) continue;  // told already
    const auto upstream = ParseUpstreamFlag(text);
    if (!upstream.ok()) {
      problems.Add("--upstream", "", upstream.error());
      continue;
    }
    const auto same = [&](const UpstreamFlag& other) { return other.name == upstream->name; };
    if (std::any_of(upstreams.begin(), upstreams.end(), same)) {
      problems.Add("--upstream", upstream->name, "is there twice; give each a name: --upstream=name=url");
    }
    upstreams.push_back(*upstream);
  }
  return upstreams;
}

// The order is the precedence: the file, then --set, then the other flags. A fresh upstream of a flag is made before
// --set, so that its clocks and limits can be set.
void Fill(const FlagValues& flags, Draft& draft, Problems& bad_flags, Problems& bad_config) {
  const auto& files = ValuesOf(flags, "--config");
  if (!files.empty() && !files.back().empty()) ApplyFile(files.back(), draft, bad_config);
  const auto upstreams = ParseUpstreamFlags(flags, bad_flags);
  for (const UpstreamFlag& upstream : upstreams) DefineUpstream(upstream, draft);
  for (const std::string& assignment : ValuesOf(flags, "--set")) {
    if (!assignment.empty()) ApplySet(assignment, draft, bad_config);
  }
  for (const UpstreamFlag& upstream : upstreams) ApplyUpstream(upstream, draft);
  for (const Flag& flag : Flags()) {
    const auto& values = ValuesOf(flags, flag.name);
    if (flag.key.empty() || values.empty() || values.back().empty()) continue;
    ApplyFlag(flag.name, flag.key, values.back(), draft, bad_flags);
  }
  // An --upstream that was refused would have been one.
  if (ValuesOf(flags, "--upstream").size() > upstreams.size()) draft.origins["upstreams"].good = false;
  CheckDraft(draft, bad_config);
}

CommandLine Output(std::string text) {
  CommandLine answer;
  answer.output = std::move(text);
  answer.check_only = true;
  return answer;
}

CommandLine Refuse(const Problems& bad_flags, const Problems& bad_config) {
  CommandLine answer;
  answer.exit_code = bad_flags.empty() ? kExitBadConfig : kExitBadFlag;
  answer.errors = bad_flags.Text() + bad_config.Text();
  return answer;
}

CommandLine Parse(const std::vector<std::string>& args) {
  Problems bad_flags;
  Problems bad_config;
  const FlagValues flags = ParseFlags(args, bad_flags);
  if (flags.contains("--help")) return Output(HelpText());
  if (flags.contains("--version")) return Output("sluice " SLUICE_VERSION "\n");
  Draft draft;
  Fill(flags, draft, bad_flags, bad_config);
  if (!bad_flags.empty() || !bad_config.empty()) return Refuse(bad_flags, bad_config);
  CommandLine answer;
  answer.check_only = flags.contains("--check-config") || flags.contains("--print-config");
  if (flags.contains("--print-config")) {
    answer.output = PrintConfig(draft);
  } else if (answer.check_only) {
    answer.output = "sluice: the configuration is good\n";
  }
  answer.config = Finish(std::move(draft));
  return answer;
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  try {
    std::vector<std::string> args;
    for (int i = 1; i < argc; ++i) args.emplace_back(argv[i]);
    return Parse(args);
  } catch (const std::exception&) {
    CommandLine answer;
    answer.exit_code = kExitBadConfig;
    answer.errors = "sluice: not enough memory for the configuration\n";
    return answer;
  }
}

}  // namespace sluice::config
