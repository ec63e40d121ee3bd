// Clients of A2A 1.0 and of 0.3 before agents of 1.0 and of 0.3: in each of the four pairings every call that both
// sides have does the same, and the promises of a call hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "a2a/v1/a2a.grpc.pb.h"
#include "absl/synchronization/notification.h"
#include "client/agent/agent.h"
#include "tests/integration/a2a_clients.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

namespace v10 = lf::a2a::v1;
using agent::A2aVersions;
using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// An agent that speaks one version alone, so it refuses whatever is not put in its words.
std::unique_ptr<agent::Agent> StartAgent(A2aVersions version) {
  agent::AgentOptions options;
  options.a2a.versions = version;
  return agent::Agent::Start(options).value();
}

config::Config ConfigFor(const agent::Agent& agent, A2aVersions version) {
  config::Config config = TestConfig(agent.url());
  config.upstreams[0].version = version == A2aVersions::k03 ? config::A2aVersion::k03 : config::A2aVersion::k10;
  config.drain.deadline = std::chrono::seconds(20);
  return config;
}

enum class ClientVersion { k10, k03 };

struct Pairing {
  std::string name;
  ClientVersion client;
  A2aVersions agent;
  friend void PrintTo(const Pairing& pairing, std::ostream* os) { *os << pairing.name; }
};

class A2aVersionsTest : public ::testing::TestWithParam<Pairing> {
 protected:
  bool client_is_03() const { return GetParam().client == ClientVersion::k03; }
  // Of the errors whose code A2A moved: each client gets the code that its SDKs know.
  StatusCode unsupported() const {
    return client_is_03() ? StatusCode::UNIMPLEMENTED : StatusCode::FAILED_PRECONDITION;
  }

  // How often the agent was asked, by the name that its version has for the method.
  std::uint64_t Asked(const std::string& name_10, const std::string& name_03) {
    const auto requests = agent_->stats().requests;
    const auto found = requests.find(GetParam().agent == A2aVersions::k03 ? name_03 : name_10);
    return found == requests.end() ? 0 : found->second;
  }

