// A conversation: messages, answers to what the agent asks for, cancels and subscriptions on one typed stream.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "client/agent/agent.h"
#include "sluice/v1/conversation.grpc.pb.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"
#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using sluice::v1::ConverseRequest;
using sluice::v1::ConverseResponse;
using sluice::v1::RequestEnded;
using Stub = sluice::v1::Conversation::Stub;

ConverseRequest Send(const std::string& id, const std::string& text, const std::string& task = "") {
  ConverseRequest frame;
  frame.set_request_id(id);
  *frame.mutable_send() = TextRequest(text, task);
  return frame;
}
ConverseRequest Subscribe(const std::string& id, const std::string& task) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_subscribe()->set_id(task);
  return frame;
}
ConverseRequest CancelTask(const std::string& id, const std::string& task) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_cancel_task()->set_id(task);
  return frame;
}
ConverseRequest Close(const std::string& id) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_close();
  return frame;
}

// One conversation, and what was told in it so far.
class Talk {
 public:
  explicit Talk(Stub& stub, const std::string& on_cancel = "") {
    if (!on_cancel.empty()) context_->AddMetadata("sluice-on-cancel", on_cancel);
    stream_ = stub.Converse(context_.get());
  }

  void Write(const ConverseRequest& frame) { ASSERT_TRUE(stream_->Write(frame)) << frame.ShortDebugString(); }
  void HalfClose() { stream_->WritesDone(); }
  void Cancel() { context_->TryCancel(); }
  grpc::Status Finish() {
    while (Read()) {
    }
    return stream_->Finish();
  }

  // Takes the next frame. False: the call is over.
  bool Read() {
    ConverseResponse frame;
    if (!stream_->Read(&frame)) return false;
    if (frame.has_event() || frame.has_task()) {
      EXPECT_EQ(frame.sequence(), ++sequence_) << "what is told is counted";
    } else {
      EXPECT_EQ(frame.sequence(), 0u);
    }
    if (frame.has_event()) Note(frame.request_id(), frame.event());
    if (frame.has_task()) tasks[frame.request_id()] = frame.task().id();
    if (frame.has_ended() && frame.ended().frame() > 0) {
      refused.push_back(frame.ended());
    } else if (frame.has_ended()) {
      EXPECT_FALSE(ended.contains(frame.request_id())) << "a request has one end";
      ended[frame.request_id()] = frame.ended();
    }
    drainings += frame.has_draining() ? 1 : 0;
    heartbeats += frame.has_heartbeat() ? 1 : 0;
    return true;
  }
  // Reads on until it holds; false when the call is over before.
  template <typename Condition>
  bool Until(const Condition& condition) {
    while (!condition()) {
      if (!Read()) return false;
    }
    return true;
  }
  bool UntilEnded(const std::string& id) {
    return Until([&] { return ended.contains(id); });
  }
  bool UntilEvent(const std::string& id) {
    return Until([&] { return !tasks[id].empty(); });
  }
  int CodeOf(const std::string& id) { return ended.at(id).status().code(); }

  std::map<std::string, int> events;          // by request
  std::map<std::string, std::string> tasks;   // the same: the task's id
  std::map<std::string, std::string> chunks;  // the same: the text of all artifacts
  std::map<std::string, RequestEnded> ended;
  std::vector<RequestEnded> refused;
  int drainings = 0;
  int heartbeats = 0;

 private:
  void Note(const std::string& id, const lf::a2a::v1::StreamResponse& event) {
    ++events[id];
    if (event.has_task()) tasks[id] = event.task().id();
    for (const auto& part : event.artifact_update().artifact().parts()) chunks[id] += part.text();
  }

  const std::unique_ptr<grpc::ClientContext> context_ = NewContext();
  std::unique_ptr<grpc::ClientReaderWriter<ConverseRequest, ConverseResponse>> stream_;
  std::uint64_t sequence_ = 0;
};

