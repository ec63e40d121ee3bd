// sluice.v1.Gateway/Stream: one HTTP request of the caller's own, over real sockets: what goes up, what comes down, and
// how it ends. And ListUpstreams, which says where to.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <vector>

#include "google/rpc/status.pb.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using config::SseDialect;
using config::UpstreamKind;
using sluice::v1::StreamRequest;
using sluice::v1::StreamResponse;
using std::chrono::milliseconds;

config::Config StreamConfig(const RawUpstream& upstream, SseDialect dialect = SseDialect::kPlain,
                            const std::string& path = "") {
  config::Config config = TestConfig(Url(upstream) + path, UpstreamKind::kSse);
  config.upstreams[0].name = "llm";
  config.upstreams[0].dialect = dialect;
  config.heartbeat = std::nullopt;
  return config;
}

// The answer to one request, and then whatever the peer does.
RawUpstream::Script Answers(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(answer);
    connection.WaitForPeerClose();
  };
}
RawUpstream::Script AnswersAndCloses(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(answer);
  };
}

std::string EventStream(const std::string& body) {
  return std::string(kSseHead) + Chunk(body) + std::string(kLastChunk);
}

std::string HttpAnswer(const std::string& status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct Seen {
  std::vector<StreamResponse> frames;
  grpc::Status status;

  std::string events() const {
    std::string all;
    for (const StreamResponse& frame : frames) {
      if (frame.has_event()) all += frame.event().type() + '=' + frame.event().data() + ';';
    }
    return all;
  }
  std::string reason() const { return ErrorInfoOf(status).reason(); }
  std::string detail(const std::string& key) const {
    const auto info = ErrorInfoOf(status);
    const auto found = info.metadata().find(key);
    return found == info.metadata().end() ? "" : found->second;
  }
};

Seen Call(TestGateway& gateway, const StreamRequest& request, grpc::ClientContext& context) {
  const auto stub = gateway.Sessions();
  const auto stream = stub->Stream(&context, request);
  Seen seen;
  for (StreamResponse frame; stream->Read(&frame);) seen.frames.push_back(frame);
  seen.status = stream->Finish();
  return seen;
}
Seen Call(TestGateway& gateway, const StreamRequest& request) { return Call(gateway, request, *NewContext()); }

StreamRequest Post(const std::string& body = "{}") {
  StreamRequest request;
  request.set_body(body);
  return request;
}

// ---- what goes up ---------------------------------------------------------------------------------------------------

TEST(HttpStreamTest, SendsTheBodyAsItIsWithTheHeadersThatThePolicyLetsUp) {
  std::optional<RawRequest> got;
  RawUpstream upstream([&](RawConnection& connection) {
    got = connection.ReadRequest();
    connection.Write(EventStream("data: a\n\n"));
    connection.WaitForPeerClose();
  });
  config::Config config = StreamConfig(upstream, SseDialect::kPlain, "base?key=1");
  config.upstreams[0].headers = {{"x-api-key", "of the gateway"}};
  config.headers.up = {"authorization", "x-request-id", "x-api-key"};
  TestGateway gateway(config);
  StreamRequest request = Post("{ \"big\":9007199254740993, \"a\":1.0,\"a\":2 }");
  request.set_path("/v1/messages");
  request.set_last_event_id("7");
  (*request.mutable_headers())["Authorization"] = "of the request";
  (*request.mutable_headers())["X-Api-Key"] = "of the caller";
  (*request.mutable_headers())["x-secret"] = "not let up";
  const auto context = NewContext();
  context->AddMetadata("authorization", "of the call");
  context->AddMetadata("x-request-id", "r-1");
  const Seen seen = Call(gateway, request, *context);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->line(), "POST /base/v1/messages?key=1 HTTP/1.1");
  EXPECT_EQ(got->body, request.body());
  EXPECT_EQ(got->header("authorization"), "of the request");
  EXPECT_EQ(got->header("x-request-id"), "r-1");
  EXPECT_EQ(got->header("x-api-key"), "of the gateway");
  EXPECT_EQ(got->header("x-secret"), "");
  EXPECT_EQ(got->header("accept"), "text/event-stream, application/json");
  EXPECT_EQ(got->header("accept-encoding"), "");
  EXPECT_EQ(got->header("content-type"), "application/json");
  EXPECT_EQ(got->header("last-event-id"), "7");
}

