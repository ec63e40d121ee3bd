// Calls to several agents behind one gateway: each goes where it says, and a task stays with who made it.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

using Stub = lf::a2a::v1::A2AService::Stub;

class RoutingTest : public ::testing::Test {
 protected:
  RoutingTest() {
    config::Config config = TestConfig(first_->url());
    config.upstreams.push_back(TestUpstream("second", second_->url(), config::UpstreamKind::kA2a));
    config.upstreams[1].tenants = {"acme"};
    config.upstreams[1].authorities = {"second.example"};
    gateway_ = std::make_unique<TestGateway>(config);
  }
  // A channel whose calls carry this :authority.
  std::unique_ptr<Stub> StubTo(const std::string& authority) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt("grpc.enable_http_proxy", 0);
    arguments.SetString("grpc.default_authority", authority);
    return lf::a2a::v1::A2AService::NewStub(
        grpc::CreateCustomChannel(gateway_->address(), grpc::InsecureChannelCredentials(), arguments));
  }
  // The agents that a message reached: "first", "second"; or the error.
  std::string GoesTo(Stub& stub, const std::string& tenant, const std::string& upstream) {
    first_->ResetStats();
    second_->ResetStats();
    const auto context = NewContext();
    if (!upstream.empty()) context->AddMetadata("sluice-upstream", upstream);
    lf::a2a::v1::SendMessageRequest request = TextRequest("hello");
    request.set_tenant(tenant);
    lf::a2a::v1::SendMessageResponse response;
    const grpc::Status status = stub.SendMessage(context.get(), request, &response);
    if (!status.ok()) return status.error_message();
    task_ = response.task().id();
    return std::string(Reached(*first_) ? "first" : "") + (Reached(*second_) ? "second" : "");
  }
  static bool Reached(const agent::Agent& agent) { return agent.stats().requests["SendMessage"] > 0; }

  std::unique_ptr<agent::Agent> first_ = agent::Agent::Start({}).value();
  std::unique_ptr<agent::Agent> second_ = agent::Agent::Start({}).value();
  std::unique_ptr<TestGateway> gateway_;
  std::string task_;  // that was made last
};

TEST_F(RoutingTest, MetadataTenantAndAuthoritySayWhereACallGoes) {
  const auto stub = gateway_->A2a();
  const auto by_name = StubTo("Second.example:50051");
  EXPECT_EQ(GoesTo(*stub, "", ""), "first");
  EXPECT_EQ(GoesTo(*stub, "", "second"), "second");
  EXPECT_EQ(GoesTo(*stub, "acme", ""), "second");
  EXPECT_EQ(GoesTo(*stub, "second", ""), "second");
  EXPECT_EQ(GoesTo(*by_name, "", ""), "second");
  EXPECT_EQ(GoesTo(*by_name, "default", ""), "first");
}

TEST_F(RoutingTest, WhatIsUnknownIsNotFoundAndTheChoicesAreTold) {
  const auto stub = gateway_->A2a();
  EXPECT_EQ(GoesTo(*stub, "", "third"), "no upstream \"third\" of this kind; there are: default (a2a), second (a2a)");
  EXPECT_EQ(GoesTo(*stub, "nobody", ""), "no upstream has the tenant \"nobody\"; tenants: default, second, acme");
}

// The gateway keeps nothing of a task: whoever routes alike finds it, at any replica.
TEST_F(RoutingTest, ATaskIsFoundByTheRouteThatMadeItAndByNoOther) {
  const auto stub = gateway_->A2a();
  ASSERT_EQ(GoesTo(*stub, "acme", ""), "second");
  const auto get = [&](const std::string& tenant) {
    lf::a2a::v1::GetTaskRequest request;
    request.set_id(task_);
    request.set_tenant(tenant);
    lf::a2a::v1::Task task;
    return stub->GetTask(NewContext().get(), request, &task);
  };
  EXPECT_TRUE(get("acme").ok());
  EXPECT_TRUE(get("second").ok());
  EXPECT_EQ(ErrorInfoOf(get("")).reason(), "TASK_NOT_FOUND");
}

}  // namespace
}  // namespace sluice::testing
