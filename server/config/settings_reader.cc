#include "server/config/settings_reader.h"

#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"

namespace sluice::config {
namespace {

// "drain" + "lame_duck"; keys of people may be of any length.
std::string Below(std::string_view section, std::string_view name) {
  return section.empty() ? OneLine(name) : std::string(section) + '.' + OneLine(name);
}

bool SameName(std::string_view a, std::string_view b, bool ignore_case) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    if (ignore_case ? lower(a[i]) != lower(b[i]) : a[i] != b[i]) return false;
  }
  return true;
}

// A key elsewhere that ends in `name`, such as drain.lame_duck for a lame_duck at the top.
template <typename Owner>
std::string KeyEndingIn(std::string_view name) {
  for (const Key<Owner>& key : KeysOf<Owner>()) {
    if (key.path.ends_with('.' + std::string(name))) return key.path;
  }
  return {};
}

}  // namespace

std::string Source::Where(int line, int column) const {
  const std::string name = OneLine(label, 4096);
  return has_positions ? name + ':' + std::to_string(line) + ':' + std::to_string(column) : name;
}

template <typename Owner>
void SettingsReader<Owner>::Report(const YamlNode& at, std::string_view path, std::string_view message) {
  std::string full = base_ + std::string(path);
  if (full.ends_with('.')) full.pop_back();
  problems_.Add(source_.Where(at), full, message);
}

template <typename Owner>
void SettingsReader<Owner>::ReportUnknown(std::string_view path, std::string_view section, const YamlNode& at) {
  const std::string_view name = path.substr(section.empty() ? 0 : section.size() + 1);
  const std::vector<std::string> valid = KeysBelow<Owner>(section);
  std::string meant = Nearest(name, valid);
  if (meant.empty()) meant = KeyEndingIn<Owner>(name);
  Report(at, path,
         "unknown key" + (meant.empty() ? "" : "; did you mean " + Quoted(meant) + '?') +
             (meant.empty() ? "; valid keys: " : " valid keys: ") + Joined(valid));
}

template <typename Owner>
bool SettingsReader<Owner>::Expect(YamlNode::Kind kind, const YamlNode& node, std::string_view path) {
  if (node.kind == kind) return true;
  if (node.kind != YamlNode::Kind::kNothing) {
    Report(node, path, std::string(NameOf(kind)) + " is expected, this is " + std::string(NameOf(node.kind)));
  } else if (kind == YamlNode::Kind::kScalar) {
    Report(node, path, "is empty; leave the key out to keep the default");
  } else {
    Report(node, path, "is empty; leave the key out to keep the default, or write [] for none");
  }
  return false;
}

template <typename Owner>
bool SettingsReader<Owner>::ReportDuplicates(const YamlNode& map, std::size_t index, std::string_view path,
                                             bool ignore_case) {
  const YamlNode& key = map.entries[index].key;
  for (std::size_t i = 0; i < index; ++i) {
    const YamlNode& earlier = map.entries[i].key;
    if (earlier.kind != YamlNode::Kind::kScalar || !SameName(earlier.text, key.text, ignore_case)) continue;
    const std::string first = source_.has_positions ? "; the first is in line " + std::to_string(earlier.line) : "";
    Report(key, path, "is there twice" + first);
    return true;
  }
  return false;
}

template <typename Owner>
void SettingsReader<Owner>::ReadSection(const YamlNode& map, std::string_view section) {
  // A section whose keys are all commented out.
  if (map.kind == YamlNode::Kind::kNothing) return;
  if (!Expect(YamlNode::Kind::kMap, map, section)) return;
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    const auto& [name, value] = map.entries[i];
    if (name.kind != YamlNode::Kind::kScalar) {
      Report(name, section, "a key is one word, this is " + std::string(NameOf(name.kind)));
      continue;
    }
    const std::string path = Below(section, name.text);
    if (ReportDuplicates(map, i, path, /*ignore_case=*/false)) continue;
    // "drain.lame_duck" as one key is none: with two ways to write a key, duplicates could not be seen.
    const bool dotted = name.text.find('.') != std::string::npos;
    const Key<Owner>* key = dotted ? nullptr : FindKey<Owner>(path);
    if (key != nullptr) {
      ReadKey(*key, value);
    } else if (!dotted && !KeysBelow<Owner>(path).empty()) {
      ReadSection(value, path);
    } else {
      ReportUnknown(path, section, name);
    }
  }
}

