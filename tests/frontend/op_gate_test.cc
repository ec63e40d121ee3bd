#include "server/frontend/op_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstdint>
#include <thread>
#include <vector>

namespace sluice::frontend {
namespace {

TEST(OpGateTest, CountsThePermitsThatAreHeld) {
  OpGate gate;
  EXPECT_EQ(gate.permits(), 0u);
  ASSERT_TRUE(gate.TryAcquire());
  ASSERT_TRUE(gate.TryAcquire());
  EXPECT_EQ(gate.permits(), 2u);
  EXPECT_FALSE(gate.Release());
  EXPECT_EQ(gate.permits(), 1u);
}

TEST(OpGateTest, AnOpenGateThatRunsEmptyIsNotShutDown) {
  OpGate gate;
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(gate.TryAcquire());
    EXPECT_FALSE(gate.Release()) << "round " << round;
  }
}

TEST(OpGateTest, ClosingAnEmptyGateTellsTheCloserToShutDown) {
  OpGate gate;
  EXPECT_TRUE(gate.Close());
}

TEST(OpGateTest, ClosingAHeldGateLeavesTheShutdownToTheLastPermit) {
  OpGate gate;
  ASSERT_TRUE(gate.TryAcquire());
  ASSERT_TRUE(gate.TryAcquire());
  EXPECT_FALSE(gate.Close());
  EXPECT_FALSE(gate.Release());
  EXPECT_TRUE(gate.Release());
}

TEST(OpGateTest, AClosedGateRefusesPermitsAndCountsNoneForTheRefusal) {
  OpGate gate;
  ASSERT_TRUE(gate.TryAcquire());
  ASSERT_FALSE(gate.Close());
  EXPECT_FALSE(gate.TryAcquire());
  EXPECT_EQ(gate.permits(), 1u);
  ASSERT_TRUE(gate.Release());
  EXPECT_FALSE(gate.TryAcquire());
  EXPECT_EQ(gate.permits(), 0u);
}

TEST(OpGateTest, ClosingTwiceTellsNobodyASecondTime) {
  OpGate empty;
  ASSERT_TRUE(empty.Close());
  EXPECT_FALSE(empty.Close());

  OpGate held;
  ASSERT_TRUE(held.TryAcquire());
  ASSERT_FALSE(held.Close());
  EXPECT_FALSE(held.Close());
  ASSERT_TRUE(held.Release());
  EXPECT_FALSE(held.Close());
}

// The queue, as far as the gate can tell: starting an operation on it once it is shut down is the crash we prevent.
struct FakeQueue {
  std::atomic<int> shutdowns{0};
  std::atomic<std::uint64_t> started{0};
  std::atomic<std::uint64_t> started_too_late{0};
};

// Starters take and give permits as fast as they can, each holding one over the start of the next as a handler does
// that starts another operation; two closers race each other and them.
void RaceOneGate(FakeQueue& queue) {
  constexpr int kStarters = 3;
  constexpr int kClosers = 2;
  OpGate gate;
  std::barrier go(kStarters + kClosers);
  std::atomic<int> warm{0};  // closers wait for it, or most rounds would be closed before they begin

  const auto start_operations = [&] {
    go.arrive_and_wait();
    int rounds = 0;
    while (gate.TryAcquire()) {
      if (queue.shutdowns.load() != 0) ++queue.started_too_late;
      ++queue.started;
      const bool nested = gate.TryAcquire();
      if (nested && queue.shutdowns.load() != 0) ++queue.started_too_late;
      if (nested && gate.Release()) ++queue.shutdowns;
      if (gate.Release()) ++queue.shutdowns;
      if (++rounds == 16) ++warm;
    }
  };
  const auto close = [&] {
    go.arrive_and_wait();
    while (warm.load() == 0) std::this_thread::yield();
    if (gate.Close()) ++queue.shutdowns;
  };

  std::vector<std::jthread> threads;
  for (int i = 0; i < kStarters; ++i) threads.emplace_back(start_operations);
  for (int i = 0; i < kClosers; ++i) threads.emplace_back(close);
  threads.clear();  // joins
  EXPECT_EQ(gate.permits(), 0u);
}

TEST(OpGateTest, ExactlyOneThreadIsToldToShutDownHoweverStartersAndClosersRace) {
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds; ++round) {
    FakeQueue queue;
    RaceOneGate(queue);
    ASSERT_EQ(queue.shutdowns.load(), 1) << "round " << round;
    ASSERT_EQ(queue.started_too_late.load(), 0u) << "round " << round;
    ASSERT_GE(queue.started.load(), 16u) << "round " << round;
  }
}

}  // namespace
}  // namespace sluice::frontend
