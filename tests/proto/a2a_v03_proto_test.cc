// a2a/v1/a2a.proto against the published A2A 0.3 package: what exists, and where it is not A2A 1.0.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "a2a/v1/a2a.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "tests/proto/wire.h"

namespace sluice {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using testing::Mismatch;
using ::testing::UnorderedElementsAre;
using testing::WireField;
using testing::WireType;

const FileDescriptor& V03() { return *::a2a::v1::Task::descriptor()->file(); }
const FileDescriptor& V10() { return *lf::a2a::v1::Task::descriptor()->file(); }

TEST(A2aV03ProtoTest, HasTheMessagesEnumsAndRpcsOfTheProtocol) {
  EXPECT_EQ(V03().package(), "a2a.v1");
  EXPECT_EQ(V03().message_type_count(), 45);
  EXPECT_EQ(V03().enum_type_count(), 2);
  ASSERT_EQ(V03().service_count(), 1);
  EXPECT_EQ(V03().service(0)->full_name(), "a2a.v1.A2AService");
  EXPECT_EQ(V03().service(0)->method_count(), 10);
}

struct Rpc {
  std::string name, request, response;
  bool streaming = false;
  friend void PrintTo(const Rpc& row, std::ostream* os) { *os << row.name; }
};
class A2aV03RpcTest : public ::testing::TestWithParam<Rpc> {};

TEST_P(A2aV03RpcTest, TakesAndGivesWhatTheProtocolSays) {
  const MethodDescriptor* rpc = V03().service(0)->FindMethodByName(GetParam().name);
  ASSERT_NE(rpc, nullptr);
  EXPECT_EQ(rpc->input_type()->name(), GetParam().request);
  EXPECT_EQ(rpc->output_type()->name(), GetParam().response);
  EXPECT_EQ(rpc->server_streaming(), GetParam().streaming);
  EXPECT_FALSE(rpc->client_streaming());
}

INSTANTIATE_TEST_SUITE_P(
    Service, A2aV03RpcTest,
    ::testing::Values(Rpc{"SendMessage", "SendMessageRequest", "SendMessageResponse"},
                      Rpc{"SendStreamingMessage", "SendMessageRequest", "StreamResponse", /*streaming=*/true},
                      Rpc{"GetTask", "GetTaskRequest", "Task"}, Rpc{"CancelTask", "CancelTaskRequest", "Task"},
                      Rpc{"TaskSubscription", "TaskSubscriptionRequest", "StreamResponse", /*streaming=*/true},
                      Rpc{"CreateTaskPushNotificationConfig", "CreateTaskPushNotificationConfigRequest",
                          "TaskPushNotificationConfig"},
                      Rpc{"GetTaskPushNotificationConfig", "GetTaskPushNotificationConfigRequest",
                          "TaskPushNotificationConfig"},
                      Rpc{"ListTaskPushNotificationConfig", "ListTaskPushNotificationConfigRequest",
                          "ListTaskPushNotificationConfigResponse"},
                      Rpc{"GetAgentCard", "GetAgentCardRequest", "AgentCard"},
                      Rpc{"DeleteTaskPushNotificationConfig", "DeleteTaskPushNotificationConfigRequest", "Empty"}),
    [](const auto& row) { return row.param.name; });

class A2aV03FieldTest : public ::testing::TestWithParam<WireField> {};

TEST_P(A2aV03FieldTest, HasItsNumberAndType) { EXPECT_EQ(Mismatch(V03(), GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    NotAsIn10, A2aV03FieldTest,
    ::testing::Values(
        WireField{"SendMessageConfiguration", "push_notification", 2, "PushNotificationConfig"},
        WireField{"SendMessageConfiguration", "history_length", 3, "int32"},
        WireField{"SendMessageConfiguration", "blocking", 4, "bool"}, WireField{"TaskStatus", "update", 2, "Message"},
        WireField{"Part", "text", 1, "oneof part string"}, WireField{"Part", "file", 2, "oneof part FilePart"},
        WireField{"Part", "data", 3, "oneof part DataPart"}, WireField{"Part", "metadata", 4, "Struct"},
        WireField{"FilePart", "file_with_uri", 1, "oneof file string"},
        WireField{"FilePart", "file_with_bytes", 2, "oneof file bytes"},
        WireField{"FilePart", "mime_type", 3, "string"}, WireField{"FilePart", "name", 4, "string"},
        WireField{"DataPart", "data", 1, "Struct"}, WireField{"Message", "content", 5, "repeated Part"},
        WireField{"Artifact", "artifact_id", 1, "string"}, WireField{"Artifact", "name", 3, "string"},
        WireField{"Artifact", "description", 4, "string"}, WireField{"Artifact", "parts", 5, "repeated Part"},
        WireField{"Artifact", "metadata", 6, "Struct"}, WireField{"Artifact", "extensions", 7, "repeated string"},
        WireField{"TaskStatusUpdateEvent", "final", 4, "bool"},
        WireField{"TaskStatusUpdateEvent", "metadata", 5, "Struct"},
        WireField{"PushNotificationConfig", "id", 1, "string"}, WireField{"PushNotificationConfig", "url", 2, "string"},
        WireField{"PushNotificationConfig", "token", 3, "string"},
        WireField{"PushNotificationConfig", "authentication", 4, "AuthenticationInfo"},
        WireField{"AuthenticationInfo", "schemes", 1, "repeated string"},
        WireField{"AgentInterface", "transport", 2, "string"}, WireField{"AgentCard", "url", 3, "string"},
        WireField{"AgentCard", "provider", 4, "AgentProvider"}, WireField{"AgentCard", "version", 5, "string"},
        WireField{"AgentCard", "documentation_url", 6, "string"},
        WireField{"AgentCard", "security", 9, "repeated Security"},
        WireField{"AgentCard", "supports_authenticated_extended_card", 13, "bool"},
        WireField{"AgentCard", "preferred_transport", 14, "string"},
        WireField{"AgentCard", "additional_interfaces", 15, "repeated AgentInterface"},
        WireField{"AgentCard", "protocol_version", 16, "string"},
        WireField{"AgentCard", "signatures", 17, "repeated AgentCardSignature"},
        WireField{"AgentCard", "icon_url", 18, "string"}, WireField{"AgentCapabilities", "streaming", 1, "bool"},
        WireField{"AgentSkill", "security", 8, "repeated Security"},
        WireField{"Security", "schemes", 1, "map<string, StringList>"},
        WireField{"TaskPushNotificationConfig", "name", 1, "string"},
        WireField{"TaskPushNotificationConfig", "push_notification_config", 2, "PushNotificationConfig"},
        WireField{"SendMessageRequest", "request", 1, "Message"},
        WireField{"SendMessageRequest", "configuration", 2, "SendMessageConfiguration"},
        WireField{"SendMessageRequest", "metadata", 3, "Struct"}, WireField{"GetTaskRequest", "name", 1, "string"},
        WireField{"GetTaskRequest", "history_length", 2, "int32"},
        WireField{"CreateTaskPushNotificationConfigRequest", "parent", 1, "string"},
        WireField{"CreateTaskPushNotificationConfigRequest", "config_id", 2, "string"},
        WireField{"CreateTaskPushNotificationConfigRequest", "config", 3, "TaskPushNotificationConfig"},
        WireField{"ListTaskPushNotificationConfigRequest", "parent", 1, "string"},
        WireField{"ListTaskPushNotificationConfigRequest", "page_size", 2, "int32"},
        WireField{"ListTaskPushNotificationConfigRequest", "page_token", 3, "string"},
        WireField{"SendMessageResponse", "msg", 2, "oneof payload Message"},
        WireField{"StreamResponse", "msg", 2, "oneof payload Message"},
        WireField{"StreamResponse", "status_update", 3, "oneof payload TaskStatusUpdateEvent"},
        WireField{"StreamResponse", "artifact_update", 4, "oneof payload TaskArtifactUpdateEvent"}),
    [](const auto& row) { return row.param.message + "_" + row.param.field; });

class A2aV03SameMessageTest : public ::testing::TestWithParam<std::string> {};

TEST_P(A2aV03SameMessageTest, HasTheFieldsOf10) {
  const Descriptor* now = V03().FindMessageTypeByName(GetParam());
  const Descriptor* later = V10().FindMessageTypeByName(GetParam());
  ASSERT_NE(now, nullptr);
  ASSERT_NE(later, nullptr);
  ASSERT_EQ(now->field_count(), later->field_count());
  for (int f = 0; f < later->field_count(); ++f) {
    const FieldDescriptor& field = *later->field(f);
    EXPECT_EQ(Mismatch(V03(), {GetParam(), std::string(field.name()), field.number(), WireType(field)}), "")
        << field.name();
  }
}

INSTANTIATE_TEST_SUITE_P(AsIn10, A2aV03SameMessageTest,
                         ::testing::Values("Task", "TaskArtifactUpdateEvent", "AgentProvider", "AgentExtension",
                                           "AgentCardSignature", "StringList", "SecurityScheme", "APIKeySecurityScheme",
                                           "HTTPAuthSecurityScheme", "OAuth2SecurityScheme",
                                           "OpenIdConnectSecurityScheme", "MutualTlsSecurityScheme",
                                           "ClientCredentialsOAuthFlow", "ImplicitOAuthFlow", "PasswordOAuthFlow"),
                         [](const auto& row) { return row.param; });

TEST(A2aV03ProtoTest, SpellsOneEnumValueDifferently) {
  const auto& now = *::a2a::v1::TaskState_descriptor();
  const auto& later = *lf::a2a::v1::TaskState_descriptor();
  ASSERT_EQ(now.value_count(), later.value_count());
  for (int number = 0; number < later.value_count(); ++number) {
    const std::string name(now.FindValueByNumber(number)->name());
    EXPECT_EQ(name, number == 5 ? "TASK_STATE_CANCELLED" : later.FindValueByNumber(number)->name());
  }
  EXPECT_EQ(::a2a::v1::Role_descriptor()->DebugString(), lf::a2a::v1::Role_descriptor()->DebugString());
}

TEST(A2aV03ProtoTest, NamesFourFieldsMessageInJson) {
  std::vector<std::string> renamed;
  for (int m = 0; m < V03().message_type_count(); ++m) {
    for (int f = 0; f < V03().message_type(m)->field_count(); ++f) {
      const FieldDescriptor& field = *V03().message_type(m)->field(f);
      if (field.json_name() != field.camelcase_name()) {
        renamed.push_back(std::string(field.full_name()) + "=" + std::string(field.json_name()));
      }
    }
  }
  EXPECT_THAT(renamed, UnorderedElementsAre("a2a.v1.SendMessageRequest.request=message",
                                            "a2a.v1.SendMessageResponse.msg=message",
                                            "a2a.v1.StreamResponse.msg=message", "a2a.v1.TaskStatus.update=message"));
}

}  // namespace
}  // namespace sluice
