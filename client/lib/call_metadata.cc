#include "client/lib/call_metadata.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "client/lib/text.h"

namespace sluice::client {
namespace {

// A2A specification, "Service Parameters": the version of the protocol that the service stands for.
Metadata ImpliedBy(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, const char*>, 2> kVersions = {
      {{"/lf.a2a.v1.", "1.0"}, {"/a2a.v1.", "0.3"}}};
  for (const auto& [package, version] : kVersions) {
    if (path.substr(0, package.size()) == package) return {{"a2a-version", version}};
  }
  return {};
}

Metadata Steering(const CallOptions& options) {
  Metadata metadata;
  if (!options.upstream.empty()) metadata.emplace_back("sluice-upstream", options.upstream);
  if (options.on_cancel == OnCancel::kClose) metadata.emplace_back("sluice-on-cancel", "close");
  if (options.on_cancel == OnCancel::kCancelTask) metadata.emplace_back("sluice-on-cancel", "cancel-task");
  return metadata;
}

void Override(Metadata& metadata, const Metadata& stronger) {
  std::erase_if(metadata, [&stronger](const auto& field) {
    return std::any_of(stronger.begin(), stronger.end(), [&](const auto& other) { return other.first == field.first; });
  });
  metadata.insert(metadata.end(), stronger.begin(), stronger.end());
}

}  // namespace

absl::StatusOr<Metadata> CallMetadata(std::string_view path, const Metadata& of_connection,
                                      const CallOptions& options) {
  if (!IsPrintable(options.upstream)) return absl::InvalidArgumentError("upstream: may hold printable ASCII only");
  for (const auto& [key, value] : options.metadata) {
    if (absl::Status field = CheckMetadata(key, value); !field.ok()) {
      return absl::InvalidArgumentError("metadata: " + std::string(field.message()));
    }
  }
  Metadata metadata = ImpliedBy(path);
  Override(metadata, of_connection);
  Override(metadata, options.metadata);
  Override(metadata, Steering(options));
  return metadata;
}

}  // namespace sluice::client
