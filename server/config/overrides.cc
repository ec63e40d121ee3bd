#include "server/config/overrides.h"

#include <algorithm>
#include <utility>

#include "server/config/keys.h"
#include "server/config/parse_address.h"
#include "server/config/parse_names.h"
#include "server/config/read_file.h"
#include "server/config/settings_reader.h"
#include "server/config/yaml_node.h"

namespace sluice::config {
namespace {

constexpr std::string_view kUpstreamsPrefix = "upstreams.";

const Source& SetSource() {
  static const Source source{"--set"};
  return source;
}

YamlNode Scalar(std::string_view text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::string(text);
  return node;
}

// Finds the longest part of `path` that is a section; the next key below it is unknown.
template <typename Owner>
void ReportUnknownPath(SettingsReader<Owner>& reader, std::string_view path) {
  std::string section;
  for (;;) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string next = (section.empty() ? "" : section + '.') + OneLine(path.substr(0, dot));
    if (FindKey<Owner>(next) != nullptr) return reader.Report({}, next, "has no keys below it");
    if (dot == 0 || dot == path.size() || KeysBelow<Owner>(next).empty()) {
      return reader.ReportUnknown(next, section, {});
    }
    section = next;
    path.remove_prefix(dot + 1);
  }
}

// Lists, maps and sections are given as YAML.
template <typename Owner>
std::optional<YamlNode> ReadValue(SettingsReader<Owner>& reader, std::string_view path, std::string_view text) {
  YamlText yaml = ReadYaml(text);
  for (const YamlError& error : yaml.errors) {
    reader.Report({}, path, error.message + " (a list is written [a, b], a map {a: b})");
  }
  if (!yaml.errors.empty()) return std::nullopt;
  return std::move(yaml.root);
}

template <typename Owner>
void SetAt(SettingsReader<Owner>& reader, std::string_view path, std::string_view text) {
  const Key<Owner>* key = FindKey<Owner>(path);
  if (key != nullptr && key->shape == KeyShape::kValue) return reader.ReadKey(*key, Scalar(text));
  if (key != nullptr || (!path.empty() && !KeysBelow<Owner>(path).empty())) {
    const auto node = ReadValue(reader, path, text);
    if (!node) return;
    return key != nullptr ? reader.ReadKey(*key, *node) : reader.ReadSection(*node, path);
  }
  for (const Key<Owner>& map : KeysOf<Owner>()) {
    if (map.shape != KeyShape::kMap || !path.starts_with(map.path + '.')) continue;
    return reader.ReadEntry(map, Scalar(path.substr(map.path.size() + 1)), Scalar(text));
  }
  ReportUnknownPath(reader, path);
}

// path: "default.clocks.idle", below "upstreams".
void SetUpstream(std::string_view path, std::string_view text, Draft& draft, Problems& problems) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const auto name = ParseUpstreamName(path.substr(0, dot));
  if (!name.ok()) return problems.Add("--set", "upstreams", name.error());
  UpstreamDraft* upstream = FindUpstream(draft, *name);
  const std::string base = std::string(kUpstreamsPrefix) + *name;
  if (upstream == nullptr) {
    UpstreamDraft fresh;
    fresh.value.name = *name;
    fresh.origin = {"--set", base};
    fresh.only_set = true;
    draft.upstreams.push_back(std::move(fresh));
    upstream = &draft.upstreams.back();
  }
  SettingsReader<Upstream> reader(SetSource(), base + '.', upstream->value, upstream->origins, problems);
  if (dot == path.size()) {
    if (const auto node = ReadValue(reader, "", text)) reader.ReadSection(*node, "");
  } else if (path.substr(dot) == ".name") {
    reader.Report({}, "name", "the name is in the path already");
  } else {
    SetAt(reader, path.substr(dot + 1), text);
  }
}

// The draft's upstream of this name, made if need be.
UpstreamDraft& UpstreamOf(const UpstreamFlag& flag, Draft& draft) {
  if (UpstreamDraft* found = FindUpstream(draft, flag.name)) return *found;
  draft.upstreams.emplace_back();
  draft.upstreams.back().value.name = flag.name;
  return draft.upstreams.back();
}

}  // namespace

