// All that is wrong with a configuration, collected so that it can be told at once.
#ifndef SLUICE_SERVER_CONFIG_PROBLEMS_H_
#define SLUICE_SERVER_CONFIG_PROBLEMS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

// `text` with control characters and bytes that are not UTF-8 made visible, cut to `max_bytes` and "…": fit for one
// line.
std::string OneLine(std::string_view text, std::size_t max_bytes = 80);

// The same between double quotes.
std::string Quoted(std::string_view text);

// What a printed configuration has in the place of a secret, and why that cannot be read back.
inline constexpr std::string_view kNotShown = "(not shown)";
inline constexpr std::string_view kWhyNotShown =
    "\"(not shown)\" stands where --print-config hid a secret; write the secret itself, or ${env:NAME} or ${file:PATH}";

// "a, b, c"
std::string Joined(const std::vector<std::string>& words);

// The candidate that `word` was probably meant to be, by edit distance with swapped neighbours; empty when none is
// near.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// Collects one line per problem, in the order they are found, and keeps the first hundred.
class Problems {
 public:
  // where: "sluice.yaml:12:5", "--set"; path: "drain.lame_duck", may be empty.
  void Add(std::string_view where, std::string_view path, std::string_view message);

  bool empty() const { return lines_.empty(); }
  // One line each, every one ended by a line feed.
  std::string Text() const;

 private:
  std::vector<std::string> lines_;
  std::size_t left_out_ = 0;
};

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PROBLEMS_H_
