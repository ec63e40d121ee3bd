// A2A 0.3 at the same agent: its methods, its shapes, its errors, its card.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/agent/site_fixture.h"

namespace sluice::agent {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class A2a03Test : public SiteFixture {
 protected:
  static std::string Send03(const std::string& parts, const std::string& more_of_message = "",
                            const std::string& configuration = "{}") {
    return R"({"message":{"kind":"message","messageId":"m","role":"user","parts":)" + parts + more_of_message +
           R"(},"configuration":)" + configuration + "}";
  }
  static std::string Saying(const std::string& text, const std::string& more_of_message = "") {
    return Send03(R"([{"kind":"text","text":")" + text + "\"}]", more_of_message);
  }

  // A task that is there at once.
  json::object Start03(const std::string& text) {
    return Result("message/send", Send03(R"([{"kind":"text","text":")" + text + "\"}]", "", R"({"blocking":false})"))
        .as_object();
  }

  // The results of the events that are ready.
  std::vector<json::object> Events(SiteAnswer& answer) {
    std::vector<json::object> events;
    const std::string text = Ready(answer);
    for (std::size_t begin = 0, end; (end = text.find("\n\n", begin)) != std::string::npos; begin = end + 2) {
      EXPECT_EQ(text.substr(begin, 6), "data: ");
      events.push_back(json::parse(text.substr(begin + 6, end - begin - 6)).at("result").as_object());
    }
    return events;
  }

  // Code and message; the free data.
  void ExpectError03(const SiteAnswer& answer, int code, const std::string& in_message, const std::string& data) {
    const json::object error = Error(answer);
    EXPECT_EQ(error.at("code"), code);
    EXPECT_THAT(Text(error.at("message")), HasSubstr(in_message));
    EXPECT_EQ(error.contains("data") ? json::serialize(error.at("data")) : "", data);
  }
};

TEST_F(A2a03Test, ASendAnswersTheBareTask) {
  const json::object task = Result("message/send", Saying("hello")).as_object();
  EXPECT_EQ(task.at("kind"), "task");
  EXPECT_EQ(StateOf(task), "completed");
  EXPECT_EQ(json::serialize(task.at("artifacts").at(0).at("parts")), R"([{"kind":"text","text":"hello"}])");
  const json::value& said = task.at("history").at(0);
  EXPECT_EQ(said.at("kind"), "message");
  EXPECT_EQ(said.at("messageId"), "m");
  EXPECT_EQ(said.at("role"), "user");
  EXPECT_EQ(json::serialize(said.at("parts")), R"([{"kind":"text","text":"hello"}])");
}

TEST_F(A2a03Test, ASendWaitsUnlessItIsNotBlocking) {
  SiteAnswer answer = Ask("message/send", Saying("slow 1 10"));
  EXPECT_EQ(Ready(answer), "");
  Pass(10);
  EXPECT_EQ(StateOf(json::parse(Ready(answer)).at("result")), "completed");
  EXPECT_EQ(StateOf(Start03("silent 1000")), "working");
}

TEST_F(A2a03Test, ABareMessageIsOneOfTheAgent) {
  const json::value message = Result("message/send", Saying("message"));
  EXPECT_EQ(message.at("kind"), "message");
  EXPECT_EQ(message.at("role"), "agent");
  EXPECT_EQ(message.at("parts").at(0).at("kind"), "text");
}

TEST_F(A2a03Test, AStreamIsTheTaskItsArtifactsAndAFinalStatus) {
  SiteAnswer answer = Ask("message/stream", Saying("slow 2 0"));
  const std::vector<json::object> events = Events(answer);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].at("kind"), "task");
  EXPECT_EQ(StateOf(events[0]), "working");
  EXPECT_EQ(events[1].at("kind"), "artifact-update");
  EXPECT_EQ(json::serialize(events[1].at("artifact").at("parts")), R"([{"kind":"text","text":"chunk 1 of 2"}])");
  EXPECT_EQ(events[2].at("append"), true);
  EXPECT_EQ(events[2].at("lastChunk"), true);
  EXPECT_EQ(events[3].at("kind"), "status-update");
  EXPECT_EQ(StateOf(events[3]), "completed");
  EXPECT_EQ(events[3].at("final"), true);
  EXPECT_EQ(events[3].at("taskId"), events[0].at("id"));
}

TEST_F(A2a03Test, AStreamThatAsksIsFinalToo) {
  SiteAnswer answer = Ask("message/stream", Saying("ask"));
  const std::vector<json::object> events = Events(answer);
  EXPECT_EQ(StateOf(events.back()), "input-required");
  EXPECT_EQ(events.back().at("final"), true);
  EXPECT_EQ(events.back().at("status").at("message").at("role"), "agent");
}