  Told Send(const std::string& text, bool wait = true) {
    Told answer;
    const grpc::Status status = client_->Send(*NewContext(), text, "", wait, answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }

  grpc::Status Stream(const std::string& text, std::vector<Told>& events, const std::string& task_id = "") {
    return client_->Stream(*NewContext(), text, task_id, [&](const Told& event) { events.push_back(event); });
  }

  std::unique_ptr<agent::Agent> agent_ = StartAgent(GetParam().agent);
  TestGateway gateway_{ConfigFor(*agent_, GetParam().agent)};
  std::unique_ptr<AnyA2aClient> client_ =
      client_is_03() ? NewA2aClient03(gateway_.NewChannel()) : NewA2aClient10(gateway_.NewChannel());
};

INSTANTIATE_TEST_SUITE_P(Each, A2aVersionsTest,
                         ::testing::Values(Pairing{"Client10Agent10", ClientVersion::k10, A2aVersions::k10},
                                           Pairing{"Client10Agent03", ClientVersion::k10, A2aVersions::k03},
                                           Pairing{"Client03Agent10", ClientVersion::k03, A2aVersions::k10},
                                           Pairing{"Client03Agent03", ClientVersion::k03, A2aVersions::k03}),
                         [](const auto& row) { return row.param.name; });

TEST_P(A2aVersionsTest, ASendGivesTheFinishedTask) {
  const Told task = Send("hello there");
  EXPECT_EQ(task.kind, "task");
  EXPECT_EQ(task.state, v10::TASK_STATE_COMPLETED);
  EXPECT_EQ(task.text, "hello there");
  EXPECT_EQ(task.first_message_id, "m-1");
  EXPECT_EQ(Asked("SendMessage", "message/send"), 1u);
}

TEST_P(A2aVersionsTest, ASendThatDoesNotWaitGivesTheTaskAtWork) {
  EXPECT_EQ(Send("silent 100000", /*wait=*/false).state, v10::TASK_STATE_WORKING);
}

TEST_P(A2aVersionsTest, ASendGivesABareMessage) {
  const Told message = Send("message");
  EXPECT_EQ(message.kind, "message");
  EXPECT_EQ(message.text, "A message without a task, as asked.");
}

TEST_P(A2aVersionsTest, EachKindOfPartGoesThereAndBack) {
  using Kind = AnyPart::Kind;
  const std::vector<AnyPart> parts = {{Kind::kText, "hello"},
                                      {Kind::kBytes, std::string("\0\x01\xff", 3), "image/png", "a.png"},
                                      {Kind::kUrl, "https://files.example/b", "text/csv", "b.csv"},
                                      {Kind::kData, "v"}};
  std::vector<AnyPart> echoed;
  const grpc::Status status = client_->Echo(*NewContext(), parts, echoed);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(echoed, parts);
}

TEST_P(A2aVersionsTest, EachEndOfATaskIsToldAsItIs) {
  EXPECT_EQ(Send("fail").state, v10::TASK_STATE_FAILED);
  EXPECT_EQ(Send("reject").state, v10::TASK_STATE_REJECTED);
  EXPECT_EQ(Send("ask").state, v10::TASK_STATE_INPUT_REQUIRED);
}

TEST_P(A2aVersionsTest, AStreamTellsEveryEventInOrder) {
  std::vector<Told> events;
  const grpc::Status status = Stream("slow 3 1", events);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].kind, "task");
  EXPECT_EQ(events[0].state, v10::TASK_STATE_WORKING);
  for (int chunk = 1; chunk <= 3; ++chunk) {
    const Told& event = events[static_cast<std::size_t>(chunk)];
    EXPECT_EQ(event.kind, "artifact");
    EXPECT_EQ(event.text, "chunk " + std::to_string(chunk) + " of 3");
    EXPECT_EQ(event.append, chunk > 1);
    EXPECT_EQ(event.last_chunk, chunk == 3);
    EXPECT_EQ(event.task_id, events[0].task_id);
  }
  EXPECT_EQ(events[4].kind, "status");
  EXPECT_EQ(events[4].state, v10::TASK_STATE_COMPLETED);
  EXPECT_EQ(events[4].is_final, client_is_03());
  EXPECT_EQ(Asked("SendStreamingMessage", "message/stream"), 1u);
}

TEST_P(A2aVersionsTest, AStreamOfABareMessageIsOneEvent) {
  std::vector<Told> events;
  ASSERT_TRUE(Stream("message", events).ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, "message");
}

TEST_P(A2aVersionsTest, ATaskThatAsksGoesOnWithAFollowUp) {
  std::vector<Told> events;
  ASSERT_TRUE(Stream("ask", events).ok());
  EXPECT_EQ(events.back().state, v10::TASK_STATE_INPUT_REQUIRED);
  const std::string id = events.front().task_id;
  ASSERT_TRUE(Stream("the answer", events, id).ok());
  EXPECT_EQ(events.back().state, v10::TASK_STATE_COMPLETED);
  EXPECT_EQ(events.back().task_id, id);
}

TEST_P(A2aVersionsTest, ATaskIsReadAndCancelledOnce) {
  const std::string id = Send("silent 100000", /*wait=*/false).task_id;
  Told task;
  ASSERT_TRUE(client_->Get(*NewContext(), id, task).ok());
  EXPECT_EQ(task.task_id, id);
  EXPECT_EQ(task.first_message_id, "m-1");
  ASSERT_TRUE(client_->Cancel(*NewContext(), id, task).ok());
  EXPECT_EQ(task.state, v10::TASK_STATE_CANCELED);
  const grpc::Status again = client_->Cancel(*NewContext(), id, task);
  EXPECT_EQ(again.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ErrorInfoOf(again).reason(), "TASK_NOT_CANCELABLE");
}

TEST_P(A2aVersionsTest, ASubscriberSeesTheTaskAndItsEnd) {
  const std::string id = Send("silent 100000", /*wait=*/false).task_id;
  std::vector<Told> events;
  const grpc::Status status = client_->Subscribe(*NewContext(), id, [&](const Told& event) {
    events.push_back(event);
    Told cancelled;
    if (event.kind == "task") {
      EXPECT_TRUE(client_->Cancel(*NewContext(), id, cancelled).ok());
    }
  });
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].state, v10::TASK_STATE_WORKING);
  EXPECT_EQ(events[1].state, v10::TASK_STATE_CANCELED);
  EXPECT_EQ(events[1].is_final, client_is_03());
  EXPECT_EQ(Asked("SubscribeToTask", "tasks/resubscribe"), 1u);
}

