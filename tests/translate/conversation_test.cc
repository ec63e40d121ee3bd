// What sluice.v1.Conversation/Converse promises, without sockets.
#include "server/translate/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::translate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using v1::ConverseRequest;
using v1::ConverseResponse;
using Key = Conversation::Key;

const ExchangeEnd kWhole{ExchangeOutcome::kComplete, "", true};
const ExchangeEnd kCut{ExchangeOutcome::kTruncated, "reset", true};

ConverseRequest Send(const std::string& id, const std::string& text = "hello") {
  ConverseRequest frame;
  frame.set_request_id(id);
  lf::a2a::v1::Message& message = *frame.mutable_send()->mutable_message();
  message.set_message_id("m-" + id);
  message.set_role(lf::a2a::v1::ROLE_USER);
  message.add_parts()->set_text(text);
  return frame;
}
ConverseRequest Subscribe(const std::string& id, const std::string& task) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_subscribe()->set_id(task);
  return frame;
}
ConverseRequest CancelTask(const std::string& id, const std::string& task) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_cancel_task()->set_id(task);
  return frame;
}
ConverseRequest Close(const std::string& id) {
  ConverseRequest frame;
  frame.set_request_id(id);
  frame.mutable_close();
  return frame;
}

// What the agent answers, in JSON.
std::string TaskIn(const std::string& state, const std::string& task = "t-1", const std::string& context = "c-1") {
  return R"({"id":")" + task + R"(","contextId":")" + context + R"(","status":{"state":"TASK_STATE_)" + state + "\"}}";
}
std::string Update(const std::string& state, const std::string& task = "t-1") {
  return R"({"statusUpdate":{"taskId":")" + task + R"(","contextId":"c-1","status":{"state":"TASK_STATE_)" + state +
         R"("}}})";
}

// What came of it, in the order it came.
class ConversationTest : public ::testing::Test {
 protected:
  void Use(Conversation::Options options) { conversation_ = std::make_unique<Conversation>(std::move(options)); }

  // The exchange that the frame started; 0: none.
  Key Frame(const ConverseRequest& frame) {
    const std::size_t before = posts_.size();
    Take(conversation_->OnFrame(frame.SerializeAsString()));
    return posts_.size() == before ? 0 : posts_.back().key;
  }
  void Begins(Key key) { Take(conversation_->OnHead(key, {200, {{"content-type", "text/event-stream"}}})); }
  void Event(Key key, const std::string& result) {
    Take(conversation_->OnBytes(key, "data: " + Response(key, result) + "\n\n"));
  }
  void Ends(Key key, const ExchangeEnd& how = kWhole) { Take(conversation_->OnEnd(key, how)); }
  // A request that is answered by these events, and ends.
  void Answer(Key key, const std::vector<std::string>& results) {
    Begins(key);
    for (const std::string& result : results) Event(key, result);
    Ends(key);
  }
  void AnswerJson(Key key, const std::string& body) {
    Take(conversation_->OnHead(key, {200, {{"content-type", "application/json"}}}));
    Take(conversation_->OnBytes(key, body));
    Ends(key);
  }
  static std::string Response(Key key, const std::string& result) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(key) + R"(,"result":)" + result + "}";
  }

  void Take(Conversation::Step step) {
    for (const std::string& bytes : step.frames) ASSERT_TRUE(frames_.emplace_back().ParseFromString(bytes));
    for (Conversation::HttpRequest& request : step.requests) posts_.push_back(std::move(request));
    closes_.insert(closes_.end(), step.closes.begin(), step.closes.end());
    for (const Conversation::Timer& timer : step.timers) timers_.push_back(timer);
    if (step.end) end_ = step.end;
  }

  // "a:event 1", "a:ended OK", "#3:ended INVALID_ARGUMENT", "draining", ...
  std::vector<std::string> Told() const {
    std::vector<std::string> told;
    for (const ConverseResponse& frame : frames_) {
      const v1::RequestEnded& ended = frame.ended();
      std::string line = frame.request_id() + ":";
      if (ended.frame() > 0) line = "#" + std::to_string(ended.frame()) + ":";
      if (frame.has_event()) line += "event " + std::to_string(frame.sequence());
      if (frame.has_task()) line += "task " + std::to_string(frame.sequence());
      if (frame.has_draining()) line += "draining";
      if (frame.has_ended()) {
        line += "ended " + absl::StatusCodeToString(static_cast<absl::StatusCode>(ended.status().code()));
      }
      told.push_back(line);
    }
    return told;
  }
  const v1::RequestEnded& LastEnded() const { return frames_.back().ended(); }
  google::rpc::ErrorInfo LastInfo() const {
    google::rpc::ErrorInfo info;
    for (const auto& detail : LastEnded().status().details()) {
      if (detail.UnpackTo(&info)) break;
    }
    return info;
  }
  void Clear() {
    frames_.clear();
    posts_.clear();
  }

  std::unique_ptr<Conversation> conversation_ =
      std::make_unique<Conversation>(Conversation::Options{"agent", A2aVersion::k10, "", {1024, 256, 3}});
  std::vector<ConverseResponse> frames_;
  std::vector<Conversation::HttpRequest> posts_;
  std::vector<Key> closes_;
  std::vector<Conversation::Timer> timers_;
  std::optional<absl::Status> end_;
};

