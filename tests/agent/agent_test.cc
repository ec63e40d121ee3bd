// The agent over real sockets.
#include "client/agent/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/agent/http_client.h"

namespace sluice::agent {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string Rpc(const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
}

std::string Send(const std::string& method, const std::string& text, const std::string& more_of_message = "") {
  return Rpc(method, R"({"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":")" + text + "\"}]" +
                         more_of_message + "}}");
}

// The value of the first string member of that name.
std::string Member(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t begin = json.find(key);
  if (begin == std::string::npos) return {};
  return json.substr(begin + key.size(), json.find('"', begin + key.size()) - begin - key.size());
}

class AgentTest : public ::testing::Test {
 protected:
  explicit AgentTest(const AgentOptions& options = {}) {
    auto started = Agent::Start(options);
    EXPECT_TRUE(started.ok()) << started.status();
    if (started.ok()) agent_ = std::move(*started);
  }

  void SetUp() override { ASSERT_NE(agent_, nullptr); }

  static void SetUpTestSuite() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }

  HttpClient Client(int receive_buffer = 0) const { return HttpClient(agent_->port(), receive_buffer); }

  // A client whose stream has begun; the first event is read.
  std::unique_ptr<HttpClient> OpenStream(const std::string& text, int receive_buffer = 0) {
    auto client = std::make_unique<HttpClient>(agent_->port(), receive_buffer);
    client->SendRequest("POST", "/", Send("SendStreamingMessage", text));
    EXPECT_EQ(client->ReadHead().status, 200);
    const auto first = client->NextEvent();
    EXPECT_TRUE(first.has_value());
    if (first) last_task_ = Member(first->substr(first->find("\"task\"")), "id");
    return client;
  }

  bool Sees(const std::function<bool(const AgentStats&)>& wanted) { return agent_->WaitUntil(wanted, seconds(10)); }

  static std::vector<std::string> RestOf(HttpClient& client) {
    std::vector<std::string> events;
    while (auto event = client.NextEvent()) events.push_back(std::move(*event));
    return events;
  }

  std::unique_ptr<Agent> agent_;
  std::string last_task_;  // of OpenStream()
};

TEST_F(AgentTest, ListensOnAPortOfItsOwn) {
  EXPECT_NE(agent_->port(), 0);
  EXPECT_EQ(agent_->url(), "http://127.0.0.1:" + std::to_string(agent_->port()) + "/");
}

TEST_F(AgentTest, TheCardNamesItsAddress) {
  const HttpResponse response = Client().Request("GET", "/.well-known/agent-card.json", "", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-type"), "application/json");
  EXPECT_EQ(Member(response.body, "url"), agent_->url());
}

TEST_F(AgentTest, APortInUseIsAnError) {
  const auto second = Agent::Start({.port = agent_->port()});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(agent_->port())));
}

TEST_F(AgentTest, AStreamIsServerSentEventsInChunks) {
  HttpClient client = Client();
  client.SendRequest("POST", "/", Send("SendStreamingMessage", "slow 3 1"));
  const HttpResponse head = client.ReadHead();
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(head.headers.at("cache-control"), "no-cache");
  EXPECT_EQ(head.headers.at("x-accel-buffering"), "no");
  EXPECT_EQ(head.headers.at("transfer-encoding"), "chunked");
  const std::vector<std::string> events = RestOf(client);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_THAT(events[0], HasSubstr(R"({"task":)"));
  EXPECT_THAT(events[1], HasSubstr("chunk 1 of 3"));
  EXPECT_THAT(events[3], HasSubstr("chunk 3 of 3"));
  EXPECT_THAT(events[4], HasSubstr("TASK_STATE_COMPLETED"));
  EXPECT_TRUE(client.ended_cleanly());
}

TEST_F(AgentTest, EveryWordStreamsToItsEnd) {
  for (const auto& [word, count, end] :
       {std::tuple("silent 5", 2u, "COMPLETED"), std::tuple("big 300", 3u, "COMPLETED"),
        std::tuple("size 4 1 99", 6u, "COMPLETED"), std::tuple("ask", 2u, "INPUT_REQUIRED"),
        std::tuple("fail", 2u, "FAILED"), std::tuple("reject", 2u, "REJECTED"), std::tuple("message", 1u, "ROLE_AGENT"),
        std::tuple("hello", 3u, "COMPLETED")}) {
    HttpClient client = Client();
    client.SendRequest("POST", "/", Send("SendStreamingMessage", word));
    client.ReadHead();
    const std::vector<std::string> events = RestOf(client);
    EXPECT_EQ(events.size(), count) << word;
    EXPECT_THAT(events.back(), HasSubstr(end)) << word;
    EXPECT_TRUE(client.ended_cleanly()) << word;
  }
}

