// The client's side of MCP: what is sent when, and what an answer is taken for.
#include "client/ctl/mcp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/ctl/json_view.h"

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

McpClient::News Opened(McpClient& client, const std::string& era) {
  sluice::v1::SessionResponse frame;
  frame.mutable_opened()->set_era(era);
  return client.Take(frame);
}

McpClient::News Message(McpClient& client, const std::string& json) {
  sluice::v1::SessionResponse frame;
  frame.mutable_message()->set_json(json);
  return client.Take(frame);
}

// A client whose handshake is done: its request has the id 2.
McpClient Ready() {
  McpClient client(Era::kLegacy, "tools/call", R"("name":"echo")");
  Opened(client, "auto");
  Message(client, R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}})");
  return client;
}

TEST(McpClient, LegacyInitializesFirst) {
  McpClient client(Era::kAuto, "tools/list", "");
  const auto begun = Opened(client, "auto");
  ASSERT_EQ(begun.send.size(), 1u);
  EXPECT_EQ(TextOf(begun.send[0], "method"), "initialize");
  EXPECT_EQ(TextOf(Member(begun.send[0], "params"), "protocolVersion"), "2025-11-25");
  EXPECT_THAT(Message(client, R"({"jsonrpc":"2.0","id":1,"result":{}})").send,
              ElementsAre(R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
                          R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{"progressToken":2}}})"));
}

TEST(McpClient, ModernSendsTheRequestAtOnceAndSaysWhatItIsInEach) {
  McpClient client(Era::kAuto, "tools/call", R"("name":"echo")");
  const auto begun = Opened(client, "modern");
  ASSERT_EQ(begun.send.size(), 1u);
  const std::string params(Member(begun.send[0], "params"));
  EXPECT_EQ(TextOf(params, "name"), "echo");
  const std::string meta(Member(params, "_meta"));
  EXPECT_EQ(TextOf(meta, "io.modelcontextprotocol/protocolVersion"), "2026-07-28");
  EXPECT_EQ(TextOf(meta, "io.modelcontextprotocol/clientCapabilities"), "{}");
  EXPECT_EQ(TextOf(Member(meta, "io.modelcontextprotocol/clientInfo"), "name"), "sluicectl");
}

TEST(McpClient, WhatTheUserSaysOfTheEraWins) {
  McpClient modern(Era::kModern, "tools/list", ""), legacy(Era::kLegacy, "tools/list", "");
  EXPECT_THAT(Opened(modern, "legacy").send[0], HasSubstr("tools/list"));
  EXPECT_THAT(Opened(legacy, "modern").send[0], HasSubstr("initialize"));
}

TEST(McpClient, TheAnswerIsTheRawResult) {
  McpClient client = Ready();
  EXPECT_EQ(Message(client, R"({"jsonrpc":"2.0","id":2,"result":{"n":9007199254740993}})").result,
            R"({"n":9007199254740993})");
}

TEST(McpClient, ANextPageIsARequestOfItsOwn) {
  McpClient client = Ready();
  EXPECT_THAT(client.Again(R"("cursor":"c")"), HasSubstr(R"("id":3,"method":"tools/call","params":{"cursor":"c",)"));
}

TEST(McpClient, AnErrorOfTheServerIsAStatus) {
  struct Row {
    int rpc;
    absl::StatusCode code;
  };
  for (const Row& row : std::initializer_list<Row>{{-32600, absl::StatusCode::kInvalidArgument},
                                                   {-32601, absl::StatusCode::kUnimplemented},
                                                   {-32602, absl::StatusCode::kInvalidArgument},
                                                   {-32603, absl::StatusCode::kInternal},
                                                   {-32002, absl::StatusCode::kNotFound},
                                                   {-1, absl::StatusCode::kUnknown}}) {
    McpClient client = Ready();
    const std::string code = std::to_string(row.rpc);
    const auto news = Message(client, R"({"jsonrpc":"2.0","id":2,"error":{"message":"no","code":)" + code + "}}");
    EXPECT_EQ(news.failure, absl::Status(row.code, "the server says: no (" + code + ")"));
    EXPECT_FALSE(news.result);
  }
}

TEST(McpClient, ARefusedHandshakeIsAFailureToo) {
  McpClient client(Era::kLegacy, "tools/list", "");
  Opened(client, "");
  const auto news = Message(client, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"old"}})");
  EXPECT_FALSE(news.failure.ok());
  EXPECT_THAT(news.send, IsEmpty());
}

TEST(McpClient, ARequestForMoreInputIsAFailureThatSaysSo) {
  McpClient client(Era::kModern, "tools/call", "");
  Opened(client, "modern");
  const auto news = Message(
      client,
      R"({"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","inputRequests":{"k":{"method":"elicitation/create"}}}})");
  EXPECT_THAT(std::string(news.failure.message()), HasSubstr("elicitation/create"));
}

TEST(McpClient, AServersRequestIsRefusedAndAPingAnswered) {
  McpClient client = Ready();
  const auto refused = Message(client, R"({"jsonrpc":"2.0","id":"x","method":"sampling/createMessage"})");
  ASSERT_EQ(refused.send.size(), 1u);
  EXPECT_THAT(refused.send[0], HasSubstr(R"("id":"x","error":{"code":-32601,)"));
  EXPECT_THAT(refused.complaint, HasSubstr("sampling/createMessage"));
  const auto ping = Message(client, R"({"jsonrpc":"2.0","id":0,"method":"ping"})");
  EXPECT_THAT(ping.send, ElementsAre(R"({"jsonrpc":"2.0","id":0,"result":{}})"));
  EXPECT_EQ(ping.complaint, "");
}

TEST(McpClient, ARequestThatEndsWithoutAnAnswerFailed) {
  McpClient client = Ready();
  sluice::v1::SessionResponse frame;
  frame.mutable_ended()->set_request_id("2");
  EXPECT_TRUE(absl::IsUnavailable(client.Take(frame).failure));
  frame.mutable_ended()->mutable_status()->set_code(4);
  EXPECT_TRUE(absl::IsDeadlineExceeded(client.Take(frame).failure));
  frame.mutable_ended()->set_request_id("");
  EXPECT_TRUE(client.Take(frame).failure.ok()) << "a notification";
  EXPECT_THAT(client.Take(frame).complaint, HasSubstr("DEADLINE_EXCEEDED"));
}

TEST(McpClient, NotificationsAreHandedOn) {
  McpClient client = Ready();
  const auto news = Message(client, R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}})");
  ASSERT_TRUE(news.notification);
  EXPECT_EQ(news.notification->params, R"({"progress":1})");
  EXPECT_THAT(Message(client, "hello").complaint, HasSubstr("not JSON-RPC"));
}

}  // namespace
}  // namespace sluice::ctl
