// Feeds files to a fuzzer, one by one: corpus and regressions, in builds that have no libFuzzer.
//   sse_fuzzer_replay FILE_OR_DIRECTORY...
// A file that breaks something ends the process; its name stands on stderr then. Exit code 0: there were files, and
// all of them went well; 64: there were none.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_input.h"

namespace {

// None for a directory that is not there: most fuzzers have no regressions.
std::vector<std::string> FilesIn(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return {};
  if (!std::filesystem::is_directory(path)) return {path.string()};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

void Replay(const std::string& file) {
  std::fprintf(stderr, "replay: %s\n", file.c_str());
  std::ifstream stream(file, std::ios::binary);
  if (!stream) sluice::fuzz::Check(false, "the file can be read");
  // Exactly as large as the input, so that a sanitizer sees a read beyond it.
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const std::string& file : FilesIn(argv[i])) {
      Replay(file);
      ++replayed;
    }
  }
  std::printf("replay: %zu inputs went well\n", replayed);
  return replayed > 0 ? 0 : 64;
}
