// Each limit that one call or one upstream can meet: a status that says so, and other calls go on.
// (Calls in flight and the growing event: bad_input_test. Requests of a session: session_test. What all calls hold
// together: memory_test. Descriptors and ports: descriptors_test, ports_test.)
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/agent/agent.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

constexpr std::size_t kMiB = std::size_t{1} << 20;

grpc::Status SayHello(TestGateway& gateway) {
  lf::a2a::v1::SendMessageResponse response;
  return gateway.A2a()->SendMessage(NewContext().get(), TextRequest("hello"), &response);
}

// What a unary call to an upstream gets that answers with `bytes`.
grpc::Status AnswerTo(const std::string& bytes, const config::UpstreamLimits& limits = {}) {
  RawUpstream upstream([&](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(bytes);
  });
  config::Config config = TestConfig(Url(upstream));
  config.upstreams[0].limits = limits;
  TestGateway gateway(config);
  return SayHello(gateway);
}

TEST(StreamsPerConnectionTest, OneMoreWaitsForItsTurnAndOtherConnectionsDoNot) {
  const auto agent = agent::Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.limits.streams_per_connection = 2;
  TestGateway gateway(config);
  const auto stub = gateway.A2a();
  StreamResponse event;
  const auto first_context = NewContext(), second_context = NewContext();
  const auto first = stub->SendStreamingMessage(first_context.get(), TextRequest("silent 3600000"));
  const auto second = stub->SendStreamingMessage(second_context.get(), TextRequest("silent 3600000"));
  ASSERT_TRUE(first->Read(&event) && second->Read(&event));

  lf::a2a::v1::SendMessageResponse response;
  std::future<grpc::Status> third = std::async(std::launch::async, [&] {
    lf::a2a::v1::SendMessageResponse ignored;
    return stub->SendMessage(NewContext().get(), TextRequest("the third"), &ignored);
  });
  const auto other = lf::a2a::v1::A2AService::NewStub(gateway.NewChannel());
  EXPECT_TRUE(other->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok());
  EXPECT_EQ(third.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout) << "it waits";
  EXPECT_EQ(agent->stats().requests["SendMessage"], 1u);

  first_context->TryCancel();
  first->Finish();
  EXPECT_TRUE(third.get().ok());
  second_context->TryCancel();
  second->Finish();
}

TEST(HealthLimitTest, WatchesAreBoundedAndCountNotAsCalls) {
  using grpc::health::v1::Health;
  using grpc::health::v1::HealthCheckResponse;
  constexpr int kWatches = 1000;
  const auto agent = agent::Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.limits.calls_in_flight = 1;
  TestGateway gateway(config);
  const auto stub = Health::NewStub(gateway.NewChannel());
  std::vector<std::pair<std::unique_ptr<grpc::ClientContext>, std::unique_ptr<grpc::ClientReader<HealthCheckResponse>>>>
      watches;
  HealthCheckResponse state;
  for (int i = 0; i < kWatches; ++i) {
    auto context = NewContext();
    auto watch = stub->Watch(context.get(), {});
    ASSERT_TRUE(watch->Read(&state)) << i;
    watches.emplace_back(std::move(context), std::move(watch));
  }
  const grpc::Status refused = Health::NewStub(gateway.NewChannel())->Check(NewContext().get(), {}, &state);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ErrorInfoOf(refused).reason(), "OVER_LIMIT");
  lf::a2a::v1::SendMessageResponse response;
  const auto a2a = lf::a2a::v1::A2AService::NewStub(gateway.NewChannel());
  EXPECT_TRUE(a2a->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok())
      << "other calls have their own";
  for (auto& [context, watch] : watches) {
    context->TryCancel();
    watch->Finish();
  }
}

class RequestLimitTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(SayHello(gateway_).ok()) << "another call noticed"; }

  grpc::Status SendWithMetadata(TestGateway& gateway, std::size_t bytes) {
    auto context = NewContext();
    context->AddMetadata("authorization", std::string(bytes, 'a'));
    lf::a2a::v1::SendMessageResponse response;
    return gateway.A2a()->SendMessage(context.get(), TextRequest("hello"), &response);
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
};