template <typename Owner>
void SettingsReader<Owner>::ReadKey(const Key<Owner>& key, const YamlNode& value) {
  origins_[key.path] = {source_.Where(value), base_ + key.path, true};
  switch (key.shape) {
    case KeyShape::kValue:
      if (Expect(YamlNode::Kind::kScalar, value, key.path)) return Store(key, {}, value, key.path, "");
      break;
    case KeyShape::kList:
      if (Expect(YamlNode::Kind::kList, value, key.path)) return ReadList(key, value);
      break;
    case KeyShape::kMap:
      if (value.kind == YamlNode::Kind::kNothing) return;
      if (Expect(YamlNode::Kind::kMap, value, key.path)) return ReadMap(key, value);
      break;
    case KeyShape::kUpstreams:
      if (value.kind == YamlNode::Kind::kNothing) return;
      if (Expect(YamlNode::Kind::kList, value, key.path)) return read_upstreams_(value);
      break;
  }
  origins_[key.path].good = false;
}

template <typename Owner>
void SettingsReader<Owner>::ReadList(const Key<Owner>& key, const YamlNode& list) {
  key.clear(owner_);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string path = key.path + '[' + std::to_string(i) + ']';
    if (Expect(YamlNode::Kind::kScalar, list.items[i], path)) {
      Store(key, {}, list.items[i], path, std::to_string(i));
    }
  }
}

template <typename Owner>
void SettingsReader<Owner>::ReadMap(const Key<Owner>& key, const YamlNode& map) {
  key.clear(owner_);
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    const YamlNode& name = map.entries[i].key;
    if (name.kind != YamlNode::Kind::kScalar) {
      Report(name, key.path, "a name is one word, this is " + std::string(NameOf(name.kind)));
    } else if (!ReportDuplicates(map, i, Below(key.path, name.text), /*ignore_case=*/true)) {
      ReadEntry(key, name, map.entries[i].value);
    }
  }
}

template <typename Owner>
void SettingsReader<Owner>::ReadEntry(const Key<Owner>& key, const YamlNode& name, const YamlNode& value) {
  const std::string path = Below(key.path, name.text);
  if (value.kind == YamlNode::Kind::kNothing) return Report(value, path, "is empty; write \"\" for an empty value");
  if (Expect(YamlNode::Kind::kScalar, value, path)) {
    Store(key, name.text, value, path, absl::AsciiStrToLower(name.text));
  }
}

template <typename Owner>
void SettingsReader<Owner>::Store(const Key<Owner>& key, std::string_view name, const YamlNode& value,
                                  std::string_view path, const std::string& item) {
  Origin& origin = origins_[key.path];
  origin.references.erase(item);
  const auto expanded = Expand(value.text, source_.surroundings);
  std::string wrong = expanded.error();
  if (expanded.ok()) {
    const std::string& references = expanded->references;
    wrong = key.set(owner_, name, expanded->text);
    if (!references.empty()) origin.references[item] = value.text;
    // The key's own words quote the value, but for those of a map.
    if (!references.empty() && !wrong.empty()) {
      wrong =
          key.expected.empty() ? references + ": " + wrong : "the value of " + references + " is not " + key.expected;
    }
  }
  if (wrong.empty()) return;
  Report(value, path, wrong);
  origin.good = false;
}

template class SettingsReader<Config>;
template class SettingsReader<Upstream>;

void ReadUpstreams(const Source& source, const YamlNode& list, Draft& draft, Problems& problems) {
  draft.upstreams.clear();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const YamlNode& item = list.items[i];
    const std::string path = "upstreams[" + std::to_string(i) + ']';
    UpstreamDraft upstream;
    upstream.origin = {source.Where(item), path};
    SettingsReader<Upstream> reader(source, path + '.', upstream.value, upstream.origins, problems);
    reader.ReadSection(item, "");
    // What is no map was told already.
    if (item.kind == YamlNode::Kind::kMap || item.kind == YamlNode::Kind::kNothing) {
      draft.upstreams.push_back(std::move(upstream));
    } else {
      draft.origins["upstreams"].good = false;
    }
  }
}

void ReadConfig(const Source& source, const YamlNode& root, Draft& draft, Problems& problems) {
  SettingsReader<Config> reader(source, "", draft.config, draft.origins, problems);
  reader.OnUpstreams([&](const YamlNode& list) { ReadUpstreams(source, list, draft, problems); });
  reader.ReadSection(root, "");
}

}  // namespace sluice::config