// ---- one request ----

TEST_F(ConversationTest, ASendIsAStreamingMessageWhoseEventsAreToldByItsId) {
  const Key key = Frame(Send("a"));
  ASSERT_THAT(posts_, SizeIs(1));
  EXPECT_EQ(posts_[0].method, "POST");
  EXPECT_FALSE(posts_[0].retry_safe) << "a message is sent once";
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("method":"SendStreamingMessage")"));
  EXPECT_EQ(FindHeader(posts_[0].headers, "a2a-version"), "1.0");
  Answer(key, {R"({"task":)" + TaskIn("SUBMITTED") + "}", Update("WORKING"), Update("COMPLETED")});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:event 3", "a:ended OK"));
  EXPECT_EQ(frames_[0].event().task().id(), "t-1");
  EXPECT_THAT(closes_, IsEmpty()) << "it ended by itself";
  EXPECT_EQ(end_, std::nullopt) << "the conversation goes on";
}

TEST_F(ConversationTest, TheEndTellsTheTaskItsContextAndItsLastState) {
  Answer(Frame(Send("a")), {R"({"task":)" + TaskIn("WORKING") + "}", Update("INPUT_REQUIRED")});
  EXPECT_EQ(LastEnded().status().code(), 0);
  EXPECT_EQ(LastEnded().task_id(), "t-1");
  EXPECT_EQ(LastEnded().context_id(), "c-1");
  EXPECT_EQ(LastEnded().last_state(), lf::a2a::v1::TASK_STATE_INPUT_REQUIRED);
}

TEST_F(ConversationTest, ARequestThatNamesNoTenantIsGivenTheAgentsOwn) {
  Use({"agent", A2aVersion::k10, "acme", {1024, 256, 3}});
  Frame(Subscribe("a", "t-1"));
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("tenant":"acme")"));
  ConverseRequest own = Subscribe("b", "t-1");
  own.mutable_subscribe()->set_tenant("other");
  Frame(own);
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("tenant":"other")"));
}

TEST_F(ConversationTest, ASubscriptionFollowsATask) {
  const Key key = Frame(Subscribe("s", "t-1"));
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"SubscribeToTask")"));
  EXPECT_TRUE(posts_.at(0).retry_safe);
  Answer(key, {R"({"task":)" + TaskIn("WORKING") + "}", Update("COMPLETED")});
  EXPECT_THAT(Told(), ElementsAre("s:event 1", "s:event 2", "s:ended OK"));
}

TEST_F(ConversationTest, ACancelIsAnsweredByTheTask) {
  const Key key = Frame(CancelTask("x", "t-1"));
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"CancelTask")"));
  AnswerJson(key, Response(key, TaskIn("CANCELED")));
  EXPECT_THAT(Told(), ElementsAre("x:task 1", "x:ended OK"));
  EXPECT_EQ(frames_[0].task().status().state(), lf::a2a::v1::TASK_STATE_CANCELED);
  EXPECT_EQ(LastEnded().last_state(), lf::a2a::v1::TASK_STATE_CANCELED);
}

