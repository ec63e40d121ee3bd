#include "server/config/references.h"

#include <algorithm>
#include <cstdlib>

#include "server/config/problems.h"
#include "server/config/read_file.h"

namespace sluice::config {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kExpected =
    "${env:NAME} or ${file:PATH} is expected; write $${ for the characters ${ themselves";

bool IsVariableName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

// inside: "env:NAME" or "file:PATH". Errors come without the reference.
Parsed<std::string> LookUp(std::string_view inside, const Surroundings& surroundings) {
  if (inside.starts_with("env:")) {
    const std::string name(inside.substr(4));
    if (!IsVariableName(name)) return Wrong{"a variable's name has letters, digits and _ only"};
    auto value = surroundings.env(name);
    if (!value) return Wrong{"this environment variable is not set"};
    return *std::move(value);
  }
  const std::string path(inside.substr(inside.find(':') + 1));
  if (path.empty()) return Wrong{"a file name is expected, as in ${file:/run/secrets/token}"};
  if (path.find('\0') != std::string::npos) return Wrong{"a file name has no zero byte"};
  const auto read = surroundings.file(path);
  if (!read.ok()) return Wrong{read.error()};
  std::string text = *read;
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

const Surroundings& ProcessSurroundings() {
  static const Surroundings process{
      [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
      },
      [](const std::string& path) { return ReadFile(path, kMaxReferenceBytes, "a file with the value"); }};
  return process;
}

Parsed<Expanded> Expand(std::string_view text, const Surroundings& surroundings) {
  Expanded expanded;
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    const std::string_view own = text.substr(0, open);
    expanded.text += own;
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    if (own.ends_with('$')) {  // "$${": one of the two, and what follows is no reference
      expanded.text += '{';
      text.remove_prefix(kOpen.size());
      continue;
    }
    // What is no reference may be a part of a password, so it is not shown.
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) return Wrong{"a ${ is not closed by }; " + std::string(kExpected)};
    if (!text.starts_with("${env:") && !text.starts_with("${file:")) return Wrong{std::string(kExpected)};
    const std::string reference = OneLine(text.substr(0, close + 1), 256);
    const auto value = LookUp(text.substr(kOpen.size(), close - kOpen.size()), surroundings);
    if (!value.ok()) return Wrong{reference + ": " + value.error()};
    if (value->size() > kMaxReferenceBytes) return Wrong{reference + ": larger than 64 KiB, which no value is"};
    expanded.text += *value;
    expanded.references += (expanded.references.empty() ? "" : ", ") + reference;
    text.remove_prefix(close + 1);
  }
  return expanded;
}

}  // namespace sluice::config
