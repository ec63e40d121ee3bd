#include "server/frontend/resume.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sluice::frontend {
namespace {

template <std::size_t kSize>
bool FillRandom(std::array<unsigned char, kSize>& bytes) {
  return RAND_bytes(bytes.data(), static_cast<int>(kSize)) == 1;
}

std::int64_t Seconds(std::chrono::system_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

}  // namespace

ResumeTokens::ResumeTokens(const config::Resume& config, NowFn now) : ttl_(config.ttl), now_(std::move(now)) {
  if (config.key.size() == key_.size()) {
    std::copy(config.key.begin(), config.key.end(), key_.begin());
  } else {
    has_key_ = FillRandom(key_);
  }
}

std::string ResumeTokens::Seal(const translate::SessionResume& stand, std::string_view caller) const {
  translate::ResumeNonce nonce;
  if (!has_key_ || !FillRandom(nonce)) return {};
  return translate::SealResumeToken(stand, caller, Seconds(now_() + ttl_), key_, nonce);
}

absl::StatusOr<translate::SessionResume> ResumeTokens::Open(std::string_view token, std::string_view caller) const {
  return translate::OpenResumeToken(token, caller, Seconds(now_()), key_);
}

}  // namespace sluice::frontend
