#include "server/translate/rfc3339.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/translate/a2a_json.h"

namespace sluice::translate {
namespace {

using ::testing::Eq;
using ::testing::Optional;

struct Row {
  std::string name;
  std::string text;
  std::optional<TimePoint> strict;
  std::optional<TimePoint> loose;
};

class TimeTest : public ::testing::TestWithParam<Row> {};

TEST_P(TimeTest, IsReadAsItsFormAllows) {
  EXPECT_THAT(ParseTime(GetParam().text, TimeForm::kRfc3339), Eq(GetParam().strict)) << GetParam().text;
  EXPECT_THAT(ParseTime(GetParam().text, TimeForm::kLoose), Eq(GetParam().loose)) << GetParam().text;
}

constexpr TimePoint kTime{1'761'647'400, 0};  // 2025-10-28T10:30:00Z
constexpr TimePoint kDay{1'761'609'600, 0};   // 2025-10-28T00:00:00Z
constexpr auto kNone = std::nullopt;
// The last row of each group that a Timestamp holds, and what lies one second beyond.
INSTANTIATE_TEST_SUITE_P(
    Times, TimeTest,
    ::testing::Values(
        Row{"Utc", "2025-10-28T10:30:00Z", kTime, kTime}, Row{"LowerCase", "2025-10-28t10:30:00z", kTime, kTime},
        Row{"East", "2025-10-28T12:00:00+01:30", kTime, kTime}, Row{"West", "2025-10-28T05:30:00-05:00", kTime, kTime},
        Row{"Millis", "2025-10-28T10:30:00.500Z", TimePoint{kTime.seconds, 500'000'000},
            TimePoint{kTime.seconds, 500'000'000}},
        Row{"Micros", "2025-10-28T10:30:00.000001+00:00", TimePoint{kTime.seconds, 1'000},
            TimePoint{kTime.seconds, 1'000}},
        Row{"BeyondNanos", "2025-10-28T10:30:00.1234567899Z", TimePoint{kTime.seconds, 123'456'789},
            TimePoint{kTime.seconds, 123'456'789}},
        Row{"LeapSecond", "2025-10-28T10:29:60Z", kTime, kTime},
        Row{"Epoch", "1970-01-01T00:00:00Z", TimePoint{}, TimePoint{}},
        Row{"LeapDay", "2024-02-29T00:00:00Z", TimePoint{1'709'164'800, 0}, TimePoint{1'709'164'800, 0}},
        Row{"First", "0001-01-01T00:00:00Z", TimePoint{-62'135'596'800, 0}, TimePoint{-62'135'596'800, 0}},
        Row{"Last", "9999-12-31T23:59:59.999999999Z", TimePoint{253'402'300'799, 999'999'999},
            TimePoint{253'402'300'799, 999'999'999}},
        Row{"BeforeTheFirst", "0001-01-01T00:00:00+00:01", kNone, kNone},
        Row{"AfterTheLast", "9999-12-31T23:59:59-01:00", kNone, kNone},
        Row{"YearZero", "0000-12-31T23:59:59Z", kNone, kNone},
        Row{"LeapSecondOfTheLast", "9999-12-31T23:59:60Z", kNone, kNone},
        Row{"Blank", "2025-10-28 10:30:00Z", kNone, kTime}, Row{"NoOffset", "2025-10-28T10:30:00", kNone, kTime},
        Row{"NoColon", "2025-10-28T12:30:00+0200", kNone, kTime},
        Row{"HoursOnly", "2025-10-28T12:30:00+02", kNone, kTime}, Row{"NoSeconds", "2025-10-28T10:30Z", kNone, kTime},
        Row{"DateAlone", "2025-10-28", kNone, kDay},
        Row{"CommaForPoint", "2025-10-28T10:30:00,5Z", kNone, TimePoint{kTime.seconds, 500'000'000}}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(NoTimes, TimeTest,
                         ::testing::Values(Row{"Empty", "", kNone, kNone}, Row{"Words", "yesterday", kNone, kNone},
                                           Row{"NoSuchDay", "2025-02-29T00:00:00Z", kNone, kNone},
                                           Row{"NoSuchMonth", "2025-13-01T00:00:00Z", kNone, kNone},
                                           Row{"Hour24", "2025-10-28T24:00:00Z", kNone, kNone},
                                           Row{"Second61", "2025-10-28T10:30:61Z", kNone, kNone},
                                           Row{"NoFraction", "2025-10-28T10:30:00.Z", kNone, kNone},
                                           Row{"MoreBehind", "2025-10-28T10:30:00Z!", kNone, kNone},
                                           Row{"FiveDigitYear", "12025-10-28T10:30:00Z", kNone, kNone},
                                           Row{"Negative", "-025-10-28T10:30:00Z", kNone, kNone},
                                           Row{"Offset24", "2025-10-28T10:30:00+24:00", kNone, kNone},
                                           Row{"HalfAnOffset", "2025-10-28T10:30:00+", kNone, kNone},
                                           Row{"ADayAndNoClock", "2025-10-28T", kNone, kNone}),
                         [](const auto& row) { return row.param.name; });

// protobuf's own parser ends the process for these.
TEST(AnswerTimeTest, BeyondWhatATimestampHoldsIsAnErrorThatNamesIt) {
  for (const std::string time : {"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-01:00"}) {
    const auto task = JsonToProto("lf.a2a.v1.Task", R"({"id":"t","status":{"timestamp":")" + time + "\"}}");
    EXPECT_EQ(task.status().code(), absl::StatusCode::kInvalidArgument) << time;
    EXPECT_THAT(std::string(task.status().message()), ::testing::HasSubstr("status.timestamp: an RFC 3339 time"));
  }
}

}  // namespace
}  // namespace sluice::translate
