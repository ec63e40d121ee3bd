// Every method and every script word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "client/agent/task_methods.h"
#include "tests/agent/site_fixture.h"

namespace sluice::agent {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

using MethodsTest = SiteFixture;

TEST_F(MethodsTest, SendMessageAnswersTheTaskOnceItHasEnded) {
  const json::value result = Result("SendMessage", Params("hello"));
  EXPECT_EQ(StateOf(result.at("task")), "TASK_STATE_COMPLETED");
  EXPECT_EQ(json::serialize(result.at("task").at("artifacts").at(0).at("parts")), R"([{"text":"hello"}])");
  EXPECT_EQ(result.at("task").at("history").at(0).at("messageId"), "m");
}

TEST_F(MethodsTest, SendMessageWaitsForTheTask) {
  SiteAnswer answer = Ask("SendMessage", Params("slow 2 10"));
  EXPECT_EQ(Ready(answer), "");
  Pass(10);
  EXPECT_EQ(Ready(answer), "");
  Pass(10);
  EXPECT_EQ(StateOf(json::parse(Ready(answer)).at("result").at("task")), "TASK_STATE_COMPLETED");
}

TEST_F(MethodsTest, SendMessageDoesNotWaitIfToldSo) { EXPECT_EQ(StateOf(Start("silent 1000")), "TASK_STATE_WORKING"); }

TEST_F(MethodsTest, EachWordEndsAsItSays) {
  for (const auto& [word, state] :
       {std::pair("fail", "TASK_STATE_FAILED"), std::pair("reject", "TASK_STATE_REJECTED"),
        std::pair("ask", "TASK_STATE_INPUT_REQUIRED"), std::pair("big 1", "TASK_STATE_COMPLETED")}) {
    EXPECT_EQ(StateOf(Result("SendMessage", Params(word)).at("task")), state) << word;
  }
}

TEST_F(MethodsTest, MessageAnswersABareMessage) {
  const json::value result = Result("SendMessage", Params("message"));
  EXPECT_EQ(result.at("message").at("role"), "ROLE_AGENT");
  EXPECT_FALSE(result.as_object().contains("task"));
}

TEST_F(MethodsTest, AStreamOfABareMessageIsOneEvent) {
  SiteAnswer answer = Ask("SendStreamingMessage", Params("message"));
  EXPECT_EQ(Ready(answer).rfind(R"(data: {"jsonrpc":"2.0","id":1,"result":{"message":)", 0), 0u);
}

TEST_F(MethodsTest, AnEchoGivesBackEveryPartAsItCame) {
  const std::string parts = R"([{"data":{"n":[1,null]}},{"raw":"AAE=","mediaType":"image/png"},{"text":"\"é\n"}])";
  const json::value result =
      Result("SendMessage", R"({"message":{"messageId":"m","role":"ROLE_USER","parts":)" + parts + "}}");
  EXPECT_EQ(result.at("task").at("artifacts").at(0).at("parts"), json::parse(parts));
}

TEST_F(MethodsTest, AStreamBeginsWithTheTaskBeforeItsFirstEvent) {
  SiteAnswer answer = Ask("SendStreamingMessage", Params("slow 3 0"));
  const std::string text = Ready(answer);
  const json::value first = json::parse(text.substr(6, text.find("\n\n") - 6));
  EXPECT_EQ(StateOf(first.at("result").at("task")), "TASK_STATE_WORKING");
  EXPECT_FALSE(first.at("result").at("task").as_object().contains("artifacts"));
  EXPECT_THAT(text, HasSubstr("chunk 3 of 3"));
}

TEST_F(MethodsTest, AFollowUpGoesOnToCompleted) {
  const json::object asked = Start("ask");
  EXPECT_EQ(asked.at("status").at("message").at("role"), "ROLE_AGENT");
  const json::value result = Result("SendMessage", Params("blue", R"(,"taskId":")" + IdOf(asked) + "\""));
  EXPECT_EQ(result.at("task").at("id"), asked.at("id"));
  EXPECT_EQ(result.at("task").at("contextId"), asked.at("contextId"));
  EXPECT_EQ(StateOf(result.at("task")), "TASK_STATE_COMPLETED");
}