TEST_F(ConversationTest, AnErrorOfTheAgentEndsItsRequest) {
  const Key key = Frame(CancelTask("x", "nobody"));
  AnswerJson(key, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Task not found"}})");
  EXPECT_THAT(Told(), ElementsAre("x:ended NOT_FOUND"));
  EXPECT_EQ(LastInfo().reason(), "TASK_NOT_FOUND");
}

TEST_F(ConversationTest, AStreamThatBreaksOffIsNoGoodEnd) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, R"({"task":)" + TaskIn("WORKING") + "}");
  Ends(key, kCut);
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended UNAVAILABLE"));
  EXPECT_EQ(LastInfo().reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(LastInfo().metadata().at("task_id"), "t-1");
  EXPECT_EQ(LastInfo().metadata().at("upstream"), "agent");
  EXPECT_EQ(LastEnded().last_state(), lf::a2a::v1::TASK_STATE_WORKING);
}

TEST_F(ConversationTest, ATaskThatIsOverEndsItsRequestAfterTheGrace) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, Update("COMPLETED"));
  ASSERT_THAT(timers_, SizeIs(1));
  EXPECT_EQ(timers_[0].after, std::chrono::seconds(10));
  EXPECT_THAT(Told(), ElementsAre("a:event 1"));
  Take(conversation_->OnTimer(timers_[0].id));
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended OK"));
  EXPECT_THAT(closes_, ElementsAre(key));
}

TEST_F(ConversationTest, ATaskThatIsOverAgainHasOneTimerAndItsWholeGrace) {
  const Key key = Frame(Send("a"));
  Begins(key);
  for (int i = 0; i < 3; ++i) {
    Event(key, Update("COMPLETED"));
    Event(key, Update("WORKING"));
  }
  Event(key, Update("COMPLETED"));
  ASSERT_THAT(timers_, SizeIs(1));
  Take(conversation_->OnTimer(timers_[0].id));
  ASSERT_THAT(timers_, SizeIs(2)) << "it began anew";
  EXPECT_THAT(closes_, IsEmpty());
  Take(conversation_->OnTimer(timers_[1].id));
  EXPECT_THAT(closes_, ElementsAre(key));
}

// ---- many requests ----

TEST_F(ConversationTest, RequestsRunAtOnceAndEndByThemselves) {
  const Key a = Frame(Send("a"));
  const Key b = Frame(Send("b"));
  ASSERT_THAT(posts_, SizeIs(2));
  Begins(a);
  Begins(b);
  Event(b, Update("WORKING", "t-b"));
  Event(a, Update("WORKING", "t-a"));
  Event(b, Update("COMPLETED", "t-b"));
  Ends(b);
  Event(a, Update("COMPLETED", "t-a"));
  Ends(a);
  EXPECT_THAT(Told(), ElementsAre("b:event 1", "a:event 2", "b:event 3", "b:ended OK", "a:event 4", "a:ended OK"));
}

TEST_F(ConversationTest, WhatTheAgentAsksIsAnsweredByAnotherSend) {
  Answer(Frame(Send("a")), {R"({"task":)" + TaskIn("WORKING") + "}", Update("INPUT_REQUIRED")});
  ConverseRequest answer = Send("b");
  answer.mutable_send()->mutable_message()->set_task_id(LastEnded().task_id());
  Answer(Frame(answer), {R"({"task":)" + TaskIn("WORKING") + "}", Update("COMPLETED")});
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("taskId":"t-1")"));
  EXPECT_THAT(posts_.back().body, Not(HasSubstr("contextId"))) << "the task has one";
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:ended OK", "b:event 3", "b:event 4", "b:ended OK"));
}

