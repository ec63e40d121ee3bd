#include "client/agent/task_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "client/agent/event_feed.h"
#include "tests/agent/store_fixture.h"

namespace sluice::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using TaskStoreTest = StoreFixture;

class CountingFollower final : public Follower {
 public:
  void OnMoved() override { ++told; }
  int told = 0;
};

TEST_F(TaskStoreTest, ATaskWorksUntilItsScriptHasRun) {
  const auto task = Start("slow 2 10");
  EXPECT_EQ(task->state, TaskState::kWorking);
  EXPECT_EQ(store_.NextDue(), After(10).steady);
  Advance(10);
  EXPECT_EQ(task->turns[0].made, 1);
  EXPECT_EQ(task->state, TaskState::kWorking);
  Advance(20);
  EXPECT_EQ(task->turns[0].made, 2);
  EXPECT_EQ(task->state, TaskState::kCompleted);
  EXPECT_EQ(store_.NextDue(), std::nullopt);
}

TEST_F(TaskStoreTest, NothingMovesBeforeItIsDue) {
  const auto task = Start("slow 2 10");
  Advance(9);
  EXPECT_EQ(task->turns[0].made, 0);
}

TEST_F(TaskStoreTest, LatenessIsCaughtUpInOneStep) {
  const auto task = Start("slow 100 10");
  Advance(505);
  EXPECT_EQ(task->turns[0].made, 50);
  EXPECT_EQ(store_.NextDue(), After(510).steady);
}

TEST_F(TaskStoreTest, ABurstIsMadeAtOnce) {
  const auto task = Start("slow 1000000 0");
  EXPECT_EQ(task->turns[0].made, 1'000'000);
  EXPECT_EQ(task->state, TaskState::kCompleted);
}

TEST_F(TaskStoreTest, TasksMoveInTheOrderTheyAreDue) {
  const auto late = Start("silent 30");
  const auto early = Start("silent 20");
  EXPECT_EQ(store_.NextDue(), After(20).steady);
  Advance(25);
  EXPECT_EQ(early->state, TaskState::kCompleted);
  EXPECT_EQ(late->state, TaskState::kWorking);
}

TEST_F(TaskStoreTest, CancelEndsATaskAndItsClock) {
  const auto task = Start("slow 5 10");
  Advance(20);
  store_.Cancel(task, After(25));
  EXPECT_EQ(task->state, TaskState::kCanceled);
  EXPECT_EQ(task->turns[0].made, 2);
  EXPECT_EQ(store_.NextDue(), std::nullopt);
}

TEST_F(TaskStoreTest, CancelOfAnEndedTaskDoesNothing) {
  const auto task = Start("fail");
  store_.Cancel(task, After(5));
  EXPECT_EQ(task->state, TaskState::kFailed);
}

TEST_F(TaskStoreTest, AFollowUpGoesOnWithATaskThatAsked) {
  const auto task = Start("ask");
  EXPECT_EQ(task->state, TaskState::kInputRequired);
  store_.Continue(*task, Saying("blue"), *ParseScript("blue"), After(5));
  EXPECT_EQ(task->state, TaskState::kWorking);
  store_.Run(task, After(5));
  EXPECT_EQ(task->state, TaskState::kCompleted);
  const std::string json = TaskJson(*task, {});
  EXPECT_THAT(json, HasSubstr(R"("artifactId":"artifact-2","parts":[{"text":"blue"}])"));
  EXPECT_EQ(task->history.size(), 3u) << "the question is part of the history once it is answered: " << json;
}

TEST_F(TaskStoreTest, FollowersAreToldOfEveryStepUntilTheyLeave) {
  const auto task = Start("slow 3 10");
  CountingFollower stays;
  CountingFollower leaves;
  const Following staying(task, stays);
  {
    const Following leaving(task, leaves);
    Advance(10);
  }
  Advance(20);
  Advance(30);
  EXPECT_EQ(stays.told, 3);
  EXPECT_EQ(leaves.told, 1);
}

TEST_F(TaskStoreTest, ListsTheNewestStatusFirst) {
  Start("a", 1);
  Start("b", 3);
  Start("c", 2);
  const TaskPage page = store_.List({}, 10, std::nullopt);
  std::vector<UnixMillis> times;
  for (const auto& task : page.tasks) times.push_back(task->status_time);
  EXPECT_THAT(times, ElementsAre(After(3).unix_time, After(2).unix_time, After(1).unix_time));
  EXPECT_EQ(page.total, 3u);
  EXPECT_EQ(page.next, std::nullopt);
}

