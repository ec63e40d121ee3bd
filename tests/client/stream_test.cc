// Calls against a server of the test: streams are ranges, and every end is told as it was.
#include "sluice/client/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sluice/client/client.h"
#include "sluice/client/errors.h"
#include "tests/client/connect.h"
#include "tests/client/raw_server.h"
#include "tests/ctl/fake_gateway.h"

namespace sluice::testing {
namespace {

namespace a2a = lf::a2a::v1;
using client::CallOptions;
using client::Stream;
using client::TextMessage;
using std::chrono::milliseconds;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

static_assert(std::ranges::input_range<Stream<a2a::StreamResponse>>);
static_assert(std::movable<Stream<a2a::StreamResponse>> && !std::copyable<Stream<a2a::StreamResponse>>);

class StreamTest : public ::testing::Test {
 protected:
  Stream<a2a::StreamResponse> Send(const std::string& text, CallOptions options = {}) {
    return client_.SendStreamingMessage(TextMessage(text), Patiently(std::move(options)));
  }

  FakeGateway gateway_;
  client::Client client_ = ConnectTo(gateway_.address());
};

TEST_F(StreamTest, IsARangeOfEventsAndThenAStatus) {
  auto stream = Send("hello");
  std::vector<a2a::StreamResponse> events;
  for (const a2a::StreamResponse& event : stream) events.push_back(event);
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  ASSERT_THAT(events, SizeIs(4));
  EXPECT_EQ(events[0].task().status().state(), a2a::TASK_STATE_WORKING);
  EXPECT_EQ(events[1].artifact_update().artifact().parts(0).text(), "you said: hello");
  EXPECT_EQ(events[3].status_update().status().state(), a2a::TASK_STATE_COMPLETED);
}

TEST_F(StreamTest, WorksWithTheRangesOfTheStandardLibrary) {
  auto stream = Send("hello");
  auto chunks =
      std::views::filter(stream, [](const a2a::StreamResponse& event) { return event.has_artifact_update(); });
  int count = 0;
  for (const auto& chunk : chunks) count += chunk.artifact_update().append() ? 1 : 0;
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(stream.status().ok());
}

TEST_F(StreamTest, NextGivesTheEventsOneByOneAndNothingAtTheEndHoweverOftenItIsAsked) {
  auto stream = Send("hello");
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(stream.Next()) << i;
  EXPECT_FALSE(stream.Next());
  EXPECT_FALSE(stream.Next());
  EXPECT_TRUE(stream.status().ok());
}

TEST_F(StreamTest, AnEndThatIsNoneIsNotToldAsOne) {
  auto stream = Send("hello");
  ASSERT_TRUE(stream.Next());
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kFailedPrecondition);
  while (stream.Next()) {
  }
  EXPECT_TRUE(stream.status().ok());
}

TEST_F(StreamTest, ACutTellsReasonAndTaskAfterTheEventsBeforeIt) {
  auto stream = Send("cut");
  int events = 0;
  for ([[maybe_unused]] const auto& event : stream) ++events;
  EXPECT_EQ(events, 2);
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(stream.status().message(), "the upstream closed the stream before the task was over");
  const client::ErrorDetails details = client::DetailsOf(stream.status());
  EXPECT_EQ(details.reason, "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(details.domain, "sluice");
  EXPECT_THAT(details.metadata.at("task_id"), Not(StartsWith("?")));
  EXPECT_TRUE(details.may_have_run());
}

TEST_F(StreamTest, ALoopThatIsLeftEarlyCancelsTheCall) {
  auto stream = Send("silent");
  for ([[maybe_unused]] const auto& event : stream) break;
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());  // while the stream is still there
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(StreamTest, AnIteratorThatIsMovedCancelsOnceItsHolderGoes) {
  auto stream = Send("silent");
  {
    auto first = stream.begin();
    auto holder = std::move(first);
    EXPECT_EQ(holder->task().status().state(), a2a::TASK_STATE_WORKING);
  }
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
}

TEST_F(StreamTest, DestroyingAStreamThatIsNotOverCancelsTheCall) {
  {
    auto stream = Send("silent");
    ASSERT_TRUE(stream.Next());
  }
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
}

TEST_F(StreamTest, ATemporaryStreamLivesAsLongAsItsLoop) {
  int events = 0;
  for ([[maybe_unused]] const auto& event : Send("hello")) ++events;
  EXPECT_EQ(events, 4);
}

TEST_F(StreamTest, AStreamMayBeMovedAndOutliveItsClient) {
  auto short_lived = std::make_unique<client::Client>(ConnectTo(gateway_.address()));
  auto begun = short_lived->SendStreamingMessage(TextMessage("hello"), Patiently());
  short_lived.reset();
  auto stream = std::move(begun);
  while (stream.Next()) {
  }
  EXPECT_TRUE(stream.status().ok()) << stream.status();
}

TEST_F(StreamTest, CancelFromAnotherThreadEndsAReadThatWaits) {
  auto stream = Send("silent");
  ASSERT_TRUE(stream.Next());
  std::jthread canceller([&stream] { stream.Cancel(); });
  EXPECT_FALSE(stream.Next());
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(StreamTest, AStopRequestFromAnotherThreadEndsAReadThatWaits) {
  std::stop_source source;
  auto stream = Send("silent", {.stop = source.get_token()});
  ASSERT_TRUE(stream.Next());
  std::jthread stopper([&source] { source.request_stop(); });
  EXPECT_FALSE(stream.Next());
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(StreamTest, AStopThatWasRequestedBeforeTheCallEndsItAtOnce) {
  std::stop_source source;
  source.request_stop();
  auto stream = Send("silent", {.stop = source.get_token()});
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(StreamTest, AStopRequestAfterTheEndChangesNothing) {
  std::stop_source source;
  auto stream = Send("hello", {.stop = source.get_token()});
  while (stream.Next()) {
  }
  source.request_stop();
  EXPECT_TRUE(stream.status().ok());
}

TEST_F(StreamTest, CancelAfterTheEndChangesNothing) {
  auto stream = Send("cut");
  while (stream.Next()) {
  }
  stream.Cancel();
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(StreamTest, TheTimeoutEndsASilentCall) {
  auto stream = Send("mute", {.timeout = milliseconds(50)});
  EXPECT_FALSE(stream.Next());
  EXPECT_EQ(stream.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(StreamTest, ATimeoutThatIsOverAlreadyIsADeadlineToo) {
  for (const milliseconds timeout : {milliseconds(0), milliseconds(-5), milliseconds::min()}) {
    auto stream = Send("mute", {.timeout = timeout});
    EXPECT_FALSE(stream.Next());
    EXPECT_EQ(stream.status().code(), absl::StatusCode::kDeadlineExceeded);
  }
}

TEST_F(StreamTest, TheLongestTimeoutIsNoneThatOverflows) {
  auto stream = Send("hello", {.timeout = milliseconds::max()});
  while (stream.Next()) {
  }
  EXPECT_TRUE(stream.status().ok()) << stream.status();
}

TEST_F(StreamTest, SendsMetadataOfConnectionAndCallAndTheCallWins) {
  const auto client = ConnectTo(gateway_.address(), {.metadata = {{"x-both", "connection"}, {"x-mine", "m"}}});
  const CallOptions options{.upstream = "second",
                            .on_cancel = client::OnCancel::kCancelTask,
                            .metadata = {{"x-both", "call"}, {"token-bin", std::string("\0\1", 2)}}};
  auto stream = client.SendStreamingMessage(TextMessage("hello"), Patiently(options));
  while (stream.Next()) {
  }
  EXPECT_EQ(gateway_.journal().Metadata("x-mine"), "m");
  EXPECT_EQ(gateway_.journal().Metadata("x-both"), "call");
  EXPECT_EQ(gateway_.journal().Metadata("token-bin"), std::string("\0\1", 2));
  EXPECT_EQ(gateway_.journal().Metadata("sluice-upstream"), "second");
  EXPECT_EQ(gateway_.journal().Metadata("sluice-on-cancel"), "cancel-task");
  EXPECT_EQ(gateway_.journal().Metadata("a2a-version"), "1.0");
}

TEST_F(StreamTest, SendsNoPolicyOfItsOwnAndTheVersionThatIsAskedFor) {
  auto stream = Send("hello", {.metadata = {{"a2a-version", "99.0"}}});
  while (stream.Next()) {
  }
  EXPECT_EQ(gateway_.journal().Metadata("a2a-version"), "99.0");
  EXPECT_EQ(gateway_.journal().Metadata("sluice-upstream"), "");
  EXPECT_EQ(gateway_.journal().Metadata("sluice-on-cancel"), "");
}

TEST_F(StreamTest, AUnaryCallIsItsAnswerOrAnErrorWithDetails) {
  const auto answer = client_.SendMessage(TextMessage("hi"), Patiently());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->message().parts(0).text(), StartsWith("you said: hi"));

  const auto busy = client_.SendMessage(TextMessage("busy"), Patiently());
  EXPECT_EQ(busy.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(client::DetailsOf(busy.status()).reason, "OVER_LIMIT");
  EXPECT_EQ(client::DetailsOf(busy.status()).retry_delay, std::chrono::seconds(7));

  const auto bad = client_.SendMessage(TextMessage("bad"), Patiently());
  ASSERT_THAT(client::DetailsOf(bad.status()).violations, SizeIs(1));
  EXPECT_EQ(client::DetailsOf(bad.status()).violations[0].field, "message.parts");
}

TEST_F(StreamTest, TextMessagesHaveIdsOfTheirOwn) {
  EXPECT_NE(TextMessage("a").message().message_id(), TextMessage("a").message().message_id());
  EXPECT_THAT(TextMessage("a").message().message_id(), SizeIs(36));
  EXPECT_EQ(TextMessage("a").message().role(), a2a::ROLE_USER);
}

TEST(ServerThatGoesAway, IsAnErrorOfTheStreamAndOfTheNextCall) {
  auto gateway = std::make_unique<FakeGateway>();
  const auto client = ConnectTo(gateway->address());
  auto stream = client.SendStreamingMessage(TextMessage("silent"), Patiently());
  ASSERT_TRUE(stream.Next());
  EXPECT_TRUE(client.connected());
  gateway.reset();
  EXPECT_FALSE(stream.Next());
  EXPECT_FALSE(stream.status().ok());
  EXPECT_NE(stream.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client.GetTask({}, Patiently()).status().code(), absl::StatusCode::kUnavailable);
}

class RawAnswers : public ::testing::Test {
 protected:
  void Answer(RawAnswer answer) { server_ = std::make_unique<RawServer>(std::move(answer)); }
  client::Client Connect(client::ConnectOptions options = {}) { return ConnectTo(server_->address(), options); }

  std::unique_ptr<RawServer> server_;
};

TEST_F(RawAnswers, AMessageThatIsNoneEndsTheStreamAsAnInternalError) {
  Answer({{a2a::StreamResponse().SerializeAsString(), "\xff\xff"}, std::nullopt});
  auto stream = Connect().SendStreamingMessage(TextMessage("x"), Patiently());
  EXPECT_TRUE(stream.Next());
  EXPECT_FALSE(stream.Next());
  EXPECT_FALSE(stream.Next());
  EXPECT_EQ(stream.status(), absl::InternalError("a message of the server is not a lf.a2a.v1.StreamResponse"));
}

TEST_F(RawAnswers, AUnaryAnswerWithoutAMessageIsNoSuccess) {
  Answer({{}, grpc::Status::OK});
  EXPECT_EQ(Connect().GetTask({}, Patiently()).status().code(), absl::StatusCode::kInternal);
}

TEST_F(RawAnswers, AUnaryAnswerOfTwoMessagesIsNoSuccess) {
  Answer({{"", ""}, std::nullopt});
  EXPECT_EQ(Connect().GetTask({}, Patiently()).status().code(), absl::StatusCode::kInternal);
}

TEST_F(RawAnswers, AUnaryAnswerThatFailsAfterItsMessageIsAFailure) {
  Answer({{""}, grpc::Status(grpc::StatusCode::DATA_LOSS, "half")});
  EXPECT_EQ(Connect().GetTask({}, Patiently()).status(), absl::DataLossError("half"));
}

TEST_F(RawAnswers, DetailsThatDoNotParseAreNone) {
  Answer({{}, grpc::Status(grpc::StatusCode::INTERNAL, "m", "\xff\xff")});
  const absl::Status status = Connect().GetTask({}, Patiently()).status();
  EXPECT_EQ(status, absl::InternalError("m"));
  EXPECT_EQ(client::DetailsOf(status).reason, "");
}

TEST_F(RawAnswers, AMessageAboveTheLimitIsAnError) {
  Answer({{std::string(2000, '\0')}, grpc::Status::OK});
  const absl::Status status = Connect({.max_message_bytes = 1000}).GetTask({}, Patiently()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
}

}  // namespace
}  // namespace sluice::testing
