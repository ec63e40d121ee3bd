// MCP, 2026-07-28, without sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/agent/mcp/mcp_header.h"
#include "tests/agent/mcp_fixture.h"

namespace sluice::agent::mcp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kMeta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                              R"("io.modelcontextprotocol/clientCapabilities":{"sampling":{}},"progressToken":1.0})";

class McpModernTest : public McpFixture {
 protected:
  explicit McpModernTest(const Options& options = {}) : McpFixture(options) {}

  // `params` are members, without the braces.
  SiteAnswer Send(const std::string& method, const std::string& params, const Headers& more = {},
                  const std::string& id = "1") {
    const std::string members = params.empty() ? kMeta : params + "," + kMeta;
    Headers headers = {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", method}};
    headers.insert(headers.end(), more.begin(), more.end());
    return Post(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":{)" + members + "}}",
                headers);
  }
  SiteAnswer CallScript(const std::string& text, const std::string& more = "", const std::string& id = "1") {
    return Send("tools/call", R"("name":"script","arguments":{"text":")" + text + "\"}" + more,
                {{"Mcp-Name", "script"}}, id);
  }
};

TEST_F(McpModernTest, EachHeaderMustSayWhatTheBodySays) {
  const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":)"
                           R"({"text":"hi"},)" +
                           std::string(kMeta) + "}}";
  const std::pair<std::string, std::string> version{"MCP-Protocol-Version", "2026-07-28"};
  const std::pair<std::string, std::string> method{"Mcp-Method", "tools/call"};
  const std::pair<std::string, std::string> name{"Mcp-Name", "echo"};
  for (const auto& [headers, in_message] : std::vector<std::pair<Headers, std::string>>{
           {{method, name}, "MCP-Protocol-Version is missing"},
           {{{"MCP-Protocol-Version", "2025-11-25"}, method, name}, "MCP-Protocol-Version is not"},
           {{version, name}, "Mcp-Method is missing"},
           {{version, {"Mcp-Method", "tools/list"}, name}, "Mcp-Method is not"},
           {{version, method}, "Mcp-Name is missing"},
           {{version, method, {"Mcp-Name", "Echo"}}, "Mcp-Name is not"},
           {{version, method, {"Mcp-Name", "=?base64?!?="}}, "Mcp-Name is not"},
       }) {
    const SiteAnswer answer = Post(body, headers);
    EXPECT_EQ(Status(answer), 400) << in_message;
    EXPECT_THAT(Body(answer), HasSubstr(R"("id":1,"error":{"code":-32020)")) << in_message;
    EXPECT_THAT(Body(answer), HasSubstr(in_message));
  }
  for (const char* const spelled : {"echo", "=?base64?ZWNobw==?="}) {
    SiteAnswer answer = Post(body, {version, method, {"Mcp-Name", spelled}});
    EXPECT_THAT(Ready(answer), HasSubstr(R"("text":"hi")")) << spelled;
  }
}

TEST_F(McpModernTest, AnArgumentWithAHeaderIsCheckedToo) {
  const std::string params = R"("name":"region","arguments":{"region":"eu é"})";
  EXPECT_THAT(Body(Send("tools/call", params, {{"Mcp-Name", "region"}})), HasSubstr("Mcp-Param-Region is missing"));
  EXPECT_EQ(Status(Send("tools/call", params, {{"Mcp-Name", "region"}, {"Mcp-Param-Region", "eu"}})), 400);
  SiteAnswer answer = Send("tools/call", params, {{"Mcp-Name", "region"}, {"Mcp-Param-Region", "=?base64?ZXUgw6k=?="}});
  EXPECT_THAT(Ready(answer), HasSubstr(R"("text":"eu é")"));
}

TEST_F(McpModernTest, AnotherVersionIsRefusedWithThoseThatAreSpoken) {
  const SiteAnswer answer = Post(R"({"jsonrpc":"2.0","id":"v","method":"ping","params":{"_meta":{)"
                                 R"("io.modelcontextprotocol/protocolVersion":"2027-01-01"}}})",
                                 {{"MCP-Protocol-Version", "2027-01-01"}, {"Mcp-Method", "ping"}});
  EXPECT_EQ(Status(answer), 400);
  EXPECT_THAT(Body(answer), HasSubstr(R"("id":"v","error":{"code":-32022)"));
  EXPECT_THAT(Body(answer), HasSubstr(R"("data":{"supported":["2026-07-28"],"requested":"2027-01-01"})"));
}

