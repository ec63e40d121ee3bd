// The budget: what is held in memory while the consumer is slow, and that nothing is lost by it.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

constexpr std::size_t kLow = 16 * 1024;
constexpr std::size_t kHigh = 64 * 1024;
constexpr std::size_t kOneRead = 16 * 1024;

// Bytes that show where they belong.
std::string Pattern(std::size_t from, std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>((from + i) * 2654435761U >> 24);
  return bytes;
}

// Pushes `total` bytes of the pattern, in chunks, as fast as they are taken.
RawUpstream::Script Push(std::size_t total) {
  return [total](RawConnection& connection) {
    constexpr std::size_t kChunkBytes = 60'000;  // no divisor of anything
    connection.ReadRequest();
    connection.Write(kChunkedHead);
    for (std::size_t sent = 0; sent < total; sent += kChunkBytes) {
      if (!connection.Write(Chunk(Pattern(sent, std::min(kChunkBytes, total - sent))))) return;
    }
    connection.Write(kLastChunk);
  };
}

class BackpressureTest : public LoopFixture {
 protected:
  ExchangeRequest Budgeted(std::uint16_t port, const std::shared_ptr<ByteBudget>& budget) {
    ExchangeRequest request = Post(port);
    request.budget = budget;
    return request;
  }

  // Lets the loop do all that it would do by itself, as far as its clock can show.
  void Settle() {
    const std::size_t before = log_.timers().size();
    loop_.ArmTimer(TimerId{1000 + before}, Clock::now() + milliseconds(100));
    log_.WaitForTimers(before + 1);
  }
};

TEST_F(BackpressureTest, HoldsNoMoreThanTheBudgetAndOneReadAndLosesNothing) {
  constexpr std::size_t kTotal = 64 * 1024 * 1024;
  RawUpstream server(Push(kTotal));
  const auto budget = std::make_shared<ByteBudget>(kLow, kHigh);
  const ExchangeId id = Start(Budgeted(server.port(), budget));
  log_.WaitForBody(id, kHigh);
  Settle();
  EXPECT_GE(log_.Get(id).body.size(), kHigh);
  EXPECT_LE(log_.Get(id).body.size(), kHigh + kOneRead);

  std::size_t taken = 0;
  std::int64_t most_held = 0;
  bool in_order = true;
  while (taken < kTotal) {
    most_held = std::max(most_held, budget->held_bytes());
    const std::string bytes = log_.TakeBody(id);
    if (bytes.empty()) break;
    in_order = in_order && bytes == Pattern(taken, bytes.size());
    taken += bytes.size();
    if (budget->Release(bytes.size())) loop_.Resume(id);
  }
  EXPECT_EQ(taken, kTotal);
  EXPECT_TRUE(in_order);
  EXPECT_LE(most_held, static_cast<std::int64_t>(kHigh + kOneRead));
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(budget->held_bytes(), 0);
}

TEST_F(BackpressureTest, AStoppedExchangeDoesNotStopOthers) {
  RawUpstream server(Push(8 * 1024 * 1024));
  const ExchangeId stopped = Start(Budgeted(server.port(), std::make_shared<ByteBudget>(kLow, kHigh)));
  log_.WaitForBody(stopped, kHigh);
  EXPECT_EQ(Run(Post(server.port())).body.size(), 8u * 1024 * 1024) << "one without a budget";
  EXPECT_LE(log_.Get(stopped).body.size(), kHigh + kOneRead);
}

TEST_F(BackpressureTest, ExchangesThatShareABudgetStopAndResumeTogether) {
  constexpr std::size_t kEach = 4 * 1024 * 1024;
  RawUpstream server(Push(kEach));
  const auto budget = std::make_shared<ByteBudget>(kLow, kHigh);
  const ExchangeId one = Start(Budgeted(server.port(), budget));
  const ExchangeId two = Start(Budgeted(server.port(), budget));
  std::size_t taken = 0;
  std::int64_t most_held = 0;
  while (taken < 2 * kEach) {
    for (const ExchangeId id : {one, two}) {
      most_held = std::max(most_held, budget->held_bytes());
      const std::size_t bytes = log_.TakeWhatIsThere(id).size();
      taken += bytes;
      if (!budget->Release(bytes)) continue;
      loop_.Resume(one);
      loop_.Resume(two);
    }
    log_.WaitForAnyBody();
  }
  EXPECT_EQ(log_.WaitForEnd(one).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(log_.WaitForEnd(two).outcome(), ExchangeOutcome::kComplete);
  EXPECT_LE(most_held, static_cast<std::int64_t>(kHigh + 4 * kOneRead)) << "a late Resume may bring one more read";
}

TEST_F(BackpressureTest, ResumingWhatIsNotStoppedDoesNothing) {
  Gate go_on;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead + Chunk("one"));
    EXPECT_TRUE(go_on.Wait());
    connection.Write(Chunk("two") + kLastChunk);
  });
  const ExchangeId id = Start(Budgeted(server.port(), std::make_shared<ByteBudget>(kLow, kHigh)));
  loop_.Resume(id);
  log_.WaitForBody(id, 3);
  loop_.Resume(id);
  loop_.Resume(ExchangeId{12345});
  go_on.Open();
  EXPECT_EQ(log_.WaitForEnd(id).body, "onetwo");
}

TEST_F(BackpressureTest, TheEndIsToldThoughTheLastBytesFilledTheBudget) {
  RawUpstream server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(Ok(std::string(1000, 'x')));
  });
  EXPECT_EQ(Run(Budgeted(server.port(), std::make_shared<ByteBudget>(10, 100))).outcome(), ExchangeOutcome::kComplete);
}

TEST_F(BackpressureTest, AResetWhileStoppedIsToldAfterResume) {
  Gate reset;
  RawUpstream server([&](RawConnection& connection) {
    connection.ReadRequest();
    connection.Write(kChunkedHead + Chunk("0123456789"));
    EXPECT_TRUE(reset.Wait());
    connection.Reset();
  });
  const auto budget = std::make_shared<ByteBudget>(1, 10);
  const ExchangeId id = Start(Budgeted(server.port(), budget));
  log_.WaitForBody(id, 10);
  reset.Open();
  Settle();
  EXPECT_EQ(log_.Get(id).ends, 0);
  ASSERT_TRUE(budget->Release(10));
  loop_.Resume(id);
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kTruncated);
}

}  // namespace
}  // namespace sluice::upstream
