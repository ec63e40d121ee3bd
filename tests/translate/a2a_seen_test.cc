// What a snapshot of a task shows beyond what a client was told, and when it cannot say.
#include "server/translate/a2a_seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace sluice::translate {
namespace {

using lf::a2a::v1::Artifact;
using lf::a2a::v1::Part;
using lf::a2a::v1::StreamResponse;
using lf::a2a::v1::TaskState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Part Text(const std::string& text) {
  Part part;
  part.set_text(text);
  return part;
}
Part Raw(const std::string& bytes) {
  Part part;
  part.set_raw(bytes);
  return part;
}
Artifact ArtifactOf(const std::string& id, const std::vector<Part>& parts) {
  Artifact artifact;
  artifact.set_artifact_id(id);
  for (const Part& part : parts) *artifact.add_parts() = part;
  return artifact;
}
StreamResponse Update(const Artifact& artifact, bool append) {
  StreamResponse event;
  *event.mutable_artifact_update()->mutable_artifact() = artifact;
  event.mutable_artifact_update()->set_append(append);
  return event;
}
lf::a2a::v1::TaskStatus StatusOf(TaskState state, const std::string& message_id = "", int seconds = 0) {
  lf::a2a::v1::TaskStatus status;
  status.set_state(state);
  if (!message_id.empty()) status.mutable_message()->set_message_id(message_id);
  if (!message_id.empty()) status.mutable_message()->set_role(lf::a2a::v1::ROLE_AGENT);
  if (seconds > 0) status.mutable_timestamp()->set_seconds(seconds);
  return status;
}
StreamResponse Update(const lf::a2a::v1::TaskStatus& status) {
  StreamResponse event;
  *event.mutable_status_update()->mutable_status() = status;
  return event;
}
lf::a2a::v1::Task TaskOf(const lf::a2a::v1::TaskStatus& status, const std::vector<Artifact>& artifacts) {
  lf::a2a::v1::Task task;
  task.set_id("t-1");
  task.set_context_id("c-1");
  *task.mutable_status() = status;
  for (const Artifact& artifact : artifacts) *task.add_artifacts() = artifact;
  task.add_history()->set_message_id("u-1");
  task.mutable_history(0)->set_role(lf::a2a::v1::ROLE_USER);
  return task;
}

// "+a:one|two" adds parts to artifact a, "=a:..." begins or replaces it, "!" ends it, a number is a status.
std::vector<std::string> Words(const A2aMissed& missed) {
  std::vector<std::string> words;
  for (const StreamResponse& event : missed.events) {
    if (event.has_status_update()) {
      words.push_back(std::to_string(event.status_update().status().state()));
      continue;
    }
    const auto& update = event.artifact_update();
    std::string word = (update.append() ? "+" : "=") + update.artifact().artifact_id() + ":";
    for (const Part& part : update.artifact().parts()) word += part.text() + part.raw() + "|";
    words.push_back(word + (update.last_chunk() ? "!" : ""));
  }
  return words;
}

class A2aSeenTest : public ::testing::Test {
 protected:
  A2aSeenTest() { seen_.Note(Update(kWorking)); }
  const lf::a2a::v1::TaskStatus kWorking = StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "", 1);
  A2aSeen seen_;
};

struct ContentRow {
  std::string name;
  std::vector<Part> told;   // one append each
  std::vector<Part> shown;  // by the snapshot
  std::vector<std::string> missed;
  bool gap = false;
  friend void PrintTo(const ContentRow& row, std::ostream* os) { *os << row.name; }
};
class ContentTest : public A2aSeenTest, public ::testing::WithParamInterface<ContentRow> {};

