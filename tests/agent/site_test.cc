// Every method and every error of the agent, without sockets.
#include "client/agent/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

namespace sluice::agent {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::string Text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

class SiteTest : public ::testing::Test {
 protected:
  // Time stands still but for this.
  void Pass(int ms) {
    now_.steady += milliseconds(ms);
    now_.unix_time += milliseconds(ms);
    site_.store().Advance(now_);
  }

  SiteAnswer Post(const std::string& body, const HttpCall& like = {}) {
    HttpCall call = like;
    call.method = "POST";
    if (call.target.empty()) call.target = "/";
    if (call.content_type.empty()) call.content_type = "application/json";
    call.body = body;
    return site_.Serve(call, now_);
  }

  SiteAnswer Ask(const std::string& method, const std::string& params) {
    return Post(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
  }

  static json::object BodyOf(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    EXPECT_NE(reply, nullptr) << "the answer is not there at once";
    if (reply == nullptr) return {};
    EXPECT_EQ(reply->status, 200);
    return json::parse(reply->body).as_object();
  }

  json::value Result(const std::string& method, const std::string& params) {
    const json::object body = BodyOf(Ask(method, params));
    EXPECT_TRUE(body.contains("result")) << json::serialize(body);
    return body.contains("result") ? body.at("result") : json::value();
  }

  json::object Error(const SiteAnswer& answer) {
    const json::object body = BodyOf(answer);
    EXPECT_TRUE(body.contains("error")) << json::serialize(body);
    return body.contains("error") ? body.at("error").as_object() : json::object();
  }

  // The code, and that the details say the same.
  void ExpectError(const SiteAnswer& answer, int code, const std::string& reason, const std::string& in_message = "") {
    const json::object error = Error(answer);
    EXPECT_EQ(error.at("code"), code);
    EXPECT_THAT(Text(error.at("message")), HasSubstr(in_message));
    const json::object& info = error.at("data").as_array().at(0).as_object();
    EXPECT_EQ(info.at("@type"), "type.googleapis.com/google.rpc.ErrorInfo");
    EXPECT_EQ(info.at("reason"), json::string(reason));
    EXPECT_EQ(info.at("domain"), "a2a-protocol.org");
  }

  static std::string Params(const std::string& text, const std::string& more_of_message = "",
                            const std::string& more = "") {
    return R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":")" + text + "\"}]" + more_of_message +
           "}" + more + "}";
  }

  // A task that is there at once, by returnImmediately.
  json::object Start(const std::string& text, const std::string& more_of_message = "") {
    const json::value result =
        Result("SendMessage", Params(text, more_of_message, R"(,"configuration":{"returnImmediately":true})"));
    return result.at("task").as_object();
  }

  static std::string IdOf(const json::object& task) { return Text(task.at("id")); }
  static std::string WithId(const std::string& id) { return R"({"id":")" + id + "\"}"; }
  static std::string WithTaskId(const std::string& id) { return R"({"taskId":")" + id + "\"}"; }
  static std::string StateOf(const json::value& task) { return Text(task.at("status").at("state")); }

  // What is ready of a stream.
  static std::string Ready(SiteAnswer& answer) {
    std::string text;
    auto* feed = std::get_if<EventFeed>(&answer.what);
    EXPECT_NE(feed, nullptr) << "no stream";
    if (feed != nullptr) feed->Fill(text, 1 << 20);
    return text;
  }

  int ids_ = 0;
  Now now_{SteadyTime(std::chrono::hours(1)), UnixMillis(1'700'000'000'000)};
  Site site_{"http://agent.example/", [this] { return "id-" + std::to_string(++ids_); }};
};

TEST_F(SiteTest, SendMessageAnswersTheTaskOnceItHasEnded) {
  const json::value result = Result("SendMessage", Params("hello"));
  EXPECT_EQ(StateOf(result.at("task")), "TASK_STATE_COMPLETED");
  EXPECT_EQ(json::serialize(result.at("task").at("artifacts").at(0).at("parts")), R"([{"text":"hello"}])");
  EXPECT_EQ(result.at("task").at("history").at(0).at("messageId"), "m");
}

