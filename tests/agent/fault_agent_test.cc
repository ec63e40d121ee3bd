// Faults as a client of the agent meets them on its socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "tests/agent/http_client.h"

namespace sluice::agent {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string Send(const std::string& method, const std::string& text) {
  return R"({"jsonrpc":"2.0","id":1,"method":")" + method +
         R"(","params":{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":")" + text + "\"}]}}}";
}

class FaultAgentTest : public ::testing::Test {
 protected:
  HttpClient Stream(const std::string& text) {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/", Send("SendStreamingMessage", text));
    return client;
  }
  HttpClient Unary(const std::string& text) {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/", Send("SendMessage", text));
    return client;
  }
  bool Sees(const std::function<bool(const AgentStats&)>& wanted) { return agent_->WaitUntil(wanted, seconds(10)); }

  static std::vector<std::string> Events(HttpClient& client) {
    std::vector<std::string> events;
    EXPECT_EQ(client.ReadHead().status, 200);
    while (auto event = client.NextEvent()) events.push_back(std::move(*event));
    return events;
  }

  std::unique_ptr<Agent> agent_ = Agent::Start({}).value();
};

TEST_F(FaultAgentTest, ACutStreamHasTheEventsBeforeItAndItsWayToEnd) {
  for (const bool reset : {false, true}) {
    HttpClient client = Stream(std::string("fault cut-events 2 ") + (reset ? "reset" : "fin") + "; slow 5 1");
    EXPECT_EQ(Events(client).size(), 2u);
    EXPECT_FALSE(client.ended_cleanly());
    EXPECT_TRUE(client.ReadsEnd());
    EXPECT_EQ(client.was_reset(), reset);
  }
  EXPECT_EQ(agent_->stats().answers_cut, 2u);
  EXPECT_EQ(agent_->stats().open_streams, 0u);
  EXPECT_EQ(agent_->stats().events_written, 4u);
}

TEST_F(FaultAgentTest, ACleanEndLeavesTheConnectionForTheNextRequest) {
  HttpClient client = Stream("fault cut-events 2 end; slow 5 1");
  EXPECT_EQ(Events(client).size(), 2u);
  EXPECT_TRUE(client.ended_cleanly());
  EXPECT_EQ(client.Request("GET", "/_agent/stats", "").status, 200);
  EXPECT_EQ(agent_->stats().connections_accepted, 1u);
}

TEST_F(FaultAgentTest, BeforeTheAnswerNothingComesAtAll) {
  HttpClient closed = Unary("fault cut fin; slow 5 1");
  EXPECT_EQ(closed.ReadBytes(), "");
  EXPECT_FALSE(closed.was_reset());
  HttpClient reset = Stream("fault cut reset; slow 5 1");
  EXPECT_EQ(reset.ReadBytes(), "");
  EXPECT_TRUE(reset.was_reset());
}

TEST_F(FaultAgentTest, ASilentAnswerIsOpenUntilItsClientGoes) {
  for (const std::string fault : {"cut silence", "cut-events 1 silence", "cut-events 1 half-close"}) {
    agent_->ResetStats();
    {
      HttpClient client = Stream("fault " + fault + "; hello");
      ASSERT_TRUE(Sees([](const AgentStats& stats) { return stats.open_streams == 1; })) << fault;
      if (fault != "cut silence") {
        EXPECT_EQ(client.ReadHead().status, 200);
        EXPECT_TRUE(client.NextEvent().has_value());
      }
    }
    EXPECT_TRUE(Sees([](const AgentStats& stats) { return stats.disconnects_seen == 1; })) << fault;
    EXPECT_EQ(agent_->stats().disconnects.front().method, "SendStreamingMessage");
    EXPECT_EQ(agent_->stats().open_streams, 0u);
  }
}

TEST_F(FaultAgentTest, HalfCloseEndsOurSideOnly) {
  HttpClient client = Stream("fault cut-events 1 half-close; hello");
  EXPECT_EQ(Events(client).size(), 1u);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(agent_->stats().open_connections, 1u);
}

TEST_F(FaultAgentTest, OddEventsAndErrorsStandInTheStream) {
  HttpClient odd = Stream("fault odd-event 1 not-json, odd-event 1 wrong-id; slow 1 1");
  const std::vector<std::string> events = Events(odd);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[1], "This is not JSON.");
  EXPECT_THAT(events[2], HasSubstr("nobody asked"));
  HttpClient error = Stream("fault error-event 1 -32004; slow 5 1");
  EXPECT_EQ(Events(error).size(), 2u);
  EXPECT_TRUE(error.ended_cleanly());
}

