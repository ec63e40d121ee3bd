// With `resume: on` a stream that is cut goes on, and the client sees one stream: nothing twice, nothing lost where the
// agent's snapshot shows it, else a marked gap. Prints the table of RESUME.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "a2a/v1/a2a.grpc.pb.h"
#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;
using std::chrono::milliseconds;

// A task of ten events: the task, eight chunks, the status that ends it.
constexpr std::string_view kScript = "slow 8 20";
constexpr int kEvents = 10;

// What one client got of one task.
struct Delivered {
  std::string task_id;
  int tasks = 0;
  std::map<std::string, int> chunks;  // by their text; how often
  std::string text;                   // of all of them, in order
  int ends = 0;                       // statuses that are terminal
  int marks = 0;                      // events that mark a gap
  grpc::Status status;
  std::string resumed;
  std::string gaps;

  int count() const {
    int sum = tasks + ends;
    for (const auto& [chunk, times] : chunks) sum += times;
    return sum;
  }
  int duplicated() const { return count() - tasks - ends - static_cast<int>(chunks.size()) + std::max(0, ends - 1); }
};

void Take(const StreamResponse& event, Delivered& seen) {
  const google::protobuf::Struct* metadata = &event.task().metadata();
  const auto take_parts = [&](const lf::a2a::v1::Artifact& artifact) {
    for (const auto& part : artifact.parts()) {
      ++seen.chunks[part.text()];
      seen.text += part.text();
    }
  };
  if (event.has_task()) {
    ++seen.tasks;
    seen.task_id = event.task().id();
    for (const auto& artifact : event.task().artifacts()) take_parts(artifact);
  }
  if (event.has_artifact_update()) {
    if (!event.artifact_update().append()) seen.text.clear();  // there is one artifact
    take_parts(event.artifact_update().artifact());
    metadata = &event.artifact_update().metadata();
  }
  if (event.has_status_update()) {
    seen.ends += event.status_update().status().state() == lf::a2a::v1::TASK_STATE_COMPLETED;
    metadata = &event.status_update().metadata();
  }
  seen.marks += static_cast<int>(metadata->fields().contains("sluice.gap"));
}

// `on_event` is told how many events have come.
Delivered Stream(TestGateway& gateway, const std::string& text, const std::function<void(int)>& on_event = {}) {
  Delivered seen;
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest(text));
  int events = 0;
  for (StreamResponse event; reader->Read(&event);) {
    Take(event, seen);
    if (on_event) on_event(++events);
  }
  seen.status = reader->Finish();
  const auto trailer = [&](const char* name) {
    const auto found = context->GetServerTrailingMetadata().find(name);
    const bool there = found != context->GetServerTrailingMetadata().end();
    return there ? std::string(found->second.data(), found->second.size()) : std::string();
  };
  seen.resumed = trailer("sluice-resumed");
  seen.gaps = trailer("sluice-gaps");
  return seen;
}

std::string EndOf(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const google::rpc::ErrorInfo info = ErrorInfoOf(status);
  const auto failed = info.metadata().find("resume_failed");
  return info.reason() + (failed == info.metadata().end() ? "" : " (" + failed->second + ")");
}

void PrintRow(const std::string& fault, int made, const Delivered& seen) {
  std::printf("| %-46s | %4d | %9d | %10d | %4d | %3d | %s |\n", fault.c_str(), made, seen.count(), seen.duplicated(),
              made - (seen.count() - seen.duplicated()), seen.marks, EndOf(seen.status).c_str());
}

config::Config Resuming(const std::string& url) {
  config::Config config = TestConfig(url);
  config.upstreams[0].resume = true;
  return config;
}

class ResumeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::printf("| %-46s | made | delivered | duplicated | lost | gap | end |\n", "fault");
  }
  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
};

