#include "server/upstream/timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using ::testing::ElementsAre;

constexpr Clock::time_point kStart{std::chrono::hours(1)};

TimerKey Key(std::uint64_t id) { return {TimerKey::Kind::kTimer, id}; }

// The ids that are due at `now`, in order.
std::vector<std::uint64_t> Due(TimerQueue& queue, Clock::time_point now) {
  std::vector<std::uint64_t> ids;
  while (const auto key = queue.PopDue(now)) ids.push_back(key->id);
  return ids;
}

TEST(TimerQueueTest, GivesThoseThatAreDueInTheOrderOfTheirTimes) {
  TimerQueue queue;
  queue.Arm(Key(1), kStart + milliseconds(30));
  queue.Arm(Key(2), kStart + milliseconds(10));
  queue.Arm(Key(3), kStart + milliseconds(20));
  EXPECT_THAT(Due(queue, kStart + milliseconds(9)), ElementsAre());
  EXPECT_THAT(Due(queue, kStart + milliseconds(25)), ElementsAre(2, 3));
  EXPECT_THAT(Due(queue, kStart + milliseconds(30)), ElementsAre(1));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(TimerQueueTest, IsNeverEarly) {
  TimerQueue queue;
  queue.Arm(Key(1), kStart + std::chrono::microseconds(10'001));
  EXPECT_THAT(Due(queue, kStart + std::chrono::microseconds(10'001)), ElementsAre()) << "rounded up to a millisecond";
  EXPECT_THAT(Due(queue, kStart + milliseconds(11)), ElementsAre(1));
}

TEST(TimerQueueTest, ArmingAgainMoves) {
  TimerQueue queue;
  queue.Arm(Key(1), kStart + milliseconds(10));
  queue.Arm(Key(2), kStart + milliseconds(20));
  queue.Arm(Key(1), kStart + milliseconds(30));
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(queue.next(), kStart + milliseconds(20));
  queue.Arm(Key(1), kStart + milliseconds(5));
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_THAT(Due(queue, kStart + milliseconds(20)), ElementsAre(1, 2));
}

TEST(TimerQueueTest, CancellingLeavesNothingBehind) {
  TimerQueue queue;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    queue.Arm(Key(i), kStart + milliseconds(i));
    queue.Cancel(Key(i));
    queue.Cancel(Key(i));
  }
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.next(), std::nullopt);
  EXPECT_THAT(Due(queue, kStart + milliseconds(1000)), ElementsAre());
}

TEST(TimerQueueTest, KeepsKindsApart) {
  TimerQueue queue;
  queue.Arm({TimerKey::Kind::kTimer, 7}, kStart);
  queue.Arm({TimerKey::Kind::kExchange, 7}, kStart);
  queue.Cancel({TimerKey::Kind::kTimer, 7});
  EXPECT_FALSE(queue.IsArmed({TimerKey::Kind::kTimer, 7}));
  EXPECT_TRUE(queue.IsArmed({TimerKey::Kind::kExchange, 7}));
}

TEST(TimerQueueTest, TakesNeverAsAFarTime) {
  TimerQueue queue;
  queue.Arm(Key(1), Clock::time_point::max());
  EXPECT_THAT(Due(queue, kStart + std::chrono::hours(24 * 365 * 100)), ElementsAre());
  EXPECT_EQ(After(kStart, milliseconds::max()), kStart + std::chrono::hours(24 * 365));
}

TEST(TimersTest, FireOnTheContextInTheOrderOfTheirTimes) {
  boost::asio::io_context context;
  std::vector<std::uint64_t> fired;
  Timers timers(context, [&](TimerKey key) { fired.push_back(key.id); });
  const auto now = Clock::now();
  timers.Arm(Key(3), now + milliseconds(6));
  timers.Arm(Key(1), now + milliseconds(2));
  timers.Arm(Key(2), now + milliseconds(4));
  timers.Arm(Key(4), now + milliseconds(3));
  timers.Cancel(Key(4));
  context.run();  // until nothing is armed any more
  EXPECT_THAT(fired, ElementsAre(1, 2, 3));
}

TEST(TimersTest, AHandlerMayArmAndCancelOthers) {
  boost::asio::io_context context;
  std::vector<std::uint64_t> fired;
  Timers* self = nullptr;
  Timers timers(context, [&](TimerKey key) {
    fired.push_back(key.id);
    if (key.id != 1) return;
    self->Cancel(Key(2));
    self->Arm(Key(3), Clock::now());
  });
  self = &timers;
  const auto now = Clock::now();
  timers.Arm(Key(1), now);
  timers.Arm(Key(2), now + milliseconds(1));
  context.run();
  EXPECT_THAT(fired, ElementsAre(1, 3));
}

using LoopTimersTest = LoopFixture;

TEST_F(LoopTimersTest, FireThroughTheSink) {
  const auto now = Clock::now();
  loop_.ArmTimer(TimerId{1}, now + milliseconds(20));
  loop_.ArmTimer(TimerId{2}, now + milliseconds(10));
  loop_.ArmTimer(TimerId{3}, now + milliseconds(5));
  loop_.ArmTimer(TimerId{2}, now + milliseconds(30));  // moved behind 1
  loop_.ArmTimer(TimerId{4}, now + std::chrono::hours(1));
  loop_.ArmTimer(TimerId{4}, now);  // moved to the front
  loop_.CancelTimer(TimerId{3});
  EXPECT_THAT(log_.WaitForTimers(3), ElementsAre(TimerId{4}, TimerId{1}, TimerId{2}));
}

}  // namespace
}  // namespace sluice::upstream