// That of the configuration, or of a caller who may tell one, before the gateway's own; and none to others.
TEST(HttpStreamTest, TellsAnAnthropicServerAVersionThatItTakes) {
  const struct {
    SseDialect dialect;
    Headers fixed;
    std::vector<std::string> up;
    std::string version;
  } rows[] = {{SseDialect::kAnthropic, {}, {}, "2023-06-01"},
              {SseDialect::kAnthropic, {}, {"anthropic-version"}, "of the caller"},
              {SseDialect::kAnthropic, {{"anthropic-version", "fixed"}}, {"anthropic-version"}, "fixed"},
              {SseDialect::kOpenAi, {}, {}, ""}};
  for (const auto& row : rows) {
    std::vector<std::string> got;
    RawUpstream upstream([&](RawConnection& connection) {
      const auto request = connection.ReadRequest();
      if (request) got = {request->header("anthropic-version"), request->header("x-api-key")};
      connection.Write(JsonAnswer("{}"));
    });
    config::Config config = StreamConfig(upstream, row.dialect);
    config.upstreams[0].headers = row.fixed;
    config.headers.up = row.up;
    TestGateway gateway(config);
    StreamRequest request = Post();
    (*request.mutable_headers())["anthropic-version"] = "of the caller";
    (*request.mutable_headers())["x-api-key"] = "of the caller";
    const Seen seen = Call(gateway, request);
    EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
    EXPECT_EQ(got, (std::vector<std::string>{row.version, ""}));
  }
}

TEST(HttpStreamTest, SendsAGetWithoutABody) {
  std::optional<RawRequest> got;
  RawUpstream upstream([&](RawConnection& connection) {
    got = connection.ReadRequest();
    connection.Write(JsonAnswer("{\"data\":[]}"));
  });
  TestGateway gateway(StreamConfig(upstream));
  StreamRequest request;
  request.set_method("GET");
  request.set_path("/v1/models");
  const Seen seen = Call(gateway, request);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  ASSERT_EQ(seen.frames.size(), 2u);
  EXPECT_EQ(seen.frames[1].body().data(), "{\"data\":[]}");
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->line(), "GET /v1/models HTTP/1.1");
  EXPECT_EQ(got->header("content-type") + got->header("content-length"), "");
}

TEST(HttpStreamTest, RefusesWhatItCannotSend) {
  RawUpstream upstream([](RawConnection&) {});
  config::Config config = StreamConfig(upstream);
  config.upstreams.push_back(TestUpstream("agent", Url(upstream), UpstreamKind::kA2a));
  TestGateway gateway(config);
  const auto refused = [&](const StreamRequest& request, grpc::StatusCode code, const std::string& message) {
    const Seen seen = Call(gateway, request);
    EXPECT_EQ(seen.status.error_code(), code);
    EXPECT_NE(seen.status.error_message().find(message), std::string::npos) << seen.status.error_message();
    return seen;
  };
  StreamRequest request = Post();
  request.set_path("/a/%2e%2e/b");
  refused(request, grpc::StatusCode::INVALID_ARGUMENT, "stream: path: has no \".\"");
  request = Post();
  request.set_upstream("agent");
  refused(request, grpc::StatusCode::FAILED_PRECONDITION, "upstream \"agent\" is of kind a2a");
  request.set_upstream("nobody");
  EXPECT_EQ(refused(request, grpc::StatusCode::NOT_FOUND, "there are: llm (sse), agent (a2a)").reason(), "UNKNOWN_UPSTREAM");
  request = Post();
  (*request.mutable_headers())["authorization"] = std::string(9 * 1024, 'x');
  refused(request, grpc::StatusCode::INVALID_ARGUMENT, "limits.metadata");
  EXPECT_EQ(upstream.connections(), 0);
}

// ---- what comes down ------------------------------------------------------------------------------------------------

struct Row {
  std::string name;
  SseDialect dialect;
  std::string answer;
  std::string events;
  grpc::StatusCode code;
  std::string reason;
  bool closes = false;  // the upstream, behind the answer
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};

class HttpStreamEndTest : public ::testing::TestWithParam<Row> {};

