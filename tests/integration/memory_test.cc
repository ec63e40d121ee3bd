// What the process holds, seen from outside: one reader that stands still, many that do, many events without an end.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

// A sanitizer keeps freed memory for a while, and takes its time.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kSlack = kSanitized ? 512 * kMiB : 0;

std::string Size(std::size_t events, std::size_t bytes) {
  return "size " + std::to_string(events) + " 0 " + std::to_string(bytes);
}

// Waits until the agent has come to a halt: it was stopped by back-pressure, all the way from the client.
bool Halts(const agent::Agent& agent) {
  std::uint64_t written = 0;
  return Eventually([&] {
    const std::uint64_t now = agent.stats().events_written;
    const bool stands = now == written && now > 0;
    written = now;
    if (!stands) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return stands;
  });
}

struct Stream {
  Stream(lf::a2a::v1::A2AService::Stub& stub, const std::string& text)
      : reader(stub.SendStreamingMessage(context.get(), TextRequest(text))) {}
  int ReadAll() {
    int chunks = 0;
    while (reader->Read(&event)) chunks += event.has_artifact_update() ? 1 : 0;
    return chunks;
  }
  std::unique_ptr<grpc::ClientContext> context = NewContext(std::chrono::minutes(5));
  StreamResponse event;
  std::unique_ptr<grpc::ClientReader<StreamResponse>> reader;
};

TEST(MemoryTest, OneGibibyteForAClientThatDoesNotReadStaysWithTheAgent) {
  constexpr std::size_t kEventBytes = 16 * 1024;
  constexpr std::size_t kEvents = (kSanitized ? 64 * kMiB : 1024 * kMiB) / kEventBytes;
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=0s"});
  const auto stub = gateway.NewA2a();
  EXPECT_EQ(Stream(*stub, Size(64, kEventBytes)).ReadAll(), 64) << "warm";
  const std::size_t before = gateway.resident_bytes();

  Stream slow(*stub, Size(kEvents, kEventBytes));
  ASSERT_TRUE(slow.reader->Read(&slow.event));
  ASSERT_TRUE(Halts(*agent));
  EXPECT_LT(agent->stats().events_written, kEvents / 2);
  const std::size_t standing = gateway.resident_bytes();
  EXPECT_LT(standing, before + 8 * kMiB + kSlack);

  std::size_t chunks = 0;
  std::size_t most = 0;
  while (slow.reader->Read(&slow.event)) {
    if (!slow.event.has_artifact_update()) continue;
    if (++chunks % 1024 == 0) most = std::max(most, gateway.resident_bytes());
  }
  EXPECT_TRUE(slow.reader->Finish().ok());
  EXPECT_EQ(chunks, kEvents);
  EXPECT_LT(most, before + 8 * kMiB + kSlack);
  std::printf("resident KiB: before %zu, while the client stood still %zu, at most while it read %zu\n", before / 1024,
              standing / 1024, most / 1024);
  gateway.Stop();
}

