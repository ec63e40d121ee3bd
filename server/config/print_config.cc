#include "server/config/print_config.h"

#include <utility>

#include "server/config/keys.h"

namespace sluice::config {
namespace {

template <typename Owner>
bool IsThere(const Key<Owner>& key, const Owner& owner) {
  if constexpr (std::is_same_v<Owner, Upstream>) return Belongs(key, owner.kind);
  return key.shape != KeyShape::kUpstreams;
}

// "250ms", and "250ms  # default"; nothing for what is not set.
template <typename Owner>
std::string PrintValue(const Key<Owner>& key, const Owner& owner, const Origins& origins) {
  static const Owner defaults;
  const auto origin = origins.find(key.path);
  const References none;
  const References& references = origin == origins.end() ? none : origin->second.references;
  std::string value = key.print(owner, references);
  const bool is_default = references.empty() && !value.empty() && value == key.print(defaults, none);
  return is_default ? value + "  # default" : value;
}

// Sections become nested maps, by the order of the table. `first` begins the first line, as a list item does.
template <typename Owner>
std::string PrintKeys(const Owner& owner, const Origins& origins, const std::string& indent, std::string first) {
  std::string text;
  std::string open_section;
  for (const Key<Owner>& key : KeysOf<Owner>()) {
    if (!IsThere(key, owner)) continue;
    const std::string value = PrintValue(key, owner, origins);
    if (value.empty()) continue;
    const std::size_t dot = key.path.find('.');
    const std::string section = dot == std::string::npos ? "" : key.path.substr(0, dot);
    if (!section.empty() && section != open_section) text += indent + section + ":\n";
    open_section = section;
    const std::string name = section.empty() ? key.path : key.path.substr(dot + 1);
    text += std::exchange(first, indent) + (section.empty() ? "" : "  ") + name + ": " + value + '\n';
  }
  return text;
}

}  // namespace

std::string PrintConfig(const Draft& draft) {
  std::string text = PrintKeys(draft.config, draft.origins, "", "") + "upstreams:\n";
  for (const UpstreamDraft& upstream : draft.upstreams) {
    text += PrintKeys(upstream.value, upstream.origins, "    ", "  - ");
  }
  return text;
}

std::string PrintConfig(const Config& config) {
  Draft draft;
  draft.config = config;
  for (const Upstream& upstream : config.upstreams) draft.upstreams.emplace_back().value = upstream;
  return PrintConfig(draft);
}

}  // namespace sluice::config
