// However a client leaves, its upstream exchange is closed at once, and nothing else is touched.
#include <gmock/gmock.h>
#include <grpcpp/support/async_stream.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"
#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

class CancelTest : public ::testing::Test {
 protected:
  bool AgentSeesDisconnects(std::uint64_t count) {
    return agent_->WaitUntil([&](const agent::AgentStats& stats) { return stats.disconnects_seen == count; },
                             kPatience);
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> stub_ = gateway_.A2a();
};

TEST_F(CancelTest, InMidStreamTheAgentSeesTheCloseAndTheTaskGoesOn) {
  auto context = NewContext();
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  const std::string task_id = event.task().id();
  ASSERT_TRUE(reader->Read(&event));
  context->TryCancel();
  EXPECT_TRUE(AgentSeesDisconnects(1));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(gateway_.BecomesQuiet());
  EXPECT_EQ(gateway_.WaitForLog("end=client_cancelled").size(), 1u);

  lf::a2a::v1::GetTaskRequest request;
  request.set_id(task_id);
  lf::a2a::v1::Task task;
  ASSERT_TRUE(stub_->GetTask(NewContext().get(), request, &task).ok());
  EXPECT_EQ(task.status().state(), lf::a2a::v1::TASK_STATE_WORKING) << "closing a stream is not cancelling its task";
}

TEST_F(CancelTest, WithTheCancelTaskPolicyTheTaskIsCancelledToo) {
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "cancel-task");
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  lf::a2a::v1::GetTaskRequest request;
  request.set_id(event.task().id());
  context->TryCancel();
  reader->Finish();
  ASSERT_TRUE(gateway_.BecomesQuiet());
  lf::a2a::v1::Task task;
  ASSERT_TRUE(stub_->GetTask(NewContext().get(), request, &task).ok());
  EXPECT_EQ(task.status().state(), lf::a2a::v1::TASK_STATE_CANCELED);
}

// ---- the receipt ----

// How a stream that the deadline ends tells what became of its task.
struct Ended {
  grpc::Status status;
  std::string receipt;
  std::string task_id;
};
Ended StreamToTheDeadline(TestGateway& gateway, const std::string& policy) {
  Ended ended;
  auto context = NewContext(std::chrono::milliseconds(700));
  context->AddMetadata("sluice-on-cancel", policy);
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  for (StreamResponse event; reader->Read(&event);) {
    if (event.has_task()) ended.task_id = event.task().id();
  }
  ended.status = reader->Finish();
  const auto& trailers = context->GetServerTrailingMetadata();
  if (const auto found = trailers.find("sluice-cancel-receipt"); found != trailers.end()) {
    ended.receipt = {found->second.data(), found->second.size()};
  }
  return ended;
}

TEST_F(CancelTest, ADeadlinesStatusTellsThatTheTaskWasCancelled) {
  const Ended ended = StreamToTheDeadline(gateway_, "cancel-task");
  EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // On a machine that is busy the answer may be too late for the status; the log has it.
  if (ended.receipt != "told=cancel-task; answer=none") {
    EXPECT_THAT(ended.receipt, ::testing::MatchesRegex("told=cancel-task; answer=TASK_STATE_CANCELED; took_ms=[0-9]+"));
  }
  EXPECT_EQ(
      gateway_.WaitForLog("sluice-cancel-receipt=\"told=cancel-task; answer=TASK_STATE_CANCELED; took_ms=").size(), 1u);
}

TEST_F(CancelTest, WithTheClosePolicyTheReceiptSaysThatNothingElseWasDone) {
  EXPECT_EQ(StreamToTheDeadline(gateway_, "close").receipt, "told=close");
}

TEST_F(CancelTest, AClientThatCancelledFindsTheReceiptInTheGatewaysLog) {
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "cancel-task");
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  context->TryCancel();
  reader->Finish();
  EXPECT_EQ(gateway_.WaitForLog("end=client_cancelled").size(), 1u);
  EXPECT_EQ(gateway_.WaitForLog("answer=TASK_STATE_CANCELED").size(), 1u);
}

TEST(CancelReceiptTest, AnAgentThatDoesNotAnswerTheCancelDoesNotHoldTheStatus) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    if (connection.index() == 0) connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    connection.WaitForPeerClose();  // the second connection has the CancelTask, and no answer
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  const Ended ended = StreamToTheDeadline(gateway, "cancel-task");
  EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ended.receipt, "told=cancel-task; answer=none");
  EXPECT_EQ(gateway.WaitForLog("answer=UPSTREAM_TIMEOUT_").size(), 1u);
}

