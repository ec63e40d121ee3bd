// The errors that a call makes itself, whatever its flow is about.
#ifndef SLUICE_SERVER_FRONTEND_CALL_ERRORS_H_
#define SLUICE_SERVER_FRONTEND_CALL_ERRORS_H_

#include <cstddef>

#include "absl/status/status.h"

namespace sluice::frontend {

// OVER_LIMIT: all calls together hold `limit_bytes` already. `may_have_run`: the request was sent.
absl::Status OutOfMemory(std::size_t limit_bytes, bool may_have_run);
// EVENT_TOO_LARGE: a message for the client.
absl::Status MessageTooLarge(std::size_t bytes, std::size_t limit_bytes);
// CLIENT_STALLED.
absl::Status ClientStalled();

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_CALL_ERRORS_H_