TEST_F(ConversationTest, AMessageThatNamesNoContextGoesOnInTheFirstOne) {
  const Key first = Frame(Send("a"));
  EXPECT_THAT(posts_.back().body, Not(HasSubstr("contextId"))) << "there is none yet";
  Answer(first, {R"({"task":)" + TaskIn("COMPLETED", "t-1", "first") + "}"});
  Answer(Frame(Send("b")), {R"({"task":)" + TaskIn("COMPLETED", "t-2", "second") + "}"});
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("contextId":"first")"));
  Frame(Send("c"));
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("contextId":"first")"));
  ConverseRequest own = Send("d");
  own.mutable_send()->mutable_message()->set_context_id("own");
  Frame(own);
  EXPECT_THAT(posts_.back().body, HasSubstr(R"("contextId":"own")"));
}

TEST_F(ConversationTest, AClosedRequestAloneEnds) {
  const Key a = Frame(Send("a"));
  const Key b = Frame(Send("b"));
  Begins(b);
  Frame(Close("a"));
  EXPECT_THAT(closes_, ElementsAre(a));
  EXPECT_THAT(Told(), ElementsAre("a:ended CANCELLED"));
  Event(b, Update("COMPLETED"));
  Ends(b);
  EXPECT_THAT(Told(), ElementsAre("a:ended CANCELLED", "b:event 1", "b:ended OK"));
}

TEST_F(ConversationTest, AnIdMayBeUsedAgainWhenItsRequestHasEnded) {
  Frame(Send("a"));
  Frame(Close("a"));
  EXPECT_NE(Frame(Send("a")), 0u);
}

TEST_F(ConversationTest, AnswersOfARequestThatHasEndedAreNotTold) {
  const Key a = Frame(Send("a"));
  Begins(a);
  Frame(Close("a"));
  Event(a, Update("COMPLETED"));
  Ends(a);
  EXPECT_THAT(Told(), ElementsAre("a:ended CANCELLED"));
}

// ---- frames that cannot be taken ----

TEST_F(ConversationTest, AFrameThatBeginsNoRequestIsRefusedByItsNumber) {
  const Key running = Frame(Send("a"));
  ConverseRequest empty;
  empty.set_request_id("b");
  Frame(Send(""));
  EXPECT_THAT(LastEnded().status().message(), HasSubstr("request_id is required"));
  Frame(Send(std::string(257, 'x')));
  Frame(Send("a"));
  EXPECT_THAT(LastEnded().status().message(), HasSubstr("running"));
  Frame(empty);
  Frame(Close("nobody"));
  EXPECT_THAT(Told(), ElementsAre("#2:ended INVALID_ARGUMENT", "#3:ended INVALID_ARGUMENT", "#4:ended INVALID_ARGUMENT",
                                  "#5:ended INVALID_ARGUMENT", "#6:ended NOT_FOUND"));
  for (const ConverseResponse& frame : frames_) EXPECT_EQ(frame.request_id(), "") << "no running request is meant";
  EXPECT_THAT(posts_, SizeIs(1));
  EXPECT_THAT(closes_, IsEmpty());
  Answer(running, {Update("COMPLETED")});
  EXPECT_EQ(Told().back(), "a:ended OK") << "the conversation goes on";
}

TEST_F(ConversationTest, ARequestThatMissesSomethingEndsWithTheFieldsName) {
  ConverseRequest no_parts = Send("a");
  no_parts.mutable_send()->mutable_message()->clear_parts();
  Frame(no_parts);
  EXPECT_THAT(Told(), ElementsAre("a:ended INVALID_ARGUMENT"));
  EXPECT_THAT(LastEnded().status().message(), HasSubstr("message.parts is required"));
  ConverseRequest no_message;
  no_message.set_request_id("b");
  no_message.mutable_send();
  Frame(no_message);
  EXPECT_THAT(LastEnded().status().message(), HasSubstr("message is required"));
  Frame(Subscribe("c", ""));
  Frame(CancelTask("d", ""));
  EXPECT_EQ(Told().back(), "d:ended INVALID_ARGUMENT");
  EXPECT_THAT(posts_, IsEmpty());
  EXPECT_NE(Frame(Send("a")), 0u) << "its id is free";
}

