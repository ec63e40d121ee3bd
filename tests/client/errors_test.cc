// The details of an error, read from a status.
#include "sluice/client/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "google/rpc/error_details.pb.h"

namespace sluice::client {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

template <typename... Details>
absl::Status Error(const Details&... details) {
  google::rpc::Status status;
  status.set_code(14);
  status.set_message("it broke");
  (status.add_details()->PackFrom(details), ...);
  return ToStatus(status);
}

google::rpc::RetryInfo RetryAfter(std::int64_t seconds, std::int32_t nanos) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(seconds);
  retry.mutable_retry_delay()->set_nanos(nanos);
  return retry;
}

TEST(ToStatus, KeepsCodeAndMessage) {
  EXPECT_EQ(Error().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Error().message(), "it broke");
  EXPECT_TRUE(ToStatus(google::rpc::Status()).ok());
}

TEST(ToStatus, KeepsACodeThatIsNotKnown) {
  google::rpc::Status status;
  status.set_code(42);
  EXPECT_FALSE(ToStatus(status).ok());
  EXPECT_EQ(ToStatus(status).raw_code(), 42);
}

TEST(Details, OfAStatusWithoutAnyAreEmpty) {
  const ErrorDetails details = DetailsOf(absl::UnavailableError("connection refused"));
  EXPECT_EQ(details.reason, "");
  EXPECT_FALSE(details.retry_delay);
  EXPECT_THAT(details.violations, IsEmpty());
  EXPECT_FALSE(details.may_have_run());
}

TEST(Details, HaveReasonDomainAndMetadata) {
  google::rpc::ErrorInfo info;
  info.set_reason("UPSTREAM_STREAM_TRUNCATED");
  info.set_domain("sluice");
  (*info.mutable_metadata())["task_id"] = "t";
  ErrorDetails details = DetailsOf(Error(info));
  EXPECT_EQ(details.reason, "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(details.domain, "sluice");
  EXPECT_THAT(details.metadata, ElementsAre(Pair("task_id", "t")));
  EXPECT_FALSE(details.may_have_run());
  (*info.mutable_metadata())["may_have_run"] = "true";
  EXPECT_TRUE(DetailsOf(Error(info)).may_have_run());
}

TEST(Details, HaveTheRetryDelayAndTheFields) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("message.parts");
  bad.mutable_field_violations(0)->set_description("must not be empty");
  const ErrorDetails details = DetailsOf(Error(RetryAfter(1, 500'000'000), bad));
  EXPECT_EQ(details.retry_delay, milliseconds(1500));
  ASSERT_EQ(details.violations.size(), 1u);
  EXPECT_EQ(details.violations[0].field, "message.parts");
  EXPECT_EQ(details.violations[0].description, "must not be empty");
}

TEST(Details, ARetryDelayOutOfRangeIsBroughtIntoIt) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(DetailsOf(Error(RetryAfter(-1, -1))).retry_delay, milliseconds(0));
  EXPECT_EQ(DetailsOf(Error(RetryAfter(kMost, 0))).retry_delay, std::chrono::seconds(315'576'000'000));
}

TEST(Details, OthersAreNamedByTheirType) {
  google::rpc::Status status;
  status.set_code(13);
  status.add_details()->set_type_url("type.googleapis.com/example.Unknown");
  status.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  status.mutable_details(1)->set_value("\xff\xff");  // does not parse
  const ErrorDetails details = DetailsOf(ToStatus(status));
  EXPECT_EQ(details.reason, "");
  EXPECT_THAT(details.others, ::testing::Contains("type.googleapis.com/example.Unknown"));
}

}  // namespace
}  // namespace sluice::client