TEST_P(A2aVersionsTest, ThereIsNothingToSubscribeToOnceATaskHasEnded) {
  const grpc::Status status = client_->Subscribe(*NewContext(), Send("hello").task_id, [](const Told&) {});
  EXPECT_EQ(status.error_code(), unsupported());
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UNSUPPORTED_OPERATION");
}

TEST_P(A2aVersionsTest, WebhooksAreCreatedReadListedAndDeleted) {
  const Webhook webhook{Send("ask").task_id, "hook-1", "https://hook.example/", "Bearer"};
  Webhook told;
  const grpc::Status created = client_->CreateWebhook(*NewContext(), webhook, told);
  ASSERT_TRUE(created.ok()) << created.error_message();
  EXPECT_EQ(told, webhook);
  ASSERT_TRUE(client_->GetWebhook(*NewContext(), webhook, told).ok());
  EXPECT_EQ(told, webhook);
  std::vector<Webhook> all;
  ASSERT_TRUE(client_->ListWebhooks(*NewContext(), webhook.task_id, all).ok());
  EXPECT_THAT(all, ElementsAre(webhook));
  ASSERT_TRUE(client_->DeleteWebhook(*NewContext(), webhook).ok());
  ASSERT_TRUE(client_->ListWebhooks(*NewContext(), webhook.task_id, all).ok());
  EXPECT_TRUE(all.empty());
}

TEST_P(A2aVersionsTest, TheExtendedCardComesThrough) {
  std::string name;
  std::vector<std::string> skills;
  const grpc::Status status = client_->ExtendedCard(*NewContext(), name, skills);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(name, "sluice-agent");
  ASSERT_FALSE(skills.empty());
  EXPECT_EQ(skills.back(), "stats");
  EXPECT_EQ(Asked("GetExtendedAgentCard", "agent/getAuthenticatedExtendedCard"), 1u);
}

TEST_P(A2aVersionsTest, AnErrorHasItsReasonAndFor03ItsName) {
  Told task;
  const grpc::Status status = client_->Get(*NewContext(), "no-such-task", task);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "TASK_NOT_FOUND");
  EXPECT_EQ(ErrorInfoOf(status).domain(), "a2a-protocol.org");
  EXPECT_THAT(status.error_message(),
              StartsWith(client_is_03() ? "TaskNotFoundError: Task not found" : "Task not found"));
}

TEST_P(A2aVersionsTest, AnErrorInMidStreamEndsIt) {
  std::vector<Told> events;
  const grpc::Status status = Stream("fault error-event 2 -32006; slow 5 1", events);
  EXPECT_EQ(events.size(), 2u);
  EXPECT_EQ(status.error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "INVALID_AGENT_RESPONSE");
}

TEST_P(A2aVersionsTest, AnotherVersionThanTheServicesIsRefused) {
  const auto get_card = [&](const std::string& version) {
    auto context = NewContext();
    context->AddMetadata("a2a-version", version);
    std::string name;
    std::vector<std::string> skills;
    return client_->ExtendedCard(*context, name, skills);
  };
  EXPECT_TRUE(get_card(client_is_03() ? "0.3" : "1.0").ok());
  for (const std::string other : {"99.0", client_is_03() ? "1.0" : "0.3"}) {
    const grpc::Status status = get_card(other);
    EXPECT_EQ(status.error_code(), unsupported()) << other;
    EXPECT_EQ(ErrorInfoOf(status).reason(), "VERSION_NOT_SUPPORTED") << other;
  }
}

