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

struct Promise {
  std::string_view constant;
  std::string_view name;
  absl::StatusCode code;
};
// What callers were promised: names and codes do not change any more.
const Promise kPromises[] = {
    {reason::kUpstreamUnreachable, "UPSTREAM_UNREACHABLE", absl::StatusCode::kUnavailable},
    {reason::kUpstreamTimeoutConnect, "UPSTREAM_TIMEOUT_CONNECT", absl::StatusCode::kUnavailable},
    {reason::kUpstreamTimeoutFirstByte, "UPSTREAM_TIMEOUT_FIRST_BYTE", absl::StatusCode::kDeadlineExceeded},
    {reason::kUpstreamTimeoutIdle, "UPSTREAM_TIMEOUT_IDLE", absl::StatusCode::kDeadlineExceeded},
    {reason::kUpstreamTimeoutTotal, "UPSTREAM_TIMEOUT_TOTAL", absl::StatusCode::kDeadlineExceeded},
    {reason::kUpstreamHttpStatus, "UPSTREAM_HTTP_STATUS", absl::StatusCode::kInternal},
    {reason::kUpstreamBadContentType, "UPSTREAM_BAD_CONTENT_TYPE", absl::StatusCode::kInternal},
    {reason::kUpstreamStreamTruncated, "UPSTREAM_STREAM_TRUNCATED", absl::StatusCode::kUnavailable},
    {reason::kUpstreamBadMessage, "UPSTREAM_BAD_MESSAGE", absl::StatusCode::kInternal},
    {reason::kUpstreamSessionLost, "UPSTREAM_SESSION_LOST", absl::StatusCode::kAborted},
    {reason::kUpstreamError, "UPSTREAM_ERROR", absl::StatusCode::kInternal},
    {reason::kEventTooLarge, "EVENT_TOO_LARGE", absl::StatusCode::kResourceExhausted},
    {reason::kClientStalled, "CLIENT_STALLED", absl::StatusCode::kResourceExhausted},
    {reason::kOverLimit, "OVER_LIMIT", absl::StatusCode::kResourceExhausted},
    {reason::kDraining, "DRAINING", absl::StatusCode::kUnavailable},
    {reason::kUnknownUpstream, "UNKNOWN_UPSTREAM", absl::StatusCode::kNotFound},
};

TEST(ReasonsTest, EveryReasonHasItsStableNameAndCode) {
  for (const Promise& promise : kPromises) {
    EXPECT_EQ(promise.constant, promise.name);
    const ReasonInfo* row = FindReason(promise.name);
    ASSERT_NE(row, nullptr) << promise.name;
    EXPECT_EQ(row->code, promise.code) << promise.name;
  }
  EXPECT_EQ(AllReasons().size(), std::size(kPromises));
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
