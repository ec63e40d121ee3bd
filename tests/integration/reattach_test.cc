// With `idempotent_send: on` a message that is sent again meets its task, and no second one begins.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::SendMessageRequest;
using lf::a2a::v1::StreamResponse;

config::Config Idempotent(const std::string& url) {
  config::Config config = TestConfig(url);
  config.upstreams[0].idempotent_send = true;
  return config;
}

// A message of the client's own context.
SendMessageRequest Message(const std::string& id, const std::string& text) {
  SendMessageRequest request = TextRequest(text);
  request.mutable_message()->set_message_id(id);
  request.mutable_message()->set_context_id("c-mine");
  return request;
}

std::string Trailer(const grpc::ClientContext& context, const char* name) {
  const auto found = context.GetServerTrailingMetadata().find(name);
  const bool there = found != context.GetServerTrailingMetadata().end();
  return there ? std::string(found->second.data(), found->second.size()) : std::string();
}

class ReattachTest : public ::testing::Test {
 protected:
  // Begins a task and goes away, as a client whose connection broke.
  std::string BeginAndLeave(const SendMessageRequest& request) {
    auto context = NewContext();
    auto reader = stub_->SendStreamingMessage(context.get(), request);
    StreamResponse event;
    EXPECT_TRUE(reader->Read(&event));
    context->TryCancel();
    reader->Finish();
    return event.task().id();
  }
  std::uint64_t Requests(const std::string& method) const {
    const auto requests = agent_->stats().requests;
    const auto found = requests.find(method);
    return found == requests.end() ? 0 : found->second;
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{Idempotent(agent_->url())};
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> stub_ = gateway_.A2a();
};

TEST_F(ReattachTest, AStreamThatIsSentAgainIsTheStreamOfTheTaskThatRuns) {
  const SendMessageRequest request = Message("m-1", "slow 20 50");
  const std::string task_id = BeginAndLeave(request);
  auto context = NewContext();
  auto reader = stub_->SendStreamingMessage(context.get(), request);
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.task().id(), task_id);
  while (reader->Read(&event)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(event.status_update().status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  EXPECT_EQ(Trailer(*context, "sluice-reattached"), task_id);
  EXPECT_EQ(Requests("SendStreamingMessage"), 1u);
  EXPECT_EQ(gateway_.WaitForLog("sluice-reattached=" + task_id).size(), 1u);
}

TEST_F(ReattachTest, ASendOfTheSameMessageWaitsForTheTaskThatRuns) {
  const SendMessageRequest request = Message("m-1", "slow 10 50");
  const std::string task_id = BeginAndLeave(request);
  auto context = NewContext();
  lf::a2a::v1::SendMessageResponse response;
  ASSERT_TRUE(stub_->SendMessage(context.get(), request, &response).ok());
  EXPECT_EQ(response.task().id(), task_id);
  EXPECT_EQ(response.task().status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  EXPECT_EQ(response.task().artifacts(0).parts_size(), 10);
  EXPECT_EQ(Trailer(*context, "sluice-reattached"), task_id);
  EXPECT_EQ(Requests("SendMessage"), 0u);
}

TEST_F(ReattachTest, ATaskThatIsOverIsTheAnswerInEitherShape) {
  const SendMessageRequest request = Message("m-1", "slow 3 0");
  lf::a2a::v1::SendMessageResponse first;
  lf::a2a::v1::SendMessageResponse again;
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), request, &first).ok());
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), request, &again).ok());
  EXPECT_EQ(again.task().id(), first.task().id());
  EXPECT_EQ(again.task().artifacts(0).parts_size(), 3);

  auto context = NewContext();
  auto reader = stub_->SendStreamingMessage(context.get(), request);
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.task().id(), first.task().id());
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(Requests("SendMessage"), 1u);
}

