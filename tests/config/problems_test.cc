#include "server/config/problems.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

TEST(NearestTest, FindsTheSlip) {
  const std::vector<std::string> keys = {"connect", "first_byte", "idle", "total"};
  EXPECT_EQ(Nearest("idel", keys), "idle");  // swapped
  EXPECT_EQ(Nearest("idl", keys), "idle");   // left out
  EXPECT_EQ(Nearest("idlee", keys), "idle");
  EXPECT_EQ(Nearest("first-byte", keys), "first_byte");
  EXPECT_EQ(Nearest("firstbytes", keys), "first_byte");
}

TEST(NearestTest, SuggestsNothingThatIsFar) {
  const std::vector<std::string> keys = {"up", "idle"};
  EXPECT_EQ(Nearest("write", keys), "");
  EXPECT_EQ(Nearest("", keys), "");
  EXPECT_EQ(Nearest("xy", keys), "");
  EXPECT_EQ(Nearest(std::string(100'000, 'i'), keys), "");
  EXPECT_EQ(Nearest("idle", {}), "");
}

TEST(OneLineTest, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(OneLine("a\nb\r\t\x1b[31m\x7f"), "a\\nb\\r\\t\\x1b[31m\\x7f");
  EXPECT_EQ(OneLine(std::string("\0", 1)), "\\x00");
}

TEST(OneLineTest, KeepsUtf8AndShowsWhatIsNone) {
  EXPECT_EQ(OneLine("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x8b"), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x8b");
  EXPECT_EQ(OneLine("a\xff"), "a\xef\xbf\xbd");
}

TEST(OneLineTest, CutsAtACharacter) {
  EXPECT_EQ(OneLine("abc", 3), "abc");
  EXPECT_EQ(OneLine("abcd", 3), "abc…");
  EXPECT_EQ(OneLine("ab\xc3\xbc", 3), "ab…");
  EXPECT_EQ(OneLine("ab\xc3\xbc", 4), "ab\xc3\xbc");
  EXPECT_EQ(OneLine(std::string(1000, '\n'), 5), "\\n\\n…");
}

TEST(ProblemsTest, AreOneLineEachInTheirOrder) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  problems.Add("sluice.yaml:1:2", "drain.refuse", "is wrong");
  problems.Add("--listen", "", "is wrong too");
  EXPECT_FALSE(problems.empty());
  EXPECT_EQ(problems.Text(), "sluice.yaml:1:2: drain.refuse: is wrong\n--listen: is wrong too\n");
}

TEST(ProblemsTest, AreBounded) {
  Problems problems;
  for (int i = 0; i < 130; ++i) problems.Add("x", "", "y");
  const std::string text = problems.Text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 101);
  EXPECT_TRUE(text.ends_with("and 30 more\n"));
}

}  // namespace
}  // namespace sluice::config