TEST_F(TaskStoreTest, PagesShowEveryTaskOnceAlsoWithEqualTimes) {
  for (int i = 0; i < 7; ++i) Start("x");
  std::set<std::string> seen;
  std::optional<TaskPlace> after;
  int pages = 0;
  do {
    const TaskPage page = store_.List({}, 3, after);
    for (const auto& task : page.tasks) EXPECT_TRUE(seen.insert(task->id).second);
    EXPECT_EQ(page.total, 7u);
    after = page.next;
    ++pages;
  } while (after && pages < 10);
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(pages, 3);
}

TEST_F(TaskStoreTest, ListsOnlyWhatTheFilterMatches) {
  const auto working = Start("silent 1000", 1, "ctx");
  const auto done = Start("x", 2, "ctx");
  Start("x", 3, "other");
  const auto ids = [&](const TaskFilter& filter) {
    std::vector<std::string> found;
    for (const auto& task : store_.List(filter, 10, std::nullopt).tasks) found.push_back(task->id);
    return found;
  };
  EXPECT_THAT(ids({.context_id = "ctx"}), ElementsAre(done->id, working->id));
  EXPECT_THAT(ids({.state = TaskState::kWorking}), ElementsAre(working->id));
  EXPECT_THAT(ids({.context_id = "ctx", .not_before = After(2).unix_time}), ElementsAre(done->id));
}

class SmallTaskStoreTest : public StoreFixture {
 protected:
  SmallTaskStoreTest() : StoreFixture({.resting_tasks = 2, .running_tasks = 1, .kept_bytes = 20'000}) {}
};

TEST_F(SmallTaskStoreTest, DropsTheOldestFinishedTask) {
  const auto first = Start("a");
  const auto second = Start("b");
  const auto third = Start("c");
  EXPECT_EQ(store_.Find(first->id), nullptr);
  EXPECT_EQ(store_.Find(second->id), second);
  EXPECT_EQ(store_.Find(third->id), third);
  EXPECT_EQ(store_.List({}, 10, std::nullopt).total, 2u);
}

TEST_F(SmallTaskStoreTest, ADroppedTaskThatWaitedForInputIsCanceledForItsFollowers) {
  const auto asking = Start("ask");
  EventFeed feed("1", "{}", asking, asking->turns.size(), 0);
  std::string text;
  EXPECT_EQ(feed.Fill(text, 1000), EventFeed::State::kWaiting);
  Start("a");
  Start("b");
  EXPECT_EQ(feed.Fill(text, 1000), EventFeed::State::kEnded);
  EXPECT_THAT(text, HasSubstr("TASK_STATE_CANCELED"));
}

TEST_F(SmallTaskStoreTest, RefusesANewTaskBesideTooManyRunning) {
  EXPECT_TRUE(store_.MakeRoom(Saying("x"), nullptr, After(0)));
  const auto running = Start("silent 1000");
  EXPECT_FALSE(store_.MakeRoom(Saying("x"), nullptr, After(0)));
  EXPECT_TRUE(store_.MakeRoom(Saying("x"), running.get(), After(0))) << "a running one may be told more";
}

TEST_F(SmallTaskStoreTest, MakesRoomForALargeMessageAtTheCostOfFinishedTasks) {
  const auto old = Start(std::string(6'000, 'x'));
  EXPECT_TRUE(store_.MakeRoom(Saying(std::string(5'000, 'x')), nullptr, After(0)));
  EXPECT_EQ(store_.Find(old->id), nullptr);
  EXPECT_FALSE(store_.MakeRoom(Saying(std::string(50'000, 'x')), nullptr, After(0)));
}

TEST_F(TaskStoreTest, TheTaskShowsABoundedPartOfALargeArtifact) {
  const auto task = Start("size 100000 0 1024");
  const std::string json = TaskJson(*task, {});
  EXPECT_LT(json.size(), kMostArtifactBytes + 10'000);
  EXPECT_THAT(json, HasSubstr(R"("metadata":{"omittedChunks":)"));
}

TEST_F(TaskStoreTest, TheHistoryIsCutToTheNewest) {
  const auto task = Start("ask");
  store_.Continue(*task, Saying("second"), *ParseScript("second"), After(1));
  EXPECT_THAT(TaskJson(*task, {.history_length = 0}), Not(HasSubstr("history")));
  const std::string one = TaskJson(*task, {.history_length = 1});
  EXPECT_THAT(one, HasSubstr("second"));
  EXPECT_THAT(one, Not(HasSubstr("What else")));
}

}  // namespace
}  // namespace sluice::agent