TEST_F(ReattachTest, AFollowUpIsFoundInItsTask) {
  lf::a2a::v1::SendMessageResponse response;
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), Message("m-1", "ask"), &response).ok());
  SendMessageRequest answer = TextRequest("slow 2 0", response.task().id());
  answer.mutable_message()->set_message_id("m-2");
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), answer, &response).ok());
  EXPECT_EQ(response.task().status().state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  // Without the setting the agent would refuse it: its task is over.
  auto context = NewContext();
  ASSERT_TRUE(stub_->SendMessage(context.get(), answer, &response).ok());
  EXPECT_EQ(Trailer(*context, "sluice-reattached"), response.task().id());
}

TEST_F(ReattachTest, WhatTheAgentCannotKnowIsSent) {
  lf::a2a::v1::SendMessageResponse response;
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), Message("m-1", "hello"), &response).ok());
  const std::string first = response.task().id();
  // Another message of the same context.
  ASSERT_TRUE(stub_->SendMessage(NewContext().get(), Message("m-2", "hello"), &response).ok());
  EXPECT_NE(response.task().id(), first);
  // The same message without a context: nothing to look by.
  const std::uint64_t questions = Requests("ListTasks");
  auto context = NewContext();
  ASSERT_TRUE(stub_->SendMessage(context.get(), TextRequest("hello"), &response).ok());
  EXPECT_EQ(Trailer(*context, "sluice-reattached"), "");
  EXPECT_EQ(Requests("ListTasks"), questions);
}

// An agent that answers the question with `answer`, and a send with a message.
std::function<void(RawConnection&)> AnswersTheQuestion(const std::string& answer) {
  return [answer](RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) {
      const bool sends = request->body.find("SendMessage") != std::string::npos;
      connection.Write(sends ? JsonAnswer(R"({"jsonrpc":"2.0","id":1,"result":{"message":{"messageId":"a",)"
                                          R"("role":"ROLE_AGENT","parts":[]}}})")
                             : answer);
    }
  };
}

struct CannotSayRow {
  std::string name;
  std::string answer;
  friend void PrintTo(const CannotSayRow& row, std::ostream* os) { *os << row.name; }
};
class CannotSayTest : public ::testing::TestWithParam<CannotSayRow> {};

TEST_P(CannotSayTest, TheMessageIsSent) {
  RawUpstream upstream(AnswersTheQuestion(GetParam().answer));
  config::Config config = Idempotent(Url(upstream));
  config.upstreams[0].limits.event_bytes = 1000;
  TestGateway gateway(config);
  SendMessageRequest in_context = Message("m-1", "any");
  SendMessageRequest in_task = TextRequest("any", "t-1");
  in_task.mutable_message()->set_message_id("m-2");
  int requests = 0;
  for (const SendMessageRequest& request : {in_context, in_task}) {  // asked with ListTasks, and with GetTask
    auto context = NewContext();
    lf::a2a::v1::SendMessageResponse response;
    const grpc::Status status = gateway.A2a()->SendMessage(context.get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.message().message_id(), "a");
    EXPECT_EQ(Trailer(*context, "sluice-reattached"), "");
    EXPECT_EQ(upstream.requests(), requests += 2) << "the question, and the message once";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, CannotSayTest,
    ::testing::Values(
        CannotSayRow{"JsonRpcError",
                     JsonAnswer(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}})")},
        CannotSayRow{"Http404", JsonAnswer("no", "404 Not Found")},
        CannotSayRow{"Http405", JsonAnswer("no", "405 Method Not Allowed")},
        CannotSayRow{"Http501", JsonAnswer("no", "501 Not Implemented")},
        CannotSayRow{"EventTooLarge",
                     JsonAnswer(R"({"jsonrpc":"2.0","id":1,"result":{"x":")" + std::string(2000, 'x') + "\"}}")}),
    [](const auto& row) { return row.param.name; });

TEST(ReattachErrorTest, AQuestionWithoutAnAnswerSendsNothing) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(JsonAnswer("away", "503 Service Unavailable"));
  });
  TestGateway gateway(Idempotent(Url(upstream)));
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status = gateway.A2a()->SendMessage(NewContext().get(), Message("m-1", "any"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ErrorInfoOf(status).metadata().count("may_have_run"), 0u) << "it may be sent again";
  EXPECT_EQ(upstream.requests(), 1);
}

}  // namespace
}  // namespace sluice::testing