TEST_F(ResumeTest, ACutAtEachEventLosesAndRepeatsNothing) {
  TestGateway gateway(Resuming(agent_->url()));
  const Delivered whole = Stream(gateway, std::string(kScript));
  ASSERT_EQ(whole.count(), kEvents);
  EXPECT_EQ(whole.resumed, "") << "nothing was cut";
  for (const std::string way : {"end", "fin", "reset"}) {
    for (int k = 1; k <= kEvents; ++k) {
      const std::string fault = "cut-events " + std::to_string(k) + " " + way;
      const Delivered seen = Stream(gateway, "fault " + fault + "; " + std::string(kScript));
      PrintRow(fault, kEvents, seen);
      // A reset may overtake all that was written before it: then no task is known.
      if (way == "reset" && seen.count() == 0) continue;
      EXPECT_TRUE(seen.status.ok()) << fault << ": " << seen.status.error_message();
      EXPECT_EQ(seen.text, whole.text) << fault;
      EXPECT_EQ(seen.count(), kEvents) << fault;
      EXPECT_EQ(seen.marks, 0) << fault;
      if (k < kEvents) {
        EXPECT_EQ(seen.resumed, "1") << fault;
        EXPECT_EQ(seen.gaps, "0") << fault;
      }
    }
  }
  EXPECT_EQ(agent_->stats().requests.at("SendStreamingMessage"), 31u) << "a send is never repeated";
}

TEST_F(ResumeTest, AnAgentOf03IsTheSame) {
  config::Config config = Resuming(agent_->url());
  config.upstreams[0].version = config::A2aVersion::k03;
  TestGateway gateway(config);
  const Delivered whole = Stream(gateway, std::string(kScript));
  for (int k = 1; k <= kEvents; ++k) {
    const std::string fault = "cut-events " + std::to_string(k) + " fin";
    const Delivered seen = Stream(gateway, "fault " + fault + "; " + std::string(kScript));
    PrintRow(fault + ", A2A 0.3", kEvents, seen);
    EXPECT_TRUE(seen.status.ok()) << fault << ": " << seen.status.error_message();
    EXPECT_EQ(seen.text, whole.text) << fault;
    EXPECT_EQ(seen.count(), kEvents) << fault;
    EXPECT_EQ(seen.marks, 0) << fault;
  }
}

TEST_F(ResumeTest, AClientOf03SeesOneStreamThatEndsWithItsFinalUpdate) {
  TestGateway gateway(Resuming(agent_->url()));
  const auto channel = gateway.NewChannel();
  const auto stub = a2a::v1::A2AService::NewStub(channel);
  a2a::v1::SendMessageRequest request;
  request.mutable_request()->set_message_id("m-1");
  request.mutable_request()->set_role(a2a::v1::ROLE_USER);
  request.mutable_request()->add_content()->set_text("fault cut-events 4 fin; " + std::string(kScript));
  auto context = NewContext();
  auto reader = stub->SendStreamingMessage(context.get(), request);
  int chunks = 0;
  a2a::v1::StreamResponse event;
  while (reader->Read(&event)) chunks += event.artifact_update().artifact().parts_size();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(chunks, 8);
  EXPECT_EQ(event.status_update().status().state(), a2a::v1::TASK_STATE_COMPLETED);
  EXPECT_TRUE(event.status_update().final());
  EXPECT_EQ(context->GetServerTrailingMetadata().count("sluice-resumed"), 1u);
}

