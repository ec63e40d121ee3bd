#include "server/frontend/metadata.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"

namespace sluice::frontend {
namespace {

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// gRPC peers refuse more than 8 KiB of metadata and end the call with an error of their own.
constexpr std::size_t kMaxDownBytes = 4096;

// What both a header (RFC 9110, section 5.5) and metadata may hold: visible ASCII and blanks. gRPC ends the process for
// anything else.
bool IsPlain(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// gRPC, "PROTOCOL-HTTP2", Header-Name.
bool IsMetadataName(std::string_view name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && !name.ends_with("-bin") && std::all_of(name.begin(), name.end(), legal);
}

bool Has(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name; });
}

std::pair<std::string, std::string>* Find(Headers& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name; });
  return found == headers.end() ? nullptr : &*found;
}

}  // namespace

Headers Forwarded(const config::HeaderPolicy& policy, Headers metadata) {
  std::erase_if(metadata, [&](const auto& one) { return !Contains(policy.up, one.first); });
  return metadata;
}

Headers Merge(const Headers& metadata, const Headers& own) {
  Headers merged = own;
  for (const auto& header : metadata) {
    const auto same = [&](const auto& one) { return one.first == header.first; };
    if (std::none_of(own.begin(), own.end(), same)) merged.push_back(header);
  }
  return merged;
}

std::size_t SizeOf(const Headers& headers) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size();
  return bytes;
}

Headers UpstreamHeaders(const config::HeaderPolicy& policy, const Headers& metadata, const Headers& fixed,
                        const Headers& protocol) {
  Headers headers;
  const bool fixed_extensions = Has(fixed, kA2aExtensions) || Has(fixed, kA2aExtensionsV03);
  for (const auto& [name, value] : metadata) {
    if (!Contains(policy.up, name) || !IsPlain(value) || Has(fixed, name) || Has(protocol, name)) continue;
    if (name == kA2aExtensions && fixed_extensions) continue;
    if (auto* earlier = Find(headers, name)) {
      absl::StrAppend(&earlier->second, ", ", value);
    } else {
      headers.emplace_back(name, value);
    }
  }
  headers.insert(headers.end(), fixed.begin(), fixed.end());
  for (const auto& [name, value] : protocol) {
    if (!Has(fixed, name)) headers.emplace_back(name, value);
  }
  const std::string_view version = FindHeader(protocol, "a2a-version");
  if (version == "0.3") RenameHeader(headers, kA2aExtensions, kA2aExtensionsV03);
  if (version == "1.0") RenameHeader(headers, kA2aExtensionsV03, kA2aExtensions);
  return headers;
}

Headers DownstreamHeaders(const config::HeaderPolicy& policy, const Headers& answer) {
  Headers headers;
  std::size_t bytes = 0;
  for (const auto& [name, value] : answer) {
    if (!Contains(policy.down, name) || !IsMetadataName(name) || !IsPlain(value)) continue;
    bytes += name.size() + value.size();
    if (bytes > kMaxDownBytes) break;
    headers.emplace_back(name, value);
  }
  return headers;
}

void RenameHeader(Headers& headers, std::string_view from, std::string_view to) {
  for (auto& [name, value] : headers) {
    if (name == from) name = to;
  }
}

absl::Status CheckA2aVersion(const Headers& metadata, std::string_view version) {
  const std::string_view major = version.substr(0, version.find('.'));
  for (const auto& [name, value] : metadata) {
    if (name != "a2a-version" || value.empty()) continue;
    const std::string_view told(value);
    if (told.substr(0, told.find('.')) == major) continue;
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     absl::StrCat("a2a-version: this service speaks A2A ", ToAbsl(major),
                                  ".x; leave the header out or send ", ToAbsl(version)),
                     "VERSION_NOT_SUPPORTED", reason::kA2aDomain, {{"version", value.substr(0, 32)}});
  }
  return absl::OkStatus();
}

}  // namespace sluice::frontend
