#include "server/config/read_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace sluice::config {

Parsed<std::string> ReadFile(const std::string& file_name, std::size_t max_bytes, std::string_view expected) {
  struct stat about {};
  const auto why = [] { return Wrong{"cannot be read: " + std::string(std::strerror(errno))}; };
  if (stat(file_name.c_str(), &about) != 0) return why();
  if (S_ISDIR(about.st_mode)) return Wrong{"a directory; " + std::string(expected) + " is expected"};
  std::ifstream stream(file_name, std::ios::binary);
  if (!stream) return why();
  std::string text(max_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return Wrong{"cannot be read"};
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace sluice::config
