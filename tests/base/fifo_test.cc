#include "server/base/fifo.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace sluice {
namespace {

TEST(FifoTest, GivesWhatCameFirst) {
  Fifo<int> queue;
  EXPECT_TRUE(queue.empty());
  queue.Push(1);
  queue.Push(2);
  EXPECT_EQ(queue.Pop(), 1);
  queue.Push(3);
  EXPECT_EQ(queue.Pop(), 2);
  EXPECT_EQ(queue.Pop(), 3);
  EXPECT_TRUE(queue.empty());
}

TEST(FifoTest, ErasesAmongThoseThatWait) {
  Fifo<int> queue;
  for (int i = 0; i < 6; ++i) queue.Push(i);
  EXPECT_EQ(queue.Pop(), 0);
  queue.EraseIf([](int i) { return i % 2 == 1; });
  EXPECT_EQ(queue.Pop(), 2);
  EXPECT_EQ(queue.Pop(), 4);
  EXPECT_TRUE(queue.empty());
}

TEST(FifoTest, TakesWhatCannotBeCopied) {
  Fifo<std::unique_ptr<int>> queue;
  queue.Push(std::make_unique<int>(7));
  EXPECT_EQ(*queue.Pop(), 7);
}

// Against the queue that everybody knows, whatever is done with both.
TEST(FifoTest, IsADequeInAllThatCanBeSeen) {
  Fifo<unsigned> queue;
  std::deque<unsigned> expected;
  std::mt19937 random(11);
  for (unsigned step = 0; step < 100'000; ++step) {
    const unsigned what = random() % 100;
    if (what < 50) {
      queue.Push(step);
      expected.push_back(step);
    } else if (what < 98 && !expected.empty()) {
      ASSERT_EQ(queue.Pop(), expected.front());
      expected.pop_front();
    } else if (what == 98) {
      const auto odd = [](unsigned value) { return value % 2 == 1; };
      queue.EraseIf(odd);
      std::erase_if(expected, odd);
    } else if (what == 99 && random() % 10 == 0) {
      queue.Clear();
      expected.clear();
    }
    ASSERT_EQ(queue.empty(), expected.empty());
    ASSERT_TRUE(std::equal(queue.begin(), queue.end(), expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace sluice
