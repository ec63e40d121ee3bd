#include "client/ctl/end_report.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "client/ctl/error_text.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/reasons.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

template <typename... Details>
CallEnd Failed(absl::StatusCode code, const std::string& message, const Details&... details) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  (status.add_details()->PackFrom(details), ...);
  CallEnd end;
  end.status = client::ToStatus(status);
  return end;
}

google::rpc::ErrorInfo Info(const std::string& reason, const std::string& domain) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  (*info.mutable_metadata())["task_id"] = "t";
  return info;
}

google::protobuf::Struct Parsed(const std::string& json) {
  google::protobuf::Struct object;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &object).ok()) << json;
  return object.fields().at("end").struct_value();
}

TEST(EndText, OfACallThatEndedIsOneLine) {
  CallEnd end;
  end.events = 7;
  end.seconds = 1.23;
  EXPECT_EQ(EndText(end, false), "ended: OK, 7 events, 1.2 s\n");
  end.events = 1;
  EXPECT_EQ(EndText(end, false), "ended: OK, 1 event, 1.2 s\n");
}

TEST(EndText, AnErrorAfterTheFirstEventIsACut) {
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "it broke");
  end.events = 2;
  EXPECT_THAT(EndText(end, false), StartsWith("cut: UNAVAILABLE: it broke, 2 events, "));
}

TEST(EndText, AnErrorBeforeTheFirstEventIsAFailure) {
  EXPECT_THAT(EndText(Failed(absl::StatusCode::kNotFound, "no task"), false), StartsWith("failed: NOT_FOUND: no task"));
}

TEST(EndText, ATruncatedAnswerIsACutEvenWithoutEvents) {
  const auto info = Info("UPSTREAM_STREAM_TRUNCATED", "sluice");
  EXPECT_THAT(EndText(Failed(absl::StatusCode::kUnavailable, "m", info), false), StartsWith("cut: "));
}

TEST(EndText, ShowsReasonDomainMetadataRetryDelayAndFields) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("message.parts");
  bad.mutable_field_violations(0)->set_description("must not be empty");
  const std::string text =
      EndText(Failed(absl::StatusCode::kInvalidArgument, "m", Info("SOME_REASON", "example.org"), retry, bad), false);
  EXPECT_THAT(text, StartsWith("failed: INVALID_ARGUMENT: m (SOME_REASON), "));
  EXPECT_THAT(text, HasSubstr("\n  reason: SOME_REASON (example.org)\n"));
  EXPECT_THAT(text, HasSubstr("\n  task_id: t\n"));
  EXPECT_THAT(text, HasSubstr("\n  try again after: 1.5 s\n"));
  EXPECT_THAT(text, HasSubstr("\n  field message.parts: must not be empty\n"));
}

TEST(EndText, TellsTheRemedyOfEachReasonOfTheGateway) {
  for (const ReasonInfo& row : AllReasons()) {
    const auto info = Info(std::string(row.reason), "sluice");
    EXPECT_THAT(EndText(Failed(absl::StatusCode::kUnavailable, "m", info), false),
                HasSubstr("hint: " + std::string(row.remedy)));
  }
}

TEST(EndText, AReasonOfAnotherDomainIsNotTakenForOurs) {
  const auto info = Info("DRAINING", "example.org");
  EXPECT_THAT(EndText(Failed(absl::StatusCode::kUnavailable, "m", info), false), Not(HasSubstr("hint")));
}

TEST(EndText, WithoutAGatewayItSaysWhereItLookedAndHowToStartOne) {
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "failed to connect");
  end.connected = false;
  end.address = "gw:1";
  EXPECT_THAT(EndText(end, false), HasSubstr("no gateway at gw:1: start one with `sluice --upstream="));
  end.tls = true;
  EXPECT_THAT(EndText(end, false), HasSubstr("no gateway at gw:1 that talks TLS as asked"));
  end.connected = true;
  EXPECT_THAT(EndText(end, false), Not(HasSubstr("no gateway")));
}