TEST_F(A2a03Test, EachWordEndsInAStateOf03) {
  for (const auto& [word, state] :
       {std::pair("fail", "failed"), std::pair("reject", "rejected"), std::pair("ask", "input-required")}) {
    EXPECT_EQ(StateOf(Result("message/send", Saying(word))), state) << word;
  }
}

TEST_F(A2a03Test, AChunkOfMegabytesComesWhole) {
  SiteAnswer answer = Ask("message/stream", Saying("big 3000"));
  const std::vector<json::object> events = Events(answer);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(Text(events[1].at("artifact").at("parts").at(0).at("text")).size(), 3000u << 10);
}

TEST_F(A2a03Test, EachKindOfPartComesBackAsItCame) {
  const std::string parts = R"([{"kind":"file","file":{"bytes":"AAE=","mimeType":"image/png","name":"a.png"}},)"
                            R"({"kind":"file","file":{"uri":"http://files.example/b"}},)"
                            R"({"kind":"data","data":{"n":[1,null]},"metadata":{"k":"v"}}])";
  EXPECT_EQ(json::serialize(Result("message/send", Send03(parts)).at("artifacts").at(0).at("parts")), parts);
}

TEST_F(A2a03Test, DataAsDeepAsARequestMayBeComesBack) {
  const std::string data = R"({"d":)" + std::string(90, '[') + std::string(90, ']') + "}";
  SiteAnswer answer = Ask("message/send", Send03(R"([{"kind":"data","data":)" + data + "}]"));
  EXPECT_THAT(std::get<HttpReply>(answer.what).body, HasSubstr(R"("data":)" + data));
}

TEST_F(A2a03Test, PartsOf10AreToldAsThoseOf03) {
  const std::string parts = R"([{"raw":"AAE=","filename":"a"},{"data":7},{"text":"t","mediaType":"text/plain"}])";
  const json::value task =
      Result("SendMessage", R"({"message":{"messageId":"m","role":"ROLE_USER","parts":)" + parts + "}}").at("task");
  EXPECT_EQ(json::serialize(Result("tasks/get", WithId(IdOf(task.as_object()))).at("history").at(0).at("parts")),
            R"([{"kind":"file","file":{"bytes":"AAE=","name":"a"}},)"
            R"({"kind":"data","data":{"value":7},"metadata":{"data_part_compat":true}},{"kind":"text","text":"t"}])");
}

TEST_F(A2a03Test, WhatIsNoMessageOf03IsRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({})", "message"},
      {R"({"message":{"messageId":"m","role":"user","parts":[{"kind":"text","text":"x"}]}})", "message.kind"},
      {R"({"message":{"kind":"message","messageId":"m","role":"ROLE_USER","parts":[]}})", "message.role"},
      {Send03(R"([{"text":"x"}])"), "message.parts[0]"},
      {Send03(R"([{"kind":"text","text":"x"},{"kind":"data","data":7}])"), "message.parts[1]"},
      {Send03(R"([{"kind":"file","file":{"name":"x"}}])"), "message.parts[0]"},
      {Send03("[7]"), "message.parts[0]"},
      {Send03("[]"), "message.parts"},
      {Send03(R"([{"kind":"text","text":"x"}])", "", R"({"blocking":1})"), "configuration.blocking"},
      {Send03(R"([{"kind":"text","text":"x"}])", "", R"({"pushNotificationConfig":{"url":"u","authentication":{}}})"),
       "configuration.pushNotificationConfig.authentication.schemes"},
  };
  for (const auto& [params, field] : wrong) {
    ExpectError03(Ask("message/send", params), -32602, field, R"({"field":")" + field + "\"}");
  }
}

TEST_F(A2a03Test, AMessageWithTheTasksIdGoesOn) {
  const std::string id = IdOf(Result("message/send", Saying("ask")).as_object());
  const json::value task = Result("message/send", Saying("here", R"(,"taskId":")" + id + "\""));
  EXPECT_EQ(task.at("id"), json::string(id));
  EXPECT_EQ(StateOf(task), "completed");
  EXPECT_EQ(task.at("history").as_array().size(), 3u);
}

