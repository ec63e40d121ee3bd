// A2A's service parameters: `a2a-version` and `a2a-extensions`, up and down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "a2a/v1/a2a.grpc.pb.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTask[] = R"({"jsonrpc":"2.0","id":1,"result":{"id":"t-1","status":{"state":"TASK_STATE_COMPLETED"}}})";
constexpr char kNeedsExtension[] =
    R"({"jsonrpc":"2.0","id":1,"error":{"code":-32008,"message":"needs urn:e","data":[{"@type":)"
    R"("type.googleapis.com/google.rpc.ErrorInfo","reason":"EXTENSION_SUPPORT_REQUIRED","domain":"a2a-protocol.org",)"
    R"("metadata":{"extension":"urn:e"}}]}})";

// An answer with two headers `a2a-extensions`.
std::string WithExtensions(const std::string& answer) {
  const std::size_t line_end = answer.find("\r\n") + 2;
  return answer.substr(0, line_end) + "A2A-Extensions: urn:a\r\nA2A-Extensions: urn:b\r\n" + answer.substr(line_end);
}

class HeadersTest : public ::testing::Test {
 protected:
  // A gateway before an upstream that gives every request this answer.
  void AnswerAll(const std::string& answer, config::A2aVersion version = config::A2aVersion::k10) {
    upstream_ = std::make_unique<RawUpstream>([this, answer](RawConnection& connection) {
      while (const auto request = connection.ReadRequest()) {
        seen_ = *request;
        connection.Write(answer);
      }
    });
    config::Config config = TestConfig(Url(*upstream_));
    config.upstreams[0].version = version;
    gateway_ = std::make_unique<TestGateway>(std::move(config));
  }

  grpc::Status GetTask(grpc::ClientContext& context) {
    lf::a2a::v1::GetTaskRequest request;
    request.set_id("t-1");
    lf::a2a::v1::Task task;
    return gateway_->A2a()->GetTask(&context, request, &task);
  }

  grpc::Status Stream(grpc::ClientContext& context) {
    auto reader = gateway_->A2a()->SendStreamingMessage(&context, TextRequest("any"));
    for (lf::a2a::v1::StreamResponse event; reader->Read(&event);) {
    }
    return reader->Finish();
  }

  static std::vector<std::string> Extensions(const grpc::ClientContext& context) {
    std::vector<std::string> values;
    const auto range = context.GetServerInitialMetadata().equal_range("a2a-extensions");
    for (auto at = range.first; at != range.second; ++at) values.emplace_back(at->second.data(), at->second.size());
    return values;
  }

  RawRequest seen_;  // written before the answer is, read after it
  std::unique_ptr<RawUpstream> upstream_;
  std::unique_ptr<TestGateway> gateway_;
};

// A2A 1.0, "Versioning": Major.Minor; a patch number is to be ignored, absence is the client's right.
TEST_F(HeadersTest, TheVersionOfTheServiceIsTakenHoweverItIsWrittenAndSetByUs) {
  AnswerAll(JsonAnswer(kTask));
  for (const char* version : {"", "1", "1.0", "1.0.1"}) {
    auto context = NewContext();
    if (*version != '\0') context->AddMetadata("a2a-version", version);
    const grpc::Status status = GetTask(*context);
    EXPECT_TRUE(status.ok()) << version << ": " << status.error_message();
    EXPECT_EQ(seen_.header("a2a-version"), "1.0") << version;
  }
}

TEST_F(HeadersTest, AnotherVersionIsRefusedAndTheUpstreamIsNotAsked) {
  AnswerAll(JsonAnswer(kTask));
  for (const char* version : {"0.3", "99.0", "10.0", "2", "abc", "1x"}) {
    auto unary = NewContext();
    auto stream = NewContext();
    unary->AddMetadata("a2a-version", version);
    stream->AddMetadata("a2a-version", version);
    for (const grpc::Status& status : {GetTask(*unary), Stream(*stream)}) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << version;
      const google::rpc::ErrorInfo info = ErrorInfoOf(status);
      EXPECT_EQ(info.reason(), "VERSION_NOT_SUPPORTED");
      EXPECT_EQ(info.domain(), "a2a-protocol.org");
      EXPECT_EQ(info.metadata().at("version"), version);
      EXPECT_THAT(status.error_message(), HasSubstr("1.0")) << "what to send instead";
    }
  }
  EXPECT_EQ(upstream_->requests(), 0);
}