// Each of them may hold 1 MiB by its own mark; all together they may not.
TEST(MemoryTest, ManyClientsThatDoNotReadHoldNoMoreThanTheGatewayMay) {
  constexpr std::size_t kClients = kSanitized ? 10 : 40;
  constexpr std::size_t kEventBytes = 8 * 1024;
  constexpr std::size_t kEvents = 2048;  // far more than the buffers of sockets and clients swallow
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=0s", "--set=limits.memory=16MiB",
                                "--set=limits.high_watermark=1MiB", "--set=limits.low_watermark=256KiB"});
  const auto stub = gateway.NewA2a();
  EXPECT_EQ(Stream(*stub, Size(64, kEventBytes)).ReadAll(), 64) << "warm";
  const std::size_t before = gateway.resident_bytes();
  std::vector<std::unique_ptr<Stream>> streams;
  for (std::size_t i = 0; i < kClients; ++i) {
    streams.push_back(std::make_unique<Stream>(*gateway.NewA2a(), Size(kEvents, kEventBytes)));
    ASSERT_TRUE(streams.back()->reader->Read(&streams.back()->event));
  }
  ASSERT_TRUE(Halts(*agent));
  const std::size_t grown = gateway.resident_bytes() - before;
  std::printf("%zu clients that do not read: %zu KiB more\n", kClients, grown / 1024);
  // The limit, two blocks of each call, and what gRPC has of each: its buffers and 64 KiB on their way out. By their
  // own marks alone they would hold twice as much.
  EXPECT_LT(grown, 16 * kMiB + kClients * 256 * 1024 + kSlack);

  std::vector<std::thread> readers;
  std::atomic<std::size_t> chunks{0};
  for (auto& stream : streams) {
    readers.emplace_back([&chunks, &stream] { chunks += static_cast<std::size_t>(stream->ReadAll()); });
  }
  for (std::thread& reader : readers) reader.join();
  for (auto& stream : streams) EXPECT_TRUE(stream->reader->Finish().ok());
  EXPECT_EQ(chunks, kClients * kEvents) << "nothing is lost, and nobody waits for ever";
  gateway.Stop();
}

TEST(MemoryTest, ManyLargeEventsThatAreNotCompleteEndTheCallsThatWouldExceedTheLimitAndNoOthers) {
  constexpr std::size_t kCalls = 40;
  constexpr std::size_t kEventBytes = kMiB;
  constexpr std::size_t kLimit = 16 * kMiB;
  Gate complete;
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const std::string event = ArtifactEvent(std::string(kEventBytes, 'x'));
    connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    if (!connection.Write(Chunk(event.substr(0, event.size() - 3)))) return;
    if (!complete.Wait()) return;
    connection.Write(Chunk(event.substr(event.size() - 3)) + Chunk(StatusEvent("TASK_STATE_COMPLETED")));
    connection.Write(kLastChunk);
  });
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + Url(upstream), "--upstream=small=" + agent->url(), "--lame-duck=0s",
                                "--set=limits.memory=16MiB"});
  const auto stub = gateway.NewA2a();
  const std::size_t before = gateway.resident_bytes();

  std::atomic<std::size_t> complete_events{0}, refused{0};
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < kCalls; ++i) {
    clients.emplace_back([&] {
      Stream stream(*stub, "any");
      const int chunks = stream.ReadAll();
      const grpc::Status status = stream.reader->Finish();
      if (status.ok()) {
        complete_events += static_cast<std::size_t>(chunks);
        return;
      }
      ++refused;
      EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
      const google::rpc::ErrorInfo info = ErrorInfoOf(status);
      EXPECT_EQ(info.reason(), "OVER_LIMIT");
      EXPECT_EQ(info.metadata().at("cause"), "memory");
      EXPECT_EQ(info.metadata().at("may_have_run"), "true");
      EXPECT_EQ(info.metadata().at("task_id"), "t-1");
      EXPECT_NE(status.error_message().find("limits.memory"), std::string::npos) << status.error_message();
    });
  }
  // They would hold 40 MiB: so many must go that the others have room.
  EXPECT_TRUE(Eventually([&] { return refused >= kCalls - kLimit / kEventBytes; })) << refused;
  EXPECT_LT(gateway.resident_bytes(), before + 2 * kLimit + kCalls * 256 * 1024 + kSlack);
  auto context = NewContext();
  context->AddMetadata("sluice-upstream", "small");
  lf::a2a::v1::SendMessageResponse response;
  EXPECT_TRUE(stub->SendMessage(context.get(), TextRequest("hello"), &response).ok()) << "another call noticed";

  complete.Open();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(complete_events + refused, kCalls);
  EXPECT_GE(complete_events, kLimit / kEventBytes / 2) << "those who found room go on";
  gateway.Stop();
}

}  // namespace
}  // namespace sluice::testing