TEST_F(RequestLimitTest, AMessageAboveTheLimitIsResourceExhausted) {
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status =
      gateway_.A2a()->SendMessage(NewContext().get(), TextRequest(std::string(17 * kMiB, 'x')), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_EQ(agent_->stats().requests.size(), 0u) << "nothing of it went up";
}

TEST_F(RequestLimitTest, AMessageBelowTheLimitPasses) {
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status =
      gateway_.A2a()->SendMessage(NewContext().get(), TextRequest(std::string(3 * kMiB, 'x')), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(RequestLimitTest, MetadataAboveTheLimitIsResourceExhaustedAndTheLimitCanBeRaised) {
  const grpc::Status status = SendWithMetadata(gateway_, 9 * 1024);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_EQ(agent_->stats().requests.size(), 0u);
  config::Config config = TestConfig(agent_->url());
  config.limits.metadata_bytes = 32 * 1024;
  TestGateway generous(config);
  EXPECT_TRUE(SendWithMetadata(generous, 9 * 1024).ok());
}

TEST(AnswerLimitTest, AHeadAbove64KiBIsNoHttp) {
  const grpc::Status status = AnswerTo("HTTP/1.1 200 OK\r\nx-large: " + std::string(70 * 1024, 'x') + "\r\n\r\n");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UPSTREAM_BAD_MESSAGE");
}

TEST(AnswerLimitTest, AJsonAnswerAboveTheEventLimitIsTooLarge) {
  const grpc::Status status = AnswerTo(JsonAnswer(std::string(11 * kMiB, ' ')));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).reason(), "EVENT_TOO_LARGE");
}

TEST(AnswerLimitTest, OfAnErrorBodyAnExcerptIsTold) {
  const std::string body = "the reason, and then " + std::string(kMiB, 'x');
  const grpc::Status status =
      AnswerTo("HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body,
               {.error_body_bytes = 4096});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UPSTREAM_HTTP_STATUS");
  EXPECT_NE(status.error_message().find("the reason, and then"), std::string::npos) << status.error_message();
  EXPECT_LE(status.error_message().size(), 1024u);
}

// A stream of one event of that size, between a task and its end.
struct Relayed {
  grpc::Status status;
  std::size_t text_bytes = 0;
  int messages = 0;
};
Relayed RelayEvent(std::size_t bytes) {
  const auto agent = agent::Agent::Start({}).value();
  TestGateway gateway(TestConfig(agent->url()));
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("size 1 0 " + std::to_string(bytes)));
  Relayed relayed;
  for (StreamResponse event; reader->Read(&event); ++relayed.messages) {
    if (event.has_artifact_update()) relayed.text_bytes = event.artifact_update().artifact().parts(0).text().size();
  }
  relayed.status = reader->Finish();
  EXPECT_TRUE(SayHello(gateway).ok()) << "another call noticed";
  return relayed;
}

TEST(EventSizeTest, TwentyMiBAreTooLargeAndWhatCameBeforeIsThere) {
  const Relayed relayed = RelayEvent(20 * kMiB);
  EXPECT_EQ(relayed.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << relayed.status.error_message();
  EXPECT_EQ(ErrorInfoOf(relayed.status).reason(), "EVENT_TOO_LARGE");
  EXPECT_EQ(relayed.messages, 1) << "the task";
}

TEST(EventSizeTest, OneJustBelowTheLimitPassesAlone) {
  const Relayed relayed = RelayEvent(10 * kMiB - 1024);
  EXPECT_TRUE(relayed.status.ok()) << relayed.status.error_message();
  EXPECT_EQ(relayed.text_bytes, 10 * kMiB - 1024);
  EXPECT_EQ(relayed.messages, 3);
}

TEST(StallTest, AClientThatTakesNothingWhileMessagesWaitLosesItsCallAndNobodyElseDoes) {
  const auto agent = agent::Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.limits.stall = std::chrono::milliseconds(200);
  TestGateway gateway(config);
  auto context = NewContext();
  const auto stalled = lf::a2a::v1::A2AService::NewStub(gateway.NewChannel());
  auto reader = stalled->SendStreamingMessage(context.get(), TextRequest("size 100000 0 16384"));
  ASSERT_TRUE(agent->WaitUntil([](const agent::AgentStats& stats) { return stats.disconnects_seen == 1; }, kPatience))
      << "the agent is let go";
  EXPECT_TRUE(SayHello(gateway).ok());
  for (StreamResponse event; reader->Read(&event);) {
  }
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).reason(), "CLIENT_STALLED");
}

// A request that its upstream does not take counts against what all calls may hold, until it is gone.
TEST(RequestMemoryTest, RequestsThatAreNotSentCountAndTheOneTooManyIsRefused) {
  Gate go_on;
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequestHead()) return;
    go_on.Wait();
  });
  const auto agent = agent::Agent::Start({}).value();
  config::Config config = TestConfig(Url(upstream));
  config.upstreams.push_back(TestUpstream("well", agent->url(), config::UpstreamKind::kA2a));
  config.limits.memory_bytes = 20 * kMiB;
  TestGateway gateway(config);
  const std::string large(12 * kMiB, 'x');
  const auto stub = gateway.A2a();
  auto context = NewContext();
  auto held = stub->SendStreamingMessage(context.get(), TextRequest(large));
  ASSERT_TRUE(Eventually([&] { return upstream.requests() == 1; }));

  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status refused = stub->SendMessage(NewContext().get(), TextRequest(large), &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << refused.error_message();
  EXPECT_EQ(ErrorInfoOf(refused).reason(), "OVER_LIMIT");
  EXPECT_EQ(ErrorInfoOf(refused).metadata().at("cause"), "memory");
  EXPECT_EQ(ErrorInfoOf(refused).metadata().count("may_have_run"), 0u) << "nothing of it was sent";
  auto small = NewContext();
  small->AddMetadata("sluice-upstream", "well");
  EXPECT_TRUE(stub->SendMessage(small.get(), TextRequest("hello"), &response).ok()) << "another call noticed";

  context->TryCancel();
  held->Finish();
  ASSERT_TRUE(gateway.BecomesQuiet());
  auto again = NewContext();
  auto next = stub->SendStreamingMessage(again.get(), TextRequest(large));
  EXPECT_TRUE(Eventually([&] { return upstream.requests() == 2; })) << "there is room again";
  again->TryCancel();
  next->Finish();
  go_on.Open();
}

}  // namespace
}  // namespace sluice::testing