TEST_F(MethodsTest, AMessageToAWorkingTaskJoinsItsHistory) {
  const std::string id = IdOf(Start("slow 2 10"));
  Pass(10);
  SiteAnswer answer = Ask("SendStreamingMessage", Params("more", R"(,"taskId":")" + id + "\""));
  EXPECT_THAT(Ready(answer), HasSubstr("more"));
  Pass(10);
  EXPECT_THAT(Ready(answer), HasSubstr("chunk 2 of 2"));
}

TEST_F(MethodsTest, AMessageToAnEndedTaskIsUnsupported) {
  const std::string id = IdOf(Start("fail"));
  ExpectError(Ask("SendMessage", Params("x", R"(,"taskId":")" + id + "\"")), -32004, "UNSUPPORTED_OPERATION");
}

TEST_F(MethodsTest, AMessageToAnUnknownTaskIsNotFound) {
  ExpectError(Ask("SendMessage", Params("x", R"(,"taskId":"nope")")), -32001, "TASK_NOT_FOUND", "nope");
}

TEST_F(MethodsTest, AFollowUpInAnotherContextIsRefused) {
  const std::string id = IdOf(Start("ask"));
  ExpectError(Ask("SendMessage", Params("x", R"(,"contextId":"other","taskId":")" + id + "\"")), -32602,
              "INVALID_PARAMS", "message.contextId");
}

TEST_F(MethodsTest, BadParamsNameTheField) {
  for (const auto& [params, field] : {
           std::pair(R"({})", "message"),
           std::pair(R"({"message":7})", "message"),
           std::pair(R"({"message":{"role":"ROLE_USER","parts":[{"text":"x"}]}})", "message.messageId"),
           std::pair(R"({"message":{"messageId":"","role":"ROLE_USER","parts":[{"text":"x"}]}})", "message.messageId"),
           std::pair(R"({"message":{"messageId":"m","role":"user","parts":[{"text":"x"}]}})", "message.role"),
           std::pair(R"({"message":{"messageId":"m","role":"ROLE_USER"}})", "message.parts"),
           std::pair(R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[]}})", "message.parts"),
           std::pair(R"({"message":{"messageId":"m","role":"ROLE_USER","parts":["x"]}})", "message.parts[0]"),
           std::pair(R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":7}]}})", "message.parts[0]"),
           std::pair(R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":"slow 99999999 0"}]}})",
                     "slow: N"),
       }) {
    ExpectError(Ask("SendMessage", params), -32602, "INVALID_PARAMS", field);
  }
  for (const auto& [configuration, field] : {
           std::pair(R"({"historyLength":-1})", "configuration.historyLength"),
           std::pair(R"({"returnImmediately":"yes"})", "configuration.returnImmediately"),
           std::pair(R"({"taskPushNotificationConfig":{}})", "configuration.taskPushNotificationConfig.url"),
       }) {
    const std::string more = std::string(R"(,"configuration":)") + configuration;
    ExpectError(Ask("SendMessage", Params("x", "", more)), -32602, "INVALID_PARAMS", field);
  }
  EXPECT_EQ(site_.store().size(), 0u) << "what is refused leaves no task behind";
}

TEST_F(MethodsTest, ReadersTakeProtoNamesAndNumbers) {
  const json::value result =
      Result("SendMessage", R"({"message":{"message_id":"m","context_id":"c","role":1,"parts":[{"text":"x"}]},)"
                            R"("configuration":{"history_length":"0"}})");
  EXPECT_EQ(result.at("task").at("contextId"), "c");
  EXPECT_FALSE(result.at("task").as_object().contains("history"));
}

TEST_F(MethodsTest, GetTaskShowsTheTaskAsItStands) {
  const std::string id = IdOf(Start("slow 3 10"));
  Pass(20);
  const json::value task = Result("GetTask", WithId(id));
  EXPECT_EQ(StateOf(task), "TASK_STATE_WORKING");
  EXPECT_EQ(task.at("artifacts").at(0).at("parts").as_array().size(), 2u);
  EXPECT_EQ(task.at("history").as_array().size(), 1u);
  const json::value bare = Result("GetTask", R"({"historyLength":0,"id":")" + id + "\"}");
  EXPECT_FALSE(bare.as_object().contains("history"));
}

