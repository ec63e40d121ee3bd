// The lines that a user types into a conversation, and the lines that frames are shown as.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "client/ctl/converse_printer.h"
#include "client/ctl/converse_sender.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::ctl {
namespace {

using sluice::v1::ConverseRequest;
using sluice::v1::ConverseResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConverseResponse Frame(const std::string& text) {
  ConverseResponse frame;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &frame)) << text;
  return frame;
}
ConverseResponse Told(const std::string& request, const std::string& task) {
  return Frame("request_id: '" + request + "' sequence: 1 event { task { id: '" + task +
               "' status { state: TASK_STATE_WORKING } } }");
}
ConverseResponse Ended(const std::string& request, const std::string& more = "") {
  return Frame("request_id: '" + request + "' ended { status {} " + more + "}");
}

class ConverseSenderTest : public ::testing::Test {
 protected:
  explicit ConverseSenderTest(bool takes_turns = false) : sender_(takes_turns) {}

  // What the frames that may go say, as short text.
  std::vector<std::string> Feed(const std::string& lines, bool last = false) {
    ConverseSender::Frames go;
    EXPECT_TRUE(sender_.Feed(lines, last, go, words_).ok());
    return Said(go);
  }
  std::vector<std::string> Take(const ConverseResponse& frame) {
    ConverseSender::Frames go;
    sender_.Take(frame, go, words_);
    return Said(go);
  }
  static std::vector<std::string> Said(const ConverseSender::Frames& frames) {
    std::vector<std::string> said;
    for (const ConverseRequest& frame : frames) {
      std::string line = frame.request_id();
      if (frame.has_send()) line += " send " + frame.send().message().parts(0).text();
      if (frame.has_send() && !frame.send().message().task_id().empty()) {
        line += " to " + frame.send().message().task_id();
      }
      if (frame.has_cancel_task()) line += " cancel " + frame.cancel_task().id();
      if (frame.has_subscribe()) line += " subscribe " + frame.subscribe().id();
      if (frame.has_close()) line += " close";
      said.push_back(line);
    }
    return said;
  }

  ConverseSender sender_;
  std::string words_;
};

TEST_F(ConverseSenderTest, ALineIsAMessageAndRequestsAreNumbered) {
  EXPECT_THAT(Feed("hello there\n\n  second \r\nthird"), ElementsAre("1 send hello there", "2 send second"));
  EXPECT_THAT(Feed("", /*last=*/true), ElementsAre("3 send third"));
}

TEST_F(ConverseSenderTest, TheLineAfterAQuestionAnswersIt) {
  Feed("ask\n");
  Take(Ended("1", "task_id: 't-1' last_state: TASK_STATE_INPUT_REQUIRED"));
  EXPECT_THAT(Feed("forty-two\nmore\n"), ElementsAre("2 send forty-two to t-1", "3 send more"));
}

TEST_F(ConverseSenderTest, AQuestionThatWasCutIsNone) {
  Feed("ask\n");
  Take(Frame("request_id: '1' ended { status { code: 14 } task_id: 't-1' last_state: TASK_STATE_INPUT_REQUIRED }"));
  EXPECT_THAT(Feed("again\n"), ElementsAre("2 send again"));
}

TEST_F(ConverseSenderTest, CommandsAreAboutTheTaskThatIsNamedOrTheLastOne) {
  Feed("hello\n");
  Take(Told("1", "t-1"));
  EXPECT_THAT(Feed("/cancel t-9\n/cancel\n/subscribe\n/subscribe t-8\n/close 1\n"),
              ElementsAre("2 cancel t-9", "3 cancel t-1", "4 subscribe t-1", "5 subscribe t-8", "1 close"));
  EXPECT_EQ(words_, "");
}

TEST_F(ConverseSenderTest, ASlipOfTheKeyboardIsToldAndSkipped) {
  EXPECT_THAT(Feed("/cancle\n/cancel\n/close\n\xff\nhello\n"), ElementsAre("1 send hello"));
  EXPECT_THAT(words_, HasSubstr("line 1: '/cancle' is none of /cancel [TASK]"));
  EXPECT_THAT(words_, HasSubstr("line 2: no task is known yet"));
  EXPECT_THAT(words_, HasSubstr("line 3: "));
  EXPECT_THAT(words_, HasSubstr("line 4: a message must be valid UTF-8"));
}

TEST_F(ConverseSenderTest, HelpIsForTheUserAlone) {
  EXPECT_THAT(Feed("/help\n"), IsEmpty());
  EXPECT_THAT(words_, HasSubstr("/subscribe [TASK]"));
}

class TakingTurnsTest : public ConverseSenderTest {
 protected:
  TakingTurnsTest() : ConverseSenderTest(/*takes_turns=*/true) {}
};

