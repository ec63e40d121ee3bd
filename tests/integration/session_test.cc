// A session carries many JSON-RPC messages on one stream; each request is an exchange of its own.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using sluice::v1::SessionRequest;
using sluice::v1::SessionResponse;
using Stream = grpc::ClientReaderWriter<SessionRequest, SessionResponse>;

SessionRequest Open(const std::string& upstream = "") {
  SessionRequest frame;
  frame.mutable_open()->set_upstream(upstream);
  return frame;
}
SessionRequest Message(const std::string& json) {
  SessionRequest frame;
  frame.mutable_message()->set_json(json);
  return frame;
}
SessionRequest Cancel(const std::string& id) {
  SessionRequest frame;
  frame.mutable_cancel()->set_id(id);
  return frame;
}
std::string StreamingRequest(int id, const std::string& text) {
  const std::string number = std::to_string(id);
  return R"({"jsonrpc":"2.0","id":)" + number +
         R"(,"method":"SendStreamingMessage","params":{"message":{"messageId":"m)" + number +
         R"(","role":"ROLE_USER","parts":[{"text":")" + text + R"("}]}}})";
}

class SessionTest : public ::testing::Test {
 protected:
  void Begin(Stream& stream) {
    ASSERT_TRUE(stream.Write(Open()));
    SessionResponse frame;
    ASSERT_TRUE(stream.Read(&frame));
    ASSERT_TRUE(frame.has_opened()) << frame.DebugString();
    EXPECT_EQ(frame.opened().upstream(), "default");
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  TestGateway gateway_{TestConfig(agent_->url())};
  std::unique_ptr<sluice::v1::Gateway::Stub> stub_ = gateway_.Sessions();
  std::unique_ptr<grpc::ClientContext> context_ = NewContext();
  std::unique_ptr<Stream> stream_ = stub_->Session(context_.get());
};

TEST_F(SessionTest, HeadersThatAreForwardedAreBoundedAndOthersAreNotKept) {
  SessionRequest open = Open();
  (*open.mutable_open()->mutable_headers())["x-of-no-interest"] = std::string(1 << 20, 'x');
  ASSERT_TRUE(stream_->Write(open));
  SessionResponse frame;
  EXPECT_TRUE(stream_->Read(&frame) && frame.has_opened());
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());

  const auto context = NewContext();
  const auto refused = stub_->Session(context.get());
  (*open.mutable_open()->mutable_headers())["authorization"] = std::string(9 * 1024, 'x');
  refused->Write(open);
  EXPECT_FALSE(refused->Read(&frame));
  const grpc::Status status = refused->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("limits.metadata"), std::string::npos) << status.error_message();
}

TEST_F(SessionTest, FiftyRequestsRunAtOnceAndCancellingOneTouchesOnlyThatOne) {
  Begin(*stream_);
  constexpr int kRequests = 50;
  constexpr int kCancelled = 17;
  for (int id = 0; id < kRequests; ++id) {
    // The one to be cancelled would never end by itself.
    const std::string text = id == kCancelled ? "slow 1000000 20" : "slow 20 20";
    ASSERT_TRUE(stream_->Write(Message(StreamingRequest(id, text))));
  }
  std::map<std::string, int> messages;
  std::map<std::string, int> ended;
  std::uint64_t sequence = 0;
  bool cancel_sent = false;
  bool half_closed = false;
  for (SessionResponse frame; stream_->Read(&frame);) {
    if (frame.has_message()) {
      EXPECT_EQ(frame.message().sequence(), ++sequence);
      ++messages[frame.message().request_id()];
    } else if (frame.has_ended()) {
      const bool cancelled = frame.ended().request_id() == std::to_string(kCancelled);
      EXPECT_EQ(frame.ended().status().code(), cancelled ? grpc::StatusCode::CANCELLED : grpc::StatusCode::OK)
          << frame.DebugString();
      ++ended[frame.ended().request_id()];
    }
    if (!cancel_sent && messages.size() == kRequests) {
      EXPECT_EQ(agent_->stats().open_streams, static_cast<std::uint64_t>(kRequests)) << "all of them run at once";
      ASSERT_TRUE(stream_->Write(Cancel(std::to_string(kCancelled))));
      cancel_sent = true;
      stream_->WritesDone();
      half_closed = true;
    }
  }
  ASSERT_TRUE(half_closed);
  EXPECT_TRUE(stream_->Finish().ok());
  for (int id = 0; id < kRequests; ++id) {
    const std::string name = std::to_string(id);
    EXPECT_EQ(ended[name], 1) << "request " << id;
    if (id != kCancelled) {
      EXPECT_GE(messages[name], 22) << "request " << id << ": 20 chunks and two states";
    }
  }
  EXPECT_EQ(agent_->stats().disconnects_seen, 1u);
}