TEST_F(SiteTest, SendMessageWaitsForTheTask) {
  SiteAnswer answer = Ask("SendMessage", Params("slow 2 10"));
  auto* end = std::get_if<TurnEnd>(&answer.what);
  ASSERT_NE(end, nullptr);
  Pass(10);
  EXPECT_FALSE(end->Reached());
  Pass(10);
  ASSERT_TRUE(end->Reached());
  EXPECT_EQ(StateOf(json::parse(end->Answer()).at("result").at("task")), "TASK_STATE_COMPLETED");
}

TEST_F(SiteTest, SendMessageDoesNotWaitIfToldSo) { EXPECT_EQ(StateOf(Start("silent 1000")), "TASK_STATE_WORKING"); }

TEST_F(SiteTest, EachWordEndsAsItSays) {
  for (const auto& [word, state] :
       {std::pair("fail", "TASK_STATE_FAILED"), std::pair("reject", "TASK_STATE_REJECTED"),
        std::pair("ask", "TASK_STATE_INPUT_REQUIRED"), std::pair("big 1", "TASK_STATE_COMPLETED")}) {
    EXPECT_EQ(StateOf(Result("SendMessage", Params(word)).at("task")), state) << word;
  }
}

TEST_F(SiteTest, MessageAnswersABareMessage) {
  const json::value result = Result("SendMessage", Params("message"));
  EXPECT_EQ(result.at("message").at("role"), "ROLE_AGENT");
  EXPECT_FALSE(result.as_object().contains("task"));
}

TEST_F(SiteTest, AStreamOfABareMessageIsOneEvent) {
  SiteAnswer answer = Ask("SendStreamingMessage", Params("message"));
  EXPECT_EQ(Ready(answer).rfind(R"(data: {"jsonrpc":"2.0","id":1,"result":{"message":)", 0), 0u);
}

TEST_F(SiteTest, AnEchoGivesBackEveryPartAsItCame) {
  const std::string parts = R"([{"data":{"n":[1,null]}},{"raw":"AAE=","mediaType":"image/png"},{"text":"\"é\n"}])";
  const json::value result =
      Result("SendMessage", R"({"message":{"messageId":"m","role":"ROLE_USER","parts":)" + parts + "}}");
  EXPECT_EQ(result.at("task").at("artifacts").at(0).at("parts"), json::parse(parts));
}

TEST_F(SiteTest, AStreamBeginsWithTheTaskBeforeItsFirstEvent) {
  SiteAnswer answer = Ask("SendStreamingMessage", Params("slow 3 0"));
  const std::string text = Ready(answer);
  const json::value first = json::parse(text.substr(6, text.find("\n\n") - 6));
  EXPECT_EQ(StateOf(first.at("result").at("task")), "TASK_STATE_WORKING");
  EXPECT_FALSE(first.at("result").at("task").as_object().contains("artifacts"));
  EXPECT_THAT(text, HasSubstr("chunk 3 of 3"));
}

TEST_F(SiteTest, AFollowUpGoesOnToCompleted) {
  const json::object asked = Start("ask");
  EXPECT_EQ(asked.at("status").at("message").at("role"), "ROLE_AGENT");
  const json::value result = Result("SendMessage", Params("blue", R"(,"taskId":")" + IdOf(asked) + "\""));
  EXPECT_EQ(result.at("task").at("id"), asked.at("id"));
  EXPECT_EQ(result.at("task").at("contextId"), asked.at("contextId"));
  EXPECT_EQ(StateOf(result.at("task")), "TASK_STATE_COMPLETED");
}

TEST_F(SiteTest, AMessageToAWorkingTaskJoinsItsHistory) {
  const std::string id = IdOf(Start("slow 2 10"));
  Pass(10);
  SiteAnswer answer = Ask("SendStreamingMessage", Params("more", R"(,"taskId":")" + id + "\""));
  EXPECT_THAT(Ready(answer), HasSubstr("more"));
  Pass(10);
  EXPECT_THAT(Ready(answer), HasSubstr("chunk 2 of 2"));
}

TEST_F(SiteTest, AMessageToAnEndedTaskIsUnsupported) {
  const std::string id = IdOf(Start("fail"));
  ExpectError(Ask("SendMessage", Params("x", R"(,"taskId":")" + id + "\"")), -32004, "UNSUPPORTED_OPERATION");
}

