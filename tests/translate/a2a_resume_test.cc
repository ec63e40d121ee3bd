// One stream out of many: which end is followed by what, what the client gets of each re-subscription.
#include "server/translate/a2a_resume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/base/status.h"

namespace sluice::translate {
namespace {

using Do = A2aResume::Next::Do;
using lf::a2a::v1::StreamResponse;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Status Error(std::string_view reason, std::string_view domain = reason::kDomain) {
  return MakeError(absl::StatusCode::kUnavailable, "as the test says", reason, domain);
}
absl::Status Cut() { return Error(reason::kUpstreamStreamTruncated); }
absl::Status Http(int status) {
  absl::Status error = Error(reason::kUpstreamHttpStatus);
  AddErrorMetadata(error, "http_status", std::to_string(status));
  return error;
}

lf::a2a::v1::Task TaskOf(lf::a2a::v1::TaskState state, const std::string& text = "") {
  lf::a2a::v1::Task task;
  task.set_id("t-1");
  task.mutable_status()->set_state(state);
  task.add_history()->set_role(lf::a2a::v1::ROLE_USER);
  if (text.empty()) return task;
  task.add_artifacts()->set_artifact_id("a");
  task.mutable_artifacts(0)->add_parts()->set_text(text);
  return task;
}
A2aMessage Event(const lf::a2a::v1::Task& task) {
  StreamResponse event;
  *event.mutable_task() = task;
  return {event.SerializeAsString()};
}
A2aMessage Chunk(const std::string& text, bool append) {
  StreamResponse event;
  event.mutable_artifact_update()->mutable_artifact()->set_artifact_id("a");
  event.mutable_artifact_update()->mutable_artifact()->add_parts()->set_text(text);
  event.mutable_artifact_update()->set_append(append);
  return {event.SerializeAsString()};
}
constexpr auto kWorking = lf::a2a::v1::TASK_STATE_WORKING;
constexpr auto kInputRequired = lf::a2a::v1::TASK_STATE_INPUT_REQUIRED;
constexpr auto kCompleted = lf::a2a::v1::TASK_STATE_COMPLETED;

class A2aResumeTest : public ::testing::Test {
 protected:
  explicit A2aResumeTest(A2aVersion agent = A2aVersion::k10) : resume_(1, agent, /*subscription=*/false) {}
  // What the client gets, as words: "task", the text of an update, a state's number; '?' in front where a gap is
  // marked.
  std::vector<std::string> Pass(std::vector<A2aMessage> messages) {
    resume_.Pass(messages);
    return Words(messages);
  }
  static std::vector<std::string> Words(const std::vector<A2aMessage>& messages) {
    std::vector<std::string> words;
    for (const A2aMessage& message : messages) {
      StreamResponse event;
      EXPECT_TRUE(event.ParseFromString(message.wire));
      const auto& update = event.artifact_update();
      const google::protobuf::Struct* metadata = &event.task().metadata();
      std::string word = "task";
      if (event.has_artifact_update()) word = update.artifact().parts(0).text(), metadata = &update.metadata();
      if (event.has_status_update()) {
        word = std::to_string(event.status_update().status().state());
        metadata = &event.status_update().metadata();
      }
      words.push_back((metadata->fields().contains("sluice.gap") ? "?" : "") + word);
    }
    return words;
  }
  A2aResume::Next End(const absl::Status& end) { return resume_.OnEnd(end, "t-1"); }
  // A stream that told two events and was cut.
  void CutTheFirst() {
    Pass({Event(TaskOf(kWorking)), Chunk("one ", false)});
    ASSERT_EQ(End(Cut()).what, Do::kSubscribe);
  }

