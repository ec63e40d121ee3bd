// The C++ client library against a real gateway and a real agent.
#include "sluice/client/client.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "client/agent/agent.h"
#include "sluice/client/errors.h"
#include "tests/client/connect.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

namespace a2a = lf::a2a::v1;
using client::TextMessage;

class ClientTest : public ::testing::Test {
 protected:
  // A task that runs for long; its stream is left.
  std::string RunningTask() {
    auto stream = client_.SendStreamingMessage(TextMessage("silent 600000"), Patiently());
    for (const a2a::StreamResponse& event : stream) return event.task().id();
    ADD_FAILURE() << stream.status();
    return "";
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
  client::Client client_ = ConnectTo(gateway_.address());
};

TEST_F(ClientTest, StreamsAMessageToItsEnd) {
  auto stream = client_.SendStreamingMessage(TextMessage("slow 5 1"), Patiently());
  int chunks = 0;
  for (const a2a::StreamResponse& event : stream) chunks += event.has_artifact_update() ? 1 : 0;
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_EQ(chunks, 5);
}

TEST_F(ClientTest, LeavingTheLoopClosesTheAgentsConnection) {
  {
    auto stream = client_.SendStreamingMessage(TextMessage("slow 1000000 10"), Patiently());
    for (const a2a::StreamResponse& event : stream) {
      if (event.has_artifact_update()) break;
    }
    EXPECT_EQ(stream.status().code(), absl::StatusCode::kCancelled);
  }
  EXPECT_TRUE(gateway_.BecomesQuiet());
}

TEST_F(ClientTest, AConversationAnswersWhatTheAgentAsks) {
  auto conversation = client_.OpenConversation(Patiently());
  ASSERT_TRUE(conversation.Send("question", TextMessage("ask")));
  for (const sluice::v1::ConverseResponse& frame : conversation) {
    if (!frame.has_ended()) continue;
    EXPECT_EQ(frame.ended().status().code(), 0) << frame.ShortDebugString();
    if (frame.request_id() == "answer") {
      EXPECT_EQ(frame.ended().last_state(), a2a::TASK_STATE_COMPLETED);
      conversation.HalfClose();
      continue;
    }
    EXPECT_EQ(frame.ended().last_state(), a2a::TASK_STATE_INPUT_REQUIRED);
    a2a::SendMessageRequest answer = TextMessage("forty-two");
    answer.mutable_message()->set_task_id(frame.ended().task_id());
    EXPECT_TRUE(conversation.Send("answer", std::move(answer)));
  }
  EXPECT_TRUE(conversation.status().ok()) << conversation.status();
}

TEST_F(ClientTest, AConversationFollowsCancelsAndClosesTasks) {
  const std::string cancelled = RunningTask(), left = RunningTask();
  auto conversation = client_.OpenConversation(Patiently());
  conversation.Subscribe("a", cancelled);
  conversation.Subscribe("b", left);
  int subscribed = 0;
  std::map<std::string, int> ended;
  for (const sluice::v1::ConverseResponse& frame : conversation) {
    if (frame.event().has_task() && ++subscribed == 2) {
      EXPECT_TRUE(conversation.CancelTask("cancel", cancelled));
      EXPECT_TRUE(conversation.CloseRequest("b"));
      conversation.HalfClose();
    }
    if (frame.has_ended()) ended[frame.request_id()] = frame.ended().status().code();
  }
  EXPECT_TRUE(conversation.status().ok()) << conversation.status();
  const int closed = static_cast<int>(absl::StatusCode::kCancelled);
  EXPECT_EQ(ended, (std::map<std::string, int>{{"a", 0}, {"b", closed}, {"cancel", 0}}));
}

TEST_F(ClientTest, EveryRpcOfTasksIsAnswered) {
  const std::string id = RunningTask();
  a2a::GetTaskRequest get;
  get.set_id(id);
  const auto task = client_.GetTask(get, Patiently());
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_EQ(task->id(), id);

  const auto list = client_.ListTasks({}, Patiently());
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->tasks(0).id(), id);

