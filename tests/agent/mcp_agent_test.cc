// The MCP server over real sockets: what breaks, who leaves, and what is left of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "tests/agent/http_client.h"

namespace sluice::agent {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class McpAgentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/mcp",
                       R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
                       R"("capabilities":{"sampling":{}}}})",
                       Headers());
    const HttpResponse head = client.ReadHead();
    ASSERT_EQ(head.status, 200);
    session_ = head.headers.at("mcp-session-id");
    while (client.NextBlock()) {
    }
  }

  std::string Headers(const std::string& more = "") const {
    return "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
           (session_.empty() ? "" : "Mcp-Session-Id: " + session_ + "\r\nMCP-Protocol-Version: 2025-11-25\r\n") + more;
  }
  HttpClient Call(const std::string& script, const std::string& id = "1") {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/mcp",
                       R"({"jsonrpc":"2.0","id":)" + id +
                           R"(,"method":"tools/call","params":{"name":"script","arguments":{"text":")" + script +
                           R"("},"_meta":{"progressToken":1}}})",
                       Headers());
    return client;
  }
  HttpClient Get(const std::string& more = "") {
    HttpClient client(agent_->port());
    client.SendRequest("GET", "/mcp", "", Headers(more));
    return client;
  }
  int Notify(const std::string& method, const std::string& params) {
    HttpClient client(agent_->port());
    return client
        .Request("POST", "/mcp", R"({"jsonrpc":"2.0","method":")" + method + R"(","params":)" + params + "}", Headers())
        .status;
  }
  bool Sees(const std::function<bool(const AgentStats&)>& wanted) { return agent_->WaitUntil(wanted, seconds(10)); }

  static std::vector<std::string> Events(HttpClient& client) {
    std::vector<std::string> events;
    EXPECT_EQ(client.ReadHead().status, 200);
    while (auto event = client.NextBlock()) events.push_back(std::move(*event));
    return events;
  }

  std::unique_ptr<Agent> agent_ = Agent::Start({.protocol = Protocol::kMcp}).value();
  std::string session_;
};

TEST_F(McpAgentTest, AGetStreamHasItsHeadBeforeItsFirstEvent) {
  HttpClient get = Get();
  const HttpResponse head = get.ReadHead();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(head.headers.at("mcp-session-id"), session_);
  HttpClient call = Call("changed");
  EXPECT_THAT(get.NextBlock().value_or("nothing"), HasSubstr("notifications/tools/list_changed"));
}

TEST_F(McpAgentTest, AStreamIsCutAsOrderedAndItsCallResumed) {
  for (const bool reset : {false, true}) {
    HttpClient cut = Call(std::string("fault cut-events 2 ") + (reset ? "reset" : "fin") + "; progress 4 5");
    const std::vector<std::string> before = Events(cut);
    ASSERT_EQ(before.size(), 2u) << "the priming event counts";
    EXPECT_FALSE(cut.ended_cleanly());
    EXPECT_TRUE(cut.ReadsEnd());
    EXPECT_EQ(cut.was_reset(), reset);
    const std::string id =
        before[1].substr(before[1].find("id: ") + 4, before[1].find("\ndata") - before[1].find("id: ") - 4);
    HttpClient resumed = Get("Last-Event-ID: " + id + "\r\n");
    const std::vector<std::string> after = Events(resumed);
    ASSERT_EQ(after.size(), 4u);
    EXPECT_THAT(after[0], HasSubstr("step 2 of 4"));
    EXPECT_THAT(after[3], HasSubstr("\"result\""));
    EXPECT_TRUE(resumed.ended_cleanly());
  }
  EXPECT_EQ(agent_->stats().answers_cut, 2u);
  EXPECT_EQ(agent_->stats().mcp.resumes, 2u);
  EXPECT_EQ(agent_->stats().mcp.calls_running, 0u);
}

TEST_F(McpAgentTest, ACallThatIsPolledComesInManyBodies) {
  HttpClient client = Call("poll 1; progress 3 0");
  std::size_t bodies = 1;
  std::vector<std::string> events = Events(client);
  while (client.ended_cleanly() && events.back().find("\"result\"") == std::string::npos) {
    const std::string& last = events.back();
    const std::size_t begin = last.find("id: ") + 4;
    client.SendRequest("GET", "/mcp", "",
                       Headers("Last-Event-ID: " + last.substr(begin, last.find('\n', begin) - begin) + "\r\n"));
    events = Events(client);
    EXPECT_EQ(events.size(), 1u);
    ++bodies;
  }
  EXPECT_EQ(bodies, 4u);
  EXPECT_EQ(agent_->stats().connections_accepted, 2u) << "clean ends leave the connection open";
}