TEST_F(ResumeTest, BeforeTheTaskIsKnownACutIsTheEnd) {
  TestGateway gateway(Resuming(agent_->url()));
  const std::string fault = "cut-events 0 fin";
  const Delivered seen = Stream(gateway, "fault " + fault + "; " + std::string(kScript));
  PrintRow(fault, kEvents, seen);
  EXPECT_EQ(ErrorInfoOf(seen.status).reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(agent_->stats().requests.count("SubscribeToTask"), 0u);
}

TEST_F(ResumeTest, WithoutTheSettingACutIsTold) {
  TestGateway gateway(TestConfig(agent_->url()));
  const Delivered seen = Stream(gateway, "fault cut-events 3 fin; " + std::string(kScript));
  PrintRow("cut-events 3 fin, resume: off", kEvents, seen);
  EXPECT_EQ(ErrorInfoOf(seen.status).reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(seen.resumed, "");
}

TEST_F(ResumeTest, AnAgentThatFallsSilentIsAskedAgainWhenTheIdleClockEnds) {
  config::Config config = Resuming(agent_->url());
  config.upstreams[0].clocks.idle = milliseconds(300);
  TestGateway gateway(config);
  const Delivered seen = Stream(gateway, "fault cut-events 3 silence; " + std::string(kScript));
  PrintRow("cut-events 3 silence, idle clock", kEvents, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.count(), kEvents);
  EXPECT_EQ(seen.resumed, "1");
}

TEST_F(ResumeTest, AnAgentSlowerThanTheIdleClockIsAskedAgainForEachEvent) {
  config::Config config = Resuming(agent_->url());
  config.upstreams[0].clocks.idle = milliseconds(150);
  TestGateway gateway(config);
  const Delivered seen = Stream(gateway, "slow 4 400");
  PrintRow("slow 4 400, idle clock 150 ms", 6, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.count(), 6);
  EXPECT_EQ(seen.duplicated(), 0);
  EXPECT_EQ(seen.marks, 0);
}

TEST_F(ResumeTest, ARestartedAgentThatLostTheTaskEndsTheStreamWithTheReason) {
  TestGateway gateway(Resuming(agent_->url()));
  agent::AgentOptions same;
  same.port = agent_->port();
  const Delivered seen = Stream(gateway, "slow 1000 20", [&](int events) {
    if (events != 4) return;
    agent_.reset();
    agent_ = agent::Agent::Start(same).value();
  });
  PrintRow("agent restarted after 4 of 1002, tasks lost", 1002, seen);
  EXPECT_EQ(seen.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(EndOf(seen.status), "UPSTREAM_STREAM_TRUNCATED (TASK_NOT_FOUND)");
  EXPECT_EQ(ErrorInfoOf(seen.status).metadata().at("task_id"), seen.task_id);
  EXPECT_EQ(seen.duplicated(), 0);
}

TEST_F(ResumeTest, ASubscriptionOfTheClientsOwnGoesOnTooAtAnyReplica) {
  TestGateway second(Resuming(agent_->url()));
  Delivered seen;
  {
    GatewayChild first(SLUICE, {"--upstream=" + agent_->url(), "--set=upstreams.default.resume=on"});
    auto context = NewContext();
    const auto stub = first.NewA2a();
    auto reader = stub->SendStreamingMessage(context.get(), TextRequest("slow 20 50"));
    StreamResponse event;
    for (int i = 0; i < 4 && reader->Read(&event); ++i) Take(event, seen);
    first.Kill();
    while (reader->Read(&event)) Take(event, seen);
    EXPECT_FALSE(reader->Finish().ok());
  }
  ASSERT_FALSE(seen.task_id.empty());
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_id(seen.task_id);
  auto context = NewContext();
  const auto stub = second.A2a();
  auto reader = stub->SubscribeToTask(context.get(), request);
  // The first event is the task as it stands, which takes the place of what was there: that is A2A's own contract.
  Delivered back;
  for (StreamResponse event; reader->Read(&event);) Take(event, back);
  back.status = reader->Finish();
  PrintRow("gateway killed after 4, client back on another", 22, back);
  EXPECT_TRUE(back.status.ok()) << back.status.error_message();
  EXPECT_EQ(back.chunks.size(), 20u) << "snapshot and what follows are the whole";
  EXPECT_EQ(back.duplicated(), 0);
}

Delivered Subscribe(TestGateway& gateway, const std::string& task_id) {
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_id(task_id);
  const auto context = NewContext();
  const auto stub = gateway.A2a();
  auto reader = stub->SubscribeToTask(context.get(), request);
  Delivered seen;
  for (StreamResponse event; reader->Read(&event);) Take(event, seen);
  seen.status = reader->Finish();
  return seen;
}

// ---- agents that tell less ----

// Answers the first request with a task and one chunk, cut; the next ones with `later`, one after the other.
class Scripted {
 public:
  explicit Scripted(std::vector<std::string> later)
      : later_(std::move(later)), upstream_([this](RawConnection& connection) { Answer(connection); }) {}
  std::string url() const { return Url(upstream_); }

 private:
  void Answer(RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const auto index = static_cast<std::size_t>(connection.index());
    if (index > later_.size()) return;
    connection.Write(index == 0 ? std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING") + ArtifactEvent("one "))
                                : later_[index - 1]);
  }
  const std::vector<std::string> later_;
  RawUpstream upstream_;
};

std::string Snapshot(const std::string& state, const std::string& text) {
  return ResultEvent(R"({"task":{"id":"t-1","contextId":"c-1","status":{"state":")" + state +
                     R"("},"history":[{"messageId":"m-1","role":"ROLE_USER","parts":[{"text":"any"}]}],)" +
                     R"("artifacts":[{"artifactId":"a","parts":[{"text":")" + text + R"("}]}]}})");
}
std::string More(const std::string& text) {
  std::string event = ArtifactEvent(text);
  event.replace(event.find("}}}\n"), 3, R"(,"append":true}}})");
  return event;
}
std::string Answered(const std::string& events) {
  return std::string(kSseHead) + Chunk(events) + std::string(kLastChunk);
}

