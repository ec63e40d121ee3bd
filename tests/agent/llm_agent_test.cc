// The model over real sockets: what breaks, and who leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "client/agent/agent.h"
#include "tests/agent/http_client.h"

namespace sluice::agent {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class LlmAgentTest : public ::testing::Test {
 protected:
  HttpClient Chat(const std::string& text, bool stream = true) {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/v1/chat/completions",
                       std::string(R"({"model":"m","stream":)") + (stream ? "true" : "false") +
                           R"(,"messages":[{"role":"user","content":")" + text + R"("}]})");
    return client;
  }
  bool Sees(const std::function<bool(const AgentStats&)>& wanted) { return agent_->WaitUntil(wanted, seconds(10)); }

  static std::size_t CountEvents(HttpClient& client) {
    std::size_t count = 0;
    while (client.NextBlock()) ++count;
    return count;
  }

  std::unique_ptr<Agent> agent_ = Agent::Start({.protocol = Protocol::kLlm}).value();
};

TEST_F(LlmAgentTest, AStreamComesWithItsHead) {
  HttpClient client = Chat("words 3 1");
  const HttpResponse head = client.ReadHead();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
  EXPECT_THAT(head.headers.at("x-request-id"), HasSubstr("req_"));
  EXPECT_EQ(CountEvents(client), 6u);
  EXPECT_TRUE(client.ended_cleanly());
  EXPECT_EQ(agent_->stats().requests.at("chat.completions"), 1u);
  EXPECT_EQ(agent_->stats().events_written, 6u);
}

TEST_F(LlmAgentTest, WhoLeavesBeforeTheFirstWordIsNoticed) {
  for (const bool stream : {true, false}) {
    agent_->ResetStats();
    {
      HttpClient client = Chat("silent 3600000", stream);
      ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams + stats.waiting_sends == 1; }));
    }
    ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
    EXPECT_EQ(agent_->stats().disconnects.front().method, "chat.completions");
    EXPECT_EQ(agent_->stats().open_streams + agent_->stats().waiting_sends, 0u);
  }
}

TEST_F(LlmAgentTest, FaultsReachAnswersOfTheModelToo) {
  HttpClient cut = Chat("fault cut-events 2 reset; words 5 0");
  EXPECT_EQ(cut.ReadHead().status, 200);
  EXPECT_EQ(CountEvents(cut), 2u);
  EXPECT_TRUE(cut.ReadsEnd());
  EXPECT_TRUE(cut.was_reset());
  HttpClient busy = Chat("fault http 529 header=Retry-After:1 body='{}'; hello");
  EXPECT_EQ(busy.ReadHead().status, 529);
  HttpClient comments = Chat("fault comments 1; silent 30");
  comments.ReadHead();
  EXPECT_THAT(comments.NextEvent().value_or("nothing"), HasSubstr("still here"));
}

TEST_F(LlmAgentTest, APlainStreamThatBreaksIsResumedUntilThereIsNoMore) {
  constexpr const char* kTarget = "/sse?script=fault%20cut-events%202%20end%3B%20words%205%200";
  HttpClient client(agent_->port());
  std::string last = "0";
  std::size_t events = 0;
  int status = 200;
  while (status == 200 && events < 100) {
    client.SendRequest("GET", kTarget, "", "Last-Event-ID: " + last + "\r\n");
    status = client.ReadHead().status;
    if (status != 200) break;
    while (const auto block = client.NextBlock()) {
      const std::size_t begin = block->find("id: ") + 4;
      last = block->substr(begin, block->find('\n', begin) - begin);
      ++events;
    }
  }
  EXPECT_EQ(status, 204);
  EXPECT_EQ(events, 5u);
  EXPECT_EQ(agent_->stats().connections_accepted, 1u);
}

TEST_F(LlmAgentTest, AFastModelIsNotBuiltAheadOfASlowReader) {
  {
    HttpClient client(agent_->port(), /*receive_buffer=*/16 << 10);
    client.SendRequest("POST", "/v1/chat/completions",
                       R"({"model":"m","stream":true,"messages":[{"role":"user","content":"size 1000000 0 10000"}]})");
    EXPECT_EQ(client.ReadHead().status, 200);
    ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.events_written > 0; }));
    // The agent has one thread: when this is answered, the stream has been filled as far as it will be.
    EXPECT_EQ(HttpClient(agent_->port()).Request("GET", "/_agent/stats", "").status, 200);
    EXPECT_LT(agent_->stats().events_written, 2'000u) << "of a million";
  }
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
}

}  // namespace
}  // namespace sluice::agent