TEST_P(A2aVersionsTest, ACancelReachesTheAgentAndTheTaskGoesOn) {
  auto context = NewContext();
  std::string id;
  const grpc::Status status = client_->Stream(*context, "slow 100000 5", "", [&](const Told& event) {
    id = event.task_id;
    if (event.kind == "artifact") context->TryCancel();
  });
  EXPECT_EQ(status.error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(agent_->WaitUntil([](const agent::AgentStats& stats) { return stats.disconnects_seen == 1; }, kPatience));
  EXPECT_TRUE(gateway_.BecomesQuiet());
  Told task;
  ASSERT_TRUE(client_->Get(*NewContext(), id, task).ok());
  EXPECT_EQ(task.state, v10::TASK_STATE_WORKING);
}

TEST_P(A2aVersionsTest, WithThePolicyACancelCancelsTheTask) {
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "cancel-task");
  client_->Stream(*context, "slow 100000 5", "", [&](const Told& event) {
    if (event.kind == "artifact") context->TryCancel();
  });
  EXPECT_TRUE(gateway_.BecomesQuiet());
  EXPECT_EQ(Asked("CancelTask", "tasks/cancel"), 1u);
}

TEST_P(A2aVersionsTest, ADrainLetsAStreamComeToItsEnd) {
  // gRPC closes a connection with its last stream, and a client that writes at that moment has lost what it has not
  // read: another stream keeps the connection open.
  absl::Notification runs;
  const auto other = NewContext();
  std::thread keeps_open([&] {
    client_->Stream(*other, "slow 100000 5", "", [&](const Told& event) {
      if (event.kind == "task") runs.Notify();
    });
  });
  runs.WaitForNotification();
  std::thread drain;
  std::vector<Told> events;
  const grpc::Status status = client_->Stream(*NewContext(), "slow 5 20", "", [&](const Told& event) {
    events.push_back(event);
    if (event.kind == "task") drain = std::thread([this] { gateway_.Drain(); });
  });
  other->TryCancel();
  keeps_open.join();
  if (drain.joinable()) drain.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(events.size(), 7u);
}

TEST_P(A2aVersionsTest, AStreamThatIsCutIsNeverOk) {
  std::vector<Told> events;
  const grpc::Status status = Stream("fault cut-events 3 end; slow 5 1", events);
  EXPECT_EQ(events.size(), 3u);
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  const google::rpc::ErrorInfo info = ErrorInfoOf(status);
  EXPECT_EQ(info.reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(info.domain(), "sluice");
  EXPECT_EQ(info.metadata().at("task_id"), events.at(0).task_id);
}

// ---- what only one side has ----

class Agent03Test : public ::testing::Test {
 protected:
  std::unique_ptr<agent::Agent> agent_ = StartAgent(A2aVersions::k03);
  TestGateway gateway_{ConfigFor(*agent_, A2aVersions::k03)};
  std::unique_ptr<v10::A2AService::Stub> stub_ = gateway_.A2a();
};

TEST_F(Agent03Test, ListTasksIsRefusedWithoutAskingTheAgent) {
  v10::ListTasksResponse response;
  const grpc::Status status = stub_->ListTasks(NewContext().get(), {}, &response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UNSUPPORTED_OPERATION");
  EXPECT_TRUE(agent_->stats().requests.empty());
}

TEST_F(Agent03Test, ATenantIsRefusedByNameAndNotDropped) {
  v10::SendMessageRequest request = TextRequest("hello");
  request.set_tenant("acme");
  v10::SendMessageResponse response;
  const grpc::Status status = stub_->SendMessage(NewContext().get(), request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("tenant"), std::string::npos) << status.error_message();
  EXPECT_TRUE(agent_->stats().requests.empty());
}

TEST(Client03Test, ANameOfAnotherFormIsRefusedByItsField) {
  const auto agent = StartAgent(A2aVersions::k10);
  TestGateway gateway(ConfigFor(*agent, A2aVersions::k10));
  const auto stub = a2a::v1::A2AService::NewStub(gateway.NewChannel());
  for (const std::string name : {"", "no-prefix", "tasks/", "tasks/a/b"}) {
    a2a::v1::GetTaskRequest request;
    request.set_name(name);
    a2a::v1::Task task;
    const grpc::Status status = stub->GetTask(NewContext().get(), request, &task);
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_NE(status.error_message().find("name"), std::string::npos) << status.error_message();
  }
  EXPECT_TRUE(agent->stats().requests.empty());
}

}  // namespace
}  // namespace sluice::testing
