// A unary call gives one answer, and the agent's errors come back as gRPC statuses with the agent's own reason.
#include <gtest/gtest.h>

#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

class UnaryTest : public ::testing::Test {
 protected:
  // Sends `text`, waits for its end and gives the task.
  lf::a2a::v1::Task Send(const std::string& text) {
    lf::a2a::v1::SendMessageResponse response;
    const grpc::Status status = stub_->SendMessage(NewContext().get(), TextRequest(text), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.task();
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> stub_ = gateway_.A2a();
};

TEST_F(UnaryTest, SendMessageGivesTheFinishedTask) {
  const lf::a2a::v1::Task task = Send("hello there");
  EXPECT_EQ(task.status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  ASSERT_FALSE(task.artifacts().empty());
  EXPECT_NE(task.artifacts(0).parts(0).text().find("hello there"), std::string::npos);
}

TEST_F(UnaryTest, SendMessageGivesABareMessage) {
  lf::a2a::v1::SendMessageResponse response;
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), TextRequest("message"), &response).ok());
  EXPECT_TRUE(response.has_message());
}

TEST_F(UnaryTest, GetTaskGivesATaskAndNotFoundForAnUnknownOne) {
  const std::string id = Send("hello").id();
  lf::a2a::v1::GetTaskRequest request;
  lf::a2a::v1::Task task;
  request.set_id(id);
  ASSERT_TRUE(stub_->GetTask(NewContext().get(), request, &task).ok());
  EXPECT_EQ(task.id(), id);

  request.set_id("no-such-task");
  const grpc::Status status = stub_->GetTask(NewContext().get(), request, &task);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "TASK_NOT_FOUND");
  EXPECT_EQ(ErrorInfoOf(status).domain(), "a2a-protocol.org");
}

TEST_F(UnaryTest, ListTasksGivesPages) {
  for (int i = 0; i < 3; ++i) Send("hello");
  lf::a2a::v1::ListTasksRequest request;
  request.set_page_size(2);
  lf::a2a::v1::ListTasksResponse response;
  ASSERT_TRUE(stub_->ListTasks(NewContext().get(), request, &response).ok());
  EXPECT_EQ(response.tasks_size(), 2);
  EXPECT_EQ(response.total_size(), 3);
  request.set_page_token(response.next_page_token());
  ASSERT_TRUE(stub_->ListTasks(NewContext().get(), request, &response).ok());
  EXPECT_EQ(response.tasks_size(), 1);
  EXPECT_EQ(response.next_page_token(), "");
}

TEST_F(UnaryTest, CancelTaskOfAnEndedTaskSaysThatItCannotBeCancelled) {
  lf::a2a::v1::CancelTaskRequest request;
  request.set_id(Send("hello").id());
  lf::a2a::v1::Task task;
  const grpc::Status status = stub_->CancelTask(NewContext().get(), request, &task);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "TASK_NOT_CANCELABLE");
}

TEST_F(UnaryTest, PushConfigsAreCreatedReadListedAndDeleted) {
  const std::string id = Send("hello").id();
  lf::a2a::v1::TaskPushNotificationConfig config;
  config.set_task_id(id);
  config.set_url("https://example.com/hook");
  lf::a2a::v1::TaskPushNotificationConfig created;
  ASSERT_TRUE(stub_->CreateTaskPushNotificationConfig(NewContext().get(), config, &created).ok());

  lf::a2a::v1::GetTaskPushNotificationConfigRequest get;
  get.set_task_id(id);
  get.set_id(created.id());
  lf::a2a::v1::TaskPushNotificationConfig got;
  ASSERT_TRUE(stub_->GetTaskPushNotificationConfig(NewContext().get(), get, &got).ok());
  EXPECT_EQ(got.url(), config.url());

  lf::a2a::v1::ListTaskPushNotificationConfigsRequest list;
  list.set_task_id(id);
  lf::a2a::v1::ListTaskPushNotificationConfigsResponse listed;
  ASSERT_TRUE(stub_->ListTaskPushNotificationConfigs(NewContext().get(), list, &listed).ok());
  EXPECT_EQ(listed.configs_size(), 1);

  lf::a2a::v1::DeleteTaskPushNotificationConfigRequest remove;
  remove.set_task_id(id);
  remove.set_id(created.id());
  google::protobuf::Empty empty;
  ASSERT_TRUE(stub_->DeleteTaskPushNotificationConfig(NewContext().get(), remove, &empty).ok());
  ASSERT_TRUE(stub_->ListTaskPushNotificationConfigs(NewContext().get(), list, &listed).ok());
  EXPECT_EQ(listed.configs_size(), 0);
}

TEST_F(UnaryTest, ExtendedAgentCardComesThrough) {
  lf::a2a::v1::AgentCard card;
  ASSERT_TRUE(stub_->GetExtendedAgentCard(NewContext().get(), {}, &card).ok());
  EXPECT_FALSE(card.name().empty());
  EXPECT_TRUE(card.capabilities().streaming());
}

TEST_F(UnaryTest, AnotherMajorVersionIsRefusedByNameAndItsAbsenceIsFine) {
  auto context = NewContext();
  context->AddMetadata("a2a-version", "99.0");
  lf::a2a::v1::AgentCard card;
  const grpc::Status status = stub_->GetExtendedAgentCard(context.get(), {}, &card);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "VERSION_NOT_SUPPORTED");

  auto same = NewContext();
  same->AddMetadata("a2a-version", "1.0");
  EXPECT_TRUE(stub_->GetExtendedAgentCard(same.get(), {}, &card).ok());
}

TEST_F(UnaryTest, AMissingFieldIsNamedAndTheAgentIsNotAsked) {
  lf::a2a::v1::Task task;
  const grpc::Status status = stub_->GetTask(NewContext().get(), {}, &task);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("id"), std::string::npos) << status.error_message();
  EXPECT_EQ(agent_->stats().requests.count("GetTask"), 0u);
}

}  // namespace
}  // namespace sluice::testing
