// The effective configuration as people and sluice itself read it.
#ifndef SLUICE_SERVER_CONFIG_PRINT_CONFIG_H_
#define SLUICE_SERVER_CONFIG_PRINT_CONFIG_H_

#include <string>

#include "server/config/config.h"
#include "server/config/draft.h"

namespace sluice::config {

// The whole configuration as YAML; "# default" stands behind what nobody changed. What came from ${env:...} or
// ${file:...} is shown as that. Secrets that were written out are not shown, "(not shown)", nor are the queries of
// URLs,
// "?(not shown)": of those the reader says that they are to be filled in. Without them it reads back as the same.
std::string PrintConfig(const Draft& draft);

// The same for a configuration of which nothing else is known.
std::string PrintConfig(const Config& config);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PRINT_CONFIG_H_
