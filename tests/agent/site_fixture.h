// The whole agent without sockets.
#ifndef SLUICE_TESTS_AGENT_SITE_FIXTURE_H_
#define SLUICE_TESTS_AGENT_SITE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <string>

#include "client/agent/a2a_site.h"

namespace sluice::agent {

// A string's text; the JSON of anything else.
inline std::string Text(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

class SiteFixture : public ::testing::Test {
 protected:
  // Time stands still but for this.
  void Pass(int ms) {
    now_.steady += std::chrono::milliseconds(ms);
    now_.unix_time += std::chrono::milliseconds(ms);
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

  static boost::json::object BodyOf(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    EXPECT_NE(reply, nullptr) << "the answer is not there at once";
    if (reply == nullptr) return {};
    EXPECT_EQ(reply->status, 200);
    return boost::json::parse(reply->body).as_object();
  }

  boost::json::value Result(const std::string& method, const std::string& params) {
    const boost::json::object body = BodyOf(Ask(method, params));
    EXPECT_TRUE(body.contains("result")) << boost::json::serialize(body);
    return body.contains("result") ? body.at("result") : boost::json::value();
  }

  boost::json::object Error(const SiteAnswer& answer) {
    const boost::json::object body = BodyOf(answer);
    EXPECT_TRUE(body.contains("error")) << boost::json::serialize(body);
    return body.contains("error") ? body.at("error").as_object() : boost::json::object();
  }

  // The code, and that the details say the same.
  void ExpectError(const SiteAnswer& answer, int code, const std::string& reason, const std::string& in_message = "") {
    const boost::json::object error = Error(answer);
    EXPECT_EQ(error.at("code"), code);
    EXPECT_THAT(Text(error.at("message")), ::testing::HasSubstr(in_message));
    const boost::json::object& info = error.at("data").as_array().at(0).as_object();
    EXPECT_EQ(info.at("@type"), "type.googleapis.com/google.rpc.ErrorInfo");
    EXPECT_EQ(info.at("reason"), boost::json::string(reason));
    EXPECT_EQ(info.at("domain"), "a2a-protocol.org");
  }

  static std::string Params(const std::string& text, const std::string& more_of_message = "",
                            const std::string& more = "") {
    return R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":")" + text + "\"}]" + more_of_message +
           "}" + more + "}";
  }

  // A task that is there at once, by returnImmediately.
  boost::json::object Start(const std::string& text, const std::string& more_of_message = "") {
    const boost::json::value result =
        Result("SendMessage", Params(text, more_of_message, R"(,"configuration":{"returnImmediately":true})"));
    return result.at("task").as_object();
  }

  static std::string IdOf(const boost::json::object& task) { return Text(task.at("id")); }
  static std::string WithId(const std::string& id) { return R"({"id":")" + id + "\"}"; }
  static std::string WithTaskId(const std::string& id) { return R"({"taskId":")" + id + "\"}"; }
  static std::string StateOf(const boost::json::value& task) { return Text(task.at("status").at("state")); }

  // What is ready of an answer that comes bit by bit.
  static std::string Ready(SiteAnswer& answer) {
    std::string text;
    auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer.what);
    EXPECT_NE(feed, nullptr) << "it was there at once";
    if (feed != nullptr) (*feed)->Fill(text, 1 << 20);
    return text;
  }

  int ids_ = 0;
  Now now_{SteadyTime(std::chrono::hours(1)), UnixMillis(1'700'000'000'000)};
  A2aSite site_{"http://agent.example/", [this] { return "id-" + std::to_string(++ids_); }};
};

}  // namespace sluice::agent

#endif  // SLUICE_TESTS_AGENT_SITE_FIXTURE_H_