TEST_F(SessionTest, BytesArriveAsTheyWereSentInBothDirections) {
  std::string seen;
  const std::string answer =
      "{ \"result\" : {\"big\":9007199254740993, \"f\":1.0, \"dup\":1,\"dup\":2,\"e\":\"\\u0041\"} "
      ",\"id\":\"\\u0061-1\", "
      "\"jsonrpc\":\"2.0\" }";
  RawUpstream upstream([&](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (!request) return;
    seen = request->body;
    connection.Write(JsonAnswer(answer));
  });
  TestGateway gateway(TestConfig(Url(upstream), config::UpstreamKind::kJsonRpc));
  auto stub = gateway.Sessions();
  auto context = NewContext();
  auto stream = stub->Session(context.get());
  Begin(*stream);
  const std::string sent =
      "{\"params\":{\"n\":12345678901234567890,\"x\":1.50,\"x\":2},  "
      "\"id\":\"\\u0061-1\",\"method\":\"m\",\"jsonrpc\":\"2.0\"}";
  ASSERT_TRUE(stream->Write(Message(sent)));
  SessionResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_EQ(frame.message().json(), answer);
  EXPECT_EQ(frame.message().request_id(), "\"\\u0061-1\"");
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(seen, sent);
}

TEST_F(SessionTest, HalfCloseLetsWhatRunsFinishAndThenEndsOk) {
  Begin(*stream_);
  ASSERT_TRUE(stream_->Write(Message(StreamingRequest(1, "slow 10 10"))));
  ASSERT_TRUE(stream_->WritesDone());
  int messages = 0;
  for (SessionResponse frame; stream_->Read(&frame);) messages += frame.has_message() ? 1 : 0;
  EXPECT_TRUE(stream_->Finish().ok());
  EXPECT_GE(messages, 12);
}

