// A client that knows nothing but the address learns what is served and can call it.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "client/agent/agent.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {
namespace {

namespace pb = google::protobuf;
using std::chrono::milliseconds;

struct V1 {
  using Service = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Service = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

config::Config SlowStop(const std::string& url) {
  config::Config config = TestConfig(url);
  config.drain.lame_duck = milliseconds(11);  // told apart by their length in WaitFn
  config.drain.refuse = milliseconds(12);
  config.drain.deadline = kPatience;
  return config;
}

template <typename Version>
class ReflectionTest : public ::testing::Test {
 protected:
  using Service = typename Version::Service;
  using Request = typename Version::Request;
  using Response = typename Version::Response;

  // One stream with the gateway.
  struct Conversation {
    explicit Conversation(const TestGateway& gateway)
        : stub(Service::NewStub(gateway.NewChannel())), stream(stub->ServerReflectionInfo(context.get())) {}
    Response Ask(const Request& request) {
      Response response;
      EXPECT_TRUE(stream->Write(request));
      EXPECT_TRUE(stream->Read(&response));
      return response;
    }
    grpc::Status End() {
      Response response;
      stream->WritesDone();
      EXPECT_FALSE(stream->Read(&response)) << "an answer to nothing";
      return stream->Finish();
    }
    std::unique_ptr<grpc::ClientContext> context = NewContext();
    std::unique_ptr<typename Service::Stub> stub;
    std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream;
  };

  static Request AskForServices() {
    Request request;
    request.set_list_services("");
    return request;
  }
  static Request AskForSymbol(const std::string& name) {
    Request request;
    request.set_file_containing_symbol(name);
    return request;
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{SlowStop(agent_->url())};
};

struct VersionName {
  template <typename Version>
  static std::string GetName(int) {
    return std::is_same_v<Version, V1> ? "v1" : "v1alpha";
  }
};
using Versions = ::testing::Types<V1, V1Alpha>;
TYPED_TEST_SUITE(ReflectionTest, Versions, VersionName);

TYPED_TEST(ReflectionTest, ListsEveryServiceOfTheGateway) {
  typename TestFixture::Conversation conversation(this->gateway_);
  std::vector<std::string> names;
  const auto response = conversation.Ask(this->AskForServices());
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  EXPECT_EQ(names,
            (std::vector<std::string>{"a2a.v1.A2AService", "grpc.health.v1.Health",
                                      "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
                                      "lf.a2a.v1.A2AService", "sluice.v1.Conversation", "sluice.v1.Gateway"}));
  EXPECT_TRUE(conversation.End().ok());
}

// Every method that the descriptors promise is there, under the path and with the types that they say.
TYPED_TEST(ReflectionTest, DescribesEveryServiceSoThatAClientCanBuildItsTypes) {
  typename TestFixture::Conversation conversation(this->gateway_);
  const auto services = conversation.Ask(this->AskForServices());
  pb::SimpleDescriptorDatabase told;
  std::map<std::string, std::string> files;                     // by name
  std::vector<std::string> symbols = {"google.rpc.ErrorInfo"};  // the details of errors
  for (const auto& service : services.list_services_response().service()) symbols.push_back(service.name());
  for (const std::string& symbol : symbols) {
    const auto response = conversation.Ask(this->AskForSymbol(symbol));
    bool asked_for = true;  // the first file: told also where it came before, as what another imports
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      pb::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      const auto [at, is_new] = files.emplace(file.name(), bytes);
      EXPECT_TRUE(is_new || asked_for) << file.name() << " was told twice";
      EXPECT_EQ(at->second, bytes) << file.name();
      if (is_new) {
        EXPECT_TRUE(told.Add(file)) << file.name();
      }
      asked_for = false;
    }
  }
  EXPECT_TRUE(conversation.End().ok());
  pb::DescriptorPool pool(&told);
  for (const auto& service : services.list_services_response().service()) {
    const auto* descriptor = pool.FindServiceByName(service.name());
    ASSERT_NE(descriptor, nullptr) << service.name();
    EXPECT_GT(descriptor->method_count(), 0);
  }
  EXPECT_NE(pool.FindMessageTypeByName("google.rpc.RetryInfo"), nullptr);
  const auto* send = pool.FindMethodByName("lf.a2a.v1.A2AService.SendStreamingMessage");
  ASSERT_NE(send, nullptr);
  EXPECT_TRUE(send->server_streaming());
  EXPECT_NE(send->input_type()->FindFieldByName("message"), nullptr);
  EXPECT_NE(pool.FindMessageTypeByName("google.protobuf.Struct"), nullptr) << "what the files import came along";
}

TYPED_TEST(ReflectionTest, SaysWhatIsUnknownAndGoesOn) {
  typename TestFixture::Conversation conversation(this->gateway_);
  for (const std::string name : {"no.such.Service", "google.protobuf.FileDescriptorProto", "sluice.v1", ""}) {
    const auto response = conversation.Ask(this->AskForSymbol(name));
    EXPECT_EQ(response.error_response().error_code(), grpc::StatusCode::NOT_FOUND) << name;
    EXPECT_NE(response.error_response().error_message().find("\"" + name + "\""), std::string::npos);
    EXPECT_EQ(response.original_request().file_containing_symbol(), name);
  }
  EXPECT_TRUE(conversation.Ask(this->AskForSymbol("sluice.v1.Gateway.Session")).has_file_descriptor_response());
  EXPECT_TRUE(conversation.End().ok());
}

TYPED_TEST(ReflectionTest, AnswersAThousandRequestsOfOneStreamInTheirOrder) {
  typename TestFixture::Conversation conversation(this->gateway_);
  constexpr int kRequests = 1000;
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      auto request = this->AskForSymbol(i % 2 == 0 ? "lf.a2a.v1.Task" : "lf.a2a.v1.Nothing");
      request.set_host(std::to_string(i));
      EXPECT_TRUE(conversation.stream->Write(request));
    }
    conversation.stream->WritesDone();
  });
  typename TestFixture::Response response;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(conversation.stream->Read(&response)) << i;
    ASSERT_EQ(response.valid_host(), std::to_string(i));
    ASSERT_EQ(response.has_file_descriptor_response(), i % 2 == 0);
    ASSERT_LE(response.file_descriptor_response().file_descriptor_proto_size(), i == 0 ? 4 : 1) << "told already";
  }
  EXPECT_FALSE(conversation.stream->Read(&response));
  writer.join();
  EXPECT_TRUE(conversation.stream->Finish().ok());
}

