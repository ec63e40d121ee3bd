// google.rpc, grpc.health.v1, grpc.reflection and sluice.v1 as the wire sees them: numbers that peers rely on and that
// must never change.
#include <gtest/gtest.h>

#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "sluice/v1/conversation.pb.h"
#include "sluice/v1/gateway.pb.h"
#include "tests/proto/wire.h"

namespace sluice {
namespace {

using testing::Mismatch;
using testing::WireField;

void ExpectFields(const google::protobuf::FileDescriptor& file, const std::vector<WireField>& fields) {
  for (const WireField& row : fields) EXPECT_EQ(Mismatch(file, row), "") << row.message << "." << row.field;
}

TEST(GoogleRpcProtoTest, HasTheNumbersOfTheErrorModel) {
  EXPECT_EQ(google::rpc::Status::descriptor()->full_name(), "google.rpc.Status");
  const std::vector<WireField> status = {
      {"Status", "code", 1, "int32"},
      {"Status", "message", 2, "string"},
      {"Status", "details", 3, "repeated Any"},
  };
  ExpectFields(*google::rpc::Status::descriptor()->file(), status);
  const std::vector<WireField> details = {
      {"ErrorInfo", "reason", 1, "string"},
      {"ErrorInfo", "domain", 2, "string"},
      {"ErrorInfo", "metadata", 3, "map<string, string>"},
      {"RetryInfo", "retry_delay", 1, "Duration"},
      {"BadRequest", "field_violations", 1, "repeated FieldViolation"},
  };
  ExpectFields(*google::rpc::ErrorInfo::descriptor()->file(), details);
}

TEST(GoogleRpcProtoTest, NamesTheFieldOfAViolationFirst) {
  const auto& violation = *google::rpc::BadRequest::FieldViolation::descriptor();
  EXPECT_EQ(violation.full_name(), "google.rpc.BadRequest.FieldViolation");
  EXPECT_EQ(violation.FindFieldByNumber(1)->name(), "field");
  EXPECT_EQ(violation.FindFieldByNumber(2)->name(), "description");
}

TEST(HealthProtoTest, IsTheHealthCheckingProtocol) {
  const auto& file = *grpc::health::v1::HealthCheckRequest::descriptor()->file();
  ExpectFields(file, {
                         {"HealthCheckRequest", "service", 1, "string"},
                         {"HealthCheckResponse", "status", 1, "ServingStatus"},
                     });
  EXPECT_EQ(grpc::health::v1::HealthCheckResponse::UNKNOWN, 0);
  EXPECT_EQ(grpc::health::v1::HealthCheckResponse::SERVING, 1);
  EXPECT_EQ(grpc::health::v1::HealthCheckResponse::NOT_SERVING, 2);
  EXPECT_EQ(grpc::health::v1::HealthCheckResponse::SERVICE_UNKNOWN, 3);
  ASSERT_EQ(file.service_count(), 1);
  EXPECT_EQ(file.service(0)->full_name(), "grpc.health.v1.Health");
  ASSERT_EQ(file.service(0)->method_count(), 2);
  EXPECT_FALSE(file.service(0)->FindMethodByName("Check")->server_streaming());
  EXPECT_TRUE(file.service(0)->FindMethodByName("Watch")->server_streaming());
}

TEST(ReflectionProtoTest, IsTheReflectionProtocolInBothVersions) {
  const std::vector<WireField> fields = {
      {"ServerReflectionRequest", "host", 1, "string"},
      {"ServerReflectionRequest", "file_by_filename", 3, "oneof message_request string"},
      {"ServerReflectionRequest", "file_containing_symbol", 4, "oneof message_request string"},
      {"ServerReflectionRequest", "file_containing_extension", 5, "oneof message_request ExtensionRequest"},
      {"ServerReflectionRequest", "all_extension_numbers_of_type", 6, "oneof message_request string"},
      {"ServerReflectionRequest", "list_services", 7, "oneof message_request string"},
      {"ExtensionRequest", "containing_type", 1, "string"},
      {"ExtensionRequest", "extension_number", 2, "int32"},
      {"ServerReflectionResponse", "valid_host", 1, "string"},
      {"ServerReflectionResponse", "original_request", 2, "ServerReflectionRequest"},
      {"ServerReflectionResponse", "file_descriptor_response", 4, "oneof message_response FileDescriptorResponse"},
      {"ServerReflectionResponse", "all_extension_numbers_response", 5,
       "oneof message_response ExtensionNumberResponse"},
      {"ServerReflectionResponse", "list_services_response", 6, "oneof message_response ListServiceResponse"},
      {"ServerReflectionResponse", "error_response", 7, "oneof message_response ErrorResponse"},
      {"FileDescriptorResponse", "file_descriptor_proto", 1, "repeated bytes"},
      {"ExtensionNumberResponse", "base_type_name", 1, "string"},
      {"ExtensionNumberResponse", "extension_number", 2, "repeated int32"},
      {"ListServiceResponse", "service", 1, "repeated ServiceResponse"},
      {"ServiceResponse", "name", 1, "string"},
      {"ErrorResponse", "error_code", 1, "int32"},
      {"ErrorResponse", "error_message", 2, "string"},
  };
  for (const auto* file : {grpc::reflection::v1::ErrorResponse::descriptor()->file(),
                           grpc::reflection::v1alpha::ErrorResponse::descriptor()->file()}) {
    ExpectFields(*file, fields);
    ASSERT_EQ(file->service_count(), 1);
    EXPECT_EQ(std::string(file->service(0)->full_name()), std::string(file->package()) + ".ServerReflection");
    const auto* info = file->service(0)->FindMethodByName("ServerReflectionInfo");
    ASSERT_NE(info, nullptr);
    EXPECT_TRUE(info->client_streaming());
    EXPECT_TRUE(info->server_streaming());
  }
}

TEST(GatewayProtoTest, KeepsTheNumbersOfItsFrames) {
  const std::vector<WireField> frames = {
      {"SessionRequest", "open", 1, "oneof frame Open"},
      {"SessionRequest", "message", 2, "oneof frame ClientMessage"},
      {"SessionRequest", "cancel", 3, "oneof frame Cancel"},
      {"SessionResponse", "opened", 1, "oneof frame Opened"},
      {"SessionResponse", "message", 2, "oneof frame ServerMessage"},
      {"SessionResponse", "ended", 3, "oneof frame Ended"},
      {"SessionResponse", "heartbeat", 4, "oneof frame Heartbeat"},
      {"SessionResponse", "draining", 5, "oneof frame Draining"},
      {"SessionResponse", "negotiated", 6, "oneof frame Negotiated"},
      {"Open", "upstream", 1, "string"},
      {"Open", "headers", 2, "map<string, string>"},
      {"Open", "on_cancel", 3, "CancelPolicy"},
      {"Open", "resume_token", 4, "bytes"},
      {"ClientMessage", "json", 1, "bytes"},
      {"Cancel", "id", 1, "bytes"},
      {"Opened", "upstream", 1, "string"},
      {"Opened", "kind", 2, "string"},
      {"Opened", "era", 3, "string"},
      {"Negotiated", "era", 1, "string"},
      {"Negotiated", "protocol_version", 2, "string"},
      {"Negotiated", "session_id", 3, "string"},
      {"Negotiated", "resume_token", 4, "bytes"},
      {"ServerMessage", "json", 1, "bytes"},
      {"ServerMessage", "request_id", 2, "bytes"},
      {"ServerMessage", "event_id", 3, "string"},
      {"ServerMessage", "sequence", 4, "uint64"},
      {"Ended", "request_id", 1, "bytes"},
      {"Ended", "status", 2, "Status"},
      {"Ended", "frame", 3, "uint64"},
      {"Draining", "time_left", 1, "Duration"},
      {"Draining", "resume_token", 2, "bytes"},
      {"StreamRequest", "upstream", 1, "string"},
      {"StreamRequest", "path", 2, "string"},
      {"StreamRequest", "method", 3, "string"},
      {"StreamRequest", "headers", 4, "map<string, string>"},
      {"StreamRequest", "body", 5, "bytes"},
      {"StreamRequest", "last_event_id", 6, "string"},
      {"StreamResponse", "head", 1, "oneof frame Head"},
      {"StreamResponse", "event", 2, "oneof frame Event"},
      {"StreamResponse", "body", 3, "oneof frame Body"},
      {"StreamResponse", "heartbeat", 4, "oneof frame Heartbeat"},
      {"Head", "status", 1, "int32"},
      {"Head", "headers", 2, "repeated HeaderField"},
      {"HeaderField", "name", 1, "string"},
      {"HeaderField", "value", 2, "string"},
      {"Event", "type", 1, "string"},
      {"Event", "data", 2, "bytes"},
      {"Event", "id", 3, "string"},
      {"Event", "retry", 4, "Duration"},
      {"Event", "sequence", 5, "uint64"},
      {"Body", "data", 1, "bytes"},
      {"ListUpstreamsResponse", "upstreams", 1, "repeated UpstreamInfo"},
      {"UpstreamInfo", "name", 1, "string"},
      {"UpstreamInfo", "kind", 2, "string"},
      {"UpstreamInfo", "dialect", 3, "string"},
      {"UpstreamInfo", "reachable", 4, "bool"},
      {"UpstreamInfo", "card_known", 5, "bool"},
      {"UpstreamInfo", "agent_name", 6, "string"},
      {"UpstreamInfo", "description", 7, "string"},
  };
  ExpectFields(*v1::Open::descriptor()->file(), frames);
}

TEST(ConversationProtoTest, KeepsTheNumbersOfItsFrames) {
  const std::vector<WireField> frames = {
      {"ConverseRequest", "request_id", 1, "string"},
      {"ConverseRequest", "send", 2, "oneof frame SendMessageRequest"},
      {"ConverseRequest", "subscribe", 3, "oneof frame SubscribeToTaskRequest"},
      {"ConverseRequest", "cancel_task", 4, "oneof frame CancelTaskRequest"},
      {"ConverseRequest", "close", 5, "oneof frame Close"},
      {"ConverseResponse", "request_id", 1, "string"},
      {"ConverseResponse", "sequence", 2, "uint64"},
      {"ConverseResponse", "event", 3, "oneof frame StreamResponse"},
      {"ConverseResponse", "task", 4, "oneof frame Task"},
      {"ConverseResponse", "ended", 5, "oneof frame RequestEnded"},
      {"ConverseResponse", "heartbeat", 6, "oneof frame Heartbeat"},
      {"ConverseResponse", "draining", 7, "oneof frame Draining"},
      {"RequestEnded", "status", 1, "Status"},
      {"RequestEnded", "task_id", 2, "string"},
      {"RequestEnded", "context_id", 3, "string"},
      {"RequestEnded", "last_state", 4, "TaskState"},
      {"RequestEnded", "frame", 5, "uint64"},
  };
  ExpectFields(*v1::ConverseRequest::descriptor()->file(), frames);
}

TEST(ConversationProtoTest, AConversationStreamsBothWays) {
  const auto* converse = v1::ConverseRequest::descriptor()->file()->service(0)->FindMethodByName("Converse");
  ASSERT_NE(converse, nullptr);
  EXPECT_EQ(converse->full_name(), "sluice.v1.Conversation.Converse");
  EXPECT_TRUE(converse->client_streaming());
  EXPECT_TRUE(converse->server_streaming());
}

TEST(GatewayProtoTest, AStreamAnswersOneRequestWithMany) {
  const auto* stream = v1::Open::descriptor()->file()->service(0)->FindMethodByName("Stream");
  ASSERT_NE(stream, nullptr);
  EXPECT_FALSE(stream->client_streaming());
  EXPECT_TRUE(stream->server_streaming());
}

TEST(GatewayProtoTest, ASessionStreamsBothWays) {
  const auto* session = v1::Open::descriptor()->file()->service(0)->FindMethodByName("Session");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->full_name(), "sluice.v1.Gateway.Session");
  EXPECT_TRUE(session->client_streaming());
  EXPECT_TRUE(session->server_streaming());
}

}  // namespace
}  // namespace sluice
