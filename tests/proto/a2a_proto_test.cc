// lf/a2a/v1/a2a.proto against the published A2A 1.0 package: what exists, and the fields that are easy to get wrong.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"
#include "tests/proto/wire.h"

namespace sluice {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using ::testing::ElementsAre;
using testing::Mismatch;
using testing::WireField;

const FileDescriptor& A2a() { return *lf::a2a::v1::Task::descriptor()->file(); }

template <typename Visit>
void ForEachField(Visit visit) {
  for (int m = 0; m < A2a().message_type_count(); ++m) {
    for (int f = 0; f < A2a().message_type(m)->field_count(); ++f) visit(*A2a().message_type(m)->field(f));
  }
}

TEST(A2aProtoTest, HasTheMessagesEnumsAndRpcsOfTheProtocol) {
  EXPECT_EQ(A2a().package(), "lf.a2a.v1");
  EXPECT_EQ(A2a().message_type_count(), 44);
  EXPECT_EQ(A2a().enum_type_count(), 2);
  ASSERT_EQ(A2a().service_count(), 1);
  EXPECT_EQ(A2a().service(0)->full_name(), "lf.a2a.v1.A2AService");
  EXPECT_EQ(A2a().service(0)->method_count(), 11);
}

TEST(A2aProtoTest, NestsNoMessageInAnotherButTheEntriesOfMaps) {
  for (int m = 0; m < A2a().message_type_count(); ++m) {
    const auto& message = *A2a().message_type(m);
    EXPECT_EQ(message.enum_type_count(), 0) << message.name();
    for (int n = 0; n < message.nested_type_count(); ++n) {
      EXPECT_TRUE(message.nested_type(n)->options().map_entry()) << message.nested_type(n)->full_name();
    }
  }
}

struct Rpc {
  std::string name, request, response;
  bool streaming = false;
  friend void PrintTo(const Rpc& row, std::ostream* os) { *os << row.name; }
};
class A2aRpcTest : public ::testing::TestWithParam<Rpc> {};

TEST_P(A2aRpcTest, TakesAndGivesWhatTheProtocolSays) {
  const MethodDescriptor* rpc = A2a().service(0)->FindMethodByName(GetParam().name);
  ASSERT_NE(rpc, nullptr);
  EXPECT_EQ(rpc->input_type()->name(), GetParam().request);
  EXPECT_EQ(rpc->output_type()->name(), GetParam().response);
  EXPECT_EQ(rpc->server_streaming(), GetParam().streaming);
  EXPECT_FALSE(rpc->client_streaming());
}

INSTANTIATE_TEST_SUITE_P(
    Service, A2aRpcTest,
    ::testing::Values(
        Rpc{"SendMessage", "SendMessageRequest", "SendMessageResponse"},
        Rpc{"SendStreamingMessage", "SendMessageRequest", "StreamResponse", /*streaming=*/true},
        Rpc{"GetTask", "GetTaskRequest", "Task"}, Rpc{"ListTasks", "ListTasksRequest", "ListTasksResponse"},
        Rpc{"CancelTask", "CancelTaskRequest", "Task"},
        Rpc{"SubscribeToTask", "SubscribeToTaskRequest", "StreamResponse", /*streaming=*/true},
        Rpc{"CreateTaskPushNotificationConfig", "TaskPushNotificationConfig", "TaskPushNotificationConfig"},
        Rpc{"GetTaskPushNotificationConfig", "GetTaskPushNotificationConfigRequest", "TaskPushNotificationConfig"},
        Rpc{"ListTaskPushNotificationConfigs", "ListTaskPushNotificationConfigsRequest",
            "ListTaskPushNotificationConfigsResponse"},
        Rpc{"GetExtendedAgentCard", "GetExtendedAgentCardRequest", "AgentCard"},
        Rpc{"DeleteTaskPushNotificationConfig", "DeleteTaskPushNotificationConfigRequest", "Empty"}),
    [](const auto& row) { return row.param.name; });

class A2aFieldTest : public ::testing::TestWithParam<WireField> {};

TEST_P(A2aFieldTest, HasItsNumberAndType) { EXPECT_EQ(Mismatch(A2a(), GetParam()), ""); }

std::string FieldTestName(const ::testing::TestParamInfo<WireField>& row) {
  return row.param.message + "_" + row.param.field;
}

// Other requests have their tenant at 1.
INSTANTIATE_TEST_SUITE_P(TenantIsFourthHereOnly, A2aFieldTest,
                         ::testing::Values(WireField{"ListTaskPushNotificationConfigsRequest", "task_id", 1, "string"},
                                           WireField{"ListTaskPushNotificationConfigsRequest", "page_size", 2, "int32"},
                                           WireField{"ListTaskPushNotificationConfigsRequest", "page_token", 3,
                                                     "string"},
                                           WireField{"ListTaskPushNotificationConfigsRequest", "tenant", 4, "string"},
                                           WireField{"SendMessageRequest", "tenant", 1, "string"},
                                           WireField{"GetTaskRequest", "tenant", 1, "string"},
                                           WireField{"SubscribeToTaskRequest", "tenant", 1, "string"},
                                           WireField{"TaskPushNotificationConfig", "tenant", 1, "string"}),
                         FieldTestName);

INSTANTIATE_TEST_SUITE_P(RenumberedSince03, A2aFieldTest,
                         ::testing::Values(WireField{"Artifact", "artifact_id", 1, "string"},
                                           WireField{"Artifact", "name", 2, "string"},
                                           WireField{"Artifact", "description", 3, "string"},
                                           WireField{"Artifact", "parts", 4, "repeated Part"},
                                           WireField{"Artifact", "metadata", 5, "Struct"},
                                           WireField{"Artifact", "extensions", 6, "repeated string"},
                                           WireField{"TaskStatusUpdateEvent", "status", 3, "TaskStatus"},
                                           WireField{"TaskStatusUpdateEvent", "metadata", 4, "Struct"}),
                         FieldTestName);

INSTANTIATE_TEST_SUITE_P(AsIn03, A2aFieldTest,
                         ::testing::Values(WireField{"TaskArtifactUpdateEvent", "artifact", 3, "Artifact"},
                                           WireField{"TaskArtifactUpdateEvent", "append", 4, "bool"},
                                           WireField{"TaskArtifactUpdateEvent", "last_chunk", 5, "bool"},
                                           WireField{"TaskArtifactUpdateEvent", "metadata", 6, "Struct"},
                                           WireField{"Task", "status", 3, "TaskStatus"},
                                           WireField{"Task", "artifacts", 4, "repeated Artifact"},
                                           WireField{"Task", "history", 5, "repeated Message"},
                                           WireField{"Task", "metadata", 6, "Struct"}),
                         FieldTestName);

INSTANTIATE_TEST_SUITE_P(
    Content, A2aFieldTest,
    ::testing::Values(WireField{"Part", "text", 1, "oneof content string"},
                      WireField{"Part", "raw", 2, "oneof content bytes"},
                      WireField{"Part", "url", 3, "oneof content string"},
                      WireField{"Part", "data", 4, "oneof content Value"}, WireField{"Part", "metadata", 5, "Struct"},
                      WireField{"Part", "filename", 6, "string"}, WireField{"Part", "media_type", 7, "string"},
                      WireField{"Message", "role", 4, "Role"}, WireField{"Message", "parts", 5, "repeated Part"},
                      WireField{"StreamResponse", "status_update", 3, "oneof payload TaskStatusUpdateEvent"},
                      WireField{"StreamResponse", "artifact_update", 4, "oneof payload TaskArtifactUpdateEvent"}),
    FieldTestName);

INSTANTIATE_TEST_SUITE_P(PresenceMatters, A2aFieldTest,
                         ::testing::Values(WireField{"SendMessageConfiguration", "history_length", 3, "optional int32"},
                                           WireField{"SendMessageConfiguration", "return_immediately", 4, "bool"},
                                           WireField{"GetTaskRequest", "history_length", 3, "optional int32"},
                                           WireField{"ListTasksRequest", "page_size", 4, "optional int32"},
                                           WireField{"ListTasksRequest", "history_length", 6, "optional int32"},
                                           WireField{"ListTasksRequest", "include_artifacts", 8, "optional bool"},
                                           WireField{"AgentCard", "documentation_url", 6, "optional string"},
                                           WireField{"AgentCard", "icon_url", 14, "optional string"},
                                           WireField{"AgentCapabilities", "extended_agent_card", 4, "optional bool"}),
                         FieldTestName);

INSTANTIATE_TEST_SUITE_P(Card, A2aFieldTest,
                         ::testing::Values(WireField{"AgentCard", "security_schemes", 8, "map<string, SecurityScheme>"},
                                           WireField{"SecurityRequirement", "schemes", 1, "map<string, StringList>"},
                                           WireField{"AgentInterface", "tenant", 3, "string"},
                                           WireField{"AgentInterface", "protocol_version", 4, "string"},
                                           WireField{"OAuthFlows", "device_code", 5, "oneof flow DeviceCodeOAuthFlow"},
                                           WireField{"AuthorizationCodeOAuthFlow", "scopes", 4, "map<string, string>"},
                                           WireField{"AuthorizationCodeOAuthFlow", "pkce_required", 5, "bool"}),
                         FieldTestName);

TEST(A2aProtoTest, NamesItsEnumValuesByNumber) {
  const auto names = [](const google::protobuf::EnumDescriptor& type) {
    std::vector<std::string> out;
    for (int number = 0; number < type.value_count(); ++number)
      out.emplace_back(type.FindValueByNumber(number)->name());
    return out;
  };
  EXPECT_THAT(names(*lf::a2a::v1::TaskState_descriptor()),
              ElementsAre("TASK_STATE_UNSPECIFIED", "TASK_STATE_SUBMITTED", "TASK_STATE_WORKING",
                          "TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELED",
                          "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_REJECTED", "TASK_STATE_AUTH_REQUIRED"));
  EXPECT_THAT(names(*lf::a2a::v1::Role_descriptor()), ElementsAre("ROLE_UNSPECIFIED", "ROLE_USER", "ROLE_AGENT"));
}

TEST(A2aProtoTest, KeepsTheJsonNamesThatFollowFromTheFieldNames) {
  ForEachField(
      [](const FieldDescriptor& field) { EXPECT_EQ(field.json_name(), field.camelcase_name()) << field.full_name(); });
}

TEST(A2aProtoTest, MarksTheTwoOldOAuthFlowsAndNothingElseAsDeprecated) {
  std::vector<std::string> deprecated;
  ForEachField([&](const FieldDescriptor& field) {
    if (field.options().deprecated()) deprecated.emplace_back(field.full_name());
  });
  EXPECT_THAT(deprecated, ElementsAre("lf.a2a.v1.OAuthFlows.implicit", "lf.a2a.v1.OAuthFlows.password"));
}

}  // namespace
}  // namespace sluice
