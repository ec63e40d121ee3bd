#include "server/base/utf8.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sluice {
namespace {

constexpr std::size_t kNoLimit = 1000;

struct Case {
  std::string name, in, out;
  friend void PrintTo(const Case& row, std::ostream* os) { *os << row.name; }
};
class ToValidUtf8Test : public ::testing::TestWithParam<Case> {};

TEST_P(ToValidUtf8Test, Gives) { EXPECT_EQ(ToValidUtf8(GetParam().in, kNoLimit), GetParam().out); }

// BAD is U+FFFD. The rows on malformed input follow Unicode 15, tables 3-8 to 3-11.
#define BAD "\xEF\xBF\xBD"
INSTANTIATE_TEST_SUITE_P(
    Unicode, ToValidUtf8Test,
    ::testing::Values(
        Case{"NothingForNothing", "", ""}, Case{"AsciiAsItIs", "plain \x01\x7F", "plain \x01\x7F"},
        Case{"ZeroBytesAsTheyAre", std::string("a\0b", 3), std::string("a\0b", 3)},
        Case{"TwoByteCharacters", "\xC2\x80 \xDF\xBF", "\xC2\x80 \xDF\xBF"},
        Case{"ThreeByteCharacters", "\xE0\xA0\x80\xE2\x82\xAC\xEF\xBF\xBF", "\xE0\xA0\x80\xE2\x82\xAC\xEF\xBF\xBF"},
        Case{"FourByteCharacters", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        Case{"TheLastBeforeTheSurrogates", "\xED\x9F\xBF", "\xED\x9F\xBF"},
        Case{"TheFirstAfterTheSurrogates", "\xEE\x80\x80", "\xEE\x80\x80"},
        Case{"OneForEachLoneContinuation", "\x80\xBF", BAD BAD},  //
        Case{"OneForEachByteThatNeverOccurs", "\xC0\xC1\xF5\xFF", BAD BAD BAD BAD},
        Case{"OverlongsBytewise", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", BAD BAD BAD BAD BAD BAD BAD BAD "A"},
        Case{"SurrogatesBytewise", "\xED\xA0\x80\xED\xBF\xBF\x41", BAD BAD BAD BAD BAD BAD "A"},
        Case{"TooLargeCodePointsBytewise", "\xF4\x91\x92\x93\xFF\x41", BAD BAD BAD BAD BAD "A"},
        Case{"OneForEachBrokenOffSequence", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", BAD BAD BAD BAD "A"},
        Case{"OneForASequenceThatTheEndBreaksOff", "a\xF0\x9F\x98", "a" BAD},
        Case{"OneForALeadByteAtTheEnd", "a\xE2", "a" BAD},
        Case{"TheCharacterAfterABrokenSequence", "\xE2\x82\xC3\xA9", BAD "\xC3\xA9"}),
    [](const auto& row) { return row.param.name; });

TEST(ToValidUtf8CutTest, KeepsTextThatJustFits) { EXPECT_EQ(ToValidUtf8("12345", 5), "12345"); }

TEST(ToValidUtf8CutTest, CutsAsciiAtTheLimit) { EXPECT_EQ(ToValidUtf8("123456", 5), "12345"); }

TEST(ToValidUtf8CutTest, NeverCutsThroughACharacter) {
  const std::string euro = "\xE2\x82\xAC";
  EXPECT_EQ(ToValidUtf8("a" + euro + "b", 4), "a" + euro);
  EXPECT_EQ(ToValidUtf8("a" + euro + "b", 3), "a");
  EXPECT_EQ(ToValidUtf8("a" + euro + "b", 0), "");
}

TEST(ToValidUtf8CutTest, CountsWhatItWritesAndNotWhatItReads) {
  EXPECT_EQ(ToValidUtf8("\xFF\xFF", 5), BAD);
  EXPECT_EQ(ToValidUtf8("\xFF\xFF", 6), BAD BAD);
}

}  // namespace
}  // namespace sluice
