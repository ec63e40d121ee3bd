// The flags of the daemon: their names, their help, and what a command line says with them.
#ifndef SLUICE_SERVER_CONFIG_FLAGS_H_
#define SLUICE_SERVER_CONFIG_FLAGS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/problems.h"

namespace sluice::config {

struct Flag {
  std::string name;   // "--listen"
  std::string value;  // what it takes, for the help; empty: a switch
  std::string key;    // the configuration key that it stands for, if it is one
  std::string help;
  std::string group;
};

const std::vector<Flag>& Flags();

// What was given, by flag name, in the order of the command line.
using FlagValues = std::map<std::string, std::vector<std::string>, std::less<>>;

// args: without the program's name. What cannot be understood goes to `problems`; values are not judged here, and are
// never quoted: they may be secrets.
FlagValues ParseFlags(const std::vector<std::string>& args, Problems& problems);

// The page for --help.
std::string HelpText();

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_FLAGS_H_
