// Every key of the configuration, in two tables: what may be written, what it means, how it is printed.
//
// YAML files, --set, the flags, "valid keys" in errors and the printed configuration all read these tables: a new key
// is one row in keys.cc (and a line in deploy/sluice.yaml, which a test asks for).
#ifndef SLUICE_SERVER_CONFIG_KEYS_H_
#define SLUICE_SERVER_CONFIG_KEYS_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.h"

namespace sluice::config {

enum class KeyShape {
  kValue,      // one value
  kList,       // a list of values
  kMap,        // name → value, names are free; the values are secrets
  kUpstreams,  // the list of upstreams; each has the keys of UpstreamKeys()
};

// What was written instead of a text that came from ${env:...} or ${file:...}: of the value itself below "", of an item
// of a list below its number, of an entry of a map below its name.
using References = std::map<std::string, std::string, std::less<>>;

// One key of an Owner (Config or Upstream).
template <typename Owner>
struct Key {
  std::string path;  // "drain.lame_duck"
  KeyShape shape = KeyShape::kValue;
  // Sets the value, adds one to the list, or adds one of this name to the map. Returns what is wrong, or nothing.
  std::function<std::string(Owner&, std::string_view name, std::string_view text)> set;
  // kList, kMap: makes it empty; what is written replaces the default as a whole.
  std::function<void(Owner&)> clear;
  // As YAML (flow style), with the references where there are some; nothing for a value that is not set. Secrets are
  // not shown.
  std::function<std::string(const Owner&, const References&)> print;
  // What a value must be, for errors that may not show it: "a duration, for example 2s".
  std::string expected = {};
  // The kinds of upstreams that have this key; empty: all.
  std::vector<UpstreamKind> kinds = {};
};

const std::vector<Key<Config>>& ConfigKeys();
const std::vector<Key<Upstream>>& UpstreamKeys();

// The table of an owner, for code that is the same for both.
template <typename Owner>
const std::vector<Key<Owner>>& KeysOf();
template <>
inline const std::vector<Key<Config>>& KeysOf() {
  return ConfigKeys();
}
template <>
inline const std::vector<Key<Upstream>>& KeysOf() {
  return UpstreamKeys();
}

// "a2a"; and "a2a, mcp" for several.
std::string NameOf(UpstreamKind kind);
std::string NamesOf(const std::vector<UpstreamKind>& kinds);

// Whether upstreams of this kind have the key.
bool Belongs(const Key<Upstream>& key, UpstreamKind kind);

// The key of exactly this path; nullptr when there is none.
template <typename Owner>
const Key<Owner>* FindKey(std::string_view path) {
  for (const Key<Owner>& key : KeysOf<Owner>()) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

// What may stand directly below `section` ("" or "drain"), in the table's order; nothing when it is no section.
template <typename Owner>
std::vector<std::string> KeysBelow(std::string_view section) {
  std::vector<std::string> names;
  const std::string prefix = section.empty() ? std::string() : std::string(section) + '.';
  for (const Key<Owner>& key : KeysOf<Owner>()) {
    if (!key.path.starts_with(prefix)) continue;
    const std::string name = key.path.substr(prefix.size(), key.path.find('.', prefix.size()) - prefix.size());
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_KEYS_H_
