// A YAML text as a tree of values that know where they stand.
#ifndef SLUICE_SERVER_CONFIG_YAML_NODE_H_
#define SLUICE_SERVER_CONFIG_YAML_NODE_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/config/parsed.h"

namespace sluice::config {

struct YamlEntry;

// A value copies and compares. Scalars keep their text as written: what it means is the reader's to say.
struct YamlNode {
  enum class Kind { kNothing, kScalar, kList, kMap };

  Kind kind = Kind::kNothing;
  int line = 1;                    // from 1
  int column = 1;                  // from 1
  std::string text;                // kScalar
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap, in the order of the text; duplicates are kept
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

// "a map", "a list", "one value", "nothing"
std::string_view NameOf(YamlNode::Kind kind);

struct YamlError {
  int line = 1;
  int column = 1;
  std::string message;  // never quotes the text: it may be a secret
};

struct YamlText {
  YamlNode root;
  std::vector<YamlError> errors;  // empty: `root` is the whole text
};

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;

// Reads one YAML document. Bounded: at most kMaxYamlBytes, 16 levels, 20,000 values. Aliases, tags and several
// documents are refused; they have no place in a configuration, and refusing them leaves nothing that can grow. Never
// throws.
YamlText ReadYaml(std::string_view text);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_YAML_NODE_H_
