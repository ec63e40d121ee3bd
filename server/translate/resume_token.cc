#include "server/translate/resume_token.h"

#include <openssl/evp.h>

#include <memory>

#include "sluice/internal/v1/resume.pb.h"

namespace sluice::translate {
namespace {

// A token: one byte for this form of it, the nonce, the ciphertext, the tag.
constexpr char kForm = 1;
constexpr std::size_t kNonceBytes = std::tuple_size_v<ResumeNonce>;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kMaxTokenBytes = 1 << 20;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

// What is authenticated beside the ciphertext.
std::string Bound(std::string_view caller) { return std::string("sluice resume token\n").append(caller); }

std::string Seal(std::string_view plain, const std::string& bound, const ResumeKey& key, const ResumeNonce& nonce) {
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string out(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  const bool sealed = context != nullptr &&
                      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1 &&
                      EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(bound), Size(bound)) == 1 &&
                      EVP_EncryptUpdate(context.get(), Bytes(out), &size, Bytes(plain), Size(plain)) == 1 &&
                      EVP_EncryptFinal_ex(context.get(), Bytes(out) + size, &size) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  return sealed ? out + tag : std::string();
}

// False: it was not sealed with this key for this caller.
bool Unseal(std::string_view sealed, const std::string& bound, const ResumeKey& key, std::string_view nonce,
            std::string& plain) {
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const std::string_view text = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(text.size()));
  plain.assign(text.size(), '\0');
  int size = 0;
  return context != nullptr &&
         EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), Bytes(nonce)) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(bound), Size(bound)) == 1 &&
         EVP_DecryptUpdate(context.get(), Bytes(plain), &size, Bytes(text), Size(text)) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context.get(), Bytes(plain) + size, &size) == 1;
}

absl::Status NotOne(const char* why) { return absl::InvalidArgumentError(std::string("Open.resume_token: ") + why); }

}  // namespace

std::string SealResumeToken(const SessionResume& stand, std::string_view caller, std::int64_t expires,
                            const ResumeKey& key, const ResumeNonce& nonce) {
  internal::v1::ResumeToken inside;
  inside.set_expires(expires);
  inside.set_upstream(stand.upstream);
  inside.set_protocol_version(stand.protocol_version);
  inside.set_session_id(stand.session_id);
  for (const SessionResume::Stream& stream : stand.streams) {
    auto* added = inside.add_streams();
    added->set_request_id(stream.request_id);
    added->set_cursor(stream.cursor);
  }
  inside.set_listens(stand.listens);
  inside.set_listen_cursor(stand.listen_cursor);
  const std::string sealed = Seal(inside.SerializeAsString(), Bound(caller), key, nonce);
  if (sealed.empty()) return {};
  return kForm + std::string(nonce.begin(), nonce.end()) + sealed;
}

absl::StatusOr<SessionResume> OpenResumeToken(std::string_view token, std::string_view caller, std::int64_t now,
                                              const ResumeKey& key) {
  if (token.size() < 1 + kNonceBytes + kTagBytes || token.size() > kMaxTokenBytes || token[0] != kForm) {
    return NotOne("not a token of this gateway");
  }
  std::string plain;
  internal::v1::ResumeToken inside;
  if (!Unseal(token.substr(1 + kNonceBytes), Bound(caller), key, token.substr(1, kNonceBytes), plain) ||
      !inside.ParseFromString(plain)) {
    return NotOne(
        "it was made with another key or for another caller; gateways that share sessions need the same resume.key, "
        "and the caller the same authorization");
  }
  if (inside.expires() <= now) return NotOne("it has expired; begin a new session");
  SessionResume stand{inside.upstream(), inside.protocol_version(), inside.session_id(), {},
                      inside.listens(),  inside.listen_cursor()};
  for (const auto& stream : inside.streams()) stand.streams.push_back({stream.request_id(), stream.cursor()});
  return stand;
}

}  // namespace sluice::translate
