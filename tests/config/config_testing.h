// What the tests of the configuration share: a directory of files, and a command line as a list.
#ifndef SLUICE_TESTS_CONFIG_CONFIG_TESTING_H_
#define SLUICE_TESTS_CONFIG_CONFIG_TESTING_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/command_line.h"

namespace sluice::config {

// A fresh directory, gone with its object.
class TempDirectory {
 public:
  TempDirectory() : path_((std::filesystem::temp_directory_path() / "sluice-config-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  std::string Name(std::string_view file) const { return path_ + '/' + std::string(file); }
  // Gives the name back.
  std::string Write(std::string_view file, std::string_view text) const {
    std::ofstream(Name(file), std::ios::binary) << text;
    return Name(file);
  }
  // `text` without the directory's name, so that it can be compared.
  std::string Strip(std::string text) const {
    for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_)) text.erase(at, path_.size() + 1);
    return text;
  }

 private:
  std::string path_;
};

// What `sluice flags...` makes of its command line.
inline CommandLine Sluice(const std::vector<std::string>& flags) {
  std::vector<const char*> argv = {"sluice"};
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

inline const std::string kUpstream = "--upstream=http://127.0.0.1:41241/";

inline Url LocalUrl(std::string path = "/") {
  return {.tls = false, .host = "127.0.0.1", .port = 41241, .path = std::move(path), .host_header = "127.0.0.1:41241"};
}

}  // namespace sluice::config

#endif  // SLUICE_TESTS_CONFIG_CONFIG_TESTING_H_
