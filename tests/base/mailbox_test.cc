#include "server/base/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "tests/base/signals.h"

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CountingWaker final : public Waker {
 public:
  void Wake() noexcept override { ++wakes; }
  int wakes = 0;
};

std::vector<int> TakeFrom(Mailbox<int>& mailbox, std::size_t max) {
  std::vector<int> out = {-1};  // Take() empties it first
  mailbox.Take(max, out);
  return out;
}

TEST(MailboxTest, WakesOnceForABurst) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(mailbox.Post(i));
  EXPECT_EQ(waker.wakes, 1);
}

TEST(MailboxTest, WakesAgainOnceItWasEmptied) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  ASSERT_TRUE(mailbox.Post(1));
  TakeFrom(mailbox, 10);
  ASSERT_TRUE(mailbox.Post(2));
  EXPECT_EQ(waker.wakes, 2);
}

TEST(MailboxTest, WakesNobodyWhenEverythingWasTaken) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  ASSERT_TRUE(mailbox.Post(1));
  ASSERT_TRUE(mailbox.Post(2));
  TakeFrom(mailbox, 2);
  EXPECT_EQ(waker.wakes, 1);
}

TEST(MailboxTest, GivesValuesOldestFirst) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(mailbox.Post(i));
  EXPECT_THAT(TakeFrom(mailbox, 10), ElementsAre(1, 2, 3));
  EXPECT_THAT(TakeFrom(mailbox, 10), IsEmpty());
}

TEST(MailboxTest, TakesABacklogInBatchesAndWakesForEachThatIsLeft) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  for (int i = 1; i <= 7; ++i) ASSERT_TRUE(mailbox.Post(i));
  EXPECT_THAT(TakeFrom(mailbox, 3), ElementsAre(1, 2, 3));
  EXPECT_EQ(waker.wakes, 2);
  EXPECT_THAT(TakeFrom(mailbox, 3), ElementsAre(4, 5, 6));
  EXPECT_EQ(waker.wakes, 3);
  EXPECT_THAT(TakeFrom(mailbox, 3), ElementsAre(7));
  EXPECT_EQ(waker.wakes, 3);
}

TEST(MailboxTest, WakesNobodyAfterALastBatchThatIsLargerThanTheFirst) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(mailbox.Post(i));
  EXPECT_THAT(TakeFrom(mailbox, 1), ElementsAre(1));
  ASSERT_EQ(waker.wakes, 2);
  EXPECT_THAT(TakeFrom(mailbox, 10), ElementsAre(2, 3));
  EXPECT_EQ(waker.wakes, 2);
  ASSERT_TRUE(mailbox.Post(4));
  EXPECT_EQ(waker.wakes, 3);
}

TEST(MailboxTest, PostsBetweenTwoBatchesWakeNobodyASecondTime) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(mailbox.Post(i));
  TakeFrom(mailbox, 2);
  ASSERT_EQ(waker.wakes, 2);
  ASSERT_TRUE(mailbox.Post(4));
  EXPECT_EQ(waker.wakes, 2) << "the wake-up for the rest is on its way already";
}

TEST(MailboxTest, KeepsTheOrderWhilePostsAndBatchesInterleave) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  std::vector<int> all;
  int posted = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < round % 7; ++i) ASSERT_TRUE(mailbox.Post(posted++));
    for (const int value : TakeFrom(mailbox, 1 + round % 4)) all.push_back(value);
  }
  for (const int value : TakeFrom(mailbox, 1000)) all.push_back(value);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(posted));
  for (int i = 0; i < posted; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
}

