// What clients, balancers and probes see from the first moment to the last.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "client/agent/agent.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"
#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using std::chrono::milliseconds;

// The status line of a GET.
std::string Get(const std::string& address, const std::string& path) {
  const std::string answer = HttpGet(address, path);
  return answer.substr(0, answer.find("\r\n"));
}

HealthCheckResponse::ServingStatus Check(TestGateway& gateway, const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  const grpc::Status status =
      grpc::health::v1::Health::NewStub(gateway.NewChannel())->Check(NewContext().get(), request, &response);
  return status.ok() ? response.status() : HealthCheckResponse::SERVICE_UNKNOWN;
}

class LifecycleTest : public ::testing::Test {
 protected:
  static config::Config Config(const std::string& url) {
    config::Config config = TestConfig(url);
    config.drain.lame_duck = milliseconds(11);  // told apart by their length in WaitFn
    config.drain.refuse = milliseconds(12);
    config.drain.deadline = milliseconds(500);
    return config;
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{Config(agent_->url())};
};

TEST_F(LifecycleTest, WhileItServesItIsLiveReadyAndServing) {
  EXPECT_EQ(Get(gateway_.http_address(), "/livez"), "HTTP/1.1 200 OK");
  EXPECT_EQ(Get(gateway_.http_address(), "/readyz"), "HTTP/1.1 200 OK");
  EXPECT_EQ(Get(gateway_.http_address(), "/nothing"), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(Check(gateway_, ""), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check(gateway_, "lf.a2a.v1.A2AService"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check(gateway_, "upstream/default"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check(gateway_, "no.such.Service"), HealthCheckResponse::SERVICE_UNKNOWN);
}

TEST_F(LifecycleTest, InTheLameDuckCallsAreServedAndBalancersAreToldToGoAway) {
  auto watch_context = NewContext();
  auto watch = grpc::health::v1::Health::NewStub(gateway_.NewChannel())->Watch(watch_context.get(), {});
  HealthCheckResponse watched;
  ASSERT_TRUE(watch->Read(&watched));
  EXPECT_EQ(watched.status(), HealthCheckResponse::SERVING);
  auto stub = gateway_.A2a();

  bool lame_duck = false;
  bool refusing = false;
  gateway_.Drain(StopKind::kGraceful, [&](milliseconds time) {
    if (time == milliseconds(11)) {
      lame_duck = true;
      EXPECT_EQ(Get(gateway_.http_address(), "/livez"), "HTTP/1.1 200 OK");
      EXPECT_EQ(Get(gateway_.http_address(), "/readyz"), "HTTP/1.1 503 Service Unavailable");
      EXPECT_EQ(Check(gateway_, ""), HealthCheckResponse::NOT_SERVING);
      EXPECT_TRUE(watch->Read(&watched));
      EXPECT_EQ(watched.status(), HealthCheckResponse::NOT_SERVING);
      lf::a2a::v1::SendMessageResponse response;
      EXPECT_TRUE(stub->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok());
    } else if (time == milliseconds(12)) {
      refusing = true;
      lf::a2a::v1::SendMessageResponse response;
      const grpc::Status status = stub->SendMessage(NewContext().get(), TextRequest("hello"), &response);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
      EXPECT_EQ(ErrorInfoOf(status).reason(), "DRAINING");
      EXPECT_NE(status.error_details().find("google.rpc.RetryInfo"), std::string::npos);
      EXPECT_FALSE(watch->Read(&watched)) << "a watch never holds up a stop";
      EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    }
    return false;
  });
  EXPECT_TRUE(lame_duck);
  EXPECT_TRUE(refusing);
}

TEST_F(LifecycleTest, ASecondSignalEndsWhatRunsAtOnceWithAStatusOfOurs) {
  auto context = NewContext();
  auto reader = gateway_.A2a()->SendStreamingMessage(context.get(), TextRequest("slow 1000000 10"));
  lf::a2a::v1::StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  gateway_.Drain(StopKind::kGraceful, [](milliseconds) { return true; });
  while (reader->Read(&event)) {
  }
  const google::rpc::ErrorInfo info = ErrorInfoOf(reader->Finish());
  EXPECT_EQ(info.reason(), "DRAINING");
  EXPECT_EQ(info.metadata().at("may_have_run"), "true") << "unlike a call that was refused";
}

// The agent never answers CancelTask: what a cancelled call still cleans up does not hold up the end.
TEST(CleanUpTest, DoesNotHoldUpAStop) {
  RawUpstream upstream([](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (request && request->body.find("SendStreamingMessage") != std::string::npos) {
      connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    }
    connection.WaitForPeerClose();
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "cancel-task");
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  lf::a2a::v1::StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  context->TryCancel();
  reader->Finish();
  ASSERT_TRUE(Eventually([&] { return upstream.requests() == 2; })) << "the CancelTask is under way";
  gateway.Drain();
}

TEST(ExitCodeTest, APortThatIsTakenIsSaidAndIs69) {
  const auto agent = agent::Agent::Start({}).value();
  const std::string taken = "127.0.0.1:" + std::to_string(agent->port());
  Child grpc(SLUICE, {"--listen=" + taken, "--http-listen=127.0.0.1:0", "--upstream=" + agent->url()});
  EXPECT_EQ(grpc.Finish(), 69);
  EXPECT_NE(grpc.err().find(taken), std::string::npos) << grpc.err();
  Child http(SLUICE, {"--listen=127.0.0.1:0", "--http-listen=" + taken, "--upstream=" + agent->url()});
  EXPECT_EQ(http.Finish(), 69);
  EXPECT_NE(http.err().find(taken), std::string::npos) << http.err();
}

TEST(ExitCodeTest, SigintEndsAnIdleGatewayWithMatchingCounters) {
  const auto agent = agent::Agent::Start({}).value();
  Child gateway(SLUICE, {"--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--upstream=" + agent->url()});
  ASSERT_TRUE(gateway.WaitForOut("serving grpc="));
  gateway.Signal(SIGINT);
  EXPECT_EQ(gateway.Finish(), 0) << gateway.err();
  EXPECT_NE(gateway.err().find(" match"), std::string::npos) << gateway.err();
}

}  // namespace
}  // namespace sluice::testing
