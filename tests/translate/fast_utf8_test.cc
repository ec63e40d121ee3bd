#include "server/translate/fast_utf8.h"

#include <random>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "server/base/utf8.h"

namespace sluice::translate {
namespace {

TEST(FastUtf8Test, AppendsToWhatIsThere) {
  std::string out = "a";
  AppendAsValidUtf8("\u00E9", out);
  AppendAsValidUtf8("\xFF", out);
  AppendAsValidUtf8("", out);
  EXPECT_EQ(out, "a\u00E9\uFFFD");
}

TEST(FastUtf8Test, AgreesWithTheSlowWayOnWhatIsValidAndOnTheRepair) {
  std::mt19937 random(1);
  constexpr std::string_view kBytes = "az\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xE0\xE2\xED\xEF\xF0\xF1\xF4\xF5\xFF";
  int valid = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 2 * 100, 'x');  // the quick way works in blocks
    for (auto left = random() % 8; left > 0; --left) bytes.push_back(kBytes[random() % kBytes.size()]);
    const std::string repaired = ToValidUtf8(bytes, std::string::npos);
    ASSERT_EQ(IsValidUtf8(bytes), repaired == bytes) << ::testing::PrintToString(bytes);
    std::string out;
    AppendAsValidUtf8(bytes, out);
    ASSERT_EQ(out, repaired) << ::testing::PrintToString(bytes);
    valid += repaired == bytes;
  }
  EXPECT_GT(valid, 2'000);
  EXPECT_LT(valid, 18'000);
}

}  // namespace
}  // namespace sluice::translate