TEST_P(HttpStreamEndTest, IsToldTruly) {
  const Row& row = GetParam();
  RawUpstream upstream(row.closes ? AnswersAndCloses(row.answer) : Answers(row.answer));
  TestGateway gateway(StreamConfig(upstream, row.dialect));
  const Seen seen = Call(gateway, Post());
  EXPECT_EQ(seen.status.error_code(), row.code) << seen.status.error_message();
  EXPECT_EQ(seen.reason(), row.reason);
  EXPECT_EQ(seen.events(), row.events);
  if (!row.reason.empty()) {
    EXPECT_EQ(seen.detail("upstream"), "llm");
  }
  // The exchange is over at the end mark, even if the answer is not.
  if (!row.closes && row.code == grpc::StatusCode::OK && row.answer.find(kLastChunk) == std::string::npos) {
    EXPECT_TRUE(upstream.WaitForPeerCloses(1));
  }
  EXPECT_TRUE(gateway.BecomesQuiet());
}

const std::string kOpen(kSseHead);
INSTANTIATE_TEST_SUITE_P(
    Rows, HttpStreamEndTest,
    ::testing::Values(
        Row{"PlainWhole", SseDialect::kPlain, EventStream("data: a\n\ndata: b\n\n"), "message=a;message=b;",
            grpc::StatusCode::OK, ""},
        Row{"PlainTruncated", SseDialect::kPlain, kOpen + Chunk("data: a\n\n"), "message=a;",
            grpc::StatusCode::UNAVAILABLE, "UPSTREAM_STREAM_TRUNCATED", true},
        Row{"OpenAiWhole", SseDialect::kOpenAi, kOpen + Chunk("data: {\"n\":9007199254740993}\n\ndata: [DONE]\n\n"),
            "message={\"n\":9007199254740993};", grpc::StatusCode::OK, ""},
        Row{"OpenAiTruncated", SseDialect::kOpenAi, EventStream("data: {}\n\n"), "message={};",
            grpc::StatusCode::UNAVAILABLE, "UPSTREAM_STREAM_TRUNCATED"},
        Row{"OpenAiError", SseDialect::kOpenAi,
            kOpen + Chunk("data: {}\n\ndata: {\"error\":{\"message\":\"m\",\"code\":\"rate_limit_exceeded\"}}\n\n"),
            "message={};", grpc::StatusCode::RESOURCE_EXHAUSTED, "UPSTREAM_ERROR"},
        Row{"ResponsesWhole", SseDialect::kOpenAi,
            kOpen + Chunk("event: response.created\ndata: 1\n\nevent: response.completed\ndata: 2\n\n"),
            "response.created=1;response.completed=2;", grpc::StatusCode::OK, ""},
        Row{"AnthropicWhole", SseDialect::kAnthropic,
            kOpen + Chunk("event: ping\ndata: {}\n\nevent: x\ndata: 1\n\nevent: message_stop\ndata: 2\n\n"),
            "x=1;message_stop=2;", grpc::StatusCode::OK, ""},
        Row{"AnthropicTruncated", SseDialect::kAnthropic, EventStream("event: x\ndata: 1\n\n"), "x=1;",
            grpc::StatusCode::UNAVAILABLE, "UPSTREAM_STREAM_TRUNCATED"},
        Row{"AnthropicOverloaded", SseDialect::kAnthropic,
            kOpen + Chunk("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n"), "",
            grpc::StatusCode::UNAVAILABLE, "UPSTREAM_ERROR"},
        Row{"DocumentWhole", SseDialect::kPlain, JsonAnswer("{\"a\":[1]}"), "", grpc::StatusCode::OK, ""},
        Row{"DocumentTruncated", SseDialect::kPlain, JsonAnswer("{\"a\":[1"), "", grpc::StatusCode::UNAVAILABLE,
            "UPSTREAM_STREAM_TRUNCATED"},
        Row{"HttpError", SseDialect::kAnthropic, HttpAnswer("400 Bad Request", "application/json", "{\"error\":1}"), "",
            grpc::StatusCode::INVALID_ARGUMENT, "UPSTREAM_HTTP_STATUS"},
        Row{"HttpNotFound", SseDialect::kPlain, HttpAnswer("404 Not Found", "text/plain", "no"), "",
            grpc::StatusCode::NOT_FOUND, "UPSTREAM_HTTP_STATUS"},
        Row{"WrongType", SseDialect::kPlain, HttpAnswer("200 OK", "text/html", "<h1>hello</h1>"), "",
            grpc::StatusCode::INTERNAL, "UPSTREAM_BAD_CONTENT_TYPE"},
        Row{"NoAnswer", SseDialect::kPlain, "", "", grpc::StatusCode::UNAVAILABLE, "UPSTREAM_STREAM_TRUNCATED", true}),
    [](const auto& row) { return row.param.name; });