TEST_F(McpAgentTest, AClientThatLeavesIsNoticedAndItsCallGoesOn) {
  {
    HttpClient client = Call("never");
    ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == 1; }));
  }
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
  EXPECT_EQ(agent_->stats().disconnects.front().method, "tools/call");
  EXPECT_EQ(agent_->stats().mcp.calls_running, 1u);
  EXPECT_EQ(Notify("notifications/cancelled", R"({"requestId":1})"), 202);
  EXPECT_EQ(agent_->stats().mcp.calls_running, 0u);
}

TEST_F(McpAgentTest, ACancelledCallsStreamIsOpenUntilItsClientCloses) {
  {
    HttpClient client = Call("silent 3600000");
    EXPECT_EQ(client.ReadHead().status, 200);
    EXPECT_THAT(client.NextBlock().value_or("nothing"), StartsWith("id: "));
    Notify("notifications/cancelled", R"({"requestId":1})");
    ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_cancelled == 1; }));
    EXPECT_EQ(agent_->stats().open_streams, 1u);
  }
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == 0 && stats.disconnects_seen == 1; }));
}

TEST_F(McpAgentTest, AQuestionTravelsOnTheCallsStreamAndItsAnswerByPost) {
  HttpClient client = Call("sample");
  client.ReadHead();
  client.NextBlock();
  EXPECT_THAT(client.NextEvent().value_or("nothing"), HasSubstr(R"("id":0,"method":"sampling/createMessage")"));
  HttpClient poster(agent_->port());
  EXPECT_EQ(poster.Request("POST", "/mcp", R"({"jsonrpc":"2.0","id":0,"result":{"x":1.50}})", Headers()).status, 202);
  EXPECT_THAT(client.NextEvent().value_or("nothing"), HasSubstr(R"("answer":{"x":1.50})"));
  EXPECT_FALSE(client.NextEvent().has_value());
  EXPECT_TRUE(client.ended_cleanly());
}

TEST_F(McpAgentTest, ADisconnectedGetStreamMakesRoomForTheNext) {
  {
    HttpClient get = Get();
    ASSERT_EQ(get.ReadHead().status, 200);
    EXPECT_EQ(Get().ReadResponse().status, 409);
  }
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.get_streams_open == 0; }));
  EXPECT_EQ(Get().ReadHead().status, 200);
}

TEST_F(McpAgentTest, AJsonAnswerComesWhole) {
  HttpClient client = Call("json; progress 2 1", "1.0");
  const HttpResponse response = client.ReadResponse();
  EXPECT_EQ(response.headers.at("content-type"), "application/json");
  EXPECT_THAT(response.body, StartsWith(R"({"jsonrpc":"2.0","id":1.0,"result")"));
  HttpClient odd = Call("fault error -32000; json; never", "2");
  EXPECT_THAT(odd.ReadHead().status, 200);
  EXPECT_THAT(odd.ReadBytes(60), HasSubstr("-32000"));
}

TEST_F(McpAgentTest, OtherFaultsReachAnswersOfMcpToo) {
  HttpClient status = Call("fault http 503 header=Retry-After:7 body=busy; hello", "1");
  const HttpResponse head = status.ReadHead();
  EXPECT_EQ(head.status, 503);
  EXPECT_EQ(head.headers.at("retry-after"), "7");
  HttpClient odd = Call("fault odd-event 1 wrong-id, comments 1; silent 30", "2");
  const std::vector<std::string> events = Events(odd);
  EXPECT_THAT(events.at(1), HasSubstr("nobody asked"));
  EXPECT_THAT(events.back(), HasSubstr("\"result\""));
}

TEST_F(McpAgentTest, TheModernClientThatClosesCancels) {
  {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/mcp",
                       R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"script","arguments":)"
                       R"({"text":"never"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                       R"("io.modelcontextprotocol/clientCapabilities":{}}}})",
                       "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                       "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: script\r\n");
    ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 1; }));
  }
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_cancelled == 1; }));
  EXPECT_EQ(agent_->stats().mcp.calls_running, 0u);
}

TEST_F(McpAgentTest, AnAgentEndsWithEverythingOpen) {
  HttpClient get = Get();
  HttpClient call = Call("never");
  HttpClient json = Call("json; never", "2");
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == 2 && stats.waiting_sends == 1; }));
  agent_.reset();
  EXPECT_TRUE(get.ReadsEnd());
}

}  // namespace
}  // namespace sluice::agent