TEST_F(ConversationTest, OneRequestMoreThanMayRunIsRefused) {
  for (const char* id : {"a", "b", "c"}) EXPECT_NE(Frame(Send(id)), 0u);
  EXPECT_EQ(Frame(Send("d")), 0u);
  EXPECT_THAT(Told(), ElementsAre("d:ended RESOURCE_EXHAUSTED"));
  EXPECT_EQ(LastInfo().reason(), "OVER_LIMIT");
  Frame(Close("b"));
  EXPECT_NE(Frame(Send("d")), 0u);
}

TEST_F(ConversationTest, BytesThatAreNoFrameEndTheCall) {
  Take(conversation_->OnFrame("\xff\xff"));
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(end_->message()), HasSubstr("frame 1"));
}

// ---- memory ----

TEST_F(ConversationTest, WhatAllAnswersHoldTogetherIsBounded) {
  const std::string part = "data: " + std::string(900, 'x');
  std::vector<Key> keys;
  for (const char* id : {"a", "b", "c"}) {
    keys.push_back(Frame(Send(id)));
    Begins(keys.back());
    Take(conversation_->OnBytes(keys.back(), part));
  }
  EXPECT_THAT(Told(), ElementsAre("c:ended RESOURCE_EXHAUSTED"));
  EXPECT_THAT(closes_, ElementsAre(keys[2]));
  const std::size_t of_two = conversation_->pending_bytes();
  Frame(Close("a"));
  EXPECT_EQ(conversation_->pending_bytes(), of_two / 2);
  Ends(keys[1], kCut);
  EXPECT_EQ(conversation_->pending_bytes(), 0u);
}

TEST_F(ConversationTest, ARequestForWhichThereIsNoRoomIsGivenUp) {
  const Key key = Frame(Send("a"));
  Conversation::Step step;
  conversation_->GiveUp(key, MakeError(absl::StatusCode::kResourceExhausted, "full", "OVER_LIMIT"), step);
  Take(std::move(step));
  EXPECT_THAT(Told(), ElementsAre("a:ended RESOURCE_EXHAUSTED"));
  EXPECT_THAT(closes_, ElementsAre(key));
}

// ---- the end ----

TEST_F(ConversationTest, HalfCloseFinishesWhatRuns) {
  const Key key = Frame(Send("a"));
  Take(conversation_->OnHalfClose());
  EXPECT_EQ(end_, std::nullopt);
  Answer(key, {Update("COMPLETED")});
  EXPECT_EQ(end_, absl::OkStatus());
}

TEST_F(ConversationTest, HalfCloseOfAnIdleConversationEndsIt) {
  Take(conversation_->OnHalfClose());
  EXPECT_EQ(end_, absl::OkStatus());
}

TEST_F(ConversationTest, ADrainIsTold) {
  Frame(Send("a"));
  Take(conversation_->OnDraining(std::chrono::milliseconds(2500)));
  EXPECT_THAT(Told(), ElementsAre(":draining"));
  EXPECT_EQ(frames_[0].draining().time_left().seconds(), 2);
  EXPECT_EQ(frames_[0].draining().time_left().nanos(), 500'000'000);
  EXPECT_THAT(closes_, IsEmpty()) << "what runs goes on";
}

TEST_F(ConversationTest, ACancelledCallClosesEveryExchange) {
  const Key a = Frame(Send("a"));
  const Key b = Frame(Send("b"));
  Clear();
  Take(conversation_->OnCancelled(/*draining=*/false));
  EXPECT_THAT(closes_, ElementsAre(a, b));
  EXPECT_THAT(posts_, IsEmpty());
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->code(), absl::StatusCode::kCancelled);
}

class CancelTaskTest : public ConversationTest {
 protected:
  CancelTaskTest() { Use({"agent", A2aVersion::k10, "", {1024, 256, 10}, /*cancel_tasks=*/true}); }
};