TEST_F(TakingTurnsTest, AMessageWaitsForTheEndOfTheOneBefore) {
  EXPECT_THAT(Feed("ask\nforty-two\n/cancel\n", /*last=*/true), ElementsAre("1 send ask"));
  EXPECT_TRUE(sender_.holds());
  EXPECT_THAT(Take(Told("1", "t-1")), IsEmpty());
  EXPECT_THAT(Take(Ended("1", "task_id: 't-1' last_state: TASK_STATE_INPUT_REQUIRED")),
              ElementsAre("2 send forty-two to t-1", "3 cancel t-1"));
  EXPECT_FALSE(sender_.holds());
}

TEST_F(TakingTurnsTest, ACommandGoesAtOnce) {
  Feed("slow\n");
  Take(Told("1", "t-1"));
  EXPECT_THAT(Feed("/cancel\n"), ElementsAre("2 cancel t-1"));
}

TEST_F(TakingTurnsTest, ARefusedFrameIsNoEnd) {
  Feed("slow\nnext\n");
  EXPECT_THAT(Take(Frame("ended { frame: 1 status { code: 3 } }")), IsEmpty());
}

// ---- what is shown ----

std::string Shown(const std::vector<ConverseResponse>& frames, ConversePrinter::Detail detail = {}) {
  std::ostringstream out;
  ConversePrinter printer(Screen{out}, detail);
  for (const ConverseResponse& frame : frames) printer.Print(frame);
  return out.str();
}

TEST(ConversePrinterTest, WhatTheAgentTellsStandsUnderItsRequest) {
  EXPECT_EQ(Shown({Told("1", "t-1"), Told("1", "t-1"), Told("2", "t-2"), Ended("1")}),
            "← 1\ntask t-1 working\ntask t-1 working\n← 2\ntask t-2 working\nrequest 1 ended\n");
}

TEST(ConversePrinterTest, AQuestionSaysWhatAnswersIt) {
  EXPECT_EQ(Shown({Ended("1", "task_id: 't-1' last_state: TASK_STATE_INPUT_REQUIRED")}),
            "request 1 ended: the next line answers it\n");
}

TEST(ConversePrinterTest, ACutSaysWhyAndARefusedFrameWhich) {
  EXPECT_THAT(Shown({Frame("request_id: '1' ended { status { code: 14 message: 'broke off' } }")}),
              HasSubstr("request 1 cut: UNAVAILABLE: broke off\n"));
  EXPECT_THAT(Shown({Frame("ended { frame: 3 status { code: 5 message: 'no request' } }")}),
              HasSubstr("frame 3 cut: NOT_FOUND: no request\n"));
}

TEST(ConversePrinterTest, TextOfStrangersCannotDriveTheTerminal) {
  EXPECT_THAT(Shown({Told("\x1b[2J", "t")}), Not(HasSubstr("\x1b")));
}

TEST(ConversePrinterTest, HeartbeatsAreForTheCurious) {
  EXPECT_EQ(Shown({Frame("heartbeat {}")}), "");
  EXPECT_EQ(Shown({Frame("heartbeat {}")}, {.verbose = true}), "heartbeat\n");
}

TEST(ConversePrinterTest, AfterABadEndTheTasksThatRanCanBeFollowed) {
  std::ostringstream out;
  ConversePrinter printer(Screen{out}, {});
  for (const auto& frame : {Told("1", "t-1"), Told("2", "t-2"), Ended("1")}) printer.Print(frame);
  EXPECT_THAT(printer.Next(/*ok=*/true), IsEmpty());
  const std::vector<Advice> advice = printer.Next(/*ok=*/false);
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_THAT(advice[0].arguments, ElementsAre("subscribe", "t-2"));
}

TEST(ConversePrinterTest, JsonIsOneObjectPerFrame) {
  EXPECT_EQ(ConverseJson(Frame("request_id: '1' sequence: 2 event { message { message_id: 'm' } }")),
            R"({"requestId":"1","sequence":"2","event":{"message":{"messageId":"m"}}})");
  EXPECT_EQ(ConverseJson(Ended("1", "task_id: 't' context_id: 'c' last_state: TASK_STATE_COMPLETED")),
            R"({"requestId":"1","ended":{"code":"OK","message":"","taskId":"t","contextId":"c",)"
            R"("lastState":"TASK_STATE_COMPLETED"}})");
  EXPECT_EQ(ConverseJson(Frame("ended { frame: 3 status { code: 5 message: 'm' } }")),
            R"({"ended":{"frame":3,"code":"NOT_FOUND","message":"m"}})");
}

}  // namespace
}  // namespace sluice::ctl
