#include "server/base/reasons.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice {
namespace {

TEST(ReasonsTest, EveryReasonIsFoundByItsName) {
  for (const ReasonInfo& row : AllReasons()) EXPECT_EQ(FindReason(row.reason), &row) << row.reason;
}

TEST(ReasonsTest, NoReasonStandsTwice) {
  std::set<std::string_view> seen;
  for (const ReasonInfo& row : AllReasons()) EXPECT_TRUE(seen.insert(row.reason).second) << row.reason;
}

TEST(ReasonsTest, EveryConstantHasARow) {
  for (const std::string_view constant :
       {reason::kUpstreamUnreachable, reason::kUpstreamTimeoutConnect, reason::kUpstreamTimeoutFirstByte,
        reason::kUpstreamTimeoutIdle, reason::kUpstreamTimeoutTotal, reason::kUpstreamHttpStatus,
        reason::kUpstreamBadContentType, reason::kUpstreamStreamTruncated, reason::kUpstreamBadMessage,
        reason::kEventTooLarge, reason::kClientStalled, reason::kOverLimit, reason::kDraining,
        reason::kUnknownUpstream}) {
    EXPECT_NE(FindReason(constant), nullptr) << constant;
  }
}

TEST(ReasonsTest, EveryRowSaysWhatHappenedAndWhatToDo) {
  for (const ReasonInfo& row : AllReasons()) {
    EXPECT_NE(row.code, absl::StatusCode::kOk) << row.reason;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.reason;
    EXPECT_TRUE(row.remedy.ends_with('.')) << row.reason;
  }
}

// google.rpc.ErrorInfo: a reason matches [A-Z][A-Z0-9_]+[A-Z0-9] and has at most 63 characters.
TEST(ReasonsTest, ReasonsAreUpperSnakeCase) {
  for (const ReasonInfo& row : AllReasons()) {
    EXPECT_EQ(row.reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), row.reason.npos) << row.reason;
    EXPECT_LE(row.reason.size(), 63u) << row.reason;
  }
}

TEST(ReasonsTest, WhereNothingWasSentTheCodeInvitesARetry) {
  for (const auto reason : {reason::kUpstreamUnreachable, reason::kUpstreamTimeoutConnect, reason::kDraining}) {
    EXPECT_EQ(FindReason(reason)->code, absl::StatusCode::kUnavailable) << reason;
  }
}

TEST(ReasonsTest, AReasonThatIsNotOursIsNotFound) {
  EXPECT_EQ(FindReason("TASK_NOT_FOUND"), nullptr);
  EXPECT_EQ(FindReason("draining"), nullptr);
  EXPECT_EQ(FindReason(""), nullptr);
}

}  // namespace
}  // namespace sluice
