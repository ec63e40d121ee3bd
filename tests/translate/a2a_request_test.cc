#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/translate/a2a_json.h"
#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAreArray;

struct Row {
  std::string name, rpc, request;    // the request in JSON
  std::vector<std::string> missing;  // by path; empty: the request is fine
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};
class A2aRequestTest : public ::testing::TestWithParam<Row> {};

absl::Status Begin(const Row& row) {
  const A2aMethod& method = *FindA2aMethod(row.rpc);
  const auto request = JsonToProto(method.request, row.request);
  EXPECT_TRUE(request.ok()) << request.status();
  return A2aCall::Begin(method, *request, "1", testing::kLimits).status();
}

std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> fields;
  google::rpc::BadRequest bad;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (payload) {
    EXPECT_TRUE(bad.ParseFromString(std::string(*payload)));
  }
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  return fields;
}

TEST_P(A2aRequestTest, TellsWhatIsMissing) {
  const absl::Status status = Begin(GetParam());
  EXPECT_THAT(Violations(status), ElementsAreArray(GetParam().missing));
  if (GetParam().missing.empty()) {
    EXPECT_TRUE(status.ok()) << status;
  } else {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ErrorReason(status), "INVALID_PARAMS");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Required, A2aRequestTest,
    ::testing::Values(
        Row{"SendNothing", "SendMessage", "{}", {"message"}},
        Row{"SendEmptyMessage",
            "SendMessage",
            R"({"message":{}})",
            {"message.message_id", "message.role", "message.parts"}},
        Row{"StreamWithoutRole",
            "SendStreamingMessage",
            R"({"message":{"messageId":"m","parts":[{"text":""}]}})",
            {"message.role"}},
        Row{"EmptyPart",
            "SendMessage",
            R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"a"},{}]}})",
            {"message.parts[1]"}},
        Row{"NullDataIsAContent",
            "SendMessage",
            R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"data":null}]}})",
            {}},
        Row{"WebhookWithoutUrl",
            "SendMessage",
            R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"url":"u"}]},
                "configuration":{"taskPushNotificationConfig":{"authentication":{}}}})",
            {"configuration.task_push_notification_config.url",
             "configuration.task_push_notification_config.authentication.scheme"}},
        Row{"WebhookForATaskThatDoesNotExistYet",
            "SendMessage",
            R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"url":"u"}]},
                "configuration":{"taskPushNotificationConfig":{"url":"http://hook"}}})",
            {}},
        Row{"GetWithoutId", "GetTask", R"({"tenant":"x"})", {"id"}}, Row{"CancelWithoutId", "CancelTask", "{}", {"id"}},
        Row{"SubscribeWithoutId", "SubscribeToTask", "{}", {"id"}}, Row{"ListNeedsNothing", "ListTasks", "{}", {}},
        Row{"CardNeedsNothing", "GetExtendedAgentCard", "{}", {}},
        Row{"CreateWithoutTask", "CreateTaskPushNotificationConfig", R"({"url":"http://hook"})", {"task_id"}},
        Row{"CreateWithoutUrl", "CreateTaskPushNotificationConfig", R"({"taskId":"t"})", {"url"}},
        Row{"GetConfigOfNothing", "GetTaskPushNotificationConfig", "{}", {"task_id", "id"}},
        Row{"DeleteConfigOfNothing", "DeleteTaskPushNotificationConfig", "{}", {"task_id", "id"}},
        Row{"ListConfigsOfNothing", "ListTaskPushNotificationConfigs", "{}", {"task_id"}}),
    [](const auto& named) { return named.param.name; });

TEST(A2aRequest, ManyMistakesAreBounded) {
  std::string parts = "{}";
  for (int i = 0; i < 1000; ++i) parts += ",{}";
  const absl::Status status =
      Begin({"", "SendMessage", R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[)" + parts + "]}}", {}});
  EXPECT_FALSE(status.ok());
  EXPECT_GE(Violations(status).size(), 1u);
  EXPECT_LE(Violations(status).size(), 8u);
}

TEST(A2aRequest, BytesThatAreNoMessageAreRefused) {
  for (const char* bytes : {"\xff", "\x12\x7f", "\x0a\x01\xff"}) {
    const absl::Status status = A2aCall::Begin(*FindA2aMethod("SendMessage"), bytes, "1", testing::kLimits).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ErrorReason(status), "INVALID_PARAMS");
  }
}

TEST(A2aRequest, VeryManyValuesAreRefusedBeforeTheyAreRead) {
  auto request = testing::Hello();
  auto* list = (*request.mutable_metadata()->mutable_fields())["k"].mutable_list_value();
  for (int i = 0; i < 99'000; ++i) list->add_values()->set_bool_value(true);
  const A2aMethod& method = *FindA2aMethod("SendMessage");
  EXPECT_TRUE(A2aCall::Begin(method, request.SerializeAsString(), "1", testing::kLimits).ok());
  for (int i = 0; i < 1'000; ++i) list->add_values()->set_bool_value(true);
  const absl::Status status = A2aCall::Begin(method, request.SerializeAsString(), "1", testing::kLimits).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("more than 100000 values"));
}

TEST(A2aRequest, WhatJsonCannotTellIsRefused) {
  auto request = testing::Hello();
  request.mutable_message()->add_parts()->mutable_data();
  const absl::Status status =
      A2aCall::Begin(*FindA2aMethod("SendMessage"), request.SerializeAsString(), "1", testing::kLimits).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(status), "INVALID_PARAMS");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("message.parts[1].data"));
}

}  // namespace
}  // namespace sluice::translate