TEST_F(CancelTest, ADrainsStatusHasTheReceiptInItsDetails) {
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "cancel-task");
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  std::thread drain([&] { gateway_.Drain(); });
  while (reader->Read(&event)) {
  }
  const grpc::Status status = reader->Finish();
  drain.join();
  EXPECT_EQ(ErrorInfoOf(status).reason(), "DRAINING");
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("cancel_receipt").find("told=cancel-task; answer="), 0u);
}

TEST_F(CancelTest, WhileTheClientDoesNotReadTheUpstreamIsClosedAllTheSame) {
  auto context = NewContext();
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 10000000 0"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  // The agent is held back: what it wrote does not grow any more.
  std::uint64_t before = 0;
  ASSERT_TRUE(Eventually([&] {
    const std::uint64_t written = agent_->stats().events_written;
    const bool stands = written == before && written > 0;
    before = written;
    if (!stands) ::usleep(50'000);
    return stands;
  }));
  context->TryCancel();
  EXPECT_TRUE(AgentSeesDisconnects(1));
  reader->Finish();
}

TEST_F(CancelTest, OneOfManyStreamsLeavesTheOthersAlone) {
  auto other_context = NewContext();
  auto other = stub_->SendStreamingMessage(other_context.get(), TextRequest("slow 30 5"));
  auto context = NewContext();
  auto reader = stub_->SendStreamingMessage(context.get(), TextRequest("slow 100000 5"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  context->TryCancel();
  reader->Finish();
  EXPECT_TRUE(AgentSeesDisconnects(1));
  while (other->Read(&event)) {
  }
  EXPECT_TRUE(other->Finish().ok());
}

TEST_F(CancelTest, AKilledClientIsACancelledOne) {
  Child client(SLUICECTL, {"--address=" + gateway_.address(), "stream", "slow 100000 5"});
  ASSERT_TRUE(client.WaitForOut("chunk 3"));
  client.Signal(SIGKILL);
  EXPECT_TRUE(AgentSeesDisconnects(1));
  EXPECT_EQ(client.Finish(), 1000 + SIGKILL);
  EXPECT_TRUE(gateway_.BecomesQuiet());
}

TEST(CancelBeforeFirstByteTest, TheSilentUpstreamSeesTheClose) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForPeerClose();
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  ASSERT_TRUE(Eventually([&] { return upstream.requests() == 1; }));
  context->TryCancel();
  EXPECT_TRUE(upstream.WaitForPeerCloses(1));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(DeadlineTest, OnASilentUpstreamTheCallerGetsOurStatusAndTheUpstreamIsClosed) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    connection.WaitForPeerClose();
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto context = NewContext(std::chrono::milliseconds(400));
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  StreamResponse event;
  EXPECT_TRUE(reader->Read(&event));
  EXPECT_FALSE(reader->Read(&event));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // The client's own library says something else.
  EXPECT_NE(status.error_message().find("before the upstream had answered"), std::string::npos)
      << status.error_message();
  EXPECT_TRUE(upstream.WaitForPeerCloses(1));
  EXPECT_EQ(gateway.WaitForLog("end=deadline").size(), 1u);
}

TEST(ClockTest, EachUpstreamClockHasItsReason) {
  struct Row {
    bool answers;
    std::string reason;
    config::Clocks clocks;
  };
  const std::chrono::milliseconds soon(50);
  for (const Row& row :
       {Row{false, "UPSTREAM_TIMEOUT_FIRST_BYTE", {.first_byte = soon}},
        Row{true, "UPSTREAM_TIMEOUT_IDLE", {.idle = soon}}, Row{true, "UPSTREAM_TIMEOUT_TOTAL", {.total = soon}}}) {
    RawUpstream upstream([&](RawConnection& connection) {
      connection.ReadRequest();
      if (row.answers) connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
      connection.WaitForPeerClose();
    });
    config::Config config = TestConfig(Url(upstream));
    config.upstreams[0].clocks = row.clocks;
    TestGateway gateway(config);
    auto context = NewContext();
    auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
    StreamResponse event;
    while (reader->Read(&event)) {
    }
    const grpc::Status status = reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << row.reason;
    EXPECT_EQ(ErrorInfoOf(status).reason(), row.reason);
  }
}

}  // namespace
}  // namespace sluice::testing