TEST_F(FaultAgentTest, TheHeadIsAsOrdered) {
  HttpClient client = Unary("fault http 503 type=text/html header=Retry-After:7 body='<h1>Busy</h1>'; hello");
  const HttpResponse head = client.ReadHead();
  EXPECT_EQ(head.status, 503);
  EXPECT_EQ(head.headers.at("content-type"), "text/html");
  EXPECT_EQ(head.headers.at("retry-after"), "7");
  EXPECT_EQ(client.ReadBytes(20), "d\r\n<h1>Busy</h1>\r\n0\r");
}

TEST_F(FaultAgentTest, AnErrorTakesThePlaceOfEitherAnswer) {
  for (const std::string method : {"SendMessage", "SendStreamingMessage"}) {
    HttpClient client(agent_->port());
    client.SendRequest("POST", "/", Send(method, "fault http 404, error -32001; silent 3600000"));
    const HttpResponse head = client.ReadHead();
    EXPECT_EQ(head.status, 404);
    EXPECT_EQ(head.headers.at("content-type"), "application/json");
    EXPECT_THAT(client.ReadBytes(60), HasSubstr("-32001"));
  }
}

TEST_F(FaultAgentTest, TheTaskRunsWhateverItsClientGetsToSee) {
  Unary("fault cut fin; slow 2 1").ReadBytes();
  HttpClient client(agent_->port());
  std::string tasks;
  do {
    tasks = client.Request("POST", "/", R"({"jsonrpc":"2.0","id":1,"method":"ListTasks"})").body;
  } while (tasks.find("TASK_STATE_WORKING") != std::string::npos);
  EXPECT_THAT(tasks, HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(FaultAgentTest, EveryPaceAndFramingBringsTheSameEvents) {
  for (const std::string fault : {"drip 0", "drip 1", "line-ends lf", "drip 0, line-ends lf"}) {
    HttpClient client = Stream("fault " + fault + "; slow 1 1");
    EXPECT_EQ(Events(client).size(), 3u) << fault;
    EXPECT_TRUE(client.ended_cleanly()) << fault;
  }
  HttpClient crlf = Stream("fault line-ends crlf; slow 1 1");
  EXPECT_THAT(crlf.ReadBytes(800), HasSubstr("}\r\n\r\n"));
}

TEST_F(FaultAgentTest, CommentsFillASilence) {
  HttpClient client = Stream("fault comments 1; silent 3600000");
  client.ReadHead();
  ASSERT_TRUE(client.NextEvent().has_value());
  for (int i = 0; i < 3; ++i) EXPECT_THAT(client.NextEvent().value_or("nothing"), HasSubstr("here"));
}

TEST_F(FaultAgentTest, ALargeEventPassesWhole) {
  HttpClient client = Stream("fault line-ends lf; big 20480");
  const std::vector<std::string> events = Events(client);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_GT(events[1].size(), 20u << 20);
  EXPECT_TRUE(client.ended_cleanly());
}

TEST_F(FaultAgentTest, AWrongOrderIsInvalidAndBeginsNoTask) {
  HttpClient client(agent_->port());
  const HttpResponse response = client.Request("POST", "/", Send("SendStreamingMessage", "fault explode; hello"));
  EXPECT_THAT(response.body, HasSubstr("-32602"));
  EXPECT_THAT(response.body, HasSubstr("'explode' is no order"));
  EXPECT_THAT(client.Request("POST", "/", R"({"jsonrpc":"2.0","id":1,"method":"ListTasks"})").body,
              HasSubstr(R"("totalSize":0)"));
}

TEST_F(FaultAgentTest, OneFaultDoesNotTouchAnother) {
  HttpClient silent = Stream("fault cut-events 1 silence; slow 5 1");
  HttpClient whole = Stream("slow 5 1");
  HttpClient cut = Stream("fault cut-events 3 fin; slow 5 1");
  EXPECT_EQ(Events(cut).size(), 3u);
  EXPECT_EQ(Events(whole).size(), 7u);
  EXPECT_TRUE(whole.ended_cleanly());
}

}  // namespace
}  // namespace sluice::agent