TEST_P(ContentTest, IsComparedAsOneRowOfBytes) {
  const ContentRow& row = GetParam();
  for (const Part& part : row.told) seen_.Note(Update(ArtifactOf("a", {part}), &part != &row.told.front()));
  const A2aMissed missed = seen_.TakeSnapshot(TaskOf(kWorking, {ArtifactOf("a", row.shown)}));
  EXPECT_EQ(Words(missed), row.missed);
  EXPECT_EQ(missed.has_gap(), row.gap);
  EXPECT_EQ(missed.artifacts, row.gap ? std::vector<std::string>{"a"} : std::vector<std::string>());
  // What was shown is seen now.
  const A2aMissed again = seen_.TakeSnapshot(TaskOf(kWorking, {ArtifactOf("a", row.shown)}));
  EXPECT_THAT(again.events, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, ContentTest,
    ::testing::Values(ContentRow{"Nothing", {Text("ab"), Text("c")}, {Text("ab"), Text("c")}, {}},
                      ContentRow{"NothingThoughJoined", {Text("ab"), Text("c")}, {Text("abc")}, {}},
                      ContentRow{"PartsOfTheirOwn", {Text("ab")}, {Text("ab"), Text("c"), Text("d")}, {"+a:c|d|"}},
                      ContentRow{"TextJoined", {Text("ab"), Text("c")}, {Text("abcde")}, {"+a:de|"}},
                      ContentRow{"TextJoinedInPart", {Text("ab"), Text("c")}, {Text("abcd"), Text("e")}, {"+a:d|e|"}},
                      ContentRow{"AllOfANewArtifact", {}, {Text("x"), Raw("y")}, {"=a:x|y|"}},
                      ContentRow{"DataBehindText", {Text("ab")}, {Text("ab"), Raw("c")}, {"+a:c|"}},
                      ContentRow{
                          "TextBehindData", {Text("ab"), Raw("c")}, {Text("ab"), Raw("c"), Text("d")}, {"+a:d|"}},
                      ContentRow{"Fewer", {Text("ab"), Text("c")}, {Text("ab")}, {}, true},
                      ContentRow{"OtherText", {Text("ab")}, {Text("aB"), Text("c")}, {"=a:aB|c|"}},
                      ContentRow{"OtherData", {Raw("ab")}, {Raw("aB")}, {"=a:aB|"}},
                      ContentRow{"LongerData", {Raw("ab")}, {Raw("abc")}, {"=a:abc|"}},
                      ContentRow{"DataIsNoText", {Text("ab")}, {Raw("ab")}, {"=a:ab|"}},
                      ContentRow{"ShorterText", {Text("abc")}, {Text("aB")}, {}, true}),
    [](const auto& row) { return row.param.name; });

// However the text was cut into pieces, wherever the stream was cut, and whichever pieces the agent joins.
TEST(A2aSeenPropertyTest, WhatWasToldAndWhatWasMissedAreTheWhole) {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    std::minstd_rand random(seed);
    const auto below = [&](std::size_t bound) { return random() % bound; };
    const std::vector<Part> kinds = {Text("a"), Text(""), Text("\xc3\xa9t\xc3\xa9"), Text("abc"), Raw("a"), Raw("")};
    std::vector<Part> all(1 + below(12));
    for (Part& part : all) part = kinds[below(kinds.size())];

    A2aSeen seen;
    std::string whole;
    std::string got;
    const std::size_t told = 1 + below(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      whole += all[i].text() + all[i].raw();
      if (i >= told) continue;
      seen.Note(Update(ArtifactOf("a", {all[i]}), i > 0));
      got += all[i].text() + all[i].raw();
    }
    Artifact shown = ArtifactOf("a", {});
    for (const Part& part : all) {
      const bool joins =
          shown.parts_size() > 0 && part.has_text() && shown.parts().rbegin()->has_text() && below(2) > 0;
      if (joins) {
        *shown.mutable_parts()->rbegin()->mutable_text() += part.text();
      } else {
        *shown.add_parts() = part;
      }
    }
    const A2aMissed missed = seen.TakeSnapshot(TaskOf(StatusOf(lf::a2a::v1::TASK_STATE_WORKING), {shown}));
    for (const StreamResponse& event : missed.events) {
      for (const Part& part : event.artifact_update().artifact().parts()) got += part.text() + part.raw();
    }
    ASSERT_EQ(got, whole) << "seed " << seed;
    ASSERT_THAT(missed.artifacts, IsEmpty()) << "seed " << seed;
  }
}

TEST_F(A2aSeenTest, AReplacedArtifactIsComparedWithWhatReplacedIt) {
  seen_.Note(Update(ArtifactOf("a", {Text("old")}), false));
  seen_.Note(Update(ArtifactOf("a", {Text("new")}), false));
  EXPECT_THAT(Words(seen_.TakeSnapshot(TaskOf(kWorking, {ArtifactOf("a", {Text("newer")})}))), ElementsAre("+a:er|"));
}

TEST_F(A2aSeenTest, AnArtifactThatTheSnapshotHidesIsAGap) {
  seen_.Note(Update(ArtifactOf("a", {Text("x")}), false));
  const A2aMissed missed = seen_.TakeSnapshot(TaskOf(kWorking, {}));
  EXPECT_EQ(missed.hidden, 1);
  EXPECT_TRUE(missed.has_gap());
}

TEST_F(A2aSeenTest, ATaskToldInTheStreamCountsAsTold) {
  StreamResponse event;
  *event.mutable_task() = TaskOf(kWorking, {ArtifactOf("a", {Text("x")})});
  seen_.Note(event);
  EXPECT_THAT(Words(seen_.TakeSnapshot(event.task())), IsEmpty());
}

TEST_F(A2aSeenTest, ATaskThatIsOverEndsWhatItShows) {
  const auto task = TaskOf(StatusOf(lf::a2a::v1::TASK_STATE_COMPLETED, "", 2), {ArtifactOf("a", {Text("x")})});
  const A2aMissed missed = seen_.TakeSnapshot(task);
  EXPECT_THAT(Words(missed), ElementsAre("=a:x|!", "3"));
  EXPECT_EQ(missed.events.back().status_update().task_id(), "t-1");
  EXPECT_FALSE(missed.has_gap()) << "its history shows that nothing was said";
}