TEST(EndText, AGatewayThatIsGoneInTheMiddleIsNotOneThatNeverWas) {
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "Socket closed");
  end.connected = false;
  end.events = 1;
  end.address = "gw:1";
  EXPECT_THAT(EndText(end, false), HasSubstr("hint: the connection to the gateway at gw:1 broke"));
}

TEST(EndText, AnInterruptionSaysWhoseItWas) {
  CallEnd end = Failed(absl::StatusCode::kCancelled, "CANCELLED");
  end.interrupted = true;
  EXPECT_THAT(EndText(end, false), StartsWith("cut: CANCELLED: interrupted by you, 0 events"));
}

TEST(EndText, AdviceIsALineThatCanBePasted) {
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "m");
  end.next = {{"resume", {"subscribe", "t-1"}}};
  EXPECT_THAT(EndText(end, false), HasSubstr("\n  resume: sluicectl subscribe t-1\n"));
  end.address = "gw:1";
  end.address_given = true;
  EXPECT_THAT(EndText(end, false), HasSubstr("\n  resume: sluicectl --address gw:1 subscribe t-1\n"));
}

TEST(EndText, ATaskIdOfAnAgentStaysOneWordInTheShell) {
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "m");
  end.next = {{"resume", {"subscribe", "t'; rm -rf $HOME\n\x1b"}}};
  EXPECT_THAT(EndText(end, false), HasSubstr("subscribe 't'\\''; rm -rf $HOME \\x1b'\n"));
}

TEST(EndText, AMessageThatIsNotUtf8OrDrivesTheTerminalIsMadeHarmless) {
  CallEnd end;
  end.status = absl::Status(absl::StatusCode::kInternal, "\xff\x1b[2Jx\ny");
  EXPECT_THAT(EndText(end, false), StartsWith("failed: INTERNAL: \xEF\xBF\xBD\\x1b[2Jx y,"));
}

TEST(EndText, ACodeThatGrpcDoesNotKnowIsShownAsItsNumber) {
  EXPECT_EQ(CodeName(42), "CODE_42");
  EXPECT_EQ(CodeName(-1), "CODE_-1");
  EXPECT_EQ(CodeName(16), "UNAUTHENTICATED");
}

TEST(EndJson, OfACallThatEnded) {
  CallEnd end;
  end.events = 7;
  end.seconds = 1.5;
  end.task = "t";
  EXPECT_EQ(EndJson(end),
            "{\"end\":{\"outcome\":\"ended\",\"code\":\"OK\",\"events\":7,\"seconds\":1.500,\"taskId\":\"t\"}}\n");
}

TEST(EndJson, OfACutHasEveryDetailAndStaysJsonWhateverTheyHold) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  auto info = Info("UPSTREAM_STREAM_TRUNCATED", "sluice");
  (*info.mutable_metadata())["excerpt"] = "\"\\\x1b\n\t\x7f";
  CallEnd end = Failed(absl::StatusCode::kUnavailable, "broke \"here\"\n", info, retry);
  end.next = {{"resume", {"subscribe", "t"}}};
  const auto fields = Parsed(EndJson(end)).fields();
  EXPECT_EQ(fields.at("outcome").string_value(), "cut");
  EXPECT_EQ(fields.at("code").string_value(), "UNAVAILABLE");
  EXPECT_EQ(fields.at("message").string_value(), "broke \"here\"\n");
  EXPECT_EQ(fields.at("reason").string_value(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(fields.at("domain").string_value(), "sluice");
  EXPECT_EQ(fields.at("metadata").struct_value().fields().at("excerpt").string_value(), "\"\\\x1b\n\t\x7f");
  EXPECT_EQ(fields.at("retrySeconds").number_value(), 2);
  EXPECT_EQ(fields.at("resume").string_value(), "sluicectl subscribe t");
}

TEST(ExitCode, IsZeroOr64AndTheCode) {
  EXPECT_EQ(ExitCode(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCode(absl::CancelledError()), 65);
  EXPECT_EQ(ExitCode(absl::Status(absl::StatusCode::kUnavailable, "")), 78);
}

}  // namespace
}  // namespace sluice::ctl