TEST(HttpStreamTest, BeginsWithTheHeadAndTheHeadersThatThePolicyLetsDown) {
  RawUpstream upstream(
      Answers("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nx-ratelimit: 5\r\nx-other: 1\r\n"
              "Content-Length: 2\r\n\r\n{}"));
  config::Config config = StreamConfig(upstream);
  config.headers.down = {"x-ratelimit"};
  TestGateway gateway(config);
  const Seen seen = Call(gateway, Post());
  ASSERT_EQ(seen.frames.size(), 2u) << seen.status.error_message();
  const auto& head = seen.frames[0].head();
  EXPECT_EQ(head.status(), 201);
  ASSERT_EQ(head.headers_size(), 2);
  EXPECT_EQ(head.headers(0).name() + ": " + head.headers(0).value(), "content-type: application/json");
  EXPECT_EQ(head.headers(1).name() + ": " + head.headers(1).value(), "x-ratelimit: 5");
}

TEST(HttpStreamTest, PassesAnEventOfMegabytes) {
  const std::string large(3 << 20, 'x');
  RawUpstream upstream(Answers(EventStream("data: " + large + "\n\n")));
  TestGateway gateway(StreamConfig(upstream));
  const Seen seen = Call(gateway, Post());
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  ASSERT_EQ(seen.frames.size(), 2u);
  EXPECT_EQ(seen.frames[1].event().data().size(), large.size());
}

TEST(HttpStreamTest, SaysThatAPostMayHaveRunAndAGetNever) {
  RawUpstream upstream(AnswersAndCloses(kOpen));
  TestGateway gateway(StreamConfig(upstream));
  EXPECT_EQ(Call(gateway, Post()).detail("may_have_run"), "true");
  StreamRequest get;
  get.set_method("GET");
  const Seen seen = Call(gateway, get);
  EXPECT_EQ(seen.reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(seen.detail("may_have_run"), "");
}

// ---- time and cancel ------------------------------------------------------------------------------------------------

// While the upstream is silent the client is not left in silence; before the Head, which is the first frame, it is.
TEST(HttpStreamTest, ShowsLifeWhileTheUpstreamIsSilent) {
  Gate seen_heartbeats;
  RawUpstream upstream([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kOpen + Chunk("event: ping\ndata: {}\n\n"));
    seen_heartbeats.Wait();
    connection.Write(Chunk("event: message_stop\ndata: 1\n\n"));
    connection.WaitForPeerClose();
  });
  config::Config config = StreamConfig(upstream, SseDialect::kAnthropic);
  config.heartbeat = milliseconds(20);
  TestGateway gateway(config);
  const auto stub = gateway.Sessions();
  const auto context = NewContext();
  const auto stream = stub->Stream(context.get(), Post());
  StreamResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  EXPECT_TRUE(frame.has_head());
  for (int heartbeats = 0; heartbeats < 3; ++heartbeats) {
    ASSERT_TRUE(stream->Read(&frame));
    EXPECT_TRUE(frame.has_heartbeat()) << frame.DebugString();
  }
  seen_heartbeats.Open();
  while (stream->Read(&frame) && frame.has_heartbeat()) continue;
  EXPECT_EQ(frame.event().type(), "message_stop");
  EXPECT_EQ(frame.event().sequence(), 1u);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(HttpStreamTest, EndsAnUpstreamThatIsSilentForTooLong) {
  RawUpstream upstream(Answers(kOpen + Chunk("data: a\n\n")));
  config::Config config = StreamConfig(upstream);
  config.upstreams[0].clocks.idle = milliseconds(50);
  TestGateway gateway(config);
  const Seen seen = Call(gateway, Post());
  EXPECT_EQ(seen.events(), "message=a;");
  EXPECT_EQ(seen.reason(), "UPSTREAM_TIMEOUT_IDLE");
}

TEST(HttpStreamTest, ClosesTheExchangeWhenTheClientCancels) {
  for (const std::string& answer : {std::string(), kOpen + Chunk("data: a\n\n")}) {
    RawUpstream upstream([&](RawConnection& connection) {
      if (!connection.ReadRequest()) return;
      connection.Write(answer);
      connection.WaitForPeerClose();
    });
    TestGateway gateway(StreamConfig(upstream));
    const auto stub = gateway.Sessions();
    const auto context = NewContext();
    const auto stream = stub->Stream(context.get(), Post());
    StreamResponse frame;
    if (answer.empty()) {
      EXPECT_TRUE(Eventually([&] { return upstream.requests() == 1; })) << "it waits for the first byte";
    } else {
      EXPECT_TRUE(stream->Read(&frame) && stream->Read(&frame));
    }
    context->TryCancel();
    EXPECT_TRUE(upstream.WaitForPeerCloses(1));
    while (stream->Read(&frame)) continue;
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_TRUE(gateway.BecomesQuiet());
  }
}

// What a client does not read is not read from the upstream either; nothing of it is lost.
TEST(HttpStreamTest, HoldsTheUpstreamBackForASlowReader) {
  constexpr std::size_t kPieces = 512;
  const std::string piece(256 * 1024, ' ');
  std::atomic<std::size_t> written{0};
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                     std::to_string(kPieces * piece.size() + 2) + "\r\n\r\n[");
    while (written < kPieces && connection.Write(piece)) ++written;
    connection.Write("]");
    connection.WaitForPeerClose();
  });
  config::Config config = StreamConfig(upstream);
  config.heartbeat = milliseconds(20);  // there is none for a client that has not even read what there is
  config.limits.stall = std::chrono::minutes(5);
  TestGateway gateway(config);
  const auto stub = gateway.Sessions();
  const auto context = NewContext(std::chrono::minutes(2));
  const auto stream = stub->Stream(context.get(), Post());
  StreamResponse frame;
  ASSERT_TRUE(stream->Read(&frame));
  std::size_t before = 0;
  ASSERT_TRUE(Eventually([&] {
    const std::size_t now = written;
    const bool stands = now == before && now > 0;
    before = now;
    if (!stands) ::usleep(100'000);
    return stands;
  }));
  EXPECT_LT(before, kPieces / 2) << "the upstream came to a halt";
  std::size_t bytes = 0;
  while (stream->Read(&frame)) bytes += frame.body().data().size();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(bytes, kPieces * piece.size() + 2);
}