  a2a::SubscribeToTaskRequest subscribe;
  subscribe.set_id(id);
  auto stream = client_.SubscribeToTask(subscribe, Patiently());
  const auto snapshot = stream.Next();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->task().id(), id);

  a2a::CancelTaskRequest cancel;
  cancel.set_id(id);
  const auto cancelled = client_.CancelTask(cancel, Patiently());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->status().state(), a2a::TASK_STATE_CANCELED);
  while (stream.Next()) {
  }
  EXPECT_TRUE(stream.status().ok()) << stream.status();

  const auto answer = client_.SendMessage(TextMessage("message"), Patiently());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->has_message());
}

TEST_F(ClientTest, EveryRpcOfWebhooksAndTheCardIsAnswered) {
  a2a::TaskPushNotificationConfig config;
  config.set_task_id(RunningTask());
  config.set_id("hook");
  config.set_url("http://127.0.0.1:9/hook");
  const auto created = client_.CreateTaskPushNotificationConfig(config, Patiently());
  ASSERT_TRUE(created.ok()) << created.status();

  a2a::GetTaskPushNotificationConfigRequest get;
  get.set_task_id(config.task_id());
  get.set_id("hook");
  const auto got = client_.GetTaskPushNotificationConfig(get, Patiently());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->url(), config.url());

  a2a::ListTaskPushNotificationConfigsRequest list;
  list.set_task_id(config.task_id());
  a2a::DeleteTaskPushNotificationConfigRequest remove;
  remove.set_task_id(config.task_id());
  remove.set_id("hook");
  EXPECT_EQ(client_.ListTaskPushNotificationConfigs(list, Patiently()).value().configs_size(), 1);
  EXPECT_TRUE(client_.DeleteTaskPushNotificationConfig(remove, Patiently()).ok());
  EXPECT_EQ(client_.ListTaskPushNotificationConfigs(list, Patiently()).value().configs_size(), 0);

  const auto card = client_.GetExtendedAgentCard({}, Patiently());
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_FALSE(card->name().empty());
}

TEST_F(ClientTest, ErrorsOfTheProtocolCarryTheirReason) {
  a2a::GetTaskRequest get;
  get.set_id("none");
  const absl::Status status = client_.GetTask(get, Patiently()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(client::DetailsOf(status).reason, "TASK_NOT_FOUND");
  EXPECT_EQ(client::DetailsOf(status).domain, "a2a-protocol.org");
}

TEST_F(ClientTest, AnUpstreamThatIsNotConfiguredIsNamed) {
  const absl::Status status = client_.SendMessage(TextMessage("x"), Patiently({.upstream = "nobody"})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(client::DetailsOf(status).reason, "UNKNOWN_UPSTREAM");
}

TEST_F(ClientTest, ARequestThatMissesSomethingNamesTheField) {
  const absl::Status status = client_.SendMessage({}, Patiently()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(client::DetailsOf(status).violations.empty()) << status;
}

TEST_F(ClientTest, ASessionCarriesRequestsAndTheirAnswers) {
  client::Session session = client_.OpenSession({}, Patiently());
  EXPECT_TRUE(session.Send(R"({"jsonrpc":"2.0","id":1,"method":"ListTasks","params":{}})"));
  session.HalfClose();
  int messages = 0;
  for (const sluice::v1::SessionResponse& frame : session) messages += frame.message().request_id() == "1" ? 1 : 0;
  EXPECT_EQ(messages, 1);
  EXPECT_TRUE(session.status().ok()) << session.status();
}

TEST_F(ClientTest, AGatewayThatStopsEndsTheStreamWithItsReason) {
  auto stream = client_.SendStreamingMessage(TextMessage("silent 600000"), Patiently());
  ASSERT_TRUE(stream.Next());
  gateway_.Drain();
  while (stream.Next()) {
  }
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable) << stream.status();
  EXPECT_EQ(client::DetailsOf(stream.status()).reason, "DRAINING");
  EXPECT_EQ(client_.GetTask({}, Patiently()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ClientAgainstACutUpstream, HasTheEventsAndTheReason) {
  RawUpstream upstream([](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto stream = ConnectTo(gateway.address()).SendStreamingMessage(TextMessage("x"), Patiently());
  int events = 0;
  for ([[maybe_unused]] const a2a::StreamResponse& event : stream) ++events;
  EXPECT_EQ(events, 1);
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable);
  const client::ErrorDetails details = client::DetailsOf(stream.status());
  EXPECT_EQ(details.reason, "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_TRUE(details.may_have_run());
}

}  // namespace
}  // namespace sluice::testing