TEST(MailboxTest, CarriesValuesThatOnlyMove) {
  CountingWaker waker;
  Mailbox<std::unique_ptr<std::string>> mailbox(waker);
  for (const char* text : {"a", "b", "c"}) ASSERT_TRUE(mailbox.Post(std::make_unique<std::string>(text)));
  std::vector<std::unique_ptr<std::string>> out;
  mailbox.Take(2, out);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(*out[1], "b");
  mailbox.Take(2, out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(*out[0], "c");
}

TEST(MailboxTest, RefusesPostsOnceClosedAndKeepsWhatIsIn) {
  CountingWaker waker;
  Mailbox<int> mailbox(waker);
  ASSERT_TRUE(mailbox.Post(1));
  mailbox.Close();
  EXPECT_FALSE(mailbox.Post(2));
  EXPECT_THAT(TakeFrom(mailbox, 10), ElementsAre(1));
  EXPECT_FALSE(mailbox.Post(3));
  EXPECT_EQ(waker.wakes, 1) << "a refused post wakes nobody";
}

class ThreadWaker final : public Waker {
 public:
  void Wake() noexcept override { signals_.Send(); }
  bool Wait() { return signals_.Wait(); }
  int pending() { return signals_.pending(); }

 private:
  testing::Signals signals_;
};

class MailboxRaceTest : public ::testing::TestWithParam<std::size_t> {};

TEST_P(MailboxRaceTest, TwoThreadsLoseNothingAndEveryWakeUpFindsSomething) {
  constexpr int kValues = 50'000;
  ThreadWaker waker;
  Mailbox<int> mailbox(waker);
  std::thread poster([&] {
    for (int i = 0; i < kValues; ++i) ASSERT_TRUE(mailbox.Post(i));
  });

  int expected = 0;
  int empty_batches = 0;
  bool in_order = true, woken = true;
  std::vector<int> batch;
  while (expected < kValues && (woken = waker.Wait())) {
    mailbox.Take(GetParam(), batch);
    empty_batches += batch.empty() ? 1 : 0;
    in_order = in_order && batch.size() <= GetParam();
    for (const int value : batch) in_order = in_order && value == expected++;
  }
  poster.join();

  EXPECT_TRUE(woken) << "values are in the mailbox and nobody was woken, after " << expected;
  EXPECT_TRUE(in_order);
  EXPECT_EQ(empty_batches, 0);
  EXPECT_EQ(waker.pending(), 0);
}

INSTANTIATE_TEST_SUITE_P(BatchSize, MailboxRaceTest, ::testing::Values(1, 7, 1'000'000));

TEST(MailboxTest, ManyPostersKeepEachTheirOwnOrder) {
  constexpr int kPosters = 3, kValues = 20'000;
  ThreadWaker waker;
  Mailbox<std::pair<int, int>> mailbox(waker);
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&mailbox, poster] {
      for (int i = 0; i < kValues; ++i) ASSERT_TRUE(mailbox.Post({poster, i}));
    });
  }
  std::vector<int> next(kPosters, 0);
  int seen = 0;
  bool in_order = true;
  std::vector<std::pair<int, int>> batch;
  while (seen < kPosters * kValues && waker.Wait()) {
    mailbox.Take(64, batch);
    seen += static_cast<int>(batch.size());
    for (const auto& [poster, i] : batch) in_order = in_order && next[static_cast<std::size_t>(poster)]++ == i;
  }
  for (auto& poster : posters) poster.join();
  EXPECT_EQ(seen, kPosters * kValues);
  EXPECT_TRUE(in_order);
}

// What was accepted can be taken and what was refused cannot, however a Close() falls between the posts.
TEST(MailboxTest, ACloseInTheMiddleLosesNoAcceptedValue) {
  for (int round = 0; round < 200; ++round) {
    ThreadWaker waker;
    Mailbox<int> mailbox(waker);
    int accepted = 0;
    std::thread poster([&] {
      while (mailbox.Post(accepted)) ++accepted;
    });
    ASSERT_TRUE(waker.Wait());
    mailbox.Close();
    poster.join();
    std::vector<int> all;
    mailbox.Take(static_cast<std::size_t>(accepted) + 1, all);
    ASSERT_EQ(all.size(), static_cast<std::size_t>(accepted));
  }
}

}  // namespace
}  // namespace sluice
