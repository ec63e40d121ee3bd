// Sessions with an MCP server: what a client, a server or a gateway that goes away leaves behind, and what goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/mcp_client.h"

namespace sluice::testing {
namespace {

using agent::AgentStats;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Steps(int count) {
  std::vector<std::string> steps;
  for (int i = 1; i <= count; ++i) steps.push_back(std::to_string(i));
  return steps;
}

std::unique_ptr<agent::Agent> McpServer() {
  agent::AgentOptions options;
  options.protocol = agent::Protocol::kMcp;
  return agent::Agent::Start(options).value();
}

config::Config McpConfig(const agent::Agent& server) {
  config::Config config = TestConfig(server.url(), config::UpstreamKind::kMcp);
  config.resume.key = std::string(32, 'k');  // two gateways of one test share it
  return config;
}

class McpTest : public ::testing::Test {
 protected:
  bool Sees(const std::function<bool(const AgentStats&)>& wanted) { return server_->WaitUntil(wanted, kPatience); }
  std::unique_ptr<agent::Agent> server_ = McpServer();
  config::Config config_ = McpConfig(*server_);
};

TEST_F(McpTest, TheServersStreamIsOpenBeforeItHearsOfInitialized) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  client.Send(ToolCall(1, "progress 3 0"));
  client.UntilEnd("1");
  EXPECT_EQ(client.progress["1"], Steps(3));
  EXPECT_FALSE(client.session_id.empty());
  client.HalfClose();
  EXPECT_TRUE(client.Finish().ok());
  const AgentStats stats = server_->stats();
  EXPECT_EQ(stats.mcp.initialized_without_get, 0u);
  EXPECT_EQ(stats.mcp.sessions_deleted, 1u);
  EXPECT_EQ(stats.mcp.sessions_open, 0u);
}

TEST_F(McpTest, RequestsOfTheServerAreAnsweredOnTheSameStream) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  for (const std::string script : {"sample", "elicit", "roots"}) {
    client.Send(ToolCall(1, script));
    const auto asked =
        client.Until([](const auto& frame) { return frame.message().json().find("\"method\"") != std::string::npos; });
    const std::string& json = asked.message().json();
    EXPECT_EQ(asked.message().request_id(), script == "roots" ? "" : "1") << json;
    const std::size_t begin = json.find("\"id\":") + 5;
    const std::string id = json.substr(begin, json.find_first_of(",}", begin) - begin);
    client.Send(R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{"answer":"from the client"}})");
    client.UntilEnd("1");
    EXPECT_THAT(client.responses["1"].back(), HasSubstr("from the client")) << script;
    client.ends.clear();
  }
}

TEST_F(McpTest, CancellingOneOfFiftyTouchesOnlyThatOne) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  for (int id = 0; id < 50; ++id) client.Send(ToolCall(id, id == 17 ? "never" : "progress 20 20"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 50; }));
  client.CancelRequest(17);
  client.HalfClose();
  EXPECT_TRUE(client.Finish().ok());
  for (int id = 0; id < 50; ++id) {
    const std::string name = std::to_string(id);
    EXPECT_EQ(client.ends[name], 1) << id;
    if (id != 17) {
      EXPECT_EQ(client.progress[name], Steps(20)) << id;
    }
  }
  EXPECT_EQ(client.ended["17"], grpc::StatusCode::CANCELLED);
  EXPECT_EQ(server_->stats().mcp.cancels_received, 1u);
  EXPECT_EQ(server_->stats().mcp.calls_cancelled, 1u);
}

TEST_F(McpTest, AClientThatIsGoneLeavesNothingAtTheServer) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  for (int id = 0; id < 20; ++id) client.Send(ToolCall(id, "never"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 20; }));
  client.Kill();
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Sees([](const AgentStats& stats) {
    return stats.mcp.sessions_open == 0 && stats.mcp.calls_running == 0 && stats.open_streams == 0;
  }));
  EXPECT_TRUE(gateway.BecomesQuiet());
  EXPECT_EQ(server_->stats().mcp.cancels_received, 20u);
  EXPECT_EQ(server_->stats().mcp.sessions_deleted, 1u);
}