TEST(HttpStreamTest, EndsWhatStillRunsWhenTheGatewayGoes) {
  RawUpstream upstream(Answers(kOpen + Chunk("data: a\n\n")));
  config::Config config = StreamConfig(upstream);
  config.drain.deadline = milliseconds(50);
  TestGateway gateway(config);
  const auto channel = gateway.NewChannel();
  const auto stub = sluice::v1::Gateway::NewStub(channel);
  const auto context = NewContext();
  const auto stream = stub->Stream(context.get(), Post());
  StreamResponse frame;
  ASSERT_TRUE(stream->Read(&frame) && stream->Read(&frame));
  gateway.Drain();
  while (stream->Read(&frame)) continue;
  Seen seen;
  seen.status = stream->Finish();
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(seen.reason(), "DRAINING");
  EXPECT_EQ(seen.detail("upstream") + ' ' + seen.detail("may_have_run"), "llm true");
  EXPECT_TRUE(upstream.WaitForPeerCloses(1));
}

// ---- ListUpstreams --------------------------------------------------------------------------------------------------

TEST(ListUpstreamsTest, ShowsWhatIsBehindTheGatewayInItsOrder) {
  const ClosedPort nobody;
  RawUpstream upstream(Answers(EventStream("data: a\n\n")));
  config::Config config = StreamConfig(upstream, SseDialect::kOpenAi);
  config.upstreams.push_back(TestUpstream("agent", Url(upstream), UpstreamKind::kA2a));
  config.upstreams.push_back(TestUpstream("tools", Url(upstream), UpstreamKind::kMcp));
  config.upstreams.push_back(TestUpstream("rpc", Url(upstream), UpstreamKind::kJsonRpc));
  config.upstreams.push_back(
      TestUpstream("gone", "http://127.0.0.1:" + std::to_string(nobody.port()) + "/", UpstreamKind::kSse));
  TestGateway gateway(config);
  StreamRequest request = Post();
  request.set_upstream("gone");
  EXPECT_EQ(Call(gateway, request).reason(), "UPSTREAM_UNREACHABLE");

  sluice::v1::ListUpstreamsResponse response;
  const auto stub = gateway.Sessions();
  const grpc::Status status = stub->ListUpstreams(NewContext().get(), {}, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::string shown;
  for (const auto& info : response.upstreams()) {
    shown += info.name() + ' ' + info.kind() + ' ' + info.dialect() + (info.reachable() ? "" : " unreachable") + '\n';
  }
  EXPECT_EQ(shown,
            "llm sse openai\n"
            "agent a2a 1.0\n"
            "tools mcp auto\n"
            "rpc jsonrpc \n"
            "gone sse plain unreachable\n");
}

}  // namespace
}  // namespace sluice::testing