TEST_F(HeadersTest, SeveralExtensionKeysGoUpAsOne) {
  AnswerAll(JsonAnswer(kTask));
  auto context = NewContext();
  context->AddMetadata("a2a-extensions", "urn:a, urn:b");
  context->AddMetadata("a2a-extensions", "urn:c");
  ASSERT_TRUE(GetTask(*context).ok());
  EXPECT_EQ(seen_.header("a2a-extensions"), "urn:a, urn:b, urn:c");
}

// A2A 0.3 has an X- before the name.
TEST_F(HeadersTest, ExtensionsGoByTheNameOfEachSidesVersion) {
  std::string answer = WithExtensions(JsonAnswer(kTask));
  for (std::size_t at = 0; (at = answer.find("A2A-Ext", at)) != answer.npos; at += 9) answer.insert(at, "X-");
  AnswerAll(answer, config::A2aVersion::k03);
  auto context = NewContext();
  context->AddMetadata("a2a-extensions", "urn:a");
  ASSERT_TRUE(GetTask(*context).ok());
  EXPECT_EQ(seen_.header("a2a-version"), "0.3");
  EXPECT_EQ(seen_.header("x-a2a-extensions"), "urn:a");
  EXPECT_EQ(seen_.header("a2a-extensions"), "");
  EXPECT_THAT(Extensions(*context), ElementsAre("urn:a", "urn:b"));

  auto context03 = NewContext();
  context03->AddMetadata("x-a2a-extensions", "urn:c");
  context03->AddMetadata("a2a-version", "0.3");
  ::a2a::v1::GetTaskRequest request;
  request.set_name("tasks/t-1");
  ::a2a::v1::Task task;
  const auto stub = ::a2a::v1::A2AService::NewStub(gateway_->NewChannel());
  const grpc::Status status = stub->GetTask(context03.get(), request, &task);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(task.id(), "t-1");
  EXPECT_EQ(seen_.header("x-a2a-extensions"), "urn:c");
  EXPECT_EQ(context03->GetServerInitialMetadata().count("x-a2a-extensions"), 2u);
}

TEST_F(HeadersTest, WhatTheUpstreamTurnedOnComesDownWithAnAnswerAndWithAnError) {
  for (const char* body : {kTask, kNeedsExtension}) {
    AnswerAll(WithExtensions(JsonAnswer(body)));
    auto unary = NewContext();
    GetTask(*unary);
    EXPECT_THAT(Extensions(*unary), ElementsAre("urn:a", "urn:b")) << body;
    auto stream = NewContext();
    Stream(*stream);
    EXPECT_THAT(Extensions(*stream), ElementsAre("urn:a", "urn:b")) << body;
  }
}

TEST_F(HeadersTest, WhatTheUpstreamTurnedOnComesDownBeforeTheFirstEvent) {
  Gate seen;
  upstream_ = std::make_unique<RawUpstream>([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(WithExtensions(std::string(kSseHead)));
    seen.Wait();
    connection.Write(Chunk(TaskEvent("TASK_STATE_COMPLETED")) + std::string(kLastChunk));
  });
  gateway_ = std::make_unique<TestGateway>(TestConfig(Url(*upstream_)));
  auto context = NewContext();
  auto reader = gateway_->A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  reader->WaitForInitialMetadata();
  EXPECT_THAT(Extensions(*context), ElementsAre("urn:a", "urn:b"));
  seen.Open();
  lf::a2a::v1::StreamResponse event;
  EXPECT_TRUE(reader->Read(&event));
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(HeadersTest, AnExtensionThatIsNeededIsTheAgentsOwnError) {
  AnswerAll(JsonAnswer(kNeedsExtension));
  auto context = NewContext();
  const grpc::Status status = Stream(*context);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "needs urn:e");
  const google::rpc::ErrorInfo info = ErrorInfoOf(status);
  EXPECT_EQ(info.reason(), "EXTENSION_SUPPORT_REQUIRED");
  EXPECT_EQ(info.domain(), "a2a-protocol.org");
  EXPECT_EQ(info.metadata().at("extension"), "urn:e");
  EXPECT_EQ(info.metadata().at("upstream"), "default");
}

}  // namespace
}  // namespace sluice::testing