// What the gateway answers is bounded by what is read of it, however much is asked.
TYPED_TEST(ReflectionTest, AClientThatDoesNotReadIsNotHeardUntilItDoes) {
  typename TestFixture::Conversation conversation(this->gateway_);
  constexpr int kRequests = 4000;
  std::atomic<int> asked = 0;
  std::thread writer([&] {
    auto request = this->AskForSymbol("lf.a2a.v1.Nothing");
    request.set_host(std::string(16'384, 'h'));  // it comes back twice
    while (asked < kRequests && conversation.stream->Write(request)) ++asked;
    conversation.stream->WritesDone();
  });
  int before = 0;
  EXPECT_TRUE(Eventually([&] {
    const int now = asked;
    const bool stands = now == before && now > 0;
    before = now;
    if (!stands) ::usleep(100'000);
    return stands;
  }));
  EXPECT_LT(asked, kRequests / 2);
  int answered = 0;
  typename TestFixture::Response response;
  while (conversation.stream->Read(&response)) ++answered;
  writer.join();
  EXPECT_EQ(answered, kRequests);
  EXPECT_TRUE(conversation.stream->Finish().ok());
}

TYPED_TEST(ReflectionTest, IsServedInTheLameDuckAndNeverHoldsUpAStop) {
  typename TestFixture::Conversation idle(this->gateway_);
  EXPECT_TRUE(idle.Ask(this->AskForServices()).has_list_services_response());
  bool refusing = false;
  this->gateway_.Drain(StopKind::kGraceful, [&](milliseconds time) {
    if (time == milliseconds(11)) {
      EXPECT_TRUE(idle.Ask(this->AskForServices()).has_list_services_response());
      typename TestFixture::Conversation another(this->gateway_);
      EXPECT_TRUE(another.Ask(this->AskForServices()).has_list_services_response());
      EXPECT_TRUE(another.End().ok());
    } else if (time == milliseconds(12)) {
      refusing = true;
      typename TestFixture::Response response;
      EXPECT_FALSE(idle.stream->Read(&response));
      const grpc::Status ended = idle.stream->Finish();
      EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE);
      EXPECT_EQ(ErrorInfoOf(ended).reason(), "DRAINING");
      typename TestFixture::Conversation late(this->gateway_);
      EXPECT_FALSE(late.stream->Read(&response));
      EXPECT_EQ(ErrorInfoOf(late.stream->Finish()).reason(), "DRAINING");
    }
    return false;
  });
  EXPECT_TRUE(refusing);
}

grpc::Status CheckHealth(const TestGateway& gateway, const std::string& service,
                         grpc::health::v1::HealthCheckResponse& response) {
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  return grpc::health::v1::Health::NewStub(gateway.NewChannel())->Check(NewContext().get(), request, &response);
}

TYPED_TEST(ReflectionTest, HasAHealthOfItsOwn) {
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_TRUE(CheckHealth(this->gateway_, TypeParam::Service::service_full_name(), response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TYPED_TEST(ReflectionTest, SwitchedOffIsNotThereAtAll) {
  config::Config config = TestConfig(this->agent_->url());
  config.reflection = false;
  TestGateway gateway(config);
  typename TestFixture::Conversation conversation(gateway);
  EXPECT_EQ(conversation.End().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_EQ(CheckHealth(gateway, TypeParam::Service::service_full_name(), response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace sluice::testing
