// From the command line to a configuration, or to all that is wrong with it.
#ifndef SLUICE_SERVER_CONFIG_COMMAND_LINE_H_
#define SLUICE_SERVER_CONFIG_COMMAND_LINE_H_

#include <optional>
#include <string>

#include "server/config/config.h"

namespace sluice::config {

inline constexpr int kExitBadFlag = 64;    // EX_USAGE
inline constexpr int kExitBadConfig = 78;  // EX_CONFIG

struct CommandLine {
  std::optional<Config> config;  // set if and only if nothing is wrong and a configuration was asked for
  int exit_code = 0;             // to exit with when there is no config or check_only is set
  std::string output;            // for stdout: --help, --version, --check-config, --print-config
  std::string errors;            // for stderr: one line for each thing that is wrong
  bool check_only = false;       // print `output` and exit
};

// Reads files that the flags name, prints nothing, does not exit and does not throw.
// Called again with the same arguments it reads the file anew: that is what a reload is.
CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_COMMAND_LINE_H_