TEST_F(A2a03Test, ATaskIsReadCancelledAndSubscribedTo) {
  const std::string id = IdOf(Start03("slow 2 10"));
  Pass(10);
  EXPECT_FALSE(Result("tasks/get", R"({"id":")" + id + R"(","historyLength":0})").as_object().contains("history"));
  SiteAnswer stream = Ask("tasks/resubscribe", WithId(id));
  EXPECT_EQ(Events(stream).at(0).at("artifacts").at(0).at("parts").at(0).at("kind"), "text");
  const json::value cancelled = Result("tasks/cancel", WithId(id));
  EXPECT_EQ(cancelled.at("kind"), "task");
  EXPECT_EQ(StateOf(cancelled), "canceled");
  EXPECT_EQ(StateOf(Events(stream).at(0)), "canceled");
  ExpectError03(Ask("tasks/cancel", WithId(id)), -32002, "ended", R"({"taskId":")" + id + "\"}");
  ExpectError03(Ask("tasks/get", WithId("no-such")), -32001, "Task not found", R"({"taskId":"no-such"})");
}

TEST_F(A2a03Test, PushConfigsAreNestedAndHaveSchemes) {
  const std::string id = IdOf(Start03("silent 1000"));
  const auto config = [&](const std::string& config_id) {
    return R"({"taskId":")" + id + R"(","pushNotificationConfig":{"id":")" + config_id +
           R"(","url":"http://hook.example/","token":"t","authentication":{"schemes":["Bearer"],"credentials":"c"}}})";
  };
  const auto named = [&](const std::string& config_id) {
    return R"({"id":")" + id + R"(","pushNotificationConfigId":")" + config_id + "\"}";
  };
  EXPECT_EQ(json::serialize(Result("tasks/pushNotificationConfig/set", config("c-1"))), config("c-1"));
  EXPECT_EQ(json::serialize(Result("tasks/pushNotificationConfig/get", named("c-1"))), config("c-1"));
  EXPECT_EQ(json::serialize(Result("tasks/pushNotificationConfig/list", WithId(id))), "[" + config("c-1") + "]");
  EXPECT_TRUE(Result("tasks/pushNotificationConfig/delete", named("c-1")).is_null());
  EXPECT_EQ(json::serialize(Result("tasks/pushNotificationConfig/list", WithId(id))), "[]");
  EXPECT_EQ(Error(Ask("tasks/pushNotificationConfig/get", named("c-1"))).at("code"), -32001);
}

TEST_F(A2a03Test, APushConfigWithoutAnIdHasTheTasks) {
  const std::string id = IdOf(Start03("silent 1000"));
  const std::string set = R"({"taskId":")" + id + R"(","pushNotificationConfig":{"url":"http://hook.example/"}})";
  EXPECT_EQ(Result("tasks/pushNotificationConfig/set", set).at("pushNotificationConfig").at("id"), json::string(id));
  EXPECT_TRUE(Result("tasks/pushNotificationConfig/get", WithId(id)).is_object());
}

TEST_F(A2a03Test, AMessageMayBringAPushConfig) {
  const json::object task =
      Result("message/send", Send03(R"([{"kind":"text","text":"hello"}])", "",
                                    R"({"pushNotificationConfig":{"id":"c","url":"http://hook.example/"}})"))
          .as_object();
  EXPECT_EQ(Result("tasks/pushNotificationConfig/list", WithId(IdOf(task))).as_array().size(), 1u);
}

TEST_F(A2a03Test, FaultsAreToldInItsWords) {
  const SiteAnswer error = Ask("message/stream", Saying("fault error -32004; hello"));
  ExpectError03(error, -32004, "as ordered", R"({"fault":"ordered"})");
  const SiteAnswer event = Ask("message/stream", Saying("fault error-event 1 -32603; hello"));
  EXPECT_THAT(event.fault->odd_events.at(0).data, Not(HasSubstr("ErrorInfo")));
}

TEST_F(A2a03Test, RequestsAreCountedByItsNames) {
  Start03("hello");
  EXPECT_EQ(site_.stats().Read().requests.at("message/send"), 1u);
}

TEST_F(A2a03Test, AnotherVersionIsRefusedAndNoneIsFine) {
  const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"message/send","params":)" + Saying("hello") + "}";
  for (const std::string_view version : {"", "0.3", "0.3.0"}) {
    EXPECT_TRUE(BodyOf(Post(body, {.version = version})).contains("result")) << version;
  }
  for (const std::string_view version : {"1.0", "0.30", "0.2", "99.0"}) {
    EXPECT_EQ(Error(Post(body, {.version = version})).at("code"), -32009) << version;
  }
}

// An agent of one version.
class OneVersionTest : public A2a03Test {
 protected:
  A2aSite Of(A2aVersions versions) {
    return {"http://agent.example/", [] { return std::string("id"); }, {.versions = versions}};
  }
  json::object Call(A2aSite& site, const std::string& method, const std::string& params, std::string_view version) {
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
    const HttpCall call{"POST", "/", "application/json", version, "", body, {}};
    return BodyOf(site.Serve(call, now_));
  }
  json::object Card(A2aSite& site) {
    return BodyOf(site.Serve({.method = "GET", .target = "/.well-known/agent-card.json"}, now_));
  }
};

