// Which headers pass, in both directions. Closed by default: what the policy does not name stays where it is.
#ifndef SLUICE_SERVER_FRONTEND_METADATA_H_
#define SLUICE_SERVER_FRONTEND_METADATA_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/config/config.h"

namespace sluice::frontend {

// Metadata under which a call's :authority is found, as in HTTP/2; no client can send it, and it never goes up.
inline constexpr std::string_view kAuthority = ":authority";

// Of the client's metadata, what the policy lets up.
Headers Forwarded(const config::HeaderPolicy& policy, Headers metadata);

// What the client gave for a request of its own, and of the call's metadata what that does not name.
Headers Merge(const Headers& metadata, const Headers& own);

// Bytes of names and values.
std::size_t SizeOf(const Headers& headers);

// The headers of one upstream request: the upstream's fixed ones first, then what of the client's metadata the policy
// lets up, then `protocol` (content-type, accept, a2a-version). A fixed or protocol header wins over the client's of
// the same name; `a2a-extensions` goes by the name that the version in `protocol` has for it, and a fixed one of either
// name wins. Several values of one name are joined with ", ", as RFC 9110 section 5.3 has it.
Headers UpstreamHeaders(const config::HeaderPolicy& policy, const Headers& metadata, const Headers& fixed,
                        const Headers& protocol);

// The answer's headers that the policy lets down and gRPC can carry, 4 KiB of them at most.
Headers DownstreamHeaders(const config::HeaderPolicy& policy, const Headers& answer);

// Gives each header called `from` the name `to`.
void RenameHeader(Headers& headers, std::string_view from, std::string_view to);

// `a2a-extensions`, as A2A 0.3 calls it.
inline constexpr std::string_view kA2aExtensions = "a2a-extensions";
inline constexpr std::string_view kA2aExtensionsV03 = "x-a2a-extensions";

// The client's `a2a-version`, against a service of `version`, "1.0": absent is fine, another major version is
// FAILED_PRECONDITION with VERSION_NOT_SUPPORTED (A2A 1.0, "Versioning"). Of several values each counts: clients add
// the one that their user asks for to their own.
absl::Status CheckA2aVersion(const Headers& metadata, std::string_view version);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_METADATA_H_