TEST_F(AgentTest, OneConnectionServesManyRequests) {
  HttpClient client = Client();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(client.Request("POST", "/", Send("SendMessage", "slow 2 1")).body, HasSubstr("chunk 2 of 2"));
    client.SendRequest("POST", "/", Send("SendStreamingMessage", "slow 2 1"));
    client.ReadHead();
    EXPECT_EQ(RestOf(client).size(), 4u);
    EXPECT_TRUE(client.ended_cleanly());
  }
  EXPECT_EQ(agent_->stats().requests.at("SendMessage"), 3u);
  EXPECT_EQ(agent_->stats().connections_accepted, 1u);
}

TEST_F(AgentTest, ABlockingSendIsAnsweredWhenTheTaskHasEnded) {
  const HttpResponse response = Client().Request("POST", "/", Send("SendMessage", "slow 3 5"));
  EXPECT_THAT(response.body, HasSubstr("TASK_STATE_COMPLETED"));
  EXPECT_THAT(response.body, HasSubstr("chunk 3 of 3"));
}

TEST_F(AgentTest, AClientThatLeavesASilentStreamIsNoticed) {
  auto client = OpenStream("silent 3600000");
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == 1; }));
  const auto before = std::chrono::steady_clock::now();
  client.reset();
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
  const Disconnect lost = agent_->stats().disconnects.at(0);
  EXPECT_EQ(lost.task_id, last_task_);
  EXPECT_EQ(lost.method, "SendStreamingMessage");
  EXPECT_EQ(lost.events, 1u);
  EXPECT_GE(lost.when, before);
  EXPECT_EQ(agent_->stats().open_streams, 0u);
}

TEST_F(AgentTest, AClientThatLeavesABlockingSendIsNoticed) {
  auto client = std::make_unique<HttpClient>(agent_->port());
  client->SendRequest("POST", "/", Send("SendMessage", "silent 3600000"));
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.waiting_sends == 1; }));
  client.reset();
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
  EXPECT_EQ(agent_->stats().disconnects.at(0).method, "SendMessage");
  EXPECT_EQ(agent_->stats().waiting_sends, 0u);
}

TEST_F(AgentTest, TheTaskGoesOnWithoutItsClient) {
  OpenStream("slow 1000000 5").reset();
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; }));
  HttpClient other = Client();
  other.SendRequest("POST", "/", Rpc("SubscribeToTask", R"({"id":")" + last_task_ + "\"}"));
  other.ReadHead();
  EXPECT_THAT(other.NextEvent().value_or("nothing"), HasSubstr("TASK_STATE_WORKING"));
  EXPECT_THAT(other.NextEvent().value_or("nothing"), HasSubstr(" of 1000000"));
}

TEST_F(AgentTest, EverySubscriberGetsTheSameEventsAndTheCancel) {
  auto first = OpenStream("silent 3600000");
  HttpClient second = Client();
  const std::string params = R"({"id":")" + last_task_ + "\"}";
  second.SendRequest("POST", "/", Rpc("SubscribeToTask", params));
  second.ReadHead();
  ASSERT_TRUE(second.NextEvent().has_value());
  EXPECT_THAT(Client().Request("POST", "/", Rpc("CancelTask", params)).body, HasSubstr("TASK_STATE_CANCELED"));
  EXPECT_EQ(RestOf(*first), RestOf(second));
  EXPECT_TRUE(first->ended_cleanly());
  EXPECT_TRUE(second.ended_cleanly());
  EXPECT_EQ(agent_->stats().disconnects_seen, 0u);
}

TEST_F(AgentTest, AFailedCallOfAStreamIsPlainJson) {
  const HttpResponse response = Client().Request("POST", "/", Rpc("SubscribeToTask", R"({"id":"nope"})"));
  EXPECT_EQ(response.headers.at("content-type"), "application/json");
  EXPECT_THAT(response.body, HasSubstr("-32001"));
}

TEST_F(AgentTest, TheVersionHeaderIsRead) {
  const std::string body = Rpc("ListTasks", "{}");
  const HttpResponse response =
      Client().Request("POST", "/", body, "content-type: application/json\r\na2a-version: 0.3\r\n");
  EXPECT_THAT(response.body, HasSubstr("-32009"));
}

