// Whether an agent's tasks show a message that was sent before.
#include "server/translate/a2a_sent.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::translate {
namespace {

A2aSent Sent(const std::string& task_id, const std::string& context_id) {
  lf::a2a::v1::SendMessageRequest request;
  request.set_tenant("acme");
  request.mutable_message()->set_message_id("m-1");
  request.mutable_message()->set_task_id(task_id);
  request.mutable_message()->set_context_id(context_id);
  request.mutable_configuration()->set_history_length(3);
  return A2aSent(request.SerializeAsString());
}

lf::a2a::v1::Task TaskWith(const std::string& id, const std::vector<std::string>& messages,
                           lf::a2a::v1::Role role = lf::a2a::v1::ROLE_USER) {
  lf::a2a::v1::Task task;
  task.set_id(id);
  for (const std::string& message : messages) {
    task.add_history()->set_message_id(message);
    task.mutable_history()->rbegin()->set_role(role);
  }
  return task;
}

TEST(A2aSentTest, OfNoTaskAndNoContextCannotBeFound) {
  EXPECT_FALSE(Sent("", "").can_be_found());
  EXPECT_TRUE(Sent("t", "").can_be_found());
  EXPECT_TRUE(Sent("", "c").can_be_found());
}

TEST(A2aSentTest, AsksForItsTask) {
  const A2aSent sent = Sent("t-1", "c-1");
  EXPECT_EQ(sent.rpc(), "GetTask");
  lf::a2a::v1::GetTaskRequest question;
  ASSERT_TRUE(question.ParseFromString(sent.Question()));
  EXPECT_EQ(question.id(), "t-1");
  EXPECT_EQ(question.tenant(), "acme");
  EXPECT_EQ(question.history_length(), A2aSent::kHistory);
}

TEST(A2aSentTest, WithoutATaskForThoseOfItsContext) {
  const A2aSent sent = Sent("", "c-1");
  EXPECT_EQ(sent.rpc(), "ListTasks");
  lf::a2a::v1::ListTasksRequest question;
  ASSERT_TRUE(question.ParseFromString(sent.Question()));
  EXPECT_EQ(question.context_id(), "c-1");
  EXPECT_EQ(question.tenant(), "acme");
  EXPECT_FALSE(question.include_artifacts());
}

TEST(A2aSentTest, IsFoundByTheIdOfAUsersMessage) {
  const A2aSent sent = Sent("t-1", "");
  EXPECT_EQ(sent.FindIn(TaskWith("t-1", {"m-0", "m-1"}).SerializeAsString())->id(), "t-1");
  EXPECT_FALSE(sent.FindIn(TaskWith("t-1", {"m-0"}).SerializeAsString()));
  EXPECT_FALSE(sent.FindIn(TaskWith("t-1", {"m-1"}, lf::a2a::v1::ROLE_AGENT).SerializeAsString()))
      << "an agent's message may have any id";
  EXPECT_FALSE(sent.FindIn("\xff no message")) << "what cannot be read shows nothing";
}

TEST(A2aSentTest, IsFoundAmongManyTasks) {
  lf::a2a::v1::ListTasksResponse list;
  *list.add_tasks() = TaskWith("t-1", {"m-0"});
  *list.add_tasks() = TaskWith("t-2", {"m-1"});
  EXPECT_EQ(Sent("", "c-1").FindIn(list.SerializeAsString())->id(), "t-2");
}

TEST(A2aSentTest, TheTaskIsAskedForAsTheSendWanted) {
  lf::a2a::v1::GetTaskRequest request;
  ASSERT_TRUE(request.ParseFromString(Sent("", "c-1").TaskRequest("t-9")));
  EXPECT_EQ(request.id(), "t-9");
  EXPECT_EQ(request.history_length(), 3);
}

}  // namespace
}  // namespace sluice::translate
