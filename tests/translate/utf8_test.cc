#include "server/translate/utf8.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace sluice::translate {
namespace {

std::string Repaired(std::string_view text) {
  std::string out;
  AppendAsValidUtf8(text, out);
  return out;
}

struct Case {
  std::string name;
  std::string bytes;
  std::string text;
  friend void PrintTo(const Case& row, std::ostream* os) { *os << row.name; }
};

class Utf8RepairTest : public ::testing::TestWithParam<Case> {};

TEST_P(Utf8RepairTest, ReplacesEachMaximalSubpartOnce) { EXPECT_EQ(Repaired(GetParam().bytes), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Unicode, Utf8RepairTest,
    ::testing::Values(
        Case{"Empty", "", ""}, Case{"Ascii", "abc", "abc"},
        Case{"EveryLengthAtItsLimits", "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
             "\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        Case{"StrayContinuation", "a\x80z", "a\uFFFDz"}, Case{"NeverAFirstByte", "\xC1\xF5\xFF", "\uFFFD\uFFFD\uFFFD"},
        Case{"CutAfterOne", "\xE2z", "\uFFFDz"}, Case{"CutAfterTwoIsOne", "\xE2\x82z", "\uFFFDz"},
        Case{"CutAfterThreeIsOne", "\xF0\x9F\x98z", "\uFFFDz"}, Case{"CutByTheEnd", "z\xF0\x9F\x98", "z\uFFFD"},
        Case{"CutByAnotherSequence", "\xF0\x9F\xC3\xA9", "\uFFFD\u00E9"},
        Case{"OverlongTwo", "\xC0\xAF", "\uFFFD\uFFFD"}, Case{"OverlongThree", "\xE0\x9F\xBF", "\uFFFD\uFFFD\uFFFD"},
        Case{"OverlongFour", "\xF0\x8F\xBF\xBF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        Case{"Surrogate", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
        Case{"BeyondUnicode", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        // The example of Unicode 15, table 3-11.
        Case{"UnicodesOwnExample", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "\uFFFD\uFFFD\uFFFD\uFFFD\x41"}),
    [](const auto& row) { return row.param.name; });

TEST(Utf8Test, RepairedTextIsValidAndValidTextIsNotTouched) {
  std::mt19937 random(1);
  constexpr std::string_view kBytes = "az\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xE0\xE2\xED\xEF\xF0\xF1\xF4\xF5\xFF";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (auto left = random() % 12; left > 0; --left) bytes.push_back(kBytes[random() % kBytes.size()]);
    const std::string repaired = Repaired(bytes);
    ASSERT_TRUE(IsValidUtf8(repaired)) << ::testing::PrintToString(bytes);
    ASSERT_EQ(repaired == bytes, IsValidUtf8(bytes)) << ::testing::PrintToString(bytes);
    ASSERT_LE(repaired.size(), bytes.size() * 3);
  }
}

TEST(Utf8Test, EncodesCodePointsOfEveryLength) {
  std::string out;
  for (std::uint32_t code_point : {0x00u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    AppendCodePoint(code_point, out);
  }
  using namespace std::string_literals;
  EXPECT_EQ(out, "\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"s);
}

TEST(Utf8Test, ASurrogateHasNoEncoding) {
  std::string out;
  AppendCodePoint(0xD800, out);
  AppendCodePoint(0xDFFF, out);
  EXPECT_EQ(out, "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace sluice::translate