TEST_F(SiteTest, AMessageToAnUnknownTaskIsNotFound) {
  ExpectError(Ask("SendMessage", Params("x", R"(,"taskId":"nope")")), -32001, "TASK_NOT_FOUND", "nope");
}

TEST_F(SiteTest, AFollowUpInAnotherContextIsRefused) {
  const std::string id = IdOf(Start("ask"));
  ExpectError(Ask("SendMessage", Params("x", R"(,"contextId":"other","taskId":")" + id + "\"")), -32602,
              "INVALID_PARAMS", "message.contextId");
}

TEST_F(SiteTest, BadParamsNameTheField) {
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

TEST_F(SiteTest, ReadersTakeProtoNamesAndNumbers) {
  const json::value result =
      Result("SendMessage", R"({"message":{"message_id":"m","context_id":"c","role":1,"parts":[{"text":"x"}]},)"
                            R"("configuration":{"history_length":"0"}})");
  EXPECT_EQ(result.at("task").at("contextId"), "c");
  EXPECT_FALSE(result.at("task").as_object().contains("history"));
}

TEST_F(SiteTest, GetTaskShowsTheTaskAsItStands) {
  const std::string id = IdOf(Start("slow 3 10"));
  Pass(20);
  const json::value task = Result("GetTask", WithId(id));
  EXPECT_EQ(StateOf(task), "TASK_STATE_WORKING");
  EXPECT_EQ(task.at("artifacts").at(0).at("parts").as_array().size(), 2u);
  EXPECT_EQ(task.at("history").as_array().size(), 1u);
  const json::value bare = Result("GetTask", R"({"historyLength":0,"id":")" + id + "\"}");
  EXPECT_FALSE(bare.as_object().contains("history"));
}

