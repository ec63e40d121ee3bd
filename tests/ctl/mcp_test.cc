// sluicectl mcp-stdio as an MCP client sees it; tools and tool as a user does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "tests/ctl/sluicectl.h"

namespace sluice::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Request(const std::string& id, const std::string& method) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + "\"}\n";
}

TEST_F(Sluicectl, McpStdioPassesMessagesAndEndsQuietly) {
  const auto child = Run({"mcp-stdio", "--upstream=tools"}, 0, Request("1", "ping"));
  EXPECT_EQ(child->out(), "{\"jsonrpc\":\"2.0\",\"id\":1, \"result\":1.50}\n");
  EXPECT_EQ(child->err(), "");
}

TEST_F(Sluicectl, McpStdioSaysNothingBeforeItIsSpokenTo) {
  const auto child = Run({"mcp-stdio"}, 0);
  EXPECT_EQ(child->out() + child->err(), "");
}

TEST_F(Sluicectl, McpStdioCarriesAQuestionOfTheServerAndItsAnswer) {
  auto child = Start({"mcp-stdio"});
  child->Write(Request("5", "ask"));
  ASSERT_TRUE(child->WaitForOut("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"roots/list\"}\n"));
  child->Write("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}\n");
  ASSERT_TRUE(child->WaitForOut("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":\"thanks\"}\n"));
  EXPECT_EQ(child->Finish(), 0);
}

TEST_F(Sluicectl, McpStdioAnswersForARequestThatFailedAndGoesOn) {
  auto child = Start({"mcp-stdio"});
  child->Write(Request("1", "fail"));
  ASSERT_TRUE(child->WaitForOut("\"reason\":\"UPSTREAM_STREAM_TRUNCATED\""));
  EXPECT_THAT(child->out(), StartsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,"));
  child->Write(Request("2", "late"));
  ASSERT_TRUE(child->WaitForOut("\"id\":2,\"error\":{\"code\":-32001,"));
  child->Write(Request("3", "garbled"));
  ASSERT_TRUE(child->WaitForOut("\"id\":3,\"error\":{\"code\":-32603,"));
  child->Write(Request("4", "mute-id"));
  ASSERT_TRUE(child->WaitForOut("\"id\":4,\"error\":{\"code\":-32700, \"message\":\"what?\"}}\n"));
  EXPECT_EQ(child->Finish(), 0);
}

TEST_F(Sluicectl, McpStdioAnswersAMessageThatIsNoneAndGoesOn) {
  const auto child = Run({"mcp-stdio"}, 0, "hello\n" + Request("1", "ping"));
  EXPECT_EQ(child->out(),
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"not JSON-RPC\","
            "\"data\":{\"code\":\"INVALID_ARGUMENT\"}}}\n{\"jsonrpc\":\"2.0\",\"id\":1, \"result\":1.50}\n");
  EXPECT_EQ(child->err(), "sluicectl: message 2: INVALID_ARGUMENT: not JSON-RPC\n");
}

TEST_F(Sluicectl, McpStdioDoesNotAnswerWhatItsClientCancelled) {
  const auto child =
      Run({"mcp-stdio"}, 0,
          Request("1", "wait") + R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})" +
              "\n" + Request("2", "ping"));
  EXPECT_EQ(child->out(), "{\"jsonrpc\":\"2.0\",\"id\":2, \"result\":1.50}\n");
}

TEST_F(Sluicectl, McpStdioAnswersWhoStillWaitsWhenTheCallFails) {
  auto child = Start({"mcp-stdio"});
  child->Write(Request("1", "wait") + Request("2", "drain"));
  ASSERT_TRUE(child->WaitForOut("\"id\":2,\"error\":"));
  EXPECT_EQ(child->Finish(), 78);
  EXPECT_THAT(child->out(), HasSubstr("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"the "
                                      "gateway is going away\",\"data\":{\"code\":\"UNAVAILABLE\"}}}\n"));
  EXPECT_THAT(child->err(), HasSubstr("ends the session in 2.0 s"));
  EXPECT_THAT(child->err(), HasSubstr("UNAVAILABLE: the gateway is going away"));
}

TEST_F(Sluicectl, McpStdioCancelsTheCallWhenItIsTerminated) {
  auto child = Start({"mcp-stdio"});
  child->Write(Request("1", "ping") + Request("2", "wait"));
  ASSERT_TRUE(child->WaitForOut("\"id\":1"));
  child->Signal(SIGTERM);
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
  EXPECT_EQ(child->Finish(), 65);
}

// Some clients stop reading, terminate their server and wait for its end.
TEST_F(Sluicectl, McpStdioEndsWhenItIsTerminatedThoughNobodyReadsIt) {
  auto child = Start({"mcp-stdio"});
  child->Write(Request("1", "flood") + Request("2", "wait"));
  ASSERT_TRUE(child->WaitForOutWaiting(64 << 10));
  child->Signal(SIGTERM);
  EXPECT_EQ(child->EndUnread(), 65);
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
}

TEST_F(Sluicectl, ToolsEndsAListThatDoesNot) {
  const auto looping = Run({"tools", "--upstream=looping"}, 77);
  EXPECT_EQ(looping->out(), "echo\necho\n");
  EXPECT_THAT(looping->err(), HasSubstr("nextCursor leads to the same page again"));
  EXPECT_THAT(Run({"tools", "--upstream=endless"}, 77)->err(), HasSubstr("more than 1000 pages"));
}

TEST_F(Sluicectl, ToolsListsAllPages) {
  EXPECT_EQ(Run({"tools"}, 0)->out(), "echo\nsum\n");
  EXPECT_THAT(Run({"tools", "--upstream=modern"}, 0)->err(), StartsWith("ended: OK, 3 events"));
  EXPECT_THAT(Run({"tools", "-o", "json"}, 0)->out(), EndsWith("{\"tools\":[{\"name\":\"sum\"}]}\n"));
}

TEST_F(Sluicectl, ToolShowsTheAnswerAndOnStderrWhatCameBefore) {
  const auto child = Run({"tool", "echo", R"({"text":"hello"})"}, 0);
  EXPECT_EQ(child->out(), "hello\n");
  EXPECT_THAT(child->err(), HasSubstr("progress [##########          ]  50% half\nlog info: busy\n"));
  EXPECT_THAT(child->err(),
              HasSubstr("asked for sampling/createMessage; it was told that there is none here (-32601)"));
}

TEST_F(Sluicectl, ToolReadsItsArgumentsFromStdin) {
  EXPECT_EQ(Run({"tool", "echo", "-"}, 0, R"({"text":"hello"})")->out(), "hello\n");
}

TEST_F(Sluicectl, ToolExitsWithOneIfTheToolFailed) {
  EXPECT_EQ(Run({"tool", "broken", R"({"text":"oh"})"}, 1)->out(), "oh\n");
}

TEST_F(Sluicectl, ToolTellsWhyThereIsNoAnswer) {
  EXPECT_THAT(Run({"tool", "unknown"}, 67)->err(),
              HasSubstr("INVALID_ARGUMENT: the server says: no such tool (-32602)"));
  EXPECT_THAT(Run({"tool", "cut"}, 78)->err(), HasSubstr("UPSTREAM_STREAM_TRUNCATED"));
  EXPECT_THAT(Run({"tool", "echo", "[1]"}, 64)->err(), HasSubstr("ARGUMENTS: not a JSON object"));
}

}  // namespace
}  // namespace sluice::testing
