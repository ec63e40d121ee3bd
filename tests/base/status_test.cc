#include "server/base/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

// The detail under `url`, which must be there and parse.
template <typename Detail>
Detail DetailOf(const absl::Status& status, const char* url) {
  Detail detail;
  const auto payload = status.GetPayload(url);
  EXPECT_TRUE(payload && detail.ParseFromString(std::string(*payload))) << url << " is absent or does not parse";
  return detail;
}

absl::Status Truncated() {
  return MakeError(absl::StatusCode::kUnavailable, "the stream broke off", reason::kUpstreamStreamTruncated);
}

TEST(StringViewTest, GoesFromStdToAbslAndBackWithoutACopy) {
  const std::string_view text("with\0zero", 9);
  EXPECT_EQ(ToAbsl(text).size(), 9u);
  EXPECT_EQ(ToStd(ToAbsl(text)).data(), text.data());
  EXPECT_EQ(ToStd(ToAbsl(text)), text);
}

TEST(MakeErrorTest, GivesCodeMessageAndErrorInfo) {
  const absl::Status status = MakeError(absl::StatusCode::kNotFound, "no task t-1", "TASK_NOT_FOUND",
                                        reason::kA2aDomain, {{"taskId", "t-1"}, {"empty", ""}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ToStd(status.message()), "no task t-1");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  EXPECT_EQ(info.reason(), "TASK_NOT_FOUND");
  EXPECT_EQ(info.domain(), "a2a-protocol.org");
  EXPECT_THAT(info.metadata(), UnorderedElementsAre(Pair("taskId", "t-1"), Pair("empty", "")));
}

TEST(MakeErrorTest, OurOwnDomainIsTheDefault) {
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(Truncated(), kErrorInfoUrl).domain(), "sluice");
}

TEST(MakeErrorTest, AnErrorIsNeverToldAsSuccess) {
  const absl::Status status = MakeError(absl::StatusCode::kOk, "odd", reason::kOverLimit);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(ErrorReason(status), "OVER_LIMIT");
}

TEST(MakeErrorTest, ALongMessageIsCut) {
  const absl::Status status =
      MakeError(absl::StatusCode::kInternal, std::string(5000, 'x'), reason::kUpstreamHttpStatus);
  EXPECT_EQ(ToStd(status.message()), std::string(kMaxErrorMessageBytes, 'x'));
}

TEST(MakeErrorTest, EveryTextIsMadeValidUtf8SoThatPeersCanParseTheDetail) {
  const absl::Status status = MakeError(absl::StatusCode::kInternal, "m\xFF", "R\xFF", "d\xFF", {{"k\xFF", "v\xFF"}});
  EXPECT_EQ(ToStd(status.message()), "m\xEF\xBF\xBD");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  EXPECT_EQ(info.reason(), "R\xEF\xBF\xBD");
  EXPECT_EQ(info.domain(), "d\xEF\xBF\xBD");
  EXPECT_THAT(info.metadata(), UnorderedElementsAre(Pair("k\xEF\xBF\xBD", "v\xEF\xBF\xBD")));
}

