#include "server/config/parse_values.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

struct Good {
  std::string text;
  std::int64_t value;
};

struct Bad {
  std::string text;
  std::string error;
};

class DurationTest : public ::testing::TestWithParam<Good> {};
TEST_P(DurationTest, IsAWholeNumberAndAUnit) {
  const auto parsed = ParseDuration(GetParam().text);
  ASSERT_TRUE(parsed.ok()) << parsed.error();
  EXPECT_EQ(parsed->count(), GetParam().value) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Units, DurationTest,
                         ::testing::Values(Good{"0s", 0}, Good{"0ms", 0}, Good{"1ms", 1}, Good{"250ms", 250},
                                           Good{"2s", 2000}, Good{"007s", 7000}, Good{"5m", 300'000},
                                           Good{"1h", 3'600'000}, Good{"500h", 1'800'000'000}));

class BadDurationTest : public ::testing::TestWithParam<Bad> {};
TEST_P(BadDurationTest, SaysWhatIsExpected) { EXPECT_EQ(ParseDuration(GetParam().text).error(), GetParam().error); }
INSTANTIATE_TEST_SUITE_P(
    Texts, BadDurationTest,
    ::testing::Values(Bad{"2", "\"2\": a duration needs a unit, for example 250ms, 2s, 5m"},
                      Bad{"0", "\"0\": a duration needs a unit, for example 250ms, 2s, 5m"},
                      Bad{"", "\"\": a duration is a whole number with a unit, for example 250ms, 2s, 5m"},
                      Bad{"soon", "\"soon\": a duration is a whole number with a unit, for example 250ms, 2s, 5m"},
                      Bad{"-2s", "\"-2s\": a duration is a whole number with a unit, for example 250ms, 2s, 5m"},
                      Bad{"1.5s", "\"1.5s\": a duration is a whole number with a unit, for example 250ms, 2s, 5m"},
                      Bad{"2sec", "\"2sec\": unknown unit \"sec\"; units: ms, s, m, h"},
                      Bad{"2 s", "\"2 s\": unknown unit \" s\"; units: ms, s, m, h"},
                      Bad{"2S", "\"2S\": unknown unit \"S\"; units: ms, s, m, h"},
                      Bad{"501h", "\"501h\": must be 0s to 500h"},
                      Bad{"9223372036854775807h", "\"9223372036854775807h\": must be 0s to 500h"},
                      Bad{"99999999999999999999ms", "\"99999999999999999999ms\": must be 0s to 500h"}));

TEST(DurationTest, MayHaveALeastValue) {
  EXPECT_TRUE(ParseDuration("1ms", milliseconds(1)).ok());
  EXPECT_EQ(ParseDuration("0s", milliseconds(1)).error(), "\"0s\": must be 1ms to 500h");
}

class SizeTest : public ::testing::TestWithParam<Good> {};
TEST_P(SizeTest, IsAWholeNumberAndAUnit) {
  const auto parsed = ParseSize(GetParam().text);
  ASSERT_TRUE(parsed.ok()) << parsed.error();
  EXPECT_EQ(*parsed, static_cast<std::size_t>(GetParam().value)) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Units, SizeTest,
                         ::testing::Values(Good{"0B", 0}, Good{"512B", 512}, Good{"1kB", 1000}, Good{"64KiB", 65536},
                                           Good{"2MB", 2'000'000}, Good{"10MiB", 10'485'760},
                                           Good{"1GB", 1'000'000'000}, Good{"1GiB", 1'073'741'824}));

class BadSizeTest : public ::testing::TestWithParam<Bad> {};
TEST_P(BadSizeTest, SaysWhatIsExpected) { EXPECT_EQ(ParseSize(GetParam().text, 1).error(), GetParam().error); }
INSTANTIATE_TEST_SUITE_P(
    Texts, BadSizeTest,
    ::testing::Values(Bad{"64", "\"64\": a size needs a unit, for example 512B, 64KiB, 10MiB"},
                      Bad{"64K", "\"64K\": unknown unit \"K\"; units: B, kB, KiB, MB, MiB, GB, GiB"},
                      Bad{"64kib", "\"64kib\": unknown unit \"kib\"; units: B, kB, KiB, MB, MiB, GB, GiB"},
                      Bad{"KiB", "\"KiB\": a size is a whole number with a unit, for example 512B, 64KiB, 10MiB"},
                      Bad{"0B", "\"0B\": must be 1B to 1GiB"}, Bad{"2GiB", "\"2GiB\": must be 1B to 1GiB"},
                      Bad{"18446744073709551617GiB", "\"18446744073709551617GiB\": must be 1B to 1GiB"}));

TEST(CountTest, IsDigitsInARange) {
  EXPECT_EQ(*ParseCount("0", 0, 256), 0);
  EXPECT_EQ(*ParseCount("256", 0, 256), 256);
  for (const char* text : {"257", "-1", "+1", "1.0", "0x10", "1_000", " 1", "", "many", "99999999999999999999"}) {
    EXPECT_EQ(ParseCount(text, 0, 256).error(),
              '"' + std::string(text) + "\": a whole number from 0 to 256 is expected");
  }
}

TEST(PrintTest, ChoosesTheLargestUnitThatLeavesAWholeNumber) {
  EXPECT_EQ(PrintDuration(milliseconds(0)), "0s");
  EXPECT_EQ(PrintDuration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(PrintDuration(milliseconds(90'000)), "90s");
  EXPECT_EQ(PrintDuration(milliseconds(300'000)), "5m");
  EXPECT_EQ(PrintDuration(std::chrono::hours(2)), "2h");
  EXPECT_EQ(PrintSize(0), "0B");
  EXPECT_EQ(PrintSize(1000), "1kB");
  EXPECT_EQ(PrintSize(64 * kKiB), "64KiB");
  EXPECT_EQ(PrintSize(kMaxSize), "1GiB");
  EXPECT_EQ(PrintSize(1025), "1025B");
}

TEST(PrintTest, IsReadBackAsTheSameValue) {
  for (std::int64_t value = 1; value < kMaxDuration.count(); value = value * 3 + 1) {
    EXPECT_EQ(ParseDuration(PrintDuration(milliseconds(value)))->count(), value);
  }
  for (std::size_t value = 1; value < kMaxSize; value = value * 5 + 3) EXPECT_EQ(*ParseSize(PrintSize(value)), value);
}

}  // namespace
}  // namespace sluice::config
