// Whatever a client or an upstream sends wrong gets a status that says so, and other calls go on.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

// A unary call with raw bytes, any number of messages.
grpc::Status CallRaw(TestGateway& gateway, const std::string& method, const std::vector<std::string>& messages) {
  grpc::GenericStub stub(gateway.NewChannel());
  auto context = NewContext();
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call = stub.PrepareCall(context.get(), method, &queue);
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  for (std::size_t i = 0; ok && i < messages.size(); ++i) {
    const grpc::Slice slice(messages[i]);
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    queue.Next(&tag, &ok);
  }
  call->WritesDone(nullptr);
  queue.Next(&tag, &ok);
  for (grpc::ByteBuffer answer; ok;) {  // gRPC tells the status only once the messages have been read
    call->Read(&answer, nullptr);
    queue.Next(&tag, &ok);
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  return status;
}

class BadRequestTest : public ::testing::Test {
 protected:
  void TearDown() override {
    lf::a2a::v1::SendMessageResponse response;
    EXPECT_TRUE(gateway_.A2a()->SendMessage(NewContext().get(), TextRequest("hello"), &response).ok())
        << "another call noticed";
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
};

TEST_F(BadRequestTest, UnknownMethodsAreUnimplementedByName) {
  for (const std::string method : {"/lf.a2a.v1.A2AService/NoSuchMethod", "/no.such.Service/Method", "/x", "/"}) {
    const grpc::Status status = CallRaw(gateway_, method, {""});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << method;
    EXPECT_NE(status.error_message().find(method), std::string::npos) << status.error_message();
  }
}

TEST_F(BadRequestTest, BytesThatAreNoMessageAreInvalid) {
  const grpc::Status status = CallRaw(gateway_, "/lf.a2a.v1.A2AService/SendMessage", {"\xff\xff\xff not protobuf"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
}

TEST_F(BadRequestTest, BytesThatAreNoReflectionRequestEndTheStream) {
  for (const std::string version : {"v1", "v1alpha"}) {
    const std::string method = "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo";
    const std::string list_services("\x3a\x00", 2);
    EXPECT_TRUE(CallRaw(gateway_, method, {}).ok()) << "it may ask nothing";
    EXPECT_TRUE(CallRaw(gateway_, method, {list_services, list_services}).ok());
    const grpc::Status status = CallRaw(gateway_, method, {list_services, "\x3a\x02\xff\xff"});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_NE(status.error_message().find("ServerReflectionRequest"), std::string::npos);
  }
}

TEST_F(BadRequestTest, TextThatIsNotUtf8IsInvalid) {
  // Message { parts: { text: "\xff" } }: well-formed protobuf, malformed text.
  const grpc::Status status = CallRaw(gateway_, "/lf.a2a.v1.A2AService/SendMessage",
                                      {std::string("\x12\x0a\x0a\x01m\x20\x01\x2a\x03\x0a\x01\xff", 12)});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
}

TEST_F(BadRequestTest, NoMessageAndTwoMessagesAreInvalid) {
  EXPECT_EQ(CallRaw(gateway_, "/lf.a2a.v1.A2AService/GetTask", {}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CallRaw(gateway_, "/lf.a2a.v1.A2AService/GetTask", {"", ""}).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(BadRequestTest, AnUnknownUpstreamIsNotFoundAndTheKnownOnesAreNamed) {
  auto context = NewContext();
  context->AddMetadata("sluice-upstream", "nobody");
  lf::a2a::v1::AgentCard card;
  const grpc::Status status = gateway_.A2a()->GetExtendedAgentCard(context.get(), {}, &card);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UNKNOWN_UPSTREAM");
  EXPECT_NE(status.error_message().find("default"), std::string::npos) << status.error_message();
}

TEST_F(BadRequestTest, AnUnknownCancelPolicyIsNamed) {
  auto context = NewContext();
  context->AddMetadata("sluice-on-cancel", "explode");
  lf::a2a::v1::AgentCard card;
  const grpc::Status status = gateway_.A2a()->GetExtendedAgentCard(context.get(), {}, &card);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("sluice-on-cancel"), std::string::npos);
}

struct BadAnswer {
  std::string name;
  std::string bytes;
  grpc::StatusCode code;
  std::string reason;
  friend void PrintTo(const BadAnswer& row, std::ostream* os) { *os << row.name; }
};

class BadAnswerTest : public ::testing::TestWithParam<BadAnswer> {};

TEST_P(BadAnswerTest, GivesItsStatusAndReason) {
  RawUpstream upstream([](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(GetParam().bytes);
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  lf::a2a::v1::StreamResponse event;
  EXPECT_FALSE(reader->Read(&event));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), GetParam().code) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).reason(), GetParam().reason) << status.error_message();
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("upstream"), "default") << status.error_message();
}

std::string Html(const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>Oops</h1>";
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadAnswerTest,
    ::testing::Values(
        BadAnswer{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n", grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{"Http401", Html("401 Unauthorized"), grpc::StatusCode::UNAUTHENTICATED, "UPSTREAM_HTTP_STATUS"},
        BadAnswer{"Http404", Html("404 Not Found"), grpc::StatusCode::UNIMPLEMENTED, "UPSTREAM_HTTP_STATUS"},
        BadAnswer{"Http302", Html("302 Found"), grpc::StatusCode::FAILED_PRECONDITION, "UPSTREAM_HTTP_STATUS"},
        BadAnswer{"Http429", Html("429 Too Many Requests"), grpc::StatusCode::RESOURCE_EXHAUSTED,
                  "UPSTREAM_HTTP_STATUS"},
        BadAnswer{"Http503", Html("503 Service Unavailable"), grpc::StatusCode::UNAVAILABLE, "UPSTREAM_HTTP_STATUS"},
        BadAnswer{"HtmlInsteadOfEvents", Html("200 OK"), grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_CONTENT_TYPE"},
        BadAnswer{"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{"JsonWithMoreBehindIt", JsonAnswer(R"({"jsonrpc":"2.0","id":1,"result":{}} and more)"),
                  grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{"JsonThatIsCutByItsSender", JsonAnswer(R"({"jsonrpc":"2.0","id":1,"resu)"),
                  grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{"JsonThatIsCutOnTheWay",
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"jsonrpc\":",
                  grpc::StatusCode::UNAVAILABLE, "UPSTREAM_STREAM_TRUNCATED"},
        BadAnswer{"EventIsNotJson", std::string(kSseHead) + Chunk("data: hello\n\n") + std::string(kLastChunk),
                  grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{"EventIsNoStreamResponse", std::string(kSseHead) + Chunk(ResultEvent("{}")) + std::string(kLastChunk),
                  grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_MESSAGE"},
        BadAnswer{
            "ErrorInsideTheStream",
            std::string(kSseHead) +
                Chunk("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32001,\"message\":\"gone\"}}\n\n") +
                std::string(kLastChunk),
            grpc::StatusCode::NOT_FOUND, "TASK_NOT_FOUND"},
        BadAnswer{"ErrorInsideTheStreamByNameAndWithoutAnId",
                  std::string(kSseHead) +
                      Chunk("event: error\ndata: "
                            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32603,\"message\":\"oops\"}}\n\n") +
                      std::string(kLastChunk),
                  grpc::StatusCode::INTERNAL, "INTERNAL_ERROR"},
        BadAnswer{"ErrorInsteadOfTheStream",
                  JsonAnswer(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"bad parts"}})"),
                  grpc::StatusCode::INVALID_ARGUMENT, "INVALID_PARAMS"},
        BadAnswer{"ErrorInANon200Body",
                  JsonAnswer(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"no"}})", "400 Bad Request"),
                  grpc::StatusCode::FAILED_PRECONDITION, "UNSUPPORTED_OPERATION"}),
    [](const auto& row) { return row.param.name; });

// gRPC aborts the process for metadata that it cannot carry; an upstream may send anything.
TEST(AnswerHeadersTest, AHeaderThatGrpcCannotCarryIsLeftOutAndTheCallGoesOn) {
  RawUpstream upstream([](RawConnection& connection) {
    while (connection.ReadRequest()) {
      const std::string body = R"({"jsonrpc":"2.0","id":1,"result":{"id":"t-1"}})";
      connection.Write(
          "HTTP/1.1 200 OK\r\na2a-extensions: a\tb\r\na2a-extensions: fine\r\nContent-Type: "
          "application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body);
    }
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  lf::a2a::v1::GetTaskRequest request;
  request.set_id("t-1");
  lf::a2a::v1::Task task;
  auto context = NewContext();
  const grpc::Status status = gateway.A2a()->GetTask(context.get(), request, &task);
  EXPECT_TRUE(status.ok()) << status.error_message();
  const auto& headers = context->GetServerInitialMetadata();
  EXPECT_EQ(headers.count("a2a-extensions"), 1u);
  EXPECT_EQ(headers.find("a2a-extensions")->second, "fine");
}

TEST(UpstreamDownTest, IsUnavailableAndSaysWhere) {
  std::string url;
  {
    RawUpstream gone([](RawConnection&) {});
    url = Url(gone);
  }
  TestGateway gateway(TestConfig(url));
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status = gateway.A2a()->SendMessage(NewContext().get(), TextRequest("any"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UPSTREAM_UNREACHABLE");
  EXPECT_EQ(ErrorInfoOf(status).metadata().count("may_have_run"), 0u) << "nothing was sent";
  EXPECT_NE(status.error_message().find("127.0.0.1"), std::string::npos) << status.error_message();
}

TEST(EventLimitTest, AnEventOverTheLimitIsResourceExhausted) {
  RawUpstream upstream([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(kSseHead);
    const std::string piece = Chunk(std::string(4096, 'x'));
    connection.Write(Chunk("data: "));
    while (connection.Write(piece)) {
    }
  });
  config::Config config = TestConfig(Url(upstream));
  config.upstreams[0].limits.event_bytes = 100'000;
  TestGateway gateway(config);
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  lf::a2a::v1::StreamResponse event;
  EXPECT_FALSE(reader->Read(&event));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "EVENT_TOO_LARGE");
}

TEST(CallLimitTest, ACallOverTheLimitIsRefusedAndHealthIsNot) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForPeerClose();
  });
  config::Config config = TestConfig(Url(upstream));
  config.limits.calls_in_flight = 1;
  TestGateway gateway(config);
  auto stub = gateway.A2a();
  auto holding = NewContext();
  auto held = stub->SendStreamingMessage(holding.get(), TextRequest("any"));
  ASSERT_TRUE(Eventually([&] { return upstream.requests() == 1; }));

  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status = stub->SendMessage(NewContext().get(), TextRequest("any"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "OVER_LIMIT");
  EXPECT_TRUE(CallRaw(gateway, "/grpc.health.v1.Health/Check", {""}).ok());
  holding->TryCancel();
  held->Finish();
}

}  // namespace
}  // namespace sluice::testing