  A2aResume resume_;
};

TEST_F(A2aResumeTest, TheFirstStreamPassesUntouched) {
  const std::vector<A2aMessage> told = {Event(TaskOf(kWorking)), Chunk("one", false)};
  std::vector<A2aMessage> passed = told;
  resume_.Pass(passed);
  EXPECT_EQ(passed, told);
  EXPECT_EQ(End(absl::OkStatus()).what, Do::kEnd);
  EXPECT_EQ(resume_.resumed(), 0);
}

struct EndRow {
  std::string name;
  absl::Status end;
  Do first;
  Do later;
  std::string_view tells = "";  // later: in resume_failed, besides the cut
  friend void PrintTo(const EndRow& row, std::ostream* os) { *os << row.name; }
};
class EndTest : public A2aResumeTest, public ::testing::WithParamInterface<EndRow> {};

TEST_P(EndTest, DecidesWhatFollows) {
  Pass({Event(TaskOf(kWorking))});
  EXPECT_EQ(A2aResume(resume_).OnEnd(GetParam().end, "t-1").what, GetParam().first);
  EXPECT_EQ(A2aResume(resume_).OnEnd(GetParam().end, "").what, Do::kEnd) << "no task, nothing to subscribe to";
  ASSERT_EQ(End(Cut()).what, Do::kSubscribe);
  const auto later = End(GetParam().end);
  EXPECT_EQ(later.what, GetParam().later);
  EXPECT_EQ(ErrorReason(later.end), GetParam().tells.empty() ? "" : reason::kUpstreamStreamTruncated);
  EXPECT_EQ(ErrorMetadataValue(later.end, "resume_failed"), GetParam().tells);
}

INSTANTIATE_TEST_SUITE_P(
    Each, EndTest,
    ::testing::Values(
        EndRow{"Ok", absl::OkStatus(), Do::kEnd, Do::kEnd}, EndRow{"Truncated", Cut(), Do::kSubscribe, Do::kSubscribe},
        EndRow{"Idle", Error(reason::kUpstreamTimeoutIdle), Do::kSubscribe, Do::kSubscribe},
        EndRow{"Unreachable", Error(reason::kUpstreamUnreachable), Do::kEnd, Do::kSubscribe},
        EndRow{"ConnectTimeout", Error(reason::kUpstreamTimeoutConnect), Do::kEnd, Do::kSubscribe},
        EndRow{"FirstByteTimeout", Error(reason::kUpstreamTimeoutFirstByte), Do::kEnd, Do::kSubscribe},
        EndRow{"TotalTimeout", Error(reason::kUpstreamTimeoutTotal), Do::kEnd, Do::kEnd, reason::kUpstreamTimeoutTotal},
        EndRow{"Http429", Http(429), Do::kEnd, Do::kSubscribe}, EndRow{"Http500", Http(500), Do::kEnd, Do::kSubscribe},
        EndRow{"Http503", Http(503), Do::kEnd, Do::kSubscribe}, EndRow{"Http529", Http(529), Do::kEnd, Do::kSubscribe},
        EndRow{"Http401", Http(401), Do::kEnd, Do::kEnd, reason::kUpstreamHttpStatus},
        EndRow{"Http404", Http(404), Do::kEnd, Do::kEnd, reason::kUpstreamHttpStatus},
        EndRow{"BadMessage", Error(reason::kUpstreamBadMessage), Do::kEnd, Do::kEnd, reason::kUpstreamBadMessage},
        EndRow{"TooLarge", Error(reason::kEventTooLarge), Do::kEnd, Do::kEnd, reason::kEventTooLarge},
        EndRow{"NoRoom", Error(reason::kOverLimit), Do::kEnd, Do::kEnd, reason::kOverLimit},
        EndRow{"Unsupported", Error("UNSUPPORTED_OPERATION", reason::kA2aDomain), Do::kEnd, Do::kAskTask},
        EndRow{"InvalidParams", Error("INVALID_PARAMS", reason::kA2aDomain), Do::kEnd, Do::kAskTask},
        EndRow{"TaskLost", Error("TASK_NOT_FOUND", reason::kA2aDomain), Do::kEnd, Do::kEnd, "TASK_NOT_FOUND"}),
    [](const auto& row) { return row.param.name; });

TEST_F(A2aResumeTest, BeforeAnyEventACutIsTheEnd) { EXPECT_EQ(End(Cut()).what, Do::kEnd); }

TEST_F(A2aResumeTest, TheSnapshotIsNotToldButWhatItShowsMore) {
  CutTheFirst();
  EXPECT_THAT(Pass({Event(TaskOf(kWorking, "one two ")), Chunk("three", true)}), ElementsAre("two ", "three"));
  EXPECT_EQ(resume_.resumed(), 1);
  EXPECT_EQ(resume_.gaps(), 0);
}

TEST_F(A2aResumeTest, ASnapshotWithoutNewsTellsNothing) {
  CutTheFirst();
  EXPECT_THAT(Pass({Event(TaskOf(kWorking, "one "))}), IsEmpty());
  EXPECT_THAT(Pass({Chunk("two", true)}), ElementsAre("two"));
}

TEST_F(A2aResumeTest, ALaterTaskOfTheSameStreamIsAnEventAsAnyOther) {
  CutTheFirst();
  Pass({Event(TaskOf(kWorking, "one "))});
  EXPECT_THAT(Pass({Event(TaskOf(kCompleted, "one "))}), ElementsAre("task"));
}

TEST_F(A2aResumeTest, WithoutASnapshotTheNextEventIsMarked) {
  CutTheFirst();
  EXPECT_THAT(Pass({Chunk("three", true), Chunk("four", true)}), ElementsAre("?three", "four"));
  EXPECT_EQ(resume_.gaps(), 1);
}

TEST_F(A2aResumeTest, AnArtifactThatIsAnotherNowIsToldAsAWhole) {
  CutTheFirst();
  std::vector<A2aMessage> next = {Event(TaskOf(kWorking, "ONE AND "))};
  resume_.Pass(next);
  StreamResponse event;
  ASSERT_EQ(next.size(), 1u);
  ASSERT_TRUE(event.ParseFromString(next[0].wire));
  EXPECT_EQ(event.artifact_update().artifact().parts(0).text(), "ONE AND ");
  EXPECT_FALSE(event.artifact_update().append()) << "it takes the place of the other one";
  EXPECT_EQ(resume_.gaps(), 0);
}

TEST_F(A2aResumeTest, AnArtifactThatIsShorterNowIsNotToldAndMarksTheNextEvent) {
  CutTheFirst();
  EXPECT_THAT(Pass({Event(TaskOf(kWorking, "on"))}), IsEmpty());
  std::vector<A2aMessage> next = {Chunk("two", true)};
  resume_.Pass(next);
  StreamResponse event;
  ASSERT_TRUE(event.ParseFromString(next[0].wire));
  const auto& mark = event.artifact_update().metadata().fields();
  EXPECT_TRUE(mark.at("sluice.gap").bool_value());
  EXPECT_EQ(mark.at("sluice.gap.artifacts").list_value().values(0).string_value(), "a");
  EXPECT_THAT(mark.at("sluice.gap.reason").string_value(), HasSubstr("other content"));
}

TEST_F(A2aResumeTest, ASubscriptionOfTheClientsOwnGoesOnBeforeItsFirstEvent) {
  const auto after_cut = [](bool subscription, std::string_view task_id) {
    return A2aResume(1, A2aVersion::k10, subscription).OnEnd(Cut(), task_id).what;
  };
  EXPECT_EQ(after_cut(true, "t-1"), Do::kSubscribe);
  EXPECT_EQ(after_cut(true, ""), Do::kEnd);
  EXPECT_EQ(after_cut(false, "t-1"), Do::kEnd) << "the message may have begun another task, or none";
}

TEST_F(A2aResumeTest, TheFirstThatSuchASubscriptionTellsIsTheTask) {
  A2aResume resume(1, A2aVersion::k10, /*subscription=*/true);
  ASSERT_EQ(resume.OnEnd(Cut(), "t-1").what, Do::kSubscribe);
  std::vector<A2aMessage> messages = {Event(TaskOf(kWorking, "one ")), Chunk("two", true)};
  resume.Pass(messages);
  EXPECT_THAT(Words(messages), ElementsAre("task", "two"));
  EXPECT_EQ(resume.gaps(), 0);
  EXPECT_EQ(resume.resumed(), 1);
}

TEST_F(A2aResumeTest, AnAgentOf03IsAskedForIt) {
  A2aResume resume(1, A2aVersion::k03, /*subscription=*/true);
  ASSERT_EQ(resume.OnEnd(Cut(), "t-1").what, Do::kAskTask);
  std::vector<A2aMessage> messages;
  ASSERT_EQ(resume.OnTask(TaskOf(kWorking, "one ").SerializeAsString(), messages).what, Do::kSubscribe);
  EXPECT_THAT(Words(messages), ElementsAre("task"));
  messages = {Chunk("three", true)};
  resume.Pass(messages);
  EXPECT_THAT(Words(messages), ElementsAre("?three")) << "between the two something may have come";
}

TEST_F(A2aResumeTest, SuchASubscriptionBeginsWithTheTaskOfAnAgentThatNeedNotTellIt) {
  EXPECT_FALSE(A2aResume(1, A2aVersion::k10, /*subscription=*/true).asks_before_first());
  EXPECT_FALSE(A2aResume(1, A2aVersion::k03, /*subscription=*/false).asks_before_first());
  A2aResume resume(1, A2aVersion::k03, /*subscription=*/true);
  ASSERT_TRUE(resume.asks_before_first());
  std::vector<A2aMessage> messages;
  resume.TellFirst(TaskOf(kWorking, "one ").SerializeAsString(), messages);
  EXPECT_THAT(Words(messages), ElementsAre("task"));
  messages = {Event(TaskOf(kWorking, "one two"))};
  A2aResume(resume).Pass(messages);
  EXPECT_THAT(Words(messages), ElementsAre("two")) << "it told it after all";
  messages = {Chunk("three", true)};
  A2aResume(resume).Pass(messages);
  EXPECT_THAT(Words(messages), ElementsAre("?three")) << "between the two something may have come";
  EXPECT_EQ(resume.OnEnd(Error("UNSUPPORTED_OPERATION", reason::kA2aDomain), "t-1").what, Do::kAskTask)
      << "it may be over since";
  EXPECT_EQ(resume.resumed(), 0);
}

TEST_F(A2aResumeTest, ATaskThatIsOverIsLeftToTheSubscription) {
  A2aResume resume(1, A2aVersion::k03, /*subscription=*/true);
  std::vector<A2aMessage> messages;
  resume.TellFirst(TaskOf(kCompleted).SerializeAsString(), messages);
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(resume.OnEnd(Error("UNSUPPORTED_OPERATION", reason::kA2aDomain), "t-1").what, Do::kEnd);
}

TEST_F(A2aResumeTest, ATaskThatEndedMeanwhileIsAskedForAndEndsWell) {
  CutTheFirst();
  ASSERT_EQ(End(Error("UNSUPPORTED_OPERATION", reason::kA2aDomain)).what, Do::kAskTask);
  std::vector<A2aMessage> messages;
  const auto next = resume_.OnTask(TaskOf(kCompleted, "one two").SerializeAsString(), messages);
  EXPECT_EQ(next.what, Do::kEnd);
  EXPECT_TRUE(next.end.ok());
  EXPECT_THAT(Words(messages), ElementsAre("two", "3"));
  EXPECT_TRUE(messages.back().final_update);
}

TEST_F(A2aResumeTest, ATaskThatRunsWithoutASubscriptionIsTheCut) {
  CutTheFirst();
  End(Error("UNSUPPORTED_OPERATION", reason::kA2aDomain));
  std::vector<A2aMessage> messages;
  const absl::Status end = resume_.OnTask(TaskOf(kWorking).SerializeAsString(), messages).end;
  EXPECT_EQ(ErrorReason(end), reason::kUpstreamStreamTruncated);
  EXPECT_EQ(ErrorMetadataValue(end, "resume_failed"), "UNSUPPORTED_OPERATION") << "what the subscription met";
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(A2aResumeTest, AnErrorBehindEventsOfASubscriptionIsTheStreamsOwn) {
  CutTheFirst();
  Pass({Event(TaskOf(kWorking, "one "))});
  const absl::Status error = Error("INTERNAL_ERROR", reason::kA2aDomain);
  const auto next = End(error);
  EXPECT_EQ(next.what, Do::kEnd);
  EXPECT_EQ(next.end, error);
}

// 0.3 does not ask agents to tell the task in a subscription.
class A2aResumeV03Test : public A2aResumeTest {
 protected:
  A2aResumeV03Test() : A2aResumeTest(A2aVersion::k03) {
    Pass({Event(TaskOf(kWorking)), Chunk("one ", false)});
    EXPECT_EQ(End(Cut()).what, Do::kAskTask);
    EXPECT_EQ(resume_.OnTask(TaskOf(kWorking, "one two ").SerializeAsString(), asked_).what, Do::kSubscribe);
  }
  std::vector<A2aMessage> asked_;
};

TEST_F(A2aResumeV03Test, IsAskedForTheTaskFirstAndWhatComesInBetweenIsAGap) {
  EXPECT_THAT(Words(asked_), ElementsAre("two "));
  EXPECT_THAT(Pass({Chunk("four", true)}), ElementsAre("?four"));
  EXPECT_EQ(resume_.resumed(), 1);
}

TEST_F(A2aResumeV03Test, ASubscriptionThatBeginsWithTheTaskHasNoGap) {
  EXPECT_THAT(Pass({Event(TaskOf(kWorking, "one two three ")), Chunk("four", true)}), ElementsAre("three ", "four"));
  EXPECT_EQ(resume_.gaps(), 0);
}

TEST_F(A2aResumeV03Test, ATaskThatEndedIsTheEnd) {
  ASSERT_EQ(End(Cut()).what, Do::kAskTask);
  std::vector<A2aMessage> messages;
  const auto next = resume_.OnTask(TaskOf(kCompleted, "one two three").SerializeAsString(), messages);
  EXPECT_EQ(next.what, Do::kEnd);
  EXPECT_TRUE(next.end.ok());
  EXPECT_THAT(Words(messages), ElementsAre("three", "3"));
}

TEST_F(A2aResumeTest, ALostTaskIsTheCutWithTheReason) {
  CutTheFirst();
  const absl::Status end = End(Error("TASK_NOT_FOUND", reason::kA2aDomain)).end;
  EXPECT_EQ(ErrorReason(end), reason::kUpstreamStreamTruncated);
  EXPECT_EQ(ErrorMetadataValue(end, "resume_failed"), "TASK_NOT_FOUND");
  EXPECT_THAT(std::string(end.message()), HasSubstr("could not be resumed: TASK_NOT_FOUND"));
}

TEST_F(A2aResumeTest, WaitsLongerEachTimeAndGivesUp) {
  CutTheFirst();
  milliseconds longest = A2aResume::kFirstWait;
  for (int i = 1; i < A2aResume::kAttempts; ++i) {
    const auto next = End(Error(reason::kUpstreamUnreachable));
    ASSERT_EQ(next.what, Do::kSubscribe) << i;
    longest = std::min(longest * 2, A2aResume::kLongestWait);
    EXPECT_GE(next.wait, longest / 2);
    EXPECT_LE(next.wait, longest);
  }
  const auto next = End(Error(reason::kUpstreamUnreachable));
  EXPECT_EQ(next.what, Do::kEnd);
  EXPECT_EQ(ErrorReason(next.end), reason::kUpstreamStreamTruncated);
  EXPECT_EQ(ErrorMetadataValue(next.end, "resume_failed"), reason::kUpstreamUnreachable);
}

TEST_F(A2aResumeTest, TheJitterComesFromTheSeed) {
  const auto waits = [](std::uint32_t seed) {
    A2aResume resume(seed, A2aVersion::k10, /*subscription=*/false);
    std::vector<A2aMessage> messages = {Event(TaskOf(kWorking))};
    resume.Pass(messages);
    std::vector<milliseconds> all;
    for (int i = 0; i < A2aResume::kAttempts; ++i) all.push_back(resume.OnEnd(Cut(), "t-1").wait);
    return all;
  };
  EXPECT_EQ(waits(7), waits(7));
  EXPECT_NE(waits(7), waits(8));
}

TEST_F(A2aResumeTest, OnlySomethingNewIsProgress) {
  CutTheFirst();
  for (int i = 0; i < 3 * A2aResume::kAttempts; ++i) {
    Pass({Event(TaskOf(kWorking, "one " + std::string(static_cast<std::size_t>(i) + 1, '.')))});
    ASSERT_EQ(End(Cut()).what, Do::kSubscribe) << "it tells something new each time";
  }
  int attempts = 0;
  do {
    ++attempts;
    Pass({Chunk("the same", false)});  // told to the client each time; new the first time
  } while (attempts < 100 && End(Cut()).what == Do::kSubscribe);
  EXPECT_EQ(attempts, A2aResume::kAttempts + 1);
}

TEST_F(A2aResumeTest, ATaskThatIsQuietBehindABalancerThatCutsItIsWaitedFor) {
  CutTheFirst();
  for (int i = 0; i < 3 * A2aResume::kAttempts; ++i) {
    Pass({Event(TaskOf(kWorking, "one "))});
    ASSERT_EQ(End(Cut()).what, Do::kSubscribe) << i;
  }
}

TEST_F(A2aResumeTest, ATaskThatWaitsForItsUserIsSaidToUntilSomethingFollows) {
  Pass({Event(TaskOf(kInputRequired))});
  EXPECT_FALSE(resume_.waits()) << "of the agent's own stream the agent says when it ends";
  ASSERT_EQ(End(Cut()).what, Do::kSubscribe);
  Pass({Event(TaskOf(kInputRequired))});
  EXPECT_TRUE(resume_.waits());
  Pass({Chunk("more", true)});
  EXPECT_FALSE(resume_.waits());
}

TEST_F(A2aResumeTest, ACallGoesOnSoOftenAndNoMore) {
  CutTheFirst();
  std::string text = "one ";
  A2aResume::Next next{Do::kSubscribe};
  while (next.what == Do::kSubscribe && resume_.resumed() < 1000) {
    Pass({Event(TaskOf(kWorking, text += '.'))});
    next = End(Cut());
  }
  EXPECT_EQ(resume_.resumed(), A2aResume::kMostResumed);
  EXPECT_EQ(ErrorMetadataValue(next.end, "resume_failed"), reason::kUpstreamStreamTruncated);
}

}  // namespace
}  // namespace sluice::translate
