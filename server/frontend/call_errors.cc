#include "server/frontend/call_errors.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"

namespace sluice::frontend {
namespace {

// Memory comes back as clients read and events become complete.
constexpr std::chrono::milliseconds kRetryWhenDrained{1000};

}  // namespace

absl::Status OutOfMemory(std::size_t limit_bytes, bool may_have_run) {
  absl::Status status =
      MakeError(absl::StatusCode::kResourceExhausted,
                absl::StrCat("all calls together hold the ", limit_bytes,
                             " bytes that limits.memory allows; there is no room for this call's message"),
                reason::kOverLimit, reason::kDomain, {{"cause", "memory"}});
  if (may_have_run) {
    AddErrorMetadata(status, "may_have_run", "true");
  } else {
    AddRetryInfo(status, kRetryWhenDrained);
  }
  return status;
}

absl::Status MessageTooLarge(std::size_t bytes, std::size_t limit_bytes) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("a message for the client has ", bytes, " bytes; limits.message allows ", limit_bytes),
                   reason::kEventTooLarge);
}

absl::Status ClientStalled() {
  return MakeError(absl::StatusCode::kResourceExhausted, "the client took no message for too long while others waited",
                   reason::kClientStalled);
}

}  // namespace sluice::frontend