TEST_F(McpModernTest, WhatIsReadIsCompleteJson) {
  for (const auto& [method, params, name, expected] : {
           std::tuple("server/discover", "", "", R"("supportedVersions":["2026-07-28"])"),
           std::tuple("tools/list", "", "", R"("x-mcp-header":"Region")"),
           std::tuple("resources/list", "", "", "demo://greeting"),
           std::tuple("resources/read", R"("uri":"demo://greeting")", "demo://greeting", "Hello."),
           std::tuple("prompts/get", R"("name":"greet")", "greet", "Say hello."),
       }) {
    const SiteAnswer answer = Send(method, params, {{"Mcp-Name", name}});
    EXPECT_EQ(Status(answer), 200) << method;
    EXPECT_THAT(Body(answer), StartsWith(R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"complete",)")) << method;
    EXPECT_THAT(Body(answer), HasSubstr(expected));
  }
}

TEST_F(McpModernTest, AnUnknownMethodIsNotFound) {
  for (const std::string method : {"initialize", "ping", "logging/setLevel", "tools/fly"}) {
    const SiteAnswer answer = Send(method, "");
    EXPECT_EQ(Status(answer), 404) << method;
    EXPECT_THAT(Body(answer), HasSubstr("-32601")) << method;
  }
}

TEST_F(McpModernTest, WrongParamsAreAnError) {
  EXPECT_THAT(Body(Send("tools/call", R"("name":"fly")", {{"Mcp-Name", "fly"}})), HasSubstr("Unknown tool: fly"));
  EXPECT_THAT(Body(CallScript("progress 1 99999999")), HasSubstr("-32602"));
  EXPECT_THAT(Body(Post(R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{)"
                        R"("io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})",
                        {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/list"}})),
              HasSubstr("clientCapabilities"));
}

TEST_F(McpModernTest, ACallIsAStreamWithoutIds) {
  SiteAnswer answer = CallScript("progress 2 10", "", "9007199254740993");
  Pass(20);
  const std::string text = Ready(answer);
  EXPECT_THAT(text, StartsWith("event: message\ndata: "));
  EXPECT_THAT(text, HasSubstr(R"("progressToken":1.0,"progress":2)"));
  EXPECT_THAT(text, HasSubstr(R"("id":9007199254740993,"result":{"resultType":"complete")"));
  EXPECT_THAT(text, Not(HasSubstr("\nid: ")));
  SiteAnswer raw = CallScript("raw [1.0]");
  EXPECT_THAT(Ready(raw), HasSubstr(R"("result":[1.0]})"));
}

TEST_F(McpModernTest, TheClientThatLeavesCancels) {
  {
    SiteAnswer answer = CallScript("never");
    EXPECT_EQ(Stats().calls_running, 1u);
    FeedOf(answer)->OnClientGone();
  }
  EXPECT_EQ(Stats().calls_cancelled, 1u);
  EXPECT_EQ(Stats().calls_running, 0u);
}

TEST_F(McpModernTest, AQuestionIsAResultThatWantsInput) {
  SiteAnswer first = CallScript("sample");
  const std::string asked = Ready(first);
  EXPECT_THAT(asked, HasSubstr(R"("resultType":"input_required","inputRequests":{"question":{"method":)"
                               R"("sampling/createMessage")"));
  EXPECT_THAT(asked, HasSubstr(R"("requestState":"asked once")"));
  SiteAnswer second = CallScript("sample", R"(,"inputResponses":{"question":{"n":1.0}},"requestState":"asked once")");
  const std::string answered = Ready(second);
  EXPECT_THAT(answered, HasSubstr(R"("resultType":"complete")"));
  EXPECT_THAT(answered, HasSubstr(R"("answer":{"n":1.0})"));
  EXPECT_THAT(Body(CallScript("sample", R"(,"inputResponses":{"question":{}})")), HasSubstr("requestState"));
}

TEST_F(McpModernTest, WhatTheClientCannotDoIsNotAsked) {
  const SiteAnswer answer = CallScript("elicit");
  EXPECT_EQ(Status(answer), 400);
  EXPECT_THAT(Body(answer), HasSubstr(R"("code":-32021)"));
  EXPECT_THAT(Body(answer), HasSubstr(R"("data":{"requiredCapabilities":{"elicitation":{}}})"));
}

TEST_F(McpModernTest, LogMessagesComeToThoseWhoWantThem) {
  SiteAnswer unwanted = CallScript("log 1 0");
  EXPECT_THAT(Ready(unwanted), Not(HasSubstr("notifications/message")));
  SiteAnswer wanted =
      Post(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"script",)"
           R"("arguments":{"text":"log 1 0"},"_meta":{)"
           R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
           R"("io.modelcontextprotocol/clientCapabilities":{},)"
           R"("io.modelcontextprotocol/logLevel":"info"}}})",
           {{"MCP-Protocol-Version", "2026-07-28"}, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "script"}});
  EXPECT_THAT(Ready(wanted), HasSubstr("notifications/message"));
}

TEST_F(McpModernTest, AListenerGetsWhatItAskedForWithItsId) {
  SiteAnswer tools = Send("subscriptions/listen", R"("notifications":{"toolsListChanged":true})", {}, "\"s\"");
  SiteAnswer resource = Send("subscriptions/listen", R"("notifications":{"resourceSubscriptions":["demo://a"]})");
  EXPECT_THAT(Ready(tools), HasSubstr(R"("method":"notifications/subscriptions/acknowledged","params":{"_meta":{)"
                                      R"("io.modelcontextprotocol/subscriptionId":"s"},)"
                                      R"("notifications":{"toolsListChanged":true}})"));
  EXPECT_THAT(Ready(resource), HasSubstr(R"("notifications":{"resourceSubscriptions":["demo://a"]})"));
  EXPECT_EQ(Stats().get_streams_open, 2u);
  CallScript("changed");
  CallScript("updated demo://a");
  CallScript("updated demo://b");
  EXPECT_THAT(Ready(tools), HasSubstr(R"("method":"notifications/tools/list_changed","params":{"_meta":{)"
                                      R"("io.modelcontextprotocol/subscriptionId":"s"}})"));
  const std::string updates = Ready(resource);
  EXPECT_THAT(updates, HasSubstr(R"("uri":"demo://a")"));
  EXPECT_THAT(updates, Not(HasSubstr("demo://b")));
  CallScript("end-listen");
  EXPECT_THAT(Ready(tools), HasSubstr(R"("id":"s","result":{"resultType":"complete")"));
  EXPECT_THAT(Ready(resource), HasSubstr("(end)"));
}

TEST_F(McpModernTest, BothErasAreServedAtOneEndpoint) {
  Initialize();
  SiteAnswer legacy = Call("hello");
  EXPECT_THAT(Ready(legacy), HasSubstr("result"));
  SiteAnswer modern = CallScript("hello");
  EXPECT_THAT(Ready(modern), HasSubstr("resultType"));
}

class McpModernOnlyTest : public McpModernTest {
 protected:
  McpModernOnlyTest() : McpModernTest({.eras = Eras::kModern}) {}
};

TEST_F(McpModernOnlyTest, TheLegacyEraIsRefused) {
  EXPECT_THAT(Initialize(), HasSubstr("-32022"));
  EXPECT_EQ(Status(Get()), 405);
  EXPECT_EQ(Status(Serve("DELETE", "", {})), 405);
  SiteAnswer answer = CallScript("hello");
  EXPECT_THAT(Ready(answer), HasSubstr("complete"));
}

class McpLegacyOnlyTest : public McpModernTest {
 protected:
  McpLegacyOnlyTest() : McpModernTest({.eras = Eras::kLegacy}) {}
};

TEST_F(McpLegacyOnlyTest, TheModernEraIsABadRequestOfNoModernKind) {
  const SiteAnswer answer = Send("server/discover", "");
  EXPECT_EQ(Status(answer), 400);
  EXPECT_THAT(Body(answer), HasSubstr("-32000"));
}

TEST(DecodeHeader, ReadsWhatIsMarkedAsBase64) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, std::optional<std::string>>>{
           {"plain", "plain"},
           {"", ""},
           {"=?base64?aGk=?=", "hi"},
           {"=?base64?aGVsbG8h?=", "hello!"},
           {"=?base64?"
            "?=",
            ""},
           {"=?BASE64?aGk=?=", "=?BASE64?aGk=?="},
           {"=?base64?aGk=", "=?base64?aGk="},
           {"=?base64?a?=", std::nullopt},
           {"=?base64?a*k=?=", std::nullopt},
       }) {
    EXPECT_EQ(DecodeHeader(text), value) << text;
  }
}

}  // namespace
}  // namespace sluice::agent::mcp
