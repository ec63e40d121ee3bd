#include "server/translate/resume_token.h"

#include <gtest/gtest.h>

namespace sluice::translate {
namespace {

constexpr ResumeKey kKey = {1, 2, 3};
constexpr ResumeKey kOtherKey = {3, 2, 1};
constexpr ResumeNonce kNonce = {7};

const SessionResume kStand{"srv", "2025-11-25", "s1", {{"1", "e3"}, {"\"a\"", ""}}, true, "l9"};

std::string Token() { return SealResumeToken(kStand, "Bearer x", 1000, kKey, kNonce); }

TEST(ResumeTokenTest, GivesBackWhatWasSealed) {
  const auto opened = OpenResumeToken(Token(), "Bearer x", 999, kKey);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, kStand);
}

TEST(ResumeTokenTest, ShowsNothingOfWhatIsInIt) {
  for (const char* secret : {"s1", "srv", "Bearer"}) EXPECT_EQ(Token().find(secret), std::string::npos);
}

TEST(ResumeTokenTest, IsForOneCallerOneKeyAndATime) {
  EXPECT_FALSE(OpenResumeToken(Token(), "Bearer y", 999, kKey).ok());
  EXPECT_FALSE(OpenResumeToken(Token(), "", 999, kKey).ok());
  EXPECT_FALSE(OpenResumeToken(Token(), "Bearer x", 999, kOtherKey).ok());
  EXPECT_FALSE(OpenResumeToken(Token(), "Bearer x", 1000, kKey).ok());
}

TEST(ResumeTokenTest, EveryChangedByteAndEveryCutIsNoticed) {
  const std::string token = Token();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(OpenResumeToken(changed, "Bearer x", 999, kKey).status().code(), absl::StatusCode::kInvalidArgument) << i;
    EXPECT_FALSE(OpenResumeToken(token.substr(0, i), "Bearer x", 999, kKey).ok()) << i;
  }
}

}  // namespace
}  // namespace sluice::translate
