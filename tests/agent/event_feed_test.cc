#include "client/agent/event_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/agent/store_fixture.h"

namespace sluice::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// All text that is ready, and how it stands.
std::pair<std::string, EventFeed::State> Read(EventFeed& feed, std::size_t limit = 1 << 20) {
  std::string text;
  const auto state = feed.Fill(text, limit);
  return {text, state};
}

std::size_t CountEvents(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("\n\n"); at != std::string::npos; at = text.find("\n\n", at + 2)) ++count;
  return count;
}

class EventFeedTest : public StoreFixture {
 protected:
  static EventFeed FromBegin(const std::shared_ptr<Task>& task) { return EventFeed("7", R"({"task":{}})", task, 0, 0); }
};

TEST_F(EventFeedTest, GivesTheFirstEventTheChunksAndTheEnd) {
  const auto task = Start("slow 2 0");
  EventFeed feed = FromBegin(task);
  const auto [text, state] = Read(feed);
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_EQ(CountEvents(text), 4u);
  EXPECT_EQ(feed.events(), 4u);
  EXPECT_EQ(text.rfind(R"(data: {"jsonrpc":"2.0","id":7,"result":{"task":{}}})", 0), 0u);
  EXPECT_THAT(text, HasSubstr(R"("parts":[{"text":"chunk 1 of 2"}]}}}})"));
  EXPECT_THAT(text, HasSubstr(R"("parts":[{"text":"chunk 2 of 2"}]},"append":true,"lastChunk":true}}})"));
  EXPECT_THAT(text, HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(EventFeedTest, WaitsForTheTaskBetweenChunks) {
  const auto task = Start("slow 2 10");
  EventFeed feed = FromBegin(task);
  EXPECT_EQ(Read(feed).second, EventFeed::State::kWaiting);
  EXPECT_EQ(Read(feed).first, "");
  Advance(10);
  const auto [text, state] = Read(feed);
  EXPECT_EQ(state, EventFeed::State::kWaiting);
  EXPECT_THAT(text, HasSubstr("chunk 1 of 2"));
  EXPECT_EQ(CountEvents(text), 1u);
}

TEST_F(EventFeedTest, StopsAtTheLimitWithWholeEvents) {
  const auto task = Start("slow 1000 0");
  EventFeed feed = FromBegin(task);
  std::size_t events = 0;
  EventFeed::State state = EventFeed::State::kMore;
  while (state == EventFeed::State::kMore) {
    const auto [text, now] = Read(feed, /*limit=*/1000);
    EXPECT_LT(text.size(), 1500u);
    EXPECT_EQ(text.substr(text.size() - 2), "\n\n");
    events += CountEvents(text);
    state = now;
  }
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_EQ(events, 1002u);
}

TEST_F(EventFeedTest, ASubscriberGetsOnlyWhatComesLater) {
  const auto task = Start("slow 3 10");
  Advance(20);
  EventFeed feed("7", R"({"task":{}})", task, 0, task->turns[0].made);
  Advance(30);
  const auto [text, state] = Read(feed);
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_THAT(text, HasSubstr("chunk 3 of 3"));
  EXPECT_THAT(text, Not(HasSubstr("chunk 2 of 3")));
}

TEST_F(EventFeedTest, ACanceledTaskGivesItsChunksSoFarAndTheCanceledStatus) {
  const auto task = Start("slow 3 10");
  EventFeed feed = FromBegin(task);
  Advance(10);
  store_.Cancel(task, After(15));
  const auto [text, state] = Read(feed);
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_THAT(text, HasSubstr("chunk 1 of 3"));
  EXPECT_THAT(text, HasSubstr("TASK_STATE_CANCELED"));
}

TEST_F(EventFeedTest, ASubscriberOfATaskThatWaitsGetsItsNextTurn) {
  const auto task = Start("ask");
  EventFeed feed("7", R"({"task":{}})", task, task->turns.size(), 0);
  EXPECT_EQ(Read(feed).second, EventFeed::State::kWaiting);
  store_.Continue(*task, Saying("go on"), *ParseScript("go on"), After(5));
  store_.Run(task, After(5));
  const auto [text, state] = Read(feed);
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_THAT(text, HasSubstr("go on"));
  EXPECT_THAT(text, HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(EventFeedTest, ABareMessageIsOneEvent) {
  EventFeed feed("\"x\"", R"({"message":{}})");
  const auto [text, state] = Read(feed);
  EXPECT_EQ(text, "data: {\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"message\":{}}}\n\n");
  EXPECT_EQ(state, EventFeed::State::kEnded);
}

TEST_F(EventFeedTest, ALargeChunkComesInPieces) {
  const auto task = Start("size 2 0 100000");
  EventFeed whole = FromBegin(task);
  EventFeed cut = FromBegin(task);
  std::string text;
  EventFeed::State state = EventFeed::State::kMore;
  while (state == EventFeed::State::kMore) {
    const auto [piece, now] = Read(cut, /*limit=*/1000);
    EXPECT_LT(piece.size(), 2000u);
    text += piece;
    state = now;
  }
  EXPECT_EQ(state, EventFeed::State::kEnded);
  EXPECT_EQ(text, Read(whole).first);
  EXPECT_EQ(cut.events(), 4u);
}

}  // namespace
}  // namespace sluice::agent
