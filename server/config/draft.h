// A configuration that is still being put together, and where each of its values came from.
#ifndef SLUICE_SERVER_CONFIG_DRAFT_H_
#define SLUICE_SERVER_CONFIG_DRAFT_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.h"
#include "server/config/keys.h"
#include "server/config/problems.h"

namespace sluice::config {

// Where a value was written, as an error tells it: "sluice.yaml:12:5" and "upstreams[0].url".
struct Origin {
  std::string where;
  std::string path;
  bool good = true;  // false: the value was refused and told already
  References references = {};
};

// By the key's path in its table; a key that nobody wrote is not in it.
using Origins = std::map<std::string, Origin, std::less<>>;

struct UpstreamDraft {
  Upstream value;
  Origin origin;
  Origins origins;
  bool only_set = false;  // came into being by a --set, so its name may be a slip
};

struct Draft {
  Config config;  // without its upstreams
  Origins origins;
  std::vector<UpstreamDraft> upstreams;
};

// nullptr when no upstream has this name.
UpstreamDraft* FindUpstream(Draft& draft, std::string_view name);

// Adds what is wrong between values (missing, doubled, contradicting) to `problems`.
void CheckDraft(const Draft& draft, Problems& problems);

// The configuration of a draft without problems.
Config Finish(Draft draft);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_DRAFT_H_