TEST_F(ResumeTest, TextThatTheAgentJoinedIsToldFromWhereItWas) {
  Scripted agent(
      {Answered(Snapshot("TASK_STATE_WORKING", "one two ") + More("three") + StatusEvent("TASK_STATE_COMPLETED"))});
  TestGateway gateway(Resuming(agent.url()));
  const Delivered seen = Stream(gateway, "any");
  PrintRow("cut; the snapshot has text chunks joined", 5, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "one two three");
  EXPECT_EQ(seen.marks, 0);
}

TEST_F(ResumeTest, WithoutASnapshotTheGapIsMarked) {
  Scripted agent({Answered(More("three") + StatusEvent("TASK_STATE_COMPLETED"))});
  TestGateway gateway(Resuming(agent.url()));
  const Delivered seen = Stream(gateway, "any");
  PrintRow("cut; no snapshot comes", 5, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "one three");
  EXPECT_EQ(seen.marks, 1);
  EXPECT_EQ(seen.gaps, "1");
}

TEST_F(ResumeTest, AnArtifactThatIsAnotherNowTakesThePlaceOfTheOne) {
  Scripted agent(
      {Answered(Snapshot("TASK_STATE_WORKING", "uno dos ") + More("three") + StatusEvent("TASK_STATE_COMPLETED"))});
  TestGateway gateway(Resuming(agent.url()));
  const Delivered seen = Stream(gateway, "any");
  PrintRow("cut; the snapshot shows other content", 5, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "uno dos three");
  EXPECT_EQ(seen.marks, 0);
}

TEST_F(ResumeTest, WhereTheSnapshotShowsLessTheGapIsMarked) {
  Scripted agent(
      {Answered(Snapshot("TASK_STATE_WORKING", "on") + More("three") + StatusEvent("TASK_STATE_COMPLETED"))});
  TestGateway gateway(Resuming(agent.url()));
  const Delivered seen = Stream(gateway, "any");
  PrintRow("cut; the snapshot shows less", 5, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "one three");
  EXPECT_EQ(seen.marks, 1);
}

TEST_F(ResumeTest, CutsOneAfterTheOtherAreOneStream) {
  Scripted agent({std::string(kSseHead) + Chunk(Snapshot("TASK_STATE_WORKING", "one two ")),
                  std::string(kSseHead) + Chunk(Snapshot("TASK_STATE_WORKING", "one two three ") + More("four ")),
                  JsonAnswer("busy", "503 Service Unavailable"),
                  Answered(Snapshot("TASK_STATE_COMPLETED", "one two three four five"))});
  TestGateway gateway(Resuming(agent.url()));
  const Delivered seen = Stream(gateway, "any");
  PrintRow("cut three times, HTTP 503 in between", 7, seen);
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "one two three four five");
  EXPECT_EQ(seen.marks, 0);
  EXPECT_EQ(seen.resumed, "3");
}