void ApplyFile(const std::string& file_name, Draft& draft, Problems& problems) {
  const Source source{file_name, /*has_positions=*/true};
  // A file that cannot be read may have had upstreams: that none is known is no further problem.
  const auto give_up = [&] { draft.origins["upstreams"].good = false; };
  const auto text = ReadFile(file_name, kMaxYamlBytes, "a YAML file");
  if (!text.ok()) {
    problems.Add(OneLine(file_name, 4096), "", text.error());
    return give_up();
  }
  const YamlText yaml = ReadYaml(*text);
  for (const YamlError& error : yaml.errors) problems.Add(source.Where(error.line, error.column), "", error.message);
  if (!yaml.errors.empty()) return give_up();
  ReadConfig(source, yaml.root, draft, problems);
}

void ApplySet(std::string_view assignment, Draft& draft, Problems& problems) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    // What follows a key's characters may be a secret.
    const std::size_t end = std::min(assignment.find_first_of(": \t"), assignment.size());
    return problems.Add("--set", OneLine(assignment.substr(0, end)),
                        "path=value is expected, for example drain.lame_duck=0s");
  }
  const std::string_view path = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  if (path.starts_with("upstreams[")) {
    return problems.Add("--set", OneLine(path), "an upstream is named here, for example upstreams.default.clocks.idle");
  }
  if (path.starts_with(kUpstreamsPrefix)) {
    return SetUpstream(path.substr(kUpstreamsPrefix.size()), text, draft, problems);
  }
  SettingsReader<Config> reader(SetSource(), "", draft.config, draft.origins, problems);
  reader.OnUpstreams([&](const YamlNode& list) { ReadUpstreams(SetSource(), list, draft, problems); });
  SetAt(reader, path, text);
}

void ApplyFlag(const std::string& flag, std::string_view path, const std::string& text, Draft& draft,
               Problems& problems) {
  const Key<Config>* key = FindKey<Config>(path);
  draft.origins[key->path] = {flag, ""};
  const std::string wrong = key->set(draft.config, {}, text);
  if (wrong.empty()) return;
  draft.origins[key->path].good = false;
  problems.Add(flag, "", wrong);
}

Parsed<UpstreamFlag> ParseUpstreamFlag(std::string_view text) {
  UpstreamFlag flag;
  // Only what stands before the scheme's end can be a name: a query may have '=' and '+' too.
  const std::size_t scheme_end = text.find("://");
  const std::size_t equals = text.find('=');
  if (scheme_end != std::string_view::npos && equals < scheme_end) {
    const auto name = ParseUpstreamName(text.substr(0, equals));
    if (!name.ok()) return Wrong{name.error()};
    flag.name = *name;
    text.remove_prefix(equals + 1);
  }
  const std::size_t plus = text.find('+');
  if (plus < text.find("://") && text.find("://") != std::string_view::npos) {
    Upstream read;
    const std::string wrong = FindKey<Upstream>("kind")->set(read, {}, text.substr(0, plus));
    if (!wrong.empty()) return Wrong{flag.name + ": kind " + wrong};
    flag.kind = read.kind;
    text.remove_prefix(plus + 1);
  }
  const auto url = ParseUrl(text);
  if (!url.ok()) return Wrong{flag.name + ": " + url.error()};
  flag.url = *url;
  return flag;
}

void DefineUpstream(const UpstreamFlag& flag, Draft& draft) {
  UpstreamDraft& upstream = UpstreamOf(flag, draft);
  upstream = {};
  upstream.value.name = flag.name;
  upstream.origin = {"--upstream", flag.name};
}

void ApplyUpstream(const UpstreamFlag& flag, Draft& draft) {
  UpstreamDraft& upstream = UpstreamOf(flag, draft);
  upstream.only_set = false;
  upstream.value.url = flag.url;
  upstream.origins["url"] = {"--upstream", flag.name};
  if (!flag.kind) return;
  upstream.value.kind = *flag.kind;
  upstream.origins["kind"] = {"--upstream", flag.name};
}

}  // namespace sluice::config
