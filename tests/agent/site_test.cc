// The paths, the card, JSON-RPC itself and the counters.
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

using SiteTest = SiteFixture;

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
  ExpectError(Ask("message/sent", "{}"), -32601, "METHOD_NOT_FOUND");
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