TEST_F(SiteTest, UnknownTasksAreNotFoundByEveryMethod) {
  for (const std::string method : {"GetTask", "CancelTask", "SubscribeToTask"}) {
    ExpectError(Ask(method, WithId("nope")), -32001, "TASK_NOT_FOUND", "nope");
    ExpectError(Ask(method, "{}"), -32602, "INVALID_PARAMS", "id");
  }
  for (const std::string method : {"CreateTaskPushNotificationConfig", "GetTaskPushNotificationConfig",
                                   "ListTaskPushNotificationConfigs", "DeleteTaskPushNotificationConfig"}) {
    ExpectError(Ask(method, R"({"taskId":"nope","id":"1","url":"http://x/"})"), -32001, "TASK_NOT_FOUND", "nope");
  }
}

TEST_F(SiteTest, CancelTaskEndsTheTaskAndItsStreams) {
  SiteAnswer stream = Ask("SendStreamingMessage", Params("slow 9 10", R"(,"contextId":"c")"));
  const std::string first = Ready(stream);
  const std::string id = Text(json::parse(first.substr(6)).at("result").at("task").at("id"));
  EXPECT_EQ(StateOf(Result("CancelTask", WithId(id))), "TASK_STATE_CANCELED");
  EXPECT_THAT(Ready(stream), HasSubstr("TASK_STATE_CANCELED"));
  ExpectError(Ask("CancelTask", WithId(id)), -32002, "TASK_NOT_CANCELABLE");
}

TEST_F(SiteTest, CancelTaskEndsATaskThatWaitsForInput) {
  const std::string id = IdOf(Start("ask"));
  SiteAnswer stream = Ask("SubscribeToTask", WithId(id));
  Ready(stream);
  EXPECT_EQ(StateOf(Result("CancelTask", WithId(id))), "TASK_STATE_CANCELED");
  EXPECT_THAT(Ready(stream), HasSubstr("TASK_STATE_CANCELED"));
}

TEST_F(SiteTest, SubscribeToTaskShowsTheTaskAndThenWhatComes) {
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

TEST_F(SiteTest, ListTasksAlwaysHasItsFourMembers) {
  const json::value empty = Result("ListTasks", "{}");
  EXPECT_EQ(json::serialize(empty), R"({"tasks":[],"nextPageToken":"","pageSize":50,"totalSize":0})");
}

TEST_F(SiteTest, ListTasksPagesAndFilters) {
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

TEST_F(SiteTest, ListTasksRefusesWhatDoesNotFit) {
  for (const auto& [params, field] :
       {std::pair(R"({"pageSize":0})", "pageSize"), std::pair(R"({"pageSize":101})", "pageSize"),
        std::pair(R"({"pageToken":"x"})", "pageToken"), std::pair(R"({"status":"working"})", "status"),
        std::pair(R"({"statusTimestampAfter":"yesterday"})", "statusTimestampAfter")}) {
    ExpectError(Ask("ListTasks", params), -32602, "INVALID_PARAMS", field);
  }
}

TEST_F(SiteTest, PushConfigsAreKeptPerTask) {
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

TEST_F(SiteTest, APushConfigMayComeWithTheMessage) {
  const json::value result =
      Result("SendMessage",
             Params("x", "", R"(,"configuration":{"taskPushNotificationConfig":{"id":"hook","url":"http://hook/"}})"));
  const json::value configs =
      Result("ListTaskPushNotificationConfigs", WithTaskId(Text(result.at("task").at("id")))).at("configs");
  ASSERT_EQ(configs.as_array().size(), 1u);
  EXPECT_EQ(configs.at(0).at("id"), "hook");
}

TEST_F(SiteTest, PushConfigsOfOneTaskAreBounded) {
  const std::string params = R"({"url":"http://hook/","taskId":")" + IdOf(Start("ask")) + "\"}";
  for (int i = 0; i < 100; ++i) Result("CreateTaskPushNotificationConfig", params);
  ExpectError(Ask("CreateTaskPushNotificationConfig", params), -32602, "INVALID_PARAMS", "100");
}

TEST_F(SiteTest, TheExtendedCardHasOneMoreSkill) {
  const HttpCall get{.method = "GET", .target = "/.well-known/agent-card.json"};
  const json::object card = BodyOf(site_.Serve(get, now_));
  EXPECT_EQ(card.at("supportedInterfaces").at(0).at("url"), "http://agent.example/");
  EXPECT_EQ(card.at("supportedInterfaces").at(0).at("protocolBinding"), "JSONRPC");
  EXPECT_EQ(card.at("supportedInterfaces").at(0).at("protocolVersion"), "1.0");
  EXPECT_EQ(json::serialize(card.at("capabilities")),
            R"({"streaming":true,"pushNotifications":true,"extendedAgentCard":true})");
  const json::object body = BodyOf(Post(R"({"jsonrpc":"2.0","id":1,"method":"GetExtendedAgentCard"})"));
  EXPECT_EQ(body.at("result").at("skills").as_array().size(), card.at("skills").as_array().size() + 1);
}

TEST_F(SiteTest, TheCardIsNotSentAgainToWhoHasIt) {
  HttpCall get{.method = "GET", .target = "/.well-known/agent-card.json"};
  const SiteAnswer first = site_.Serve(get, now_);
  const std::string etag = std::get<HttpReply>(first.what).headers.at(1).second;
  get.if_none_match = etag;
  EXPECT_EQ(std::get<HttpReply>(site_.Serve(get, now_).what).status, 304);
}

TEST_F(SiteTest, TheIdComesBackAsItWas) {
  for (const std::string id : {"1", "-5", "18446744073709551615", R"("a\"b")", R"("")"}) {
    const SiteAnswer answer = Post(R"({"jsonrpc":"2.0","method":"ListTasks","id":)" + id + "}");
    EXPECT_THAT(std::get<HttpReply>(answer.what).body, HasSubstr("\"id\":" + id + ","));
  }
}

TEST_F(SiteTest, WhatIsNoRequestIsRefused) {
  for (const std::string body :
       {"[]", "7", R"({"jsonrpc":"2.0","method":"ListTasks"})", R"({"jsonrpc":"2.0","id":null,"method":"ListTasks"})",
        R"({"jsonrpc":"2.0","id":{},"method":"ListTasks"})", R"({"jsonrpc":"2.0","id":1.5,"method":"ListTasks"})",
        R"({"jsonrpc":"1.0","id":1,"method":"ListTasks"})", R"({"id":1,"method":"ListTasks"})",
        R"({"jsonrpc":"2.0","id":1})", R"({"jsonrpc":"2.0","id":1,"method":7})"}) {
    ExpectError(Post(body), -32600, "INVALID_REQUEST");
  }
}

TEST_F(SiteTest, WhatIsNoJsonIsAParseErrorWithoutId) {
  for (const std::string& body : std::vector<std::string>{"", "{", "{\"a\":\"\xff\"}", std::string(1000, '[')}) {
    const json::object answer = BodyOf(Post(body));
    EXPECT_EQ(answer.at("error").at("code"), -32700);
    EXPECT_TRUE(answer.at("id").is_null());
    EXPECT_FALSE(answer.at("error").as_object().contains("data"));
  }
}

TEST_F(SiteTest, AnUnknownMethodIsNotFound) {
  ExpectError(Ask("message/send", "{}"), -32601, "METHOD_NOT_FOUND");
  EXPECT_EQ(site_.stats().Read().requests.at("other"), 1u);
}

TEST_F(SiteTest, ParamsMustBeAnObject) { ExpectError(Ask("GetTask", "[]"), -32602, "INVALID_PARAMS", "params"); }

TEST_F(SiteTest, AnotherVersionIsRefusedAndNoneIsFine) {
  const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"ListTasks"})";
  for (const std::string_view version : {"", "1.0", "1.1", "1"}) {
    EXPECT_TRUE(BodyOf(Post(body, {.version = version})).contains("result")) << version;
  }
  for (const std::string_view version : {"0.3", "2.0", "99.0", "x"}) {
    ExpectError(Post(body, {.version = version}), -32009, "VERSION_NOT_SUPPORTED");
  }
  ExpectError(Post(body, {.target = "/?x=1&A2A-Version=0.3&y"}), -32009, "VERSION_NOT_SUPPORTED");
  EXPECT_TRUE(BodyOf(Post(body, {.target = "/?A2A-Version=1.0"})).contains("result"));
}

TEST_F(SiteTest, OnlyJsonIsTaken) {
  const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"ListTasks"})";
  EXPECT_TRUE(BodyOf(Post(body, {.content_type = "Application/JSON ; charset=utf-8"})).contains("result"));
  ExpectError(Post(body, {.content_type = "text/plain"}), -32005, "CONTENT_TYPE_NOT_SUPPORTED");
}

TEST_F(SiteTest, OtherPathsAndMethodsAreRefused) {
  const auto status = [&](std::string_view method, std::string_view target) {
    return std::get<HttpReply>(site_.Serve({.method = method, .target = target}, now_).what).status;
  };
  EXPECT_EQ(status("GET", "/nowhere"), 404);
  EXPECT_EQ(status("GET", "/"), 405);
  EXPECT_EQ(status("POST", "/.well-known/agent-card.json"), 405);
  EXPECT_EQ(status("POST", "/_agent/stats"), 405);
  EXPECT_EQ(status("GET", "/_agent/reset"), 405);
}

TEST_F(SiteTest, StatsAreCountedAndCleared) {
  Start("x");
  site_.stats().StreamStarted();
  site_.stats().StreamLost("SubscribeToTask", "t-1", 5);
  const json::object stats = BodyOf(site_.Serve({.method = "GET", .target = "/_agent/stats"}, now_));
  EXPECT_EQ(stats.at("requests").at("SendMessage"), 1);
  EXPECT_EQ(stats.at("disconnectsSeen"), 1);
  EXPECT_EQ(stats.at("disconnects").at(0).at("taskId"), "t-1");
  EXPECT_EQ(stats.at("disconnects").at(0).at("events"), 5);
  EXPECT_GT(stats.at("disconnects").at(0).at("unixMs").to_number<double>(), 1.7e12);
  Post("", {.target = "/_agent/reset"});
  const json::object cleared = BodyOf(site_.Serve({.method = "GET", .target = "/_agent/stats"}, now_));
  EXPECT_TRUE(cleared.at("requests").as_object().empty());
  EXPECT_TRUE(cleared.at("disconnects").as_array().empty());
}

}  // namespace
}  // namespace sluice::agent