TEST(MakeErrorTest, ErrorInfoStaysSmallHoweverMuchMetadataIsGiven) {
  ErrorMetadata metadata;
  for (int i = 0; i < 200; ++i) metadata["key" + std::to_string(i)] = std::string(10'000, 'v');
  const absl::Status status = MakeError(absl::StatusCode::kInternal, "m", std::string(5000, 'R'), "d", metadata);
  const auto info = DetailOf<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  EXPECT_LE(info.ByteSizeLong(), kMaxErrorDetailBytes);
  EXPECT_GE(info.metadata_size(), 1) << "what fits is kept";
}

TEST(AddErrorMetadataTest, AddsToWhatIsThereAndReplacesTheSameKey) {
  absl::Status status = MakeError(absl::StatusCode::kInternal, "m", reason::kUpstreamHttpStatus, reason::kDomain,
                                  {{"http_status", "500"}});
  AddErrorMetadata(status, "may_have_run", "true");
  AddErrorMetadata(status, "http_status", "502");
  EXPECT_EQ(ErrorMetadataValue(status, "may_have_run"), "true");
  EXPECT_EQ(ErrorMetadataValue(status, "http_status"), "502");
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_HTTP_STATUS");
}

TEST(AddErrorMetadataTest, CutsALongValue) {
  absl::Status status = Truncated();
  AddErrorMetadata(status, "last_event_id", std::string(5000, 'i'));
  EXPECT_EQ(ErrorMetadataValue(status, "last_event_id"), std::string(kMaxErrorMetadataValueBytes, 'i'));
}

TEST(AddErrorMetadataTest, LeavesOutWhatDoesNotFitAndKeepsTheRest) {
  absl::Status status = Truncated();
  AddErrorMetadata(status, "a", std::string(kMaxErrorMetadataValueBytes, 'a'));
  AddErrorMetadata(status, "b", std::string(kMaxErrorMetadataValueBytes, 'b'));
  AddErrorMetadata(status, "c", "short");
  EXPECT_EQ(ErrorMetadataValue(status, "a").size(), kMaxErrorMetadataValueBytes);
  EXPECT_EQ(ErrorMetadataValue(status, "b"), "");
  EXPECT_EQ(ErrorMetadataValue(status, "c"), "short");
}

TEST(AddErrorMetadataTest, DoesNothingWithoutAnErrorInfo) {
  absl::Status plain = absl::InternalError("m");
  AddErrorMetadata(plain, "k", "v");
  EXPECT_EQ(plain, absl::InternalError("m"));
  absl::Status ok;
  AddErrorMetadata(ok, "k", "v");
  EXPECT_TRUE(ok.ok());
}

TEST(AddErrorMetadataTest, DoesNothingToAnErrorInfoThatDoesNotParse) {
  absl::Status status = absl::InternalError("m");
  status.SetPayload(kErrorInfoUrl, absl::Cord("\xFF\xFF"));
  AddErrorMetadata(status, "k", "v");
  EXPECT_EQ(ErrorReason(status), "");
  EXPECT_EQ(ErrorMetadataValue(status, "k"), "");
}

TEST(WithMessageTest, KeepsCodeAndDetails) {
  absl::Status status = Truncated();
  AddRetryInfo(status, milliseconds(1000));
  const absl::Status renamed = WithMessage(status, "other words \xFF");
  EXPECT_EQ(ToStd(renamed.message()), "other words \xEF\xBF\xBD");
  EXPECT_EQ(renamed.code(), status.code());
  EXPECT_EQ(ErrorReason(renamed), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(renamed, kRetryInfoUrl).retry_delay().seconds(), 1);
  EXPECT_EQ(WithMessage(status, std::string(5000, 'x')).message().size(), kMaxErrorMessageBytes);
}

struct DelayCase {
  const char* name;
  milliseconds delay;
  std::int64_t seconds;
  std::int32_t nanos;
  friend void PrintTo(const DelayCase& row, std::ostream* os) { *os << row.name; }
};
class RetryDelayTest : public ::testing::TestWithParam<DelayCase> {};

TEST_P(RetryDelayTest, IsWritten) {
  absl::Status status = Truncated();
  AddRetryInfo(status, GetParam().delay);
  const auto retry = DetailOf<google::rpc::RetryInfo>(status, kRetryInfoUrl);
  EXPECT_EQ(retry.retry_delay().seconds(), GetParam().seconds);
  EXPECT_EQ(retry.retry_delay().nanos(), GetParam().nanos);
}

INSTANTIATE_TEST_SUITE_P(AddRetryInfo, RetryDelayTest,
                         ::testing::Values(DelayCase{"Zero", milliseconds(0), 0, 0},
                                           DelayCase{"UnderASecond", milliseconds(250), 0, 250'000'000},
                                           DelayCase{"SecondsAndMore", milliseconds(90'001), 90, 1'000'000},
                                           DelayCase{"NegativeAsZero", milliseconds(-5), 0, 0},
                                           DelayCase{"AsMuchAsADurationHolds", milliseconds::max(), 315'576'000'000,
                                                     0}),
                         [](const auto& row) { return row.param.name; });

TEST(AddRetryInfoTest, KeepsTheErrorInfoAndReplacesAnEarlierDelay) {
  absl::Status status = Truncated();
  AddRetryInfo(status, milliseconds(1000));
  AddRetryInfo(status, milliseconds(2000));
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status, kRetryInfoUrl).retry_delay().seconds(), 2);
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_STREAM_TRUNCATED");
}

TEST(AddFieldViolationTest, CollectsViolationsInTheOrderTheyWereAdded) {
  absl::Status status = absl::InvalidArgumentError("two fields are wrong");
  AddFieldViolation(status, "message.parts", "is empty; give at least one part");
  AddFieldViolation(status, "id", "is \xFF");
  const auto request = DetailOf<google::rpc::BadRequest>(status, kBadRequestUrl);
  ASSERT_EQ(request.field_violations_size(), 2);
  EXPECT_EQ(request.field_violations(0).field(), "message.parts");
  EXPECT_EQ(request.field_violations(0).description(), "is empty; give at least one part");
  EXPECT_EQ(request.field_violations(1).description(), "is \xEF\xBF\xBD");
}

TEST(AddFieldViolationTest, TheListStaysSmallHoweverManyAreAdded) {
  absl::Status status = absl::InvalidArgumentError("m");
  for (int i = 0; i < 100; ++i) AddFieldViolation(status, "f" + std::to_string(i), std::string(5000, 'd'));
  const auto request = DetailOf<google::rpc::BadRequest>(status, kBadRequestUrl);
  EXPECT_LE(request.ByteSizeLong(), kMaxErrorDetailBytes);
  ASSERT_GE(request.field_violations_size(), 1);
  EXPECT_EQ(request.field_violations(0).field(), "f0") << "the first ones stay";
}

TEST(ErrorSizeTest, TheLargestErrorStaysBelowWhatAGrpcClientTakesAsTrailers) {
  std::string euros;
  while (euros.size() < 5000) euros += "\xE2\x82\xAC";  // each byte percent-encoded as three
  absl::Status status = MakeError(absl::StatusCode::kInternal, euros, reason::kUpstreamHttpStatus, reason::kDomain,
                                  {{"a", euros}, {"b", std::string(400, 'b')}, {"c", std::string(70, 'c')}});
  for (int i = 0; i < 10; ++i) AddFieldViolation(status, "f", std::string(300, 'd'));
  AddRetryInfo(status, milliseconds(1));

  google::rpc::Status wire;
  wire.set_message(std::string(ToStd(status.message())));
  status.ForEachPayload([&wire](absl::string_view type_url, const absl::Cord& value) {
    wire.add_details()->set_type_url(std::string(ToStd(type_url)));
    wire.mutable_details()->rbegin()->set_value(std::string(value));
  });
  ASSERT_EQ(wire.details_size(), 3);
  EXPECT_GT(wire.ByteSizeLong(), 2900u) << "the case is not the worst one any more";
  EXPECT_LT(3 * wire.message().size() + wire.ByteSizeLong() * 4 / 3 + 200, 8192u);
}

TEST(ErrorReasonTest, IsEmptyForOkAndForErrorsOfOthers) {
  EXPECT_EQ(ErrorReason(absl::OkStatus()), "");
  EXPECT_EQ(ErrorReason(absl::NotFoundError("m")), "");
}

TEST(ErrorDomainTest, IsEmptyForOkAndForErrorsOfOthers) {
  EXPECT_EQ(ErrorDomain(Truncated()), "sluice");
  EXPECT_EQ(ErrorDomain(absl::OkStatus()), "");
  EXPECT_EQ(ErrorDomain(absl::NotFoundError("m")), "");
}

TEST(ErrorMetadataValueTest, IsEmptyForAnAbsentKey) { EXPECT_EQ(ErrorMetadataValue(Truncated(), "task_id"), ""); }

TEST(RemoveErrorMetadataTest, TakesOneKeyAndLeavesTheOthers) {
  absl::Status status = MakeError(absl::StatusCode::kInternal, "m", "R", reason::kDomain, {{"a", "1"}, {"b", "2"}});
  RemoveErrorMetadata(status, "a");
  RemoveErrorMetadata(status, "c");
  EXPECT_EQ(ErrorMetadataValue(status, "a"), "");
  EXPECT_EQ(ErrorMetadataValue(status, "b"), "2");
  absl::Status plain = absl::InternalError("m");
  RemoveErrorMetadata(plain, "a");
  EXPECT_EQ(plain, absl::InternalError("m"));
}

}  // namespace
}  // namespace sluice
