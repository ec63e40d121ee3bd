// Every key of the configuration, in two tables: what may be written, what it means, how it is printed.
//
// YAML files, --set, the flags, "valid keys" in errors and the printed configuration all read these tables: a new key
// is one row in keys.cc (and a line in deploy/sluice.yaml, which a test asks for).
#ifndef SLUICE_SERVER_CONFIG_KEYS_H_
#define SLUICE_SERVER_CONFIG_KEYS_H_

#include <functional>
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

// One key of an Owner (Config or Upstream).
template <typename Owner>
struct Key {
  std::string path;  // "drain.lame_duck"
  KeyShape shape = KeyShape::kValue;
  // Sets the value, adds one to the list, or adds one of this name to the map. Returns what is wrong, or nothing.
  std::function<std::string(Owner&, std::string_view name, std::string_view text)> set;
  // kList, kMap: makes it empty; what is written replaces the default as a whole.
  std::function<void(Owner&)> clear;
  // As YAML (flow style); nothing for a value that is not set. Secrets are left out.
  std::function<std::string(const Owner&)> print;
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