TEST_F(OneVersionTest, AnAgentOf10HasNoMethodOf03) {
  A2aSite site = Of(A2aVersions::k10);
  EXPECT_EQ(Call(site, "message/send", Saying("hello"), "").at("error").at("code"), -32601);
  EXPECT_EQ(Call(site, "message/send", Saying("hello"), "0.3").at("error").at("code"), -32009);
  EXPECT_TRUE(Call(site, "SendMessage", Params("hello"), "1.0").contains("result"));
}

TEST_F(OneVersionTest, AnAgentOf03HasNoMethodOf10) {
  A2aSite site = Of(A2aVersions::k03);
  const json::object unknown = Call(site, "SendMessage", Params("hello"), "");
  EXPECT_EQ(unknown.at("error").at("code"), -32601);
  EXPECT_EQ(json::serialize(unknown.at("error").at("data")), R"({"method":"SendMessage"})");
  EXPECT_EQ(Call(site, "SendMessage", Params("hello"), "1.0").at("error").at("code"), -32009);
  EXPECT_TRUE(Call(site, "message/send", Saying("hello"), "0.3").contains("result"));
}

TEST_F(OneVersionTest, TheCardOf10HasInterfacesAlone) {
  A2aSite site = Of(A2aVersions::k10);
  const json::object card = Card(site);
  EXPECT_EQ(json::serialize(card.at("supportedInterfaces")),
            R"([{"url":"http://agent.example/","protocolBinding":"JSONRPC","protocolVersion":"1.0"}])");
  for (const std::string_view member : {"url", "preferredTransport", "protocolVersion"}) {
    EXPECT_FALSE(card.contains(member)) << member;
  }
}

TEST_F(OneVersionTest, TheCardOf03HasAllThatItsReadersRequire) {
  A2aSite site = Of(A2aVersions::k03);
  const json::object card = Card(site);
  EXPECT_EQ(card.at("protocolVersion"), "0.3.0");
  EXPECT_EQ(card.at("url"), "http://agent.example/");
  EXPECT_EQ(card.at("preferredTransport"), "JSONRPC");
  EXPECT_EQ(json::serialize(card.at("additionalInterfaces")),
            R"([{"url":"http://agent.example/","transport":"JSONRPC"}])");
  EXPECT_EQ(json::serialize(card.at("capabilities")), R"({"streaming":true,"pushNotifications":true})");
  EXPECT_EQ(card.at("supportsAuthenticatedExtendedCard"), true);
  for (const std::string_view member :
       {"name", "description", "version", "defaultInputModes", "defaultOutputModes", "skills"}) {
    EXPECT_TRUE(card.contains(member)) << member;
  }
  EXPECT_FALSE(card.contains("supportedInterfaces"));
}

TEST_F(OneVersionTest, TheCardOfBothHasTheMembersOfBoth) {
  const json::object card = Card(site_);
  EXPECT_EQ(card.at("supportedInterfaces").as_array().size(), 2u);
  EXPECT_EQ(card.at("supportedInterfaces").at(1).at("protocolVersion"), "0.3");
  EXPECT_EQ(card.at("capabilities").at("extendedAgentCard"), true);
  EXPECT_EQ(card.at("protocolVersion"), "0.3.0");
  EXPECT_EQ(card.at("url"), "http://agent.example/");
}

TEST_F(OneVersionTest, TheExtendedCardIsOfTheVersionThatIsSpoken) {
  const json::value v03 = Result("agent/getAuthenticatedExtendedCard", "{}");
  EXPECT_FALSE(v03.as_object().contains("supportedInterfaces"));
  EXPECT_EQ(v03.at("skills").as_array().size(), Card(site_).at("skills").as_array().size() + 1);
  const json::value v10 = Result("GetExtendedAgentCard", "{}");
  EXPECT_FALSE(v10.as_object().contains("url"));
}

TEST_F(OneVersionTest, TheCardIsWhereItIsSaidToBe) {
  const auto status = [&](A2aSite& site, std::string_view target) {
    return std::get<HttpReply>(site.Serve({.method = "GET", .target = target}, now_).what).status;
  };
  const auto make_id = [] { return std::string("id"); };
  A2aSite without("http://agent.example/", make_id, {.card_path = ""});
  EXPECT_EQ(status(without, "/.well-known/agent-card.json"), 404);
  A2aSite old("http://agent.example/", make_id, {.card_path = "/.well-known/agent.json"});
  EXPECT_EQ(status(old, "/.well-known/agent-card.json"), 404);
  EXPECT_EQ(status(old, "/.well-known/agent.json"), 200);
}

}  // namespace
}  // namespace sluice::agent