TEST_F(McpTest, WithThePolicyCloseTheSessionStaysAndItsTokenOpensItAgain) {
  TestGateway gateway(config_);
  sluice::v1::Open open;
  open.set_on_cancel(sluice::v1::CANCEL_POLICY_CLOSE);
  std::string token;
  std::string session;
  {
    McpClient client(gateway.NewChannel(), open);
    client.Handshake();
    token = client.token;
    session = client.session_id;
    client.Kill();
    client.Finish();
  }
  EXPECT_TRUE(gateway.BecomesQuiet());
  EXPECT_EQ(server_->stats().mcp.sessions_open, 1u);

  sluice::v1::Open again;
  again.set_resume_token(token);
  McpClient client(gateway.NewChannel(), again);
  client.Send(ToolCall(1, "echo hello"));
  client.UntilEnd("1");
  EXPECT_EQ(client.session_id, session);
  EXPECT_THAT(client.responses["1"], ElementsAre(HasSubstr("hello")));
  client.HalfClose();
  EXPECT_TRUE(client.Finish().ok());
}

TEST_F(McpTest, ATokenIsForItsCallerAndItsKey) {
  config::Config other = config_;
  other.resume.key = std::string(32, 'x');
  TestGateway gateway(config_);
  TestGateway stranger(other);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  sluice::v1::Open again;
  again.set_resume_token(client.token);
  EXPECT_EQ(McpClient(stranger.NewChannel(), again).Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  (*again.mutable_headers())["authorization"] = "Bearer somebody-else";
  EXPECT_EQ(McpClient(gateway.NewChannel(), again).Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// Wherever the answer is cut, every step and the result come once.
class McpCutTest : public McpTest, public ::testing::WithParamInterface<int> {};

TEST_P(McpCutTest, ACutAnswerGoesOnWithoutALossOrARepeat) {
  TestGateway gateway(config_);
  for (const std::string how : {"reset", "fin", "end"}) {
    McpClient client(gateway.NewChannel());
    client.Handshake();
    client.Send(ToolCall(1, "fault cut-events " + std::to_string(GetParam()) + " " + how + "; progress 5 5"));
    client.UntilEnd("1");
    ASSERT_THAT(client.responses["1"], ::testing::SizeIs(1)) << how << " " << client.ended["1"];
    EXPECT_EQ(client.progress["1"], Steps(5)) << how;
    client.HalfClose();
    EXPECT_TRUE(client.Finish().ok());
  }
}
INSTANTIATE_TEST_SUITE_P(AfterEachEvent, McpCutTest, ::testing::Range(1, 7));

TEST_F(McpTest, AServerThatPollsIsAskedAgainEachTime) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  client.Send(ToolCall(1, "poll 2; progress 6 1"));
  client.UntilEnd("1");
  EXPECT_EQ(client.progress["1"], Steps(6));
  EXPECT_EQ(client.ends["1"], 1);
  EXPECT_GE(server_->stats().mcp.resumes, 2u);
}

TEST_F(McpTest, AServerThatLostItsSessionEndsTheCall) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  client.Send(ToolCall(1, "lose-session"));
  client.UntilEnd("1");
  client.Send(ToolCall(2, "echo x"));
  const grpc::Status status = client.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UPSTREAM_SESSION_LOST");
}

TEST_F(McpTest, ModernRequestsNeedNoHandshakeAndClosingIsTheCancel) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  const auto modern = [](const std::string& id, const std::string& script) {
    return R"({"jsonrpc":"2.0","id":)" + id +
           R"(,"method":"tools/call","params":{"name":"script","arguments":{"text":")" + script +
           R"("},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})";
  };
  client.Send(modern("1", "echo hello"));
  client.UntilEnd("1");
  EXPECT_THAT(client.responses["1"], ElementsAre(HasSubstr("hello")));
  client.Send(modern("2", "never"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 1; }));
  client.CancelRequest(2);
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 0; }));
  EXPECT_EQ(server_->stats().mcp.cancels_received, 0u);
  client.HalfClose();
  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(server_->stats().mcp.sessions_opened, 0u);
}

