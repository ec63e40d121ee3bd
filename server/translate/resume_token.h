// Resume tokens: where a session stands, sealed so that clients can keep it and gateways of the same key trust it.
// AES-256-GCM (NIST SP 800-38D). Bound to the caller; expires. Pure: key, nonce and time are given.
#ifndef SLUICE_SERVER_TRANSLATE_RESUME_TOKEN_H_
#define SLUICE_SERVER_TRANSLATE_RESUME_TOKEN_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/translate/session_resume.h"

namespace sluice::translate {

using ResumeKey = std::array<unsigned char, 32>;
using ResumeNonce = std::array<unsigned char, 12>;  // never used twice with one key

// `caller` is who may use the token: the credential that went up with the session. `expires` is in seconds since 1970.
// Empty when the library has no memory for it.
std::string SealResumeToken(const SessionResume& stand, std::string_view caller, std::int64_t expires,
                            const ResumeKey& key, const ResumeNonce& nonce);

// INVALID_ARGUMENT when it is no token of this key and this caller, or has expired.
absl::StatusOr<SessionResume> OpenResumeToken(std::string_view token, std::string_view caller, std::int64_t now,
                                              const ResumeKey& key);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_RESUME_TOKEN_H_
