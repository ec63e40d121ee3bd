#include "server/base/byte_budget.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <thread>

#include "tests/base/signals.h"

namespace sluice {
namespace {

constexpr std::size_t kLow = 16;
constexpr std::size_t kHigh = 64;

TEST(ByteBudgetTest, StopsTheProducerAtTheHighMarkAndNotBelowIt) {
  ByteBudget budget(kLow, kHigh);
  EXPECT_FALSE(budget.Charge(kHigh - 1));
  EXPECT_TRUE(budget.Charge(1));
  EXPECT_EQ(budget.held_bytes(), 64);
}

TEST(ByteBudgetTest, ResumesTheProducerAtTheLowMarkAndNotAboveIt) {
  ByteBudget budget(kLow, kHigh);
  ASSERT_TRUE(budget.Charge(kHigh));
  EXPECT_FALSE(budget.Release(kHigh - kLow - 1));
  EXPECT_TRUE(budget.Release(1));
  EXPECT_EQ(budget.held_bytes(), 16);
}

TEST(ByteBudgetTest, StaysStoppedBetweenTheMarks) {
  ByteBudget budget(kLow, kHigh);
  ASSERT_TRUE(budget.Charge(kHigh));
  ASSERT_FALSE(budget.Release(30));
  EXPECT_TRUE(budget.Charge(1)) << "a read that was under way when the stop came";
}

TEST(ByteBudgetTest, ResumesOncePerStop) {
  ByteBudget budget(kLow, kHigh);
  ASSERT_TRUE(budget.Charge(kHigh));
  ASSERT_TRUE(budget.Release(50));
  EXPECT_FALSE(budget.Release(7));
  EXPECT_FALSE(budget.Release(7));
  ASSERT_TRUE(budget.Charge(kHigh));
  EXPECT_TRUE(budget.Release(kHigh));
}

TEST(ByteBudgetTest, ReleasesWithoutAStopResumeNothing) {
  ByteBudget budget(kLow, kHigh);
  ASSERT_FALSE(budget.Charge(40));
  EXPECT_FALSE(budget.Release(40));
  EXPECT_EQ(budget.held_bytes(), 0);
}

TEST(ByteBudgetTest, OneEventLargerThanTheMarkPassesAlone) {
  ByteBudget budget(kLow, kHigh);
  EXPECT_TRUE(budget.Charge(10 * kHigh)) << "taken, and nothing after it until it is gone";
  EXPECT_EQ(budget.held_bytes(), 640);
  EXPECT_TRUE(budget.Release(10 * kHigh));
  EXPECT_FALSE(budget.Charge(1));
}

TEST(ByteBudgetTest, CountsMoreThanThirtyTwoBitsHold) {
  ByteBudget budget(kLow, kHigh);
  constexpr std::size_t kLarge = std::size_t{5} << 30;
  EXPECT_TRUE(budget.Charge(kLarge));
  EXPECT_EQ(budget.held_bytes(), static_cast<std::int64_t>(kLarge));
  EXPECT_TRUE(budget.Release(kLarge));
}

// A producer that obeys the budget and a consumer that releases what was charged, as fast as both can. A stop without
// its resume leaves the producer waiting; a resume too many leaves one over at the end.
TEST(ByteBudgetTest, EveryStopIsAnsweredByOneResumeWhileTwoThreadsRace) {
  constexpr int kCharges = 50'000;
  constexpr std::size_t kBytes = 7;
  ByteBudget budget(kLow, kHigh);
  testing::Signals charged;
  testing::Signals resumed;
  std::int64_t stops = 0, resumes = 0;
  bool producer_hung = false, consumer_hung = false;

  std::thread producer([&] {
    for (int i = 0; i < kCharges && !producer_hung; ++i) {
      const bool stop = budget.Charge(kBytes);
      charged.Send();
      if (!stop) continue;
      ++stops;
      producer_hung = !resumed.Wait();
    }
  });
  std::thread consumer([&] {
    for (int i = 0; i < kCharges && !consumer_hung; ++i) {
      consumer_hung = !charged.Wait();
      if (!budget.Release(kBytes)) continue;
      ++resumes;
      resumed.Send();
    }
  });
  producer.join();
  consumer.join();

  EXPECT_FALSE(producer_hung) << "a stop was never answered";
  EXPECT_FALSE(consumer_hung);
  EXPECT_EQ(stops, resumes);
  EXPECT_EQ(budget.held_bytes(), 0);
}

// The other order of things: the consumer often takes the last bytes just as the producer reaches the mark.
TEST(ByteBudgetTest, TwoThreadsThatMeetAtTheMarksLoseNothing) {
  constexpr int kRounds = 50'000;
  ByteBudget budget(/*low=*/1, /*high=*/2);
  testing::Signals charged;
  testing::Signals resumed;
  bool hung = false;

  std::thread consumer([&] {
    for (int i = 0; i < kRounds; ++i) {
      if (!charged.Wait()) return;
      if (budget.Release(1)) resumed.Send();
    }
  });
  for (int i = 0; i < kRounds && !hung; ++i) {
    const bool stop = budget.Charge(1);
    charged.Send();
    if (stop) hung = !resumed.Wait();
  }
  consumer.join();

  EXPECT_FALSE(hung) << "a stop was never answered";
  EXPECT_EQ(resumed.pending(), 0) << "a resume that no stop asked for";
  EXPECT_EQ(budget.held_bytes(), 0);
}

}  // namespace
}  // namespace sluice
