// The metadata that a call is sent with. Pure.
#ifndef SLUICE_CLIENT_LIB_CALL_METADATA_H_
#define SLUICE_CLIENT_LIB_CALL_METADATA_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "sluice/client/options.h"

namespace sluice::client {

// What the method of `path` implies, overridden by what the connection says, overridden by what the call says.
// INVALID_ARGUMENT, naming the field, when the call's cannot be sent; `of_connection` has been checked.
absl::StatusOr<Metadata> CallMetadata(std::string_view path, const Metadata& of_connection, const CallOptions& options);

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_LIB_CALL_METADATA_H_