TEST_F(MethodsTest, UnknownTasksAreNotFoundByEveryMethod) {
  for (const std::string method : {"GetTask", "CancelTask", "SubscribeToTask"}) {
    ExpectError(Ask(method, WithId("nope")), -32001, "TASK_NOT_FOUND", "nope");
    ExpectError(Ask(method, "{}"), -32602, "INVALID_PARAMS", "id");
  }
  for (const std::string method : {"CreateTaskPushNotificationConfig", "GetTaskPushNotificationConfig",
                                   "ListTaskPushNotificationConfigs", "DeleteTaskPushNotificationConfig"}) {
    ExpectError(Ask(method, R"({"taskId":"nope","id":"1","url":"http://x/"})"), -32001, "TASK_NOT_FOUND", "nope");
  }
}

TEST_F(MethodsTest, CancelTaskEndsTheTaskAndItsStreams) {
  SiteAnswer stream = Ask("SendStreamingMessage", Params("slow 9 10", R"(,"contextId":"c")"));
  const std::string first = Ready(stream);
  const std::string id = Text(json::parse(first.substr(6)).at("result").at("task").at("id"));
  EXPECT_EQ(StateOf(Result("CancelTask", WithId(id))), "TASK_STATE_CANCELED");
  EXPECT_THAT(Ready(stream), HasSubstr("TASK_STATE_CANCELED"));
  ExpectError(Ask("CancelTask", WithId(id)), -32002, "TASK_NOT_CANCELABLE");
}

TEST_F(MethodsTest, CancelTaskEndsATaskThatWaitsForInput) {
  const std::string id = IdOf(Start("ask"));
  SiteAnswer stream = Ask("SubscribeToTask", WithId(id));
  Ready(stream);
  EXPECT_EQ(StateOf(Result("CancelTask", WithId(id))), "TASK_STATE_CANCELED");
  EXPECT_THAT(Ready(stream), HasSubstr("TASK_STATE_CANCELED"));
}

TEST_F(MethodsTest, SubscribeToTaskShowsTheTaskAndThenWhatComes) {
  const std::string id = IdOf(Start("slow 3 10"));
  Pass(10);
  SiteAnswer stream = Ask("SubscribeToTask", WithId(id));
  const std::string first = Ready(stream);
  EXPECT_EQ(first.rfind(R"(data: {"jsonrpc":"2.0","id":1,"result":{"task":)", 0), 0u);
  EXPECT_THAT(first, HasSubstr("chunk 1 of 3"));
  Pass(10);
  EXPECT_THAT(Ready(stream), HasSubstr("chunk 2 of 3"));
  Pass(10);
  EXPECT_THAT(Ready(stream), HasSubstr("TASK_STATE_COMPLETED"));
  ExpectError(Ask("SubscribeToTask", WithId(id)), -32004, "UNSUPPORTED_OPERATION");
}

TEST_F(MethodsTest, ListTasksAlwaysHasItsFourMembers) {
  const json::value empty = Result("ListTasks", "{}");
  EXPECT_EQ(json::serialize(empty), R"({"tasks":[],"nextPageToken":"","pageSize":50,"totalSize":0})");
}

TEST_F(MethodsTest, ListTasksPagesAndFilters) {
  for (const std::string text : {"one", "ask", "silent 1000"}) {
    Pass(1);
    Start(text, R"(,"contextId":"c")");
  }
  const json::value first = Result("ListTasks", R"({"pageSize":2,"contextId":"c"})");
  EXPECT_EQ(first.at("totalSize"), 3);
  EXPECT_EQ(StateOf(first.at("tasks").at(0)), "TASK_STATE_WORKING");
  EXPECT_EQ(StateOf(first.at("tasks").at(1)), "TASK_STATE_INPUT_REQUIRED");
  const json::value second = Result(
      "ListTasks", R"({"pageSize":2,"contextId":"c","pageToken":)" + json::serialize(first.at("nextPageToken")) + "}");
  ASSERT_EQ(second.at("tasks").as_array().size(), 1u);
  EXPECT_EQ(second.at("nextPageToken"), "");
  EXPECT_FALSE(second.at("tasks").at(0).as_object().contains("artifacts"));

  const json::value done = Result("ListTasks", R"({"status":"TASK_STATE_COMPLETED","includeArtifacts":true})");
  ASSERT_EQ(done.at("tasks").as_array().size(), 1u);
  EXPECT_TRUE(done.at("tasks").at(0).as_object().contains("artifacts"));
  EXPECT_EQ(Result("ListTasks", R"({"status":3})").at("totalSize"), 1);
  EXPECT_EQ(Result("ListTasks", R"({"status":"TASK_STATE_UNSPECIFIED"})").at("totalSize"), 3);
  EXPECT_EQ(Result("ListTasks", R"({"contextId":"other"})").at("totalSize"), 0);
  const std::string time = Text(first.at("tasks").at(1).at("status").at("timestamp"));
  EXPECT_EQ(Result("ListTasks", R"({"statusTimestampAfter":")" + time + "\"}").at("totalSize"), 2);
}

TEST_F(MethodsTest, APageOfLargeTasksEndsEarlyAndGoesOn) {
  for (int i = 0; i < 4; ++i) Start("size 10 0 1048576");
  std::size_t shown = 0;
  std::string token;
  do {
    const json::value page = Result("ListTasks", R"({"includeArtifacts":true,"pageToken":")" + token + "\"}");
    EXPECT_EQ(page.at("totalSize"), 4);
    EXPECT_EQ(page.at("tasks").as_array().size(), 2u);
    shown += page.at("tasks").as_array().size();
    token = Text(page.at("nextPageToken"));
  } while (!token.empty() && shown < 10);
  EXPECT_EQ(shown, 4u);
}

