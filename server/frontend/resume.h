// The gateway's resume tokens: the configured key, or a random one, and the time.
#ifndef SLUICE_SERVER_FRONTEND_RESUME_H_
#define SLUICE_SERVER_FRONTEND_RESUME_H_

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/config/config.h"
#include "server/translate/resume_token.h"

namespace sluice::frontend {

// Thread-safe: immutable.
class ResumeTokens {
 public:
  using NowFn = std::function<std::chrono::system_clock::time_point()>;
  explicit ResumeTokens(const config::Resume& config, NowFn now = std::chrono::system_clock::now);

  // Empty when there can be none: no randomness.
  std::string Seal(const translate::SessionResume& stand, std::string_view caller) const;
  // INVALID_ARGUMENT, naming Open.resume_token.
  absl::StatusOr<translate::SessionResume> Open(std::string_view token, std::string_view caller) const;

 private:
  translate::ResumeKey key_{};
  bool has_key_ = true;
  const std::chrono::milliseconds ttl_;
  const NowFn now_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_RESUME_H_