class ConverseTest : public ::testing::Test {
 protected:
  bool AgentSees(const std::function<bool(const agent::AgentStats&)>& wanted) {
    return agent_->WaitUntil(wanted, kPatience);
  }
  lf::a2a::v1::TaskState StateOf(const std::string& task_id) {
    lf::a2a::v1::GetTaskRequest request;
    request.set_id(task_id);
    lf::a2a::v1::Task task;
    EXPECT_TRUE(gateway_.A2a()->GetTask(NewContext().get(), request, &task).ok());
    return task.status().state();
  }
  static std::unique_ptr<Stub> NewStub(const TestGateway& gateway) {
    return sluice::v1::Conversation::NewStub(gateway.NewChannel());
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
  std::unique_ptr<Stub> stub_ = NewStub(gateway_);
};

TEST_F(ConverseTest, TwoMessagesRunAtOnce) {
  Talk talk(*stub_);
  talk.Write(Send("a", "slow 100000 5"));
  talk.Write(Send("b", "slow 100000 5"));
  ASSERT_TRUE(talk.Until([&] { return talk.events["a"] > 2 && talk.events["b"] > 2; }));
  EXPECT_EQ(agent_->stats().open_streams, 2u);
  EXPECT_NE(talk.tasks["a"], talk.tasks["b"]);
  talk.Cancel();
  EXPECT_EQ(talk.Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ConverseTest, WhatTheAgentAsksIsAnsweredOnTheSameStream) {
  Talk talk(*stub_);
  talk.Write(Send("question", "ask"));
  ASSERT_TRUE(talk.UntilEnded("question"));
  EXPECT_EQ(talk.CodeOf("question"), 0);
  const RequestEnded asked = talk.ended["question"];
  EXPECT_EQ(asked.last_state(), lf::a2a::v1::TASK_STATE_INPUT_REQUIRED);
  EXPECT_EQ(asked.task_id(), talk.tasks["question"]);

  talk.Write(Send("answer", "forty-two", asked.task_id()));
  ASSERT_TRUE(talk.UntilEnded("answer"));
  EXPECT_EQ(talk.ended["answer"].task_id(), asked.task_id());
  EXPECT_EQ(talk.ended["answer"].last_state(), lf::a2a::v1::TASK_STATE_COMPLETED);

  talk.Write(Send("next", "more"));
  ASSERT_TRUE(talk.UntilEnded("next"));
  EXPECT_NE(talk.ended["next"].task_id(), asked.task_id());
  EXPECT_EQ(talk.ended["next"].context_id(), asked.context_id()) << "the conversation goes on in its context";
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
}

TEST_F(ConverseTest, AnAgentOf03IsTalkedToInTheSameWay) {
  agent::AgentOptions options;
  options.a2a.versions = agent::A2aVersions::k03;
  const auto agent = agent::Agent::Start(options).value();
  config::Config config = TestConfig(agent->url());
  config.upstreams[0].version = config::A2aVersion::k03;
  TestGateway gateway(config);
  Talk talk(*NewStub(gateway));
  talk.Write(Send("question", "ask"));
  ASSERT_TRUE(talk.UntilEnded("question"));
  EXPECT_EQ(talk.ended["question"].last_state(), lf::a2a::v1::TASK_STATE_INPUT_REQUIRED);
  talk.Write(Send("answer", "forty-two", talk.ended["question"].task_id()));
  talk.Write(Send("slow", "slow 1000000 5"));
  ASSERT_TRUE(talk.UntilEvent("slow"));
  talk.Write(Subscribe("again", talk.tasks["slow"]));
  ASSERT_TRUE(talk.Until([&] { return talk.events["again"] > 2; }));
  talk.Write(CancelTask("cancel", talk.tasks["slow"]));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  EXPECT_EQ(talk.ended["answer"].last_state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  for (const char* id : {"slow", "again"}) {
    EXPECT_EQ(talk.CodeOf(id), 0) << id;
    EXPECT_EQ(talk.ended[id].last_state(), lf::a2a::v1::TASK_STATE_CANCELED) << id;
  }
  EXPECT_EQ(talk.CodeOf("cancel"), 0);
  EXPECT_EQ(agent->stats().requests.at("message/stream"), 3u);
}

TEST_F(ConverseTest, WithResumeACutIsNotSeen) {
  config::Config config = TestConfig(agent_->url());
  config.upstreams[0].resume = true;
  TestGateway gateway(config);
  Talk talk(*NewStub(gateway));
  talk.Write(Send("cut", "fault cut-events 4 fin; slow 20 5"));
  talk.Write(Send("whole", "slow 20 5"));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  for (const char* id : {"cut", "whole"}) {
    EXPECT_EQ(talk.CodeOf(id), 0) << talk.ended[id].status().message();
    EXPECT_EQ(talk.ended[id].last_state(), lf::a2a::v1::TASK_STATE_COMPLETED) << id;
  }
  EXPECT_EQ(talk.chunks["cut"], talk.chunks["whole"]) << "nothing is lost and nothing comes twice";
  EXPECT_EQ(agent_->stats().requests.at("SendStreamingMessage"), 2u);
  EXPECT_EQ(agent_->stats().requests.at("SubscribeToTask"), 1u);
}

TEST_F(ConverseTest, CancellingOneOfManyTasksEndsThatOneAlone) {
  Talk talk(*stub_);
  constexpr int kRequests = 20;
  for (int i = 0; i < kRequests; ++i) talk.Write(Send(std::to_string(i), i == 7 ? "slow 1000000 5" : "slow 20 5"));
  ASSERT_TRUE(talk.UntilEvent("7"));
  talk.Write(CancelTask("cancel", talk.tasks["7"]));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  EXPECT_EQ(talk.tasks["cancel"], talk.tasks["7"]);
  EXPECT_EQ(talk.CodeOf("cancel"), 0);
  for (int i = 0; i < kRequests; ++i) {
    const std::string id = std::to_string(i);
    EXPECT_EQ(talk.CodeOf(id), 0) << id;
    EXPECT_EQ(talk.ended[id].last_state(),
              i == 7 ? lf::a2a::v1::TASK_STATE_CANCELED : lf::a2a::v1::TASK_STATE_COMPLETED)
        << id;
  }
  EXPECT_EQ(agent_->stats().disconnects_seen, 0u) << "the agent ended every stream itself";
}

TEST_F(ConverseTest, ClosingOneOfManyRequestsClosesItsExchangeAlone) {
  Talk talk(*stub_);
  talk.Write(Send("closed", "slow 1000000 5"));
  talk.Write(Send("other", "slow 50 5"));
  ASSERT_TRUE(talk.UntilEvent("closed"));
  talk.Write(Close("closed"));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  EXPECT_EQ(talk.CodeOf("closed"), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(talk.CodeOf("other"), 0);
  EXPECT_EQ(talk.events["other"], 52) << "the task, 50 chunks and the end";
  EXPECT_TRUE(AgentSees([](const auto& stats) { return stats.disconnects_seen == 1; }));
  EXPECT_EQ(StateOf(talk.tasks["closed"]), lf::a2a::v1::TASK_STATE_WORKING) << "its task goes on";
}

TEST_F(ConverseTest, ATaskThatWasClosedCanBeFollowedAgain) {
  Talk talk(*stub_);
  talk.Write(Send("a", "slow 100 10"));
  ASSERT_TRUE(talk.UntilEvent("a"));
  talk.Write(Close("a"));
  talk.Write(Subscribe("b", talk.tasks["a"]));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  EXPECT_EQ(talk.tasks["b"], talk.tasks["a"]);
  EXPECT_EQ(talk.ended["b"].last_state(), lf::a2a::v1::TASK_STATE_COMPLETED);
}

TEST_F(ConverseTest, HalfCloseLetsWhatRunsFinishAndThenEndsOk) {
  Talk talk(*stub_);
  talk.Write(Send("a", "slow 20 5"));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  EXPECT_EQ(talk.CodeOf("a"), 0);
  EXPECT_EQ(talk.events["a"], 22);
}

TEST_F(ConverseTest, WhatIsWrongWithOneFrameEndsThatOneAlone) {
  Talk talk(*stub_);
  talk.Write(Send("runs", "slow 100000 5"));
  ASSERT_TRUE(talk.UntilEvent("runs"));
  talk.Write(Send("runs", "again"));
  talk.Write(Close("nobody"));
  talk.Write(Subscribe("unknown", "no-such-task"));
  ConverseRequest no_parts = Send("no parts", "");
  no_parts.mutable_send()->mutable_message()->clear_parts();
  talk.Write(no_parts);
  ASSERT_TRUE(talk.UntilEnded("unknown"));
  ASSERT_TRUE(talk.UntilEnded("no parts"));
  EXPECT_EQ(talk.CodeOf("unknown"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(talk.CodeOf("no parts"), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_EQ(talk.refused.size(), 2u);
  EXPECT_EQ(talk.refused[0].frame(), 2u);
  EXPECT_EQ(talk.refused[0].status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(talk.refused[1].frame(), 3u);
  EXPECT_EQ(talk.refused[1].status().code(), grpc::StatusCode::NOT_FOUND);
  const int before = talk.events["runs"];
  EXPECT_TRUE(talk.Until([&] { return talk.events["runs"] > before + 2; })) << "it still runs";
  talk.Cancel();
  talk.Finish();
}

TEST_F(ConverseTest, CancellingTheCallClosesEveryExchangeAndLeavesTheTasks) {
  Talk talk(*stub_);
  for (const char* id : {"a", "b", "c"}) talk.Write(Send(id, "slow 100000 5"));
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(talk.UntilEvent(id));
  talk.Cancel();
  EXPECT_TRUE(AgentSees([](const auto& stats) { return stats.disconnects_seen == 3; }));
  EXPECT_EQ(talk.Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(gateway_.BecomesQuiet());
  EXPECT_EQ(StateOf(talk.tasks["a"]), lf::a2a::v1::TASK_STATE_WORKING);
}

TEST_F(ConverseTest, WithTheCancelTaskPolicyEveryRunningTaskIsCancelledToo) {
  Talk talk(*stub_, "cancel-task");
  for (const char* id : {"a", "b", "c"}) talk.Write(Send(id, "slow 100000 5"));
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(talk.UntilEvent(id));
  talk.Cancel();
  talk.Finish();
  EXPECT_TRUE(gateway_.BecomesQuiet());
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(StateOf(talk.tasks[id]), lf::a2a::v1::TASK_STATE_CANCELED) << id;
}

TEST_F(ConverseTest, TheReceiptOfACancelledConversationCountsItsTasks) {
  Talk talk(*stub_, "cancel-task");
  for (const char* id : {"a", "b"}) talk.Write(Send(id, "slow 100000 5"));
  for (const char* id : {"a", "b"}) ASSERT_TRUE(talk.UntilEvent(id));
  talk.Cancel();
  talk.Finish();
  const std::string told = "sluice-cancel-receipt=\"told=cancel-task; tasks=2; answer=TASK_STATE_CANCELED:2; took_ms=";
  EXPECT_EQ(gateway_.WaitForLog(told).size(), 1u);
}

TEST_F(ConverseTest, AKilledClientIsACancelledOne) {
  Child client(SLUICECTL, {"--address=" + gateway_.address(), "converse"});
  client.Write("slow 100000 5\n");
  ASSERT_TRUE(client.WaitForOut("chunk 3"));
  client.Signal(SIGKILL);
  EXPECT_TRUE(AgentSees([](const auto& stats) { return stats.disconnects_seen == 1; }));
  EXPECT_EQ(client.Finish(), 1000 + SIGKILL);
  EXPECT_TRUE(gateway_.BecomesQuiet());
}

TEST_F(ConverseTest, LinesOfAFileTakeTurnsWithTheAgent) {
  Child client(SLUICECTL, {"--address=" + gateway_.address(), "converse"});
  client.Write("ask\nforty-two\n");
  EXPECT_EQ(client.Finish(), 0) << client.err();
  EXPECT_NE(client.out().find("request 1 ended: the next line answers it"), std::string::npos) << client.out();
  EXPECT_NE(client.out().find("forty-two"), std::string::npos) << client.out();
  EXPECT_NE(client.out().find("request 2 ended"), std::string::npos) << client.out();
  EXPECT_EQ(agent_->stats().streams_started, 2u);
}

TEST_F(ConverseTest, AnUnknownCancelPolicyIsRefused) {
  Talk talk(*stub_, "shrug");
  const grpc::Status status = talk.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("sluice-on-cancel"), std::string::npos) << status.error_message();
}

TEST_F(ConverseTest, AClientThatIsSilentGetsHeartbeats) {
  config::Config config = TestConfig(agent_->url());
  config.heartbeat = std::chrono::milliseconds(20);
  TestGateway gateway(config);
  Talk talk(*NewStub(gateway));
  EXPECT_TRUE(talk.Until([&] { return talk.heartbeats == 3; }));
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
}

TEST_F(ConverseTest, AClientThatDoesNotReadHoldsTheAgentsBackAndLosesNothing) {
  Talk talk(*stub_);
  constexpr int kChunks = 2000;
  for (const char* id : {"a", "b"}) talk.Write(Send(id, "size " + std::to_string(kChunks) + " 0 4096"));
  std::uint64_t before = 0;
  ASSERT_TRUE(Eventually([&] {
    const std::uint64_t written = agent_->stats().events_written;
    const bool stands = written == before && written > 0;
    before = written;
    if (!stands) ::usleep(50'000);
    return stands;
  }));
  EXPECT_LT(before, 2u * kChunks);
  talk.HalfClose();
  EXPECT_TRUE(talk.Finish().ok());
  for (const char* id : {"a", "b"}) EXPECT_EQ(talk.events[id], kChunks + 2) << id;
}

TEST_F(ConverseTest, ADrainIsToldAndWhatOutlivesItIsUnavailable) {
  config::Config config = TestConfig(agent_->url());
  config.drain.deadline = std::chrono::milliseconds(500);
  TestGateway gateway(config);
  Talk talk(*NewStub(gateway));
  talk.Write(Send("a", "slow 1000000 5"));
  ASSERT_TRUE(talk.UntilEvent("a"));
  std::thread drain([&] { gateway.Drain(); });
  EXPECT_TRUE(talk.Until([&] { return talk.drainings == 1; }));
  const grpc::Status status = talk.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "DRAINING");
  drain.join();
  EXPECT_TRUE(AgentSees([](const auto& stats) { return stats.disconnects_seen == 1; }));
}

TEST_F(ConverseTest, AHundredConversationsOfThreeMessagesEach) {
  constexpr int kTalks = 100;
  std::vector<std::unique_ptr<Talk>> talks;
  for (int i = 0; i < kTalks; ++i) {
    talks.push_back(std::make_unique<Talk>(*stub_));
    for (const char* id : {"a", "b", "c"}) talks.back()->Write(Send(id, "slow 10 5"));
    talks.back()->HalfClose();
  }
  for (const auto& talk : talks) {
    EXPECT_TRUE(talk->Finish().ok());
    for (const char* id : {"a", "b", "c"}) {
      EXPECT_EQ(talk->CodeOf(id), 0);
      EXPECT_EQ(talk->events[id], 12);
    }
  }
  EXPECT_EQ(agent_->stats().streams_started, 3u * kTalks);
}

}  // namespace
}  // namespace sluice::testing
