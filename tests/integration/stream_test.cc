// A streaming call is relayed event by event, in order, and ends OK when the agent's task has ended.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

class StreamTest : public ::testing::Test {
 protected:
  std::vector<StreamResponse> ReadAll(grpc::ClientReader<StreamResponse>& reader) {
    std::vector<StreamResponse> events;
    for (StreamResponse event; reader.Read(&event);) events.push_back(event);
    return events;
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
};

TEST_F(StreamTest, RelaysEveryEventInOrderAndEndsOk) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 5 1"));
  const std::vector<StreamResponse> events = ReadAll(*reader);
  const grpc::Status status = reader->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();

  ASSERT_FALSE(events.empty());
  EXPECT_TRUE(events.front().has_task());
  std::vector<std::string> chunks;
  for (const StreamResponse& event : events) {
    if (event.has_artifact_update()) chunks.push_back(event.artifact_update().artifact().parts(0).text());
  }
  EXPECT_EQ(chunks.size(), 5u);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    EXPECT_NE(chunks[i].find(std::to_string(i + 1) + " of 5"), std::string::npos) << chunks[i];
  }
  EXPECT_EQ(events.back().status_update().status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
}

TEST_F(StreamTest, LogsOneLineThatSaysHowItEnded) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 2 0"));
  const std::size_t count = ReadAll(*reader).size();
  ASSERT_TRUE(reader->Finish().ok());
  const auto lines = gateway_.WaitForLog("call method=/lf.a2a.v1.A2AService/SendStreamingMessage");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find(" upstream=default status=OK end=complete "), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(" events=" + std::to_string(count) + " "), std::string::npos) << lines[0];
}

TEST_F(StreamTest, ABareMessageIsAStreamOfOneEvent) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("message"));
  const std::vector<StreamResponse> events = ReadAll(*reader);
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].has_message());
}

TEST_F(StreamTest, AnInterruptedTaskEndsOkWhenTheAgentClosesAndGoesOnWithAFollowUp) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("ask"));
  const std::vector<StreamResponse> events = ReadAll(*reader);
  ASSERT_TRUE(reader->Finish().ok());
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().status_update().status().state(), lf::a2a::v1::TASK_STATE_INPUT_REQUIRED);
  const std::string task_id = events.front().task().id();

  auto next = NewContext();
  auto follow_up = gateway_.A2a()->SendStreamingMessage(next.get(), TextRequest("the answer", task_id));
  const std::vector<StreamResponse> rest = ReadAll(*follow_up);
  ASSERT_TRUE(follow_up->Finish().ok());
  EXPECT_EQ(rest.back().status_update().status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
}

TEST_F(StreamTest, AFailedOrRejectedTaskIsAnEndTheAgentMeantSoTheCallIsOk) {
  for (const char* word : {"fail", "reject"}) {
    auto context = NewContext();
    auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest(word));
    EXPECT_FALSE(ReadAll(*reader).empty());
    EXPECT_TRUE(reader->Finish().ok()) << word;
  }
}

TEST_F(StreamTest, AThousandEventsInABurstArriveExactlyOnceInOrder) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 1000 0"));
  int next = 1;
  for (const StreamResponse& event : ReadAll(*reader)) {
    if (!event.has_artifact_update()) continue;
    EXPECT_NE(event.artifact_update().artifact().parts(0).text().find(std::to_string(next) + " of 1000"),
              std::string::npos);
    ++next;
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(next, 1001);
}

TEST_F(StreamTest, SubscribeBeginsWithTheTaskAndFollowsItToItsEnd) {
  auto context = NewContext();
  auto first = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 20 20"));
  StreamResponse event;
  ASSERT_TRUE(first->Read(&event));
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_id(event.task().id());
  auto again = NewContext();
  auto second = gateway_.A2a()->SubscribeToTask(again.get(), request);
  const std::vector<StreamResponse> events = ReadAll(*second);
  EXPECT_TRUE(second->Finish().ok());
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front().task().id(), request.id());
  ReadAll(*first);
  EXPECT_TRUE(first->Finish().ok());
}

}  // namespace
}  // namespace sluice::testing