TEST_F(CancelTaskTest, ACancelledCallCancelsEachRunningTaskOnceAndIsThenOver) {
  const auto follows = [&](const ConverseRequest& frame, const std::string& task, const std::string& state) {
    const Key key = Frame(frame);
    Begins(key);
    Event(key, Update(state, task));
  };
  ConverseRequest of_tenant = Send("a");
  of_tenant.mutable_send()->set_tenant("acme");
  follows(of_tenant, "t-1", "WORKING");
  follows(Subscribe("b", "t-1"), "t-1", "WORKING");
  follows(Send("c"), "t-2", "WORKING");
  follows(Send("d"), "t-3", "COMPLETED");
  Frame(Send("e"));  // no task is known of it
  Clear();
  Take(conversation_->OnCancelled(/*draining=*/false));
  ASSERT_THAT(posts_, SizeIs(2));
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("id":"t-1")"));
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("tenant":"acme")"));
  EXPECT_THAT(posts_[1].body, HasSubstr(R"("id":"t-2")"));
  EXPECT_EQ(posts_[0].total, std::chrono::seconds(5));
  EXPECT_THAT(closes_, SizeIs(5));
  EXPECT_EQ(end_, std::nullopt);
  EXPECT_EQ(conversation_->cancel_receipt()->Text(), "told=cancel-task; tasks=2; answer=none:2");
  AnswerJson(posts_[0].key, Response(posts_[0].key, TaskIn("CANCELED")));
  EXPECT_EQ(end_, std::nullopt);
  Ends(posts_[1].key, {ExchangeOutcome::kTotalTimeout, "", true});
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(frames_, IsEmpty()) << "nobody is there to be told";
  EXPECT_EQ(conversation_->cancel_receipt()->Text(),
            "told=cancel-task; tasks=2; answer=TASK_STATE_CANCELED:1,UPSTREAM_TIMEOUT_TOTAL:1");
}

TEST_F(CancelTaskTest, WhatTheAgentAnswersToACancelCountsUntilItIsWhole) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, Update("WORKING"));
  EXPECT_EQ(conversation_->cancel_receipt(), nullptr) << "the call goes on";
  Clear();
  Take(conversation_->OnCancelled(/*draining=*/false));
  ASSERT_THAT(posts_, SizeIs(1));
  const Key cancel = posts_[0].key;
  Take(conversation_->OnHead(cancel, {200, {{"content-type", "application/json"}}}));
  const std::string answer = Response(cancel, TaskIn("CANCELED"));
  Take(conversation_->OnBytes(cancel, answer.substr(0, 10)));
  EXPECT_EQ(conversation_->pending_bytes(), 10u);
  Take(conversation_->OnBytes(cancel, answer.substr(10)));
  Ends(cancel);
  EXPECT_EQ(conversation_->pending_bytes(), 0u);
  EXPECT_TRUE(end_);
}

TEST_F(CancelTaskTest, AndIsGivenUpWhereThereIsNoRoomForIt) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, Update("WORKING"));
  Clear();
  Take(conversation_->OnCancelled(/*draining=*/false));
  const Key cancel = posts_.at(0).key;
  closes_.clear();
  Conversation::Step step;
  conversation_->GiveUp(cancel, absl::ResourceExhaustedError("full"), step);
  Take(std::move(step));
  EXPECT_THAT(closes_, ElementsAre(cancel));
  EXPECT_TRUE(end_);
  EXPECT_EQ(conversation_->cancel_receipt()->Text(), "told=cancel-task; answer=RESOURCE_EXHAUSTED");
}

TEST_F(CancelTaskTest, AClosedRequestLeavesItsTaskAlone) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, Update("WORKING"));
  Clear();
  Frame(Close("a"));
  EXPECT_THAT(posts_, IsEmpty());
}

// ---- streams that are cut ----

