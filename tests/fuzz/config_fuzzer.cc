// server/config/: any text as a configuration file gives problems with their places or a configuration; and what is
// printed of a configuration reads back as that configuration.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/config/command_line.h"
#include "server/config/draft.h"
#include "server/config/problems.h"
#include "server/config/settings_reader.h"
#include "server/config/yaml_node.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using namespace config;  // NOLINT: what is under test

std::optional<Config> Read(std::string_view text, Problems& problems) {
  const YamlText yaml = ReadYaml(text);
  for (const YamlError& error : yaml.errors) {
    Check(error.line >= 1 && error.column >= 1 && !error.message.empty(), "a YAML error has a place and a word");
  }
  if (!yaml.errors.empty()) return std::nullopt;
  const Source source{"fuzz.yaml", /*has_positions=*/true};
  Draft draft;
  ReadConfig(source, yaml.root, draft, problems);
  CheckDraft(draft, problems);
  if (!problems.empty()) return std::nullopt;
  return Finish(std::move(draft));
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  Problems problems;
  std::optional<Config> config = Read(AsText(data, size), problems);
  if (!config) {
    const std::string text = problems.Text();
    Check(text.empty() || text.ends_with('\n'), "a problem is a line");
    return 0;
  }
  Problems none;
  const std::optional<Config> again = Read(PrintConfig(*config), none);
  Check(again.has_value(), "what is printed is a configuration");
  for (Upstream& upstream : config->upstreams) {
    for (auto& header : upstream.headers) header.second = "(not shown)";  // it may be a secret
  }
  Check(*again == *config, "and the same one");
  return 0;
}