TEST_F(McpTest, ASilentSessionHasHeartbeats) {
  config_.heartbeat = milliseconds(20);
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  client.Send(ToolCall(1, "never"));
  client.Until([&](const auto&) { return client.heartbeats == 3; });
  EXPECT_EQ(client.heartbeats, 3);
  EXPECT_EQ(client.ends.count("1"), 0u);
}

TEST_F(McpTest, AClientThatDoesNotReadHoldsTheServerBack) {
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  constexpr std::uint64_t kEvents = 4000;
  client.Send(ToolCall(1, "size 4000 0 16384"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.events_written > 20; }));
  std::uint64_t before = 0;
  ASSERT_TRUE(Eventually([&] {  // it has come to a halt, by two looks
    const std::uint64_t now = server_->stats().events_written;
    std::this_thread::sleep_for(milliseconds(100));
    before = server_->stats().events_written;
    return now == before;
  }));
  EXPECT_LT(before, kEvents) << "what sockets and buffers swallow, and no more";
  client.UntilEnd("1");
  EXPECT_EQ(client.progress["1"].size(), kEvents);
}

// ---- the gateway goes away ----

TEST_F(McpTest, AClientThatIsGoneInADrainLeavesNothingAtTheServerEither) {
  config_.drain.deadline = kPatience;
  TestGateway gateway(config_);
  McpClient client(gateway.NewChannel());
  client.Handshake();
  client.Send(ToolCall(1, "never"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == 1; }));
  std::thread drain([&] { gateway.Drain(); });
  client.Until([&](const auto&) { return client.drainings == 1; });
  client.Kill();
  client.Finish();
  drain.join();  // not at the deadline: nothing runs any more
  EXPECT_EQ(server_->stats().mcp.calls_cancelled, 1u);
  EXPECT_EQ(server_->stats().mcp.sessions_deleted, 1u);
}

TEST_F(McpTest, AHundredSessionsGoOnAtAnotherGatewayAndLoseNothing) {
  constexpr int kSessions = 100;
  constexpr int kSteps = 60;
  config_.drain.deadline = milliseconds(400);
  auto first = std::make_unique<TestGateway>(config_);
  TestGateway second(config_);
  const auto channel = first->NewChannel();
  std::vector<std::unique_ptr<McpClient>> clients;
  for (int i = 0; i < kSessions; ++i) {
    clients.push_back(std::make_unique<McpClient>(channel));
    clients.back()->Handshake();
    clients.back()->Send(ToolCall(1, "progress 60 25"));
  }
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.calls_running == kSessions; }));
  for (auto& client : clients) client->Until([&](const auto&) { return !client->progress["1"].empty(); });

  std::thread drain([&] { first->Drain(); });
  for (auto& client : clients) {
    const grpc::Status status = client->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_EQ(ErrorInfoOf(status).reason(), "DRAINING");
    EXPECT_EQ(client->drainings, 2) << "when it begins, and with the last token";
    EXPECT_EQ(client->ends.count("1"), 0u) << "it was running";
  }
  drain.join();
  EXPECT_EQ(server_->stats().mcp.sessions_open, static_cast<std::uint64_t>(kSessions)) << "they were not deleted";

  for (auto& client : clients) {
    sluice::v1::Open open;
    open.set_resume_token(client->token);
    McpClient again(second.NewChannel(), open);
    again.UntilEnd("1");
    ASSERT_THAT(again.responses["1"], ::testing::SizeIs(1)) << again.ended["1"];
    std::vector<std::string> steps = client->progress["1"];
    steps.insert(steps.end(), again.progress["1"].begin(), again.progress["1"].end());
    EXPECT_EQ(steps, Steps(kSteps));
    again.HalfClose();
    EXPECT_TRUE(again.Finish().ok());
  }
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.mcp.sessions_open == 0; }));
}

}  // namespace
}  // namespace sluice::testing
