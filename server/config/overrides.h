// What the command line changes in a configuration: --config, --set, --upstream and the named flags.
#ifndef SLUICE_SERVER_CONFIG_OVERRIDES_H_
#define SLUICE_SERVER_CONFIG_OVERRIDES_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/config/draft.h"
#include "server/config/parsed.h"
#include "server/config/problems.h"

namespace sluice::config {

// Reads the YAML file into the draft.
void ApplyFile(const std::string& file_name, Draft& draft, Problems& problems);

// --set=path=value, for any key: one value is taken as it is; lists, maps and sections are YAML, as in "[a, b]".
// Upstreams are named: upstreams.default.clocks.idle. A new name makes a new upstream.
void ApplySet(std::string_view assignment, Draft& draft, Problems& problems);

// A flag such as --lame-duck, which stands for a key.
void ApplyFlag(const std::string& flag, std::string_view path, const std::string& text, Draft& draft,
               Problems& problems);

// --upstream=[name=[kind+]]url
struct UpstreamFlag {
  std::string name = "default";
  std::optional<UpstreamKind> kind;
  Url url;
};
Parsed<UpstreamFlag> ParseUpstreamFlag(std::string_view text);

// Makes a fresh upstream of this name, in the place of one that the file has.
void DefineUpstream(const UpstreamFlag& flag, Draft& draft);

// Sets what the flag says on the upstream of this name, over what --set said.
void ApplyUpstream(const UpstreamFlag& flag, Draft& draft);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_OVERRIDES_H_