class ResumingTest : public ConversationTest {
 protected:
  ResumingTest() { UseAgentOf(A2aVersion::k10, "acme"); }
  void UseAgentOf(A2aVersion version, const std::string& tenant) {
    Use({"agent", version, tenant, {1024, 256, 3}, false, /*resume_seed=*/1});
  }
  // Its stream was cut behind its first event.
  Key Cut(const std::string& id) {
    const Key key = Frame(Send(id));
    Begins(key);
    Event(key, R"({"task":)" + TaskIn("WORKING") + "}");
    Ends(key, kCut);
    return key;
  }
  // The exchange that the last timer begins; 0: none.
  Key WaitIsOver() {
    posts_.clear();
    EXPECT_THAT(timers_, Not(IsEmpty())) << ::testing::PrintToString(Told());
    if (!timers_.empty()) Take(conversation_->OnTimer(timers_.back().id));
    return posts_.empty() ? 0 : posts_.back().key;
  }
};

TEST_F(ResumingTest, ACutStreamGoesOnByASubscriptionUnderTheSameId) {
  const Key first = Cut("a");
  EXPECT_THAT(Told(), ElementsAre("a:event 1"));
  ASSERT_THAT(timers_, SizeIs(1));
  EXPECT_LE(timers_[0].after, A2aResume::kFirstWait);
  const Key second = WaitIsOver();
  ASSERT_NE(second, 0u);
  EXPECT_NE(second, first);
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("method":"SubscribeToTask")"));
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("id":"t-1")"));
  EXPECT_THAT(posts_[0].body, HasSubstr(R"("tenant":"acme")"));
  EXPECT_TRUE(posts_[0].retry_safe);
  Answer(second, {R"({"task":)" + TaskIn("WORKING") + "}", Update("COMPLETED")});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:ended OK")) << "what was told is not told again";
  EXPECT_EQ(LastEnded().last_state(), lf::a2a::v1::TASK_STATE_COMPLETED);
  EXPECT_THAT(closes_, IsEmpty());
}

TEST_F(ResumingTest, OthersGoOnMeanwhile) {
  const Key other = Frame(Send("b"));
  Begins(other);
  Cut("a");
  Event(other, Update("COMPLETED", "t-2"));
  Ends(other);
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "b:event 2", "b:ended OK"));
  EXPECT_EQ(conversation_->under_way(), 1u) << "one waits";
}

TEST_F(ResumingTest, ASecondCutIsMetAsTheFirst) {
  Cut("a");
  const Key second = WaitIsOver();
  Begins(second);
  Event(second, R"({"task":)" + TaskIn("WORKING") + "}");
  Ends(second, kCut);
  const Key third = WaitIsOver();
  Answer(third, {R"({"task":)" + TaskIn("COMPLETED") + "}"});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:ended OK"));
}

TEST_F(ResumingTest, AStreamOfAnUnknownTaskEndsWithTheCut) {
  const Key key = Frame(Send("a"));
  Begins(key);
  Ends(key, kCut);
  EXPECT_THAT(Told(), ElementsAre("a:ended UNAVAILABLE"));
  EXPECT_THAT(timers_, IsEmpty());
}

TEST_F(ResumingTest, ASubscriptionKnowsItsTaskBeforeAnythingIsTold) {
  const Key key = Frame(Subscribe("a", "t-1"));
  Begins(key);
  Ends(key, kCut);
  const Key second = WaitIsOver();
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("id":"t-1")"));
  Answer(second, {R"({"task":)" + TaskIn("COMPLETED") + "}"});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended OK"));
  EXPECT_TRUE(frames_[0].event().has_task());
}

TEST_F(ResumingTest, WhatIsRememberedCountsUntilTheRequestEnds) {
  Cut("a");
  EXPECT_EQ(conversation_->pending_bytes(), 0u) << "a task without content";
  const Key second = WaitIsOver();
  Begins(second);
  Event(second, R"({"artifactUpdate":{"taskId":"t-1","contextId":"c-1","artifact":{"artifactId":"x","parts":[)"
                R"({"text":"one"}]}}})");
  EXPECT_EQ(conversation_->pending_bytes(), A2aSeen::kArtifactBytes);
  Frame(Close("a"));
  EXPECT_EQ(conversation_->pending_bytes(), 0u);
}

