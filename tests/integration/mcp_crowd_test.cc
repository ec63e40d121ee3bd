// A thousand sessions of ten requests each, with random cancels and cuts, and SIGTERM in the middle: every request has
// exactly one end, every call a status, no exchange is left, and the process exits with 0.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"
#include "tests/integration/mcp_client.h"

namespace sluice::testing {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int kSessions = 100;
#else
constexpr int kSessions = 1000;
#endif
constexpr int kRequests = 10;
// This part of the sessions ends before the signal; the others meet it.
constexpr int kBefore = kSessions / 2;

class Crowd {
 public:
  explicit Crowd(const GatewayChild& gateway) {
    for (int i = 0; i < 8; ++i) channels_.push_back(gateway.NewChannel());
  }

  void Start(int index, bool meets_the_signal) {
    threads_.emplace_back([=, this] { Play(index, meets_the_signal); });
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  void Print() const {
    for (const auto& [row, count] : rows_) std::printf("  %6d  %s\n", count, row.c_str());
  }
  std::atomic<int> running{0};  // sessions of which every request was sent

 private:
  // What the requests of one session do: half of them end by themselves, some of those after a cut.
  static std::string ScriptOf(std::mt19937& random, bool endless) {
    const int steps = std::uniform_int_distribution<>(1, 6)(random);
    const std::string progress = "progress " + std::to_string(steps) + " 10";
    switch (std::uniform_int_distribution<>(0, endless ? 4 : 3)(random)) {
      case 0:
        return "fault cut-events " + std::to_string(steps) + " reset; " + progress;
      case 1:
        return "json; echo x";
      case 2:
        return "poll 2; " + progress;
      case 4:
        return "never";
      default:
        return progress;
    }
  }

  void Play(int index, bool meets_the_signal) {
    std::mt19937 random(static_cast<unsigned>(index));
    McpClient client(channels_[static_cast<std::size_t>(index) % channels_.size()]);
    client.Handshake();
    for (int id = 0; id < kRequests; ++id) client.Send(ToolCall(id, ScriptOf(random, meets_the_signal)));
    for (int id = 0; id < kRequests; ++id) {
      if (std::uniform_int_distribution<>(0, 4)(random) == 0) client.CancelRequest(id);
    }
    ++running;
    if (!meets_the_signal) client.HalfClose();
    const grpc::Status status = client.Finish();
    Judge(client, status, meets_the_signal);
  }

  void Judge(const McpClient& client, const grpc::Status& status, bool meets_the_signal) {
    const std::lock_guard lock(mu_);
    const std::string reason = ErrorInfoOf(status).reason();
    ++rows_[std::string(meets_the_signal ? "meets the signal: " : "ends before it: ") + "status " +
            std::to_string(status.error_code()) + " " + reason];
    if (!meets_the_signal) {
      EXPECT_TRUE(status.ok()) << status.error_message();
    } else {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
      EXPECT_EQ(reason, "DRAINING");
      EXPECT_EQ(client.drainings, 2) << "with the last token";
      EXPECT_FALSE(client.token.empty());
    }
    for (int id = 0; id < kRequests; ++id) {
      const auto found = client.ends.find(std::to_string(id));
      const int ends = found == client.ends.end() ? 0 : found->second;
      // What ran when the call ended has ended with it.
      const bool ended_with_the_call = ends == 0 && !status.ok();
      EXPECT_TRUE(ends == 1 || ended_with_the_call) << "request " << id << " has " << ends << " ends";
      ++rows_[ended_with_the_call ? "request ended with its call" : "request ended by itself"];
    }
  }

  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::thread> threads_;
  std::mutex mu_;
  std::map<std::string, int> rows_;  // guarded by mu_
};

TEST(McpCrowdTest, EveryRequestHasOneEndAndNothingIsLeft) {
  agent::AgentOptions options;
  options.protocol = agent::Protocol::kMcp;
  const auto server = agent::Agent::Start(options).value();
  GatewayChild gateway(SLUICE, {"--upstream=srv=mcp+" + server->url(), "--lame-duck=0s", "--drain-deadline=3s"});
  Crowd crowd(gateway);
  for (int i = 0; i < kBefore; ++i) crowd.Start(i, /*meets_the_signal=*/false);
  crowd.Join();
  EXPECT_TRUE(server->WaitUntil(
      [](const agent::AgentStats& stats) {
        return stats.mcp.sessions_open == 0 && stats.mcp.calls_running == 0 && stats.open_streams == 0;
      },
      kPatience))
      << "a session that ended well left something at the server";
  EXPECT_EQ(server->stats().mcp.sessions_deleted, static_cast<std::uint64_t>(kBefore));

  for (int i = kBefore; i < kSessions; ++i) crowd.Start(i, /*meets_the_signal=*/true);
  EXPECT_TRUE(Eventually([&] { return crowd.running == kSessions; }));
  gateway.Stop();  // SIGTERM; expects exit code 0 and counters that match
  crowd.Join();
  EXPECT_TRUE(server->WaitUntil(
      [](const agent::AgentStats& stats) { return stats.open_streams == 0 && stats.mcp.get_streams_open == 0; },
      kPatience))
      << "an exchange is left";
  crowd.Print();
}

}  // namespace
}  // namespace sluice::testing
