// ${env:NAME} and ${file:PATH} in the values of a configuration: text that stands elsewhere, most often a secret.
#ifndef SLUICE_SERVER_CONFIG_REFERENCES_H_
#define SLUICE_SERVER_CONFIG_REFERENCES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/config/parsed.h"

namespace sluice::config {

inline constexpr std::size_t kMaxReferenceBytes = 64 * 1024;  // the text that one of them stands for

// What references are looked up in. Calls come from the reader's thread only.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> env;  // nothing: not set
  std::function<Parsed<std::string>(const std::string& path)> file;
};

// Those of this process.
const Surroundings& ProcessSurroundings();

struct Expanded {
  std::string text;
  // The references in it, "${env:A}, ${file:/b}"; empty: the text is all the value's own. What has references may be
  // secret and is shown nowhere.
  std::string references;
};

// Puts in what is referred to: a file without its last line feed. "$${" stands for "${". What was put in is not looked
// at again. An error names the reference and never what it stands for.
Parsed<Expanded> Expand(std::string_view text, const Surroundings& surroundings);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_REFERENCES_H_