TEST_F(SessionTest, HalfCloseOfAnIdleSessionEndsOk) {
  Begin(*stream_);
  stream_->WritesDone();
  SessionResponse frame;
  EXPECT_FALSE(stream_->Read(&frame));
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(SessionTest, CancellingTheCallClosesEveryExchange) {
  Begin(*stream_);
  for (int id = 0; id < 10; ++id) ASSERT_TRUE(stream_->Write(Message(StreamingRequest(id, "slow 100000 10"))));
  ASSERT_TRUE(agent_->WaitUntil([](const agent::AgentStats& stats) { return stats.open_streams == 10; }, kPatience));
  context_->TryCancel();
  EXPECT_TRUE(
      agent_->WaitUntil([](const agent::AgentStats& stats) { return stats.disconnects_seen == 10; }, kPatience));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(SessionTest, ABadFrameIsRefusedByItsNumberAndTheSessionGoesOn) {
  Begin(*stream_);
  const std::vector<std::string> bad = {"not json", "[]", "{\"jsonrpc\":\"2.0\"}", "{\"id\":1,\"method\":\"m\"}",
                                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}"};
  std::uint64_t number = 1;  // the Open
  for (const std::string& json : bad) {
    ++number;
    ASSERT_TRUE(stream_->Write(Message(json)));
    SessionResponse frame;
    ASSERT_TRUE(stream_->Read(&frame));
    ASSERT_TRUE(frame.has_ended()) << json;
    EXPECT_EQ(frame.ended().frame(), number) << json;
    EXPECT_EQ(frame.ended().status().code(), grpc::StatusCode::INVALID_ARGUMENT) << json;
  }
  ASSERT_TRUE(stream_->Write(Message(StreamingRequest(1, "hello"))));
  stream_->WritesDone();
  int messages = 0;
  for (SessionResponse frame; stream_->Read(&frame);) messages += frame.has_message() ? 1 : 0;
  EXPECT_TRUE(stream_->Finish().ok());
  EXPECT_GT(messages, 0);
}

TEST_F(SessionTest, AnIdThatIsRunningCannotBeUsedAgain) {
  Begin(*stream_);
  ASSERT_TRUE(stream_->Write(Message(StreamingRequest(1, "silent 100000"))));
  ASSERT_TRUE(stream_->Write(Message(StreamingRequest(1, "hello"))));
  SessionResponse frame;
  while (stream_->Read(&frame) && !frame.has_ended()) {
  }
  EXPECT_EQ(frame.ended().frame(), 3u);
  EXPECT_EQ(frame.ended().status().code(), grpc::StatusCode::INVALID_ARGUMENT);
  context_->TryCancel();
  stream_->Finish();
}

TEST_F(SessionTest, ASessionThatDoesNotBeginWithAnOpenIsInvalid) {
  ASSERT_TRUE(stream_->Write(Message(StreamingRequest(1, "hello"))));
  SessionResponse frame;
  EXPECT_FALSE(stream_->Read(&frame));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(SessionTest, ASecondOpenIsInvalid) {
  Begin(*stream_);
  ASSERT_TRUE(stream_->Write(Open()));
  SessionResponse frame;
  EXPECT_FALSE(stream_->Read(&frame));
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(SessionTest, AnUnknownUpstreamIsNotFound) {
  ASSERT_TRUE(stream_->Write(Open("nobody")));
  SessionResponse frame;
  EXPECT_FALSE(stream_->Read(&frame));
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UNKNOWN_UPSTREAM");
}

TEST(SessionUpstreamTest, ACutAnswerEndsThatRequestAndTheSessionGoesOn) {
  RawUpstream upstream([](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (!request) return;
    if (request->body.find("\"cut\"") != std::string::npos) {
      connection.Write(std::string(kSseHead) + Chunk("data: {\"jsonrpc\":\"2.0\",\"method\":\"progress\"}\n\n"));
      connection.Close();
    } else {
      connection.Write(JsonAnswer(R"({"jsonrpc":"2.0","id":2,"result":null})"));
    }
  });
  TestGateway gateway(TestConfig(Url(upstream), config::UpstreamKind::kJsonRpc));
  auto stub = gateway.Sessions();
  auto context = NewContext();
  auto stream = stub->Session(context.get());
  ASSERT_TRUE(stream->Write(Open()));
  SessionResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  ASSERT_TRUE(stream->Write(Message(R"({"jsonrpc":"2.0","id":1,"method":"cut"})")));
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_TRUE(frame.has_message());
  ASSERT_TRUE(stream->Read(&frame));
  ASSERT_TRUE(frame.has_ended());
  EXPECT_EQ(frame.ended().request_id(), "1");
  EXPECT_EQ(frame.ended().status().code(), grpc::StatusCode::UNAVAILABLE);

  ASSERT_TRUE(stream->Write(Message(R"({"jsonrpc":"2.0","id":2,"method":"works"})")));
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_EQ(frame.message().json(), R"({"jsonrpc":"2.0","id":2,"result":null})");
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&frame));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(SessionUpstreamTest, ANotificationThatIsAcceptedIsAnsweredByNothing) {
  RawUpstream upstream([](RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
  });
  TestGateway gateway(TestConfig(Url(upstream), config::UpstreamKind::kJsonRpc));
  auto stub = gateway.Sessions();
  auto context = NewContext();
  auto stream = stub->Session(context.get());
  ASSERT_TRUE(stream->Write(Open()));
  SessionResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  ASSERT_TRUE(stream->Write(Message(R"({"jsonrpc":"2.0","method":"notifications/initialized"})")));
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&frame)) << frame.DebugString();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(upstream.requests(), 1);
}

}  // namespace
}  // namespace sluice::testing