TEST_F(ResumeTest, ASubscriptionThatIsCutBeforeItTellsAnythingIsMadeAgain) {
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(connection.index() == 0 ? std::string(kSseHead)
                                             : Answered(Snapshot("TASK_STATE_COMPLETED", "one two")));
  });
  TestGateway gateway(Resuming(Url(upstream)));
  const Delivered seen = Subscribe(gateway, "t-1");
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.tasks, 1);
  EXPECT_EQ(seen.text, "one two");
}

TEST_F(ResumeTest, WhatEndsASubscriptionFromOutsideNamesItsTask) {
  RawUpstream upstream([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kSseHead) + Chunk(Snapshot("TASK_STATE_WORKING", "one")));
    connection.WaitForPeerClose();
  });
  config::Config config = TestConfig(Url(upstream));
  config.drain.deadline = milliseconds(100);
  TestGateway gateway(config);
  lf::a2a::v1::SubscribeToTaskRequest request;
  request.set_id("t-1");
  const auto context = NewContext();
  const auto stub = gateway.A2a();
  auto reader = stub->SubscribeToTask(context.get(), request);
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  gateway.Drain();
  const auto info = ErrorInfoOf(reader->Finish());
  EXPECT_EQ(info.reason(), "DRAINING");
  EXPECT_EQ(info.metadata().count("task_id"), 1u);
}

TEST_F(ResumeTest, ASubscriptionToAnAgentOf03BeginsWithTheTask) {
  const std::string task =
      R"({"kind":"task","id":"t-1","contextId":"c-1","status":{"state":"working"},"artifacts":[{"artifactId":"a",)"
      R"("parts":[{"kind":"text","text":"one "}]}]})";
  const std::string update = ResultEvent(
      R"({"kind":"artifact-update","taskId":"t-1","contextId":"c-1","append":true,"artifact":{"artifactId":"a",)"
      R"("parts":[{"kind":"text","text":"two"}]}})");
  const std::string end = ResultEvent(
      R"({"kind":"status-update","taskId":"t-1","contextId":"c-1","final":true,"status":{"state":"completed"}})");
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(connection.index() == 0 ? JsonAnswer(R"({"jsonrpc":"2.0","id":1,"result":)" + task + "}")
                                             : Answered(update + end));
  });
  config::Config config = Resuming(Url(upstream));
  config.upstreams[0].version = config::A2aVersion::k03;
  TestGateway gateway(config);
  const Delivered seen = Subscribe(gateway, "t-1");
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.tasks, 1);
  EXPECT_EQ(seen.text, "one two");
  EXPECT_EQ(seen.marks, 1) << "between the two something may have come";
}

TEST_F(ResumeTest, ATaskThatWaitsForItsUserOnAnOpenStreamEndsWellAfterTheGrace) {
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const bool first = connection.index() == 0;
    connection.Write(std::string(kSseHead) + Chunk(first ? TaskEvent("TASK_STATE_WORKING") + ArtifactEvent("one ")
                                                         : Snapshot("TASK_STATE_INPUT_REQUIRED", "one two")));
    if (!first) connection.WaitForPeerClose();
  });
  TestGateway gateway(Resuming(Url(upstream)));
  int events = 0;
  const Delivered seen = Stream(gateway, "any", [&](int come) { events = come; });
  EXPECT_TRUE(seen.status.ok()) << seen.status.error_message();
  EXPECT_EQ(seen.text, "one two");
  EXPECT_EQ(events, 4) << "with the status";
  EXPECT_EQ(seen.resumed, "1");
  EXPECT_EQ(upstream.requests(), 2) << "it ended by itself, and was not asked for again";
  EXPECT_TRUE(gateway.BecomesQuiet());
}

TEST_F(ResumeTest, ACancelWhileItWaitsToAskAgainIsACancel) {
  Gate cut;
  RawUpstream upstream([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    if (connection.index() > 0) return;  // closes at once, again and again
    connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    cut.Wait();
  });
  TestGateway gateway(Resuming(Url(upstream)));
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  StreamResponse event;
  ASSERT_TRUE(reader->Read(&event));
  cut.Open();
  ASSERT_TRUE(Eventually([&] { return upstream.requests() >= 2; }));
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(gateway.BecomesQuiet());
}

}  // namespace
}  // namespace sluice::testing
