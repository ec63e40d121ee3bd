// MCP over Streamable HTTP, the modern revision: Model Context Protocol 2026-07-28.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/translate/mcp_message.h"
#include "server/translate/mcp_tool_headers.h"
#include "tests/translate/mcp_scene.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Code = absl::StatusCode;

constexpr const char* kMeta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"})";

std::string Modern(const std::string& id, const std::string& method, const std::string& more = "") {
  return Call(id, method, std::string("{") + kMeta + (more.empty() ? "" : "," + more) + "}");
}

TEST(McpModernTest, HeadersAreMadeFromTheMessage) {
  McpScene scene;
  scene.Send(Modern("1", "tools/call", R"("name":"weather","arguments":{})"));
  EXPECT_EQ(scene.Sent("mcp-protocol-version"), "2026-07-28");
  EXPECT_EQ(scene.Sent("mcp-method"), "tools/call");
  EXPECT_EQ(scene.Sent("mcp-name"), "weather");
  EXPECT_EQ(scene.Sent("mcp-session-id"), "");
  scene.Send(Modern("2", "resources/read", R"("uri":"file:///ä")"));
  EXPECT_EQ(scene.Sent("mcp-name"), "=?base64?ZmlsZTovLy/DpA==?=");
  scene.Send(Modern("3", "tools/list", R"("name":"not of a call")"));
  EXPECT_EQ(scene.Sent("mcp-name"), "");
}

TEST(McpModernTest, TheEraIsToldBeforeTheFirstResponseAlone) {
  McpScene scene;
  scene.Send(Modern("1", "server/discover"));
  scene.Answer(scene.Last().key, Result("1"));
  scene.Send(Modern("2", "tools/list"));
  scene.Answer(scene.Last().key, Result("2"));
  ASSERT_EQ(scene.frames.size(), 4u);
  EXPECT_EQ(scene.frames[1].negotiated().era(), "modern");
  EXPECT_EQ(scene.frames[1].negotiated().protocol_version(), "2026-07-28");
  EXPECT_EQ(scene.frames[1].negotiated().resume_token(), "");
}

TEST(McpModernTest, AnUnknownMethodIsAnAnswerAndNotALostSession) {
  McpScene scene;
  scene.Send(Modern("1", "no/such"));
  scene.Answer(scene.Last().key, Error("1", -32601, "no"), 404);
  EXPECT_THAT(scene.Messages(), ElementsAre(Pair("1", Error("1", -32601, "no"))));
  EXPECT_FALSE(scene.end);
}

TEST(McpModernTest, ClosingIsTheCancel) {
  McpScene scene;
  scene.Send(Modern("1", "tools/call"));
  scene.Send(Modern("2", "tools/call"));
  scene.Send(Modern("3", "tools/call"));
  scene.Cancel("1");
  scene.Send(Notice("notifications/cancelled", R"({"requestId":2})"));
  EXPECT_THAT(scene.closes, ElementsAre(1u, 2u));
  EXPECT_EQ(scene.requests.size(), 3u) << "nothing is told";
  scene.Take(scene.session.OnCancelled(/*draining=*/false));
  EXPECT_EQ(scene.requests.size(), 3u);
  EXPECT_TRUE(scene.end);
}

TEST(McpModernTest, ACutAnswerIsNotAskedForAgain) {
  McpScene scene;
  scene.Send(Modern("1", "tools/call"));
  scene.Events(1);
  scene.Bytes(1, Sse(Notice("notifications/progress"), "e1"));
  scene.End(1, kCutOff);
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kUnavailable, "UPSTREAM_STREAM_TRUNCATED"}));
  EXPECT_THAT(scene.timers, IsEmpty());
}

TEST(McpModernTest, AServerThatSendsNoRequestsTakesNoResponses) {
  McpScene scene;
  scene.Send(Modern("1", "server/discover"));
  scene.Send(Result("9"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"", Code::kFailedPrecondition, ""}));
}

TEST(McpModernTest, AClientMayFallBackToInitializeWhenTheServerIsLegacy) {
  McpScene scene;
  scene.Send(Modern("1", "server/discover"));
  scene.Answer(scene.Last().key, Error("null", -32000, "Server not initialized"), 400);
  scene.Initialize();
  scene.Send(Call("2", "tools/list"));
  EXPECT_EQ(scene.Sent("mcp-session-id"), "s1");
  EXPECT_EQ(scene.Sent("mcp-method"), "");
}

TEST(McpModernTest, TheConfiguredEraIsHeldTo) {
  McpScene modern(McpOptions("modern"));
  modern.Send(Call("0", "initialize"));
  EXPECT_THAT(modern.Ended(), ElementsAre(EndedRequest{"0", Code::kFailedPrecondition, ""}));
  McpScene legacy(McpOptions("legacy"));
  legacy.Send(Modern("1", "server/discover"));
  EXPECT_THAT(legacy.Ended(), ElementsAre(EndedRequest{"1", Code::kFailedPrecondition, ""}));
  EXPECT_THAT(modern.requests, IsEmpty());
  EXPECT_THAT(legacy.requests, IsEmpty());
}