struct StatusRow {
  std::string name;
  lf::a2a::v1::TaskStatus shown;
  std::vector<std::string> agent_history;
  bool history;
  std::vector<std::string> missed;
  bool gap;
  friend void PrintTo(const StatusRow& row, std::ostream* os) { *os << row.name; }
};
class StatusTest : public A2aSeenTest, public ::testing::WithParamInterface<StatusRow> {};

TEST_P(StatusTest, IsToldWhenItIsAnotherAndAGapWhereMessagesMayBeMissed) {
  const StatusRow& row = GetParam();
  seen_.Note(Update(StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "m-1", 5)));
  lf::a2a::v1::Task task = TaskOf(row.shown, {});
  if (!row.history) task.clear_history();
  for (const std::string& id : row.agent_history) {
    task.add_history()->set_message_id(id);
    task.mutable_history()->rbegin()->set_role(lf::a2a::v1::ROLE_AGENT);
  }
  const A2aMissed missed = seen_.TakeSnapshot(task);
  EXPECT_EQ(Words(missed), row.missed);
  EXPECT_EQ(missed.statuses, row.gap);
}

INSTANTIATE_TEST_SUITE_P(
    Each, StatusTest,
    ::testing::Values(
        StatusRow{"Same", StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "m-1", 5), {}, true, {}, false},
        StatusRow{"SameWithoutHistory", StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "m-1", 5), {}, false, {}, false},
        StatusRow{"SameWithoutItsTime", StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "m-1"), {}, true, {}, false},
        StatusRow{"Later", StatusOf(lf::a2a::v1::TASK_STATE_WORKING, "m-1", 6), {}, true, {"2"}, false},
        StatusRow{
            "OtherState", StatusOf(lf::a2a::v1::TASK_STATE_INPUT_REQUIRED, "m-2", 6), {"m-1"}, true, {"6"}, false},
        StatusRow{"TheAgentKeepsNoMessagesOfStatuses",
                  StatusOf(lf::a2a::v1::TASK_STATE_COMPLETED, "m-2", 6),
                  {},
                  true,
                  {"3"},
                  true},
        StatusRow{"NoHistoryToLookAt", StatusOf(lf::a2a::v1::TASK_STATE_COMPLETED, "", 6), {}, false, {"3"}, true},
        StatusRow{"AMessageCameAndWent",
                  StatusOf(lf::a2a::v1::TASK_STATE_COMPLETED, "", 6),
                  {"m-1", "m-2"},
                  true,
                  {"3"},
                  true}),
    [](const auto& row) { return row.param.name; });

TEST_F(A2aSeenTest, WhatItRemembersOfACallIsBounded) {
  EXPECT_EQ(seen_.bytes(), 0u);
  for (std::size_t i = 0; i < 3 * A2aSeen::kMostMessages; ++i) {
    seen_.Note(Update(ArtifactOf(std::to_string(i), {Text(std::string(1000, 'x'))}), false));
    seen_.Note(Update(StatusOf(lf::a2a::v1::TASK_STATE_WORKING, std::to_string(i))));
  }
  EXPECT_EQ(seen_.bytes(), 64u * 1024u);
}

TEST_F(A2aSeenTest, BeyondItsBoundAnArtifactIsAGapAndNotToldTwice) {
  std::vector<Artifact> all;
  for (std::size_t i = 0; i <= A2aSeen::kMostArtifacts; ++i) {
    all.push_back(ArtifactOf(std::to_string(i), {Text("x")}));
    seen_.Note(Update(all.back(), false));
  }
  const A2aMissed missed = seen_.TakeSnapshot(TaskOf(kWorking, all));
  EXPECT_THAT(missed.events, IsEmpty());
  EXPECT_THAT(missed.artifacts, ElementsAre(std::to_string(A2aSeen::kMostArtifacts)));
}

TEST_F(A2aSeenTest, BeyondTheBoundOfMessagesAnotherStatusIsAGap) {
  for (std::size_t i = 0; i <= A2aSeen::kMostMessages; ++i) {
    seen_.Note(Update(StatusOf(lf::a2a::v1::TASK_STATE_WORKING, std::to_string(i))));
  }
  lf::a2a::v1::Task task = TaskOf(StatusOf(lf::a2a::v1::TASK_STATE_COMPLETED), {});
  task.add_history()->set_message_id(std::to_string(A2aSeen::kMostMessages));  // of the client's last status
  EXPECT_TRUE(seen_.TakeSnapshot(task).statuses);
}

}  // namespace
}  // namespace sluice::translate
