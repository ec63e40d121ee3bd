// server/config/: any text as a configuration file gives problems with their places or a configuration; and what is
// printed of a configuration reads back as that configuration.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "server/config/draft.h"
#include "server/config/print_config.h"
#include "server/config/problems.h"
#include "server/config/references.h"
#include "server/config/settings_reader.h"
#include "server/config/yaml_node.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using namespace config;  // NOLINT: what is under test

// Nothing of this machine: a variable's value is its name, a file's its path.
const Surroundings& Fakes() {
  static const Surroundings fakes{[](const std::string& name) { return std::optional(name); },
                                  [](const std::string& path) { return Parsed<std::string>(path); }};
  return fakes;
}

std::optional<Draft> Read(std::string_view text, Problems& problems) {
  const YamlText yaml = ReadYaml(text);
  for (const YamlError& error : yaml.errors) {
    Check(error.line >= 1 && error.column >= 1 && !error.message.empty(), "a YAML error has a place and a word");
  }
  if (!yaml.errors.empty()) return std::nullopt;
  const Source source{"fuzz.yaml", /*has_positions=*/true, Fakes()};
  Draft draft;
  ReadConfig(source, yaml.root, draft, problems);
  CheckDraft(draft, problems);
  if (!problems.empty()) return std::nullopt;
  return draft;
}

// Puts the same stand-in for each secret into both.
void FillInSecrets(Draft& draft, std::string& printed) {
  const std::string key(32, 'k');
  const std::string base64 = absl::Base64Escape(key);
  if (!draft.config.resume.key.empty() && draft.origins["resume.key"].references.empty()) draft.config.resume.key = key;
  for (UpstreamDraft& upstream : draft.upstreams) {
    const References& written = upstream.origins["headers"].references;
    for (auto& [name, value] : upstream.value.headers) {
      if (!written.contains(name)) value = "filled-in";
    }
    std::string& path = upstream.value.url.path;
    const std::size_t query = path.find('?');
    if (upstream.origins["url"].references.empty() && query < path.size() - 1) path.replace(query + 1, path.npos, "q");
  }
  printed = absl::StrReplaceAll(printed, {{"  key: \"(not shown)\"\n", "  key: \"" + base64 + "\"\n"},
                                          {"?(not shown)\"\n", "?q\"\n"},
                                          {": \"(not shown)\"", ": \"filled-in\""}});
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  Problems problems;
  std::optional<Draft> draft = Read(AsText(data, size), problems);
  if (!draft) {
    const std::string text = problems.Text();
    Check(text.empty() || text.ends_with('\n'), "a problem is a line");
    return 0;
  }
  Problems none;
  std::string printed = PrintConfig(*draft);
  FillInSecrets(*draft, printed);
  std::optional<Draft> again = Read(printed, none);
  Check(again.has_value(), "what is printed is a configuration");
  Check(Finish(*std::move(again)) == Finish(*std::move(draft)), "and the same one");
  return 0;
}