TEST_F(AgentTest, ABodyOverTheLimitIsRefusedWithoutBeingRead) {
  HttpClient client = Client();
  client.Send("POST / HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: 20971521\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 413);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(AgentTest, ARefusedBodyInFlightDoesNotHideTheRefusal) {
  HttpClient client = Client();
  client.SendRequest("POST", "/", std::string(22 << 20, 'x'));
  EXPECT_EQ(client.ReadResponse().status, 413);
}

TEST_F(AgentTest, ABodyUpToTheLimitIsTaken) {
  const std::string body = Send("SendMessage", "x") + std::string(19 << 20, ' ');
  EXPECT_THAT(Client().Request("POST", "/", body).body, HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(AgentTest, AClientThatExpectsToBeAskedIsAsked) {
  HttpClient client = Client();
  const std::string body = Send("SendMessage", "x");
  client.Send(
      "POST / HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(client.ReadHead().status, 100);
  client.Send(body);
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(AgentTest, WhatIsNotHttpIsRefusedAndClosed) {
  HttpClient client = Client();
  client.Send("hello agent\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 400);
  EXPECT_TRUE(client.ReadsEnd());
  HttpClient large = Client();
  large.Send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(large.ReadResponse().status, 431);
}

TEST_F(AgentTest, ACloseAskedForIsACloseMade) {
  HttpClient client = Client();
  client.SendRequest("POST", "/", Send("SendStreamingMessage", "hello"),
                     "Content-Type: application/json\r\nConnection: close\r\n");
  EXPECT_EQ(client.ReadHead().headers.at("connection"), "close");
  EXPECT_EQ(RestOf(client).size(), 3u);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(AgentTest, ARequestSentDuringAStreamIsServedAfterIt) {
  HttpClient client = Client();
  client.SendRequest("POST", "/", Send("SendStreamingMessage", "slow 3 10"));
  client.SendRequest("GET", "/_agent/stats", "");
  client.ReadHead();
  EXPECT_EQ(RestOf(client).size(), 5u);
  EXPECT_TRUE(client.ended_cleanly());
  EXPECT_THAT(client.ReadResponse().body, HasSubstr(R"("streamsEnded":1)"));
}

TEST_F(AgentTest, StatsAreServedAndReset) {
  OpenStream("hello");
  HttpClient client = Client();
  EXPECT_THAT(client.Request("GET", "/_agent/stats", "").body, HasSubstr(R"("SendStreamingMessage":1)"));
  client.Request("POST", "/_agent/reset", "");
  EXPECT_THAT(client.Request("GET", "/_agent/stats", "").body, HasSubstr(R"("requests":{})"));
}

TEST_F(AgentTest, ServesAThousandStreamsAtOnce) {
  constexpr std::size_t kStreams = 1000;
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (std::size_t i = 0; i < kStreams; ++i) {
    clients.push_back(std::make_unique<HttpClient>(agent_->port()));
    clients.back()->SendRequest("POST", "/", Send("SendStreamingMessage", "silent 3600000"));
  }
  ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == kStreams; }));
  for (auto& client : clients) ASSERT_EQ(client->ReadHead().status, 200);
  const std::size_t half = kStreams / 2;
  clients.resize(half);
  ASSERT_TRUE(Sees([&](const AgentStats& stats) { return stats.disconnects_seen == half; }));
  EXPECT_EQ(agent_->stats().open_streams, half);
  agent_.reset();  // with the other half open
  for (auto& client : clients) EXPECT_TRUE(client->ReadsEnd());
}

class SmallBufferAgentTest : public AgentTest {
 protected:
  SmallBufferAgentTest() : AgentTest({.send_buffer_bytes = 16 << 10}) {}
};

TEST_F(SmallBufferAgentTest, NothingIsBuiltAheadOfAClientThatDoesNotRead) {
  constexpr std::size_t kStreams = 20;
  std::vector<std::unique_ptr<HttpClient>> clients;
  // 10 GB of events each, if anyone wanted them.
  for (std::size_t i = 0; i < kStreams; ++i) clients.push_back(OpenStream("size 10000000 0 1024", 16 << 10));
  // The agent has one thread: when this is answered, the streams have been filled as far as they will be.
  EXPECT_THAT(Client().Request("POST", "/", Send("SendMessage", "slow 3 20")).body, HasSubstr("COMPLETED"));
  const std::uint64_t events = agent_->stats().events_written;
  EXPECT_GE(events, kStreams * 2);
  EXPECT_LT(events, kStreams * 400) << "64 KiB ahead and the socket buffers, in events of 1.3 KB";

  // A client that begins to read gets every event in its place.
  for (int i = 1; i <= 2000; ++i) {
    const auto event = clients[0]->NextEvent();
    ASSERT_TRUE(event.has_value());
    ASSERT_THAT(*event, HasSubstr("\"chunk " + std::to_string(i) + " of 10000000 ."));
  }
  clients.clear();
  EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == kStreams; }));
}

TEST_F(AgentTest, ABurstArrivesWhole) {
  auto client = OpenStream("slow 100000 0");
  std::size_t events = 0;
  std::string last;
  while (auto event = client->NextEvent()) {
    ++events;
    last = std::move(*event);
  }
  EXPECT_EQ(events, 100'001u);
  EXPECT_THAT(last, HasSubstr("TASK_STATE_COMPLETED"));
  EXPECT_TRUE(client->ended_cleanly());
}

}  // namespace
}  // namespace sluice::agent