TEST_F(ResumingTest, ALostTaskEndsWithTheCutAndTheReason) {
  Cut("a");
  const Key second = WaitIsOver();
  AnswerJson(second, R"({"jsonrpc":"2.0","id":)" + std::to_string(second) +
                         R"(,"error":{"code":-32001,"message":"Task not found"}})");
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended UNAVAILABLE"));
  EXPECT_EQ(LastInfo().reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(LastInfo().metadata().at("resume_failed"), "TASK_NOT_FOUND");
}

// As an agent of A2A 0.3 tells it.
std::string TaskOf03(const std::string& state) {
  return R"({"kind":"task","id":"t-1","contextId":"c-1","status":{"state":")" + state + "\"}}";
}
const std::string kCompletedOf03 =
    R"({"kind":"status-update","taskId":"t-1","contextId":"c-1","final":true,"status":{"state":"completed"}})";

TEST_F(ResumingTest, AnAgentOf03IsAskedForTheTaskBeforeItsStream) {
  UseAgentOf(A2aVersion::k03, "");
  const Key key = Frame(Send("a"));
  Begins(key);
  Event(key, TaskOf03("working"));
  Ends(key, kCut);
  const Key asks = WaitIsOver();
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"tasks/get")"));
  EXPECT_EQ(posts_.at(0).total, A2aResumedCall::kGetTaskTime);
  AnswerJson(asks, Response(asks, TaskOf03("working")));
  const Key follows = WaitIsOver();
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"tasks/resubscribe")"));
  EXPECT_EQ(posts_.at(0).total, std::nullopt);
  Answer(follows, {kCompletedOf03});
  EXPECT_EQ(Told().back(), "a:ended OK");
}

TEST_F(ResumingTest, AndBeforeASubscriptionOfTheClientsOwn) {
  UseAgentOf(A2aVersion::k03, "");
  const Key asks = Frame(Subscribe("a", "t-1"));
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"tasks/get")"));
  EXPECT_EQ(posts_.at(0).total, A2aResumedCall::kGetTaskTime);
  AnswerJson(asks, Response(asks, TaskOf03("working")));
  EXPECT_THAT(Told(), ElementsAre("a:event 1"));
  EXPECT_TRUE(frames_[0].event().has_task());
  const Key follows = WaitIsOver();
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"tasks/resubscribe")"));
  Answer(follows, {kCompletedOf03});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:ended OK"));
}

TEST_F(ResumingTest, WhichIsMadeAlsoIfTheAgentDoesNotTellTheTask) {
  UseAgentOf(A2aVersion::k03, "");
  const Key asks = Frame(Subscribe("a", "t-1"));
  AnswerJson(asks, R"({"jsonrpc":"2.0","id":)" + std::to_string(asks) +
                       R"(,"error":{"code":-32601,"message":"no such method"}})");
  const Key follows = WaitIsOver();
  EXPECT_THAT(posts_.at(0).body, HasSubstr(R"("method":"tasks/resubscribe")"));
  Answer(follows, {kCompletedOf03});
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended OK"));
}

TEST_F(ResumingTest, ATaskThatWaitsForItsUserOnAnOpenStreamEndsItsRequestAfterTheGrace) {
  Cut("a");
  const Key second = WaitIsOver();
  Begins(second);
  Event(second, R"({"task":)" + TaskIn("INPUT_REQUIRED") + "}");
  EXPECT_EQ(timers_.back().after, kA2aGrace);
  WaitIsOver();
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:event 2", "a:ended OK"));
  EXPECT_THAT(closes_, ElementsAre(second));
}

TEST_F(ResumingTest, ARequestThatWaitsCanBeClosed) {
  Cut("a");
  Frame(Close("a"));
  EXPECT_THAT(Told(), ElementsAre("a:event 1", "a:ended CANCELLED"));
  EXPECT_EQ(WaitIsOver(), 0u) << "nobody waits for it";
  Take(conversation_->OnHalfClose());
  EXPECT_TRUE(end_ && end_->ok());
}

TEST_F(ResumingTest, ACancelledCallWaitsForNothing) {
  Cut("a");
  Take(conversation_->OnCancelled(/*draining=*/false));
  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace sluice::translate