TEST(McpModernTest, WhatNoHeaderCanHoldIsRefused) {
  McpScene scene;
  scene.Send(Modern("1", "tools/call", R"("name":")" + std::string(9000, 'x') + "\""));
  scene.Send(Call("2", "m", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"a\r\nb"}})"));
  EXPECT_THAT(scene.Ended(), ElementsAre(EndedRequest{"1", Code::kInvalidArgument, ""},
                                         EndedRequest{"2", Code::kInvalidArgument, ""}));
  EXPECT_THAT(scene.requests, IsEmpty());
}

TEST(McpModernTest, ArgumentsThatTheToolListMarksAreSentAsHeaders) {
  McpScene scene;
  scene.Send(Modern("1", "tools/list"));
  scene.Answer(1, Result("1", R"({"tools":[{"name":"sql","inputSchema":{"type":"object","properties":{
      "region":{"type":"string","x-mcp-header":"Region"},"q":{"type":"string"}}}}]})"));
  scene.Send(Modern("2", "tools/call", R"("name":"sql","arguments":{"region":"eu-west1","q":"SELECT"})"));
  EXPECT_EQ(scene.Sent("mcp-param-region"), "eu-west1");
}

// ---- values in headers ----

TEST(McpHeaderValueTest, PlainAsciiIsItselfTheRestIsBase64) {
  const std::map<std::string, std::string> cases = {{"get_weather", "get_weather"},
                                                    {"a b~", "a b~"},
                                                    {"", ""},
                                                    {" a", "=?base64?IGE=?="},
                                                    {"a ", "=?base64?YSA=?="},
                                                    {"a\nb", "=?base64?YQpi?="},
                                                    {"ü", "=?base64?w7w=?="},
                                                    {"=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="}};
  for (const auto& [text, header] : cases) EXPECT_EQ(McpHeaderValue(text), header) << text;
}

TEST(McpToolHeadersTest, OnlyPrimitivesThatPropertiesLeadToAreSent) {
  McpToolHeaders tools;
  tools.Learn(R"({"tools":[{"name":"t","inputSchema":{"properties":{
      "s":{"x-mcp-header":"S"},"n":{"x-mcp-header":"N"},"b":{"x-mcp-header":"B"},"z":{"x-mcp-header":"Z"},
      "o":{"x-mcp-header":"O","properties":{"deep":{"x-mcp-header":"Deep"}}},
      "bad":{"x-mcp-header":"not a token"},"l":{"items":{"x-mcp-header":"L"}}}}}]})");
  EXPECT_THAT(tools.Of("t", R"({"s":"é","n":9007199254740993,"b":true,"z":null,"o":{"deep":1.0},"bad":"x","l":["x"]})"),
              UnorderedElementsAre(Pair("mcp-param-s", "=?base64?w6k=?="), Pair("mcp-param-n", "9007199254740993"),
                                   Pair("mcp-param-b", "true"), Pair("mcp-param-deep", "1.0")));
  EXPECT_THAT(tools.Of("other", R"({"s":"x"})"), IsEmpty());
  EXPECT_THAT(tools.Of("t", ""), IsEmpty());
}

TEST(McpToolHeadersTest, ANewListReplacesAToolAndWhatIsKeptIsBounded) {
  McpToolHeaders tools;
  const auto list = [](const std::string& tool, const std::string& header) {
    return R"({"tools":[{"name":")" + tool + R"(","inputSchema":{"properties":{"a":{"x-mcp-header":")" + header +
           "\"}}}}]}";
  };
  tools.Learn(list("t", "One"));
  tools.Learn(list("t", "Two"));
  EXPECT_THAT(tools.Of("t", R"({"a":"x"})"), ElementsAre(Pair("mcp-param-two", "x")));
  for (int i = 0; i < 10'000; ++i) tools.Learn(list("t", "Two"));  // what is learnt anew takes no more room
  for (int i = 0; i < 100; ++i) tools.Learn(list(std::string(1000, 'x') + std::to_string(i), "H"));
  EXPECT_THAT(tools.Of(std::string(1000, 'x') + "0", R"({"a":"x"})"), testing::SizeIs(1));
  EXPECT_THAT(tools.Of(std::string(1000, 'x') + "99", R"({"a":"x"})"), IsEmpty());
}

TEST(McpToolHeadersTest, ASchemaCannotMakeItGrowBeyondItsBound) {
  std::string children;
  for (int i = 0; i < 1000; ++i) {
    children += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"x-mcp-header":"H)" + std::to_string(i) + "\"}";
  }
  McpToolHeaders tools;
  tools.Learn(R"({"tools":[{"name":"t","inputSchema":{"properties":{")" + std::string(10'000, 'p') +
              R"(":{"properties":{)" + children + "}}}}}]}");
  const std::string arguments = "{\"" + std::string(10'000, 'p') + R"(":{"0":"a","1":"b","999":"c"}})";
  EXPECT_THAT(tools.Of("t", arguments), ElementsAre(Pair("mcp-param-h0", "a"), Pair("mcp-param-h1", "b")));
}

TEST(McpToolHeadersTest, WhatIsNoJsonStringIsNothing) {
  McpToolHeaders tools;
  tools.Learn(R"({"tools":[{"name":"\u1","inputSchema":{"properties":{"a":{"x-mcp-header":"A"}}}},)"
              R"({"name":"t","inputSchema":{"properties":{"a":{"x-mcp-header":"\u1"}}}}]})");
  EXPECT_THAT(tools.Of("t", R"({"a":"x"})"), IsEmpty());
}

}  // namespace
}  // namespace sluice::translate