TEST_F(MethodsTest, ListTasksRefusesWhatDoesNotFit) {
  for (const auto& [params, field] :
       {std::pair(R"({"pageSize":0})", "pageSize"), std::pair(R"({"pageSize":101})", "pageSize"),
        std::pair(R"({"pageToken":"x"})", "pageToken"), std::pair(R"({"status":"working"})", "status"),
        std::pair(R"({"statusTimestampAfter":"yesterday"})", "statusTimestampAfter")}) {
    ExpectError(Ask("ListTasks", params), -32602, "INVALID_PARAMS", field);
  }
}

TEST_F(MethodsTest, PushConfigsAreKeptPerTask) {
  const std::string task = IdOf(Start("ask"));
  const std::string with_task = R"("taskId":")" + task + "\"";
  const json::value made = Result("CreateTaskPushNotificationConfig",
                                  "{" + with_task + R"(,"url":"http://hook/","authentication":{"scheme":"Bearer"}})");
  const std::string id = Text(made.at("id"));
  EXPECT_FALSE(id.empty());
  EXPECT_EQ(made.at("taskId"), json::string(task));
  const std::string both = "{" + with_task + R"(,"id":")" + id + "\"}";
  EXPECT_EQ(Result("GetTaskPushNotificationConfig", both), made);
  EXPECT_EQ(Result("ListTaskPushNotificationConfigs", "{" + with_task + "}").at("configs").at(0), made);
  EXPECT_TRUE(Result("DeleteTaskPushNotificationConfig", both).is_null());
  EXPECT_TRUE(Result("DeleteTaskPushNotificationConfig", both).is_null()) << "deleting again is fine";
  ExpectError(Ask("GetTaskPushNotificationConfig", both), -32001, "TASK_NOT_FOUND", id);
  EXPECT_TRUE(Result("ListTaskPushNotificationConfigs", "{" + with_task + "}").at("configs").as_array().empty());
}

TEST_F(MethodsTest, APushConfigMayComeWithTheMessage) {
  const json::value result =
      Result("SendMessage",
             Params("x", "", R"(,"configuration":{"taskPushNotificationConfig":{"id":"hook","url":"http://hook/"}})"));
  const json::value configs =
      Result("ListTaskPushNotificationConfigs", WithTaskId(Text(result.at("task").at("id")))).at("configs");
  ASSERT_EQ(configs.as_array().size(), 1u);
  EXPECT_EQ(configs.at(0).at("id"), "hook");
}

TEST_F(MethodsTest, PushConfigsOfOneTaskAreBounded) {
  const std::string params = R"({"url":"http://hook/","taskId":")" + IdOf(Start("ask")) + "\"}";
  for (int i = 0; i < 100; ++i) Result("CreateTaskPushNotificationConfig", params);
  ExpectError(Ask("CreateTaskPushNotificationConfig", params), -32602, "INVALID_PARAMS", "100");
}

}  // namespace
}  // namespace sluice::agent
