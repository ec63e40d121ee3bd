// The text of a file that a configuration is read from or refers to.
#ifndef SLUICE_SERVER_CONFIG_READ_FILE_H_
#define SLUICE_SERVER_CONFIG_READ_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "server/config/parsed.h"

namespace sluice::config {

// Reads at most one byte more than `max_bytes`, so an endless file ends too and the caller sees that it is too large.
// `expected` is what should be there when it is a directory: "a YAML file".
Parsed<std::string> ReadFile(const std::string& file_name, std::size_t max_bytes, std::string_view expected);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_READ_FILE_H_
