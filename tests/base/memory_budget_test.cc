// The process's memory budget alone, and under per-call budgets: nothing is counted twice, nothing is lost, nobody
// hangs.
#include "server/base/memory_budget.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "server/base/byte_budget.h"
#include "tests/base/signals.h"

namespace sluice {
namespace {

constexpr std::size_t kBlock = MemoryBudget::kBlockBytes;
constexpr std::size_t kLow = kBlock;
constexpr std::size_t kHigh = 4 * kBlock;

std::int64_t Bytes(std::size_t bytes) { return static_cast<std::int64_t>(bytes); }

TEST(MemoryBudgetTest, CountsWholeBlocksAndNothingBelowTheFirst) {
  MemoryBudget total(100 * kBlock);
  MemoryHold hold(total);
  EXPECT_TRUE(hold.Resize(kBlock - 1));
  EXPECT_EQ(total.reserved_bytes(), 0);
  EXPECT_TRUE(hold.Resize(3 * kBlock + 1));
  EXPECT_EQ(total.reserved_bytes(), Bytes(3 * kBlock));
  EXPECT_TRUE(hold.Resize(kBlock));
  EXPECT_EQ(total.reserved_bytes(), Bytes(kBlock));
}

TEST(MemoryBudgetTest, AHoldGivesBackWhatItHasWhenItGoes) {
  MemoryBudget total(100 * kBlock);
  {
    MemoryHold hold(total);
    ASSERT_TRUE(hold.Resize(5 * kBlock));
    MemoryHold moved = std::move(hold);
    EXPECT_EQ(total.reserved_bytes(), Bytes(5 * kBlock));
    moved = MemoryHold();
    EXPECT_EQ(total.reserved_bytes(), 0);
    ASSERT_TRUE(hold.Resize(1'000'000)) << "moved from: counted nowhere";
    MemoryHold again(total);
    ASSERT_TRUE(again.Resize(7 * kBlock));
  }
  EXPECT_EQ(total.reserved_bytes(), 0);
}

TEST(MemoryBudgetTest, WhoExceedsTheLimitIsToldAndWhoShrinksOrHoldsLittleIsNot) {
  MemoryBudget total(4 * kBlock);
  MemoryHold large(total), other(total), little(total);
  EXPECT_TRUE(large.Resize(4 * kBlock)) << "the limit itself may be used";
  EXPECT_FALSE(other.Resize(kBlock));
  EXPECT_TRUE(little.Resize(kBlock - 1));
  EXPECT_TRUE(large.Resize(4 * kBlock)) << "no more than before";
  EXPECT_TRUE(large.Resize(2 * kBlock));
  EXPECT_TRUE(other.Resize(2 * kBlock));
  EXPECT_FALSE(other.Resize(3 * kBlock));
}

TEST(MemoryBudgetTest, WhatGoesToClientsStopsAtHalfSoThatReadersCannotTakeAllOfIt) {
  MemoryBudget total(8 * kBlock);
  ByteBudget slow(kLow, kHigh, &total);
  ByteBudget next(kLow, kHigh, &total);
  EXPECT_TRUE(slow.Charge(kHigh)) << "its own mark";
  EXPECT_TRUE(next.Charge(1)) << "one read, for the call held nothing";
  MemoryHold event(total);
  EXPECT_TRUE(event.Resize(4 * kBlock)) << "the other half is there for what is not complete";
}

TEST(MemoryBudgetTest, WhileCrowdedACallGoesOnWhenItHoldsNothingAndNotBefore) {
  MemoryBudget total(2 * kBlock);
  MemoryHold crowd(total);
  ASSERT_TRUE(crowd.Resize(2 * kBlock));
  ByteBudget call(kLow, kHigh, &total);
  EXPECT_TRUE(call.Charge(100));
  EXPECT_FALSE(call.Release(99)) << "below its low mark, but something is held";
  EXPECT_TRUE(call.Release(1));
  EXPECT_TRUE(call.Charge(100));
  ASSERT_TRUE(crowd.Resize(0));
  EXPECT_TRUE(call.Release(1)) << "there is room again: its own marks count";
  EXPECT_FALSE(call.Charge(1));
}

TEST(MemoryBudgetTest, ABudgetThatDiesWithBytesGivesThemBack) {
  MemoryBudget total(100 * kBlock);
  auto call = std::make_unique<ByteBudget>(kLow, kHigh, &total);
  ASSERT_TRUE(call->Charge(10 * kBlock));
  EXPECT_EQ(total.reserved_bytes(), Bytes(10 * kBlock));
  call.reset();
  EXPECT_EQ(total.reserved_bytes(), 0);
}

// The bound, as a property of a thousand calls that obey: whatever the order of reads and writes, all of them together
// hold no more than half the limit, what their first blocks leave uncounted, and one read each.
TEST(MemoryBudgetTest, CallsThatObeyStayWithinHalfTheLimitAndOneReadEach) {
  constexpr std::size_t kCalls = 1000;
  constexpr std::size_t kRead = kBlock;
  MemoryBudget total(64 * kBlock);
  std::vector<std::unique_ptr<ByteBudget>> calls;
  for (std::size_t i = 0; i < kCalls; ++i) calls.push_back(std::make_unique<ByteBudget>(kLow, kHigh, &total));
  std::vector<std::size_t> held(kCalls, 0);
  std::vector<bool> stopped(kCalls, false);
  std::size_t sum = 0, most = 0, reads = 0;
  std::mt19937 random(7);
  for (int step = 0; step < 200'000; ++step) {
    const std::size_t i = random() % kCalls;
    const std::size_t bytes = 1 + random() % kRead;
    if (random() % 3 != 0 && !stopped[i]) {
      held[i] += bytes;
      sum += bytes;
      ++reads;
      stopped[i] = calls[i]->Charge(bytes);
    } else if (held[i] > 0) {
      const std::size_t taken = std::min(bytes, held[i]);
      held[i] -= taken;
      sum -= taken;
      if (calls[i]->Release(taken)) stopped[i] = false;
    }
    most = std::max(most, sum);
    ASSERT_TRUE(!stopped[i] || held[i] > 0) << "it waits for nothing";
  }
  EXPECT_LE(most, 32 * kBlock + kCalls * (kBlock + kRead));
  EXPECT_GT(reads, 50'000u) << "every call still gets on";
  std::int64_t blocks = 0;
  for (const std::size_t bytes : held) blocks += Bytes(bytes / kBlock * kBlock);
  EXPECT_EQ(total.reserved_bytes(), blocks) << "the sum is exact";
  calls.clear();
  EXPECT_EQ(total.reserved_bytes(), 0);
}

// Pairs of threads, each a call's two; all share one total that is always crowded.
TEST(MemoryBudgetTest, ThreadsThatRaceLoseNoResumeAndNoByte) {
  constexpr int kPairs = 3;
  constexpr int kReads = 20'000;
  MemoryBudget total(1);
  std::array<bool, kPairs> hung{};
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<ByteBudget>> budgets;
  std::vector<std::unique_ptr<testing::Signals>> signals;
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    ByteBudget& budget = *budgets.emplace_back(std::make_unique<ByteBudget>(kLow, kHigh, &total));
    testing::Signals& charged = *signals.emplace_back(std::make_unique<testing::Signals>());
    testing::Signals& resumed = *signals.emplace_back(std::make_unique<testing::Signals>());
    threads.emplace_back([&budget, &charged, &resumed, &stuck = hung[pair]] {
      for (int i = 0; i < kReads && !stuck; ++i) {
        const bool stop = budget.Charge(kBlock + 1);
        charged.Send();
        if (stop) stuck = !resumed.Wait();
      }
    });
    threads.emplace_back([&budget, &charged, &resumed] {
      for (int i = 0; i < kReads && charged.Wait(); ++i) {
        (void)budget.Release(kBlock);
        if (budget.Release(1)) resumed.Send();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const bool stuck : hung) EXPECT_FALSE(stuck) << "a stop was never answered";
  EXPECT_EQ(total.reserved_bytes(), 0);
}

}  // namespace
}  // namespace sluice
