// The lines that a user types into a session, and the lines that frames are shown as.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/ctl/session_lines.h"
#include "client/ctl/session_printer.h"
#include "client/ctl/session_sender.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SessionLinesTest : public ::testing::Test {
 protected:
  // What the frames say, as short text.
  std::vector<std::string> Feed(std::string_view bytes, bool last) {
    std::vector<sluice::v1::SessionRequest> frames;
    EXPECT_TRUE(lines_.Feed(bytes, last, frames, complaints_).ok());
    std::vector<std::string> said;
    for (const sluice::v1::SessionRequest& frame : frames) {
      said.push_back(frame.has_cancel() ? "cancel " + frame.cancel().id() : "json " + frame.message().json());
    }
    return said;
  }

  SessionLines lines_;
  std::string complaints_;
};

TEST_F(SessionLinesTest, ALineIsAMessageByteForByte) {
  EXPECT_THAT(Feed("{\"b\":1.50,  \"a\":2}\n\n  {}\r\n", false), ElementsAre("json {\"b\":1.50,  \"a\":2}", "json {}"));
}

TEST_F(SessionLinesTest, ALineComesWhenItIsComplete) {
  EXPECT_THAT(Feed("{\"a\"", false), IsEmpty());
  EXPECT_THAT(Feed(":1}\n{\"b\":2}", false), ElementsAre("json {\"a\":1}"));
  EXPECT_THAT(Feed("", true), ElementsAre("json {\"b\":2}"));
}

TEST_F(SessionLinesTest, CancelTakesAnIdAsATokenAndMayLeaveOutTheQuotes) {
  EXPECT_THAT(Feed("/cancel 7\n/cancel \"a b\"\n /cancel  abc \n/cancel -1.5e3\n", false),
              ElementsAre("cancel 7", "cancel \"a b\"", "cancel \"abc\"", "cancel -1.5e3"));
  EXPECT_EQ(complaints_, "");
}

TEST_F(SessionLinesTest, ASlipOfTheKeyboardIsToldAndSkipped) {
  EXPECT_THAT(Feed("/cancle 7\n/cancel\n/cancel \n{}\n", false), ElementsAre("json {}"));
  EXPECT_THAT(complaints_, HasSubstr("line 1: '/cancle 7' is neither /cancel ID nor /help\n"));
  EXPECT_THAT(complaints_, HasSubstr("line 2: "));
  EXPECT_THAT(complaints_, HasSubstr("line 3: "));
}

TEST_F(SessionLinesTest, HelpIsForTheUserAlone) {
  EXPECT_THAT(Feed("/help\n", false), IsEmpty());
  EXPECT_THAT(complaints_, HasSubstr("/cancel ID"));
}

class SessionSenderTest : public ::testing::Test {
 protected:
  // How many frames may go.
  std::size_t Feed(const std::string& lines) {
    SessionSender::Frames go;
    std::string words;
    EXPECT_TRUE(sender_.Feed(lines, /*last=*/false, go, words).ok());
    return go.size();
  }
  std::size_t Take(const sluice::v1::SessionResponse& frame) {
    SessionSender::Frames go;
    sender_.Take(frame, go);
    return go.size();
  }
  static sluice::v1::SessionResponse Answer(const std::string& id, const std::string& members) {
    sluice::v1::SessionResponse frame;
    frame.mutable_message()->set_json(R"({"jsonrpc":"2.0",)" + members + "}");
    frame.mutable_message()->set_request_id(id);
    return frame;
  }

  const std::string initialize_ = R"({"jsonrpc":"2.0","id":1,"method":"initialize"})"
                                  "\n";
  const std::string ping_ = R"({"jsonrpc":"2.0","id":2,"method":"ping"})"
                            "\n";
  SessionSender sender_;
};

TEST_F(SessionSenderTest, NothingFollowsAnInitializeBeforeItsAnswer) {
  EXPECT_EQ(Feed(ping_ + initialize_ + ping_ + "/cancel 2\n"), 2u);
  EXPECT_TRUE(sender_.holds());
  EXPECT_EQ(Take(Answer("1", R"("method":"notifications/message")")), 0u);
  EXPECT_EQ(Take(Answer("2", R"("id":2,"result":{})")), 0u);
  EXPECT_EQ(Take(Answer("1", R"("id":1,"result":{})")), 2u);
  EXPECT_FALSE(sender_.holds());
  EXPECT_EQ(Feed(ping_), 1u);
}

TEST_F(SessionSenderTest, AnInitializeThatFailsHoldsUpNothingMore) {
  Feed(initialize_ + ping_);
  EXPECT_EQ(Take(Answer("1", R"("id":null,"error":{})")), 1u);
  Feed(initialize_ + ping_);
  sluice::v1::SessionResponse ended;
  ended.mutable_ended()->set_request_id("1");
  EXPECT_EQ(Take(ended), 1u);
}

sluice::v1::SessionResponse Frame(const std::string& text) {
  sluice::v1::SessionResponse frame;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &frame)) << text;
  return frame;
}

std::string Text(const std::string& frame, SessionPrinter::Detail detail = {}) {
  std::ostringstream out;
  SessionPrinter(Screen{out}, detail).Print(Frame(frame));
  return out.str();
}

std::string MessageText(const std::string& json, const std::string& request_id = "") {
  std::ostringstream out;
  sluice::v1::SessionResponse frame;
  frame.mutable_message()->set_json(json);
  frame.mutable_message()->set_request_id(request_id);
  SessionPrinter(Screen{out}, {}).Print(frame);
  return out.str();
}

std::string SentText(const std::string& json, SessionPrinter::Detail detail = {}) {
  std::ostringstream out;
  sluice::v1::SessionRequest frame;
  frame.mutable_message()->set_json(json);
  SessionPrinter(Screen{out}, detail).PrintSent(frame);
  return out.str();
}

TEST(SessionJson, HasTheMessageAsItCameOnOneLine) {
  EXPECT_EQ(
      SessionJson(Frame(R"(message { json: "{\"b\":1.50,\n \"a\":12345678901234567890}" request_id: "7"
                                           event_id: "e\"1" sequence: 3 })")),
      R"({"message":{"requestId":7,"eventId":"e\"1","sequence":3,"json":{"b":1.50,  "a":12345678901234567890}}})");
}

TEST(SessionJson, AMessageThatIsNotJsonBecomesAString) {
  EXPECT_EQ(SessionJson(Frame(R"(message { json: "{\"a\":}" request_id: "\"x" sequence: 1 })")),
            R"({"message":{"requestId":"\"x","sequence":1,"json":"{\"a\":}"}})");
}

TEST(SessionJson, TellsWhyARequestEnded) {
  EXPECT_EQ(SessionJson(Frame(R"(ended { request_id: "\"a\"" frame: 4 status { code: 3 message: "no" } })")),
            R"({"ended":{"requestId":"a","frame":4,"code":"INVALID_ARGUMENT","message":"no"}})");
}

TEST(SessionJson, OtherFramesAreProtobufJson) {
  EXPECT_EQ(SessionJson(Frame(R"(opened { upstream: "u" kind: "mcp" })")),
            R"({"opened":{"upstream":"u","kind":"mcp"}})");
  EXPECT_EQ(SessionJson(Frame("draining { time_left { seconds: 2 } }")), R"({"draining":{"timeLeft":"2s"}})");
}

TEST(SessionText, AMessageTellsItsDirectionItsRequestAndWhatItIs) {
  struct Row {
    const char* json;
    const char* request_id;
    const char* label;
  };
  for (const Row& row : std::initializer_list<Row>{
           {R"({"jsonrpc":"2.0","id":7,"result":{}})", "7", "← result of 7 "},
           {R"({"jsonrpc":"2.0","id":"a","error":{}})", "\"a\"", "← error of \"a\" "},
           {R"({"jsonrpc":"2.0","id":null,"error":{}})", "7", "← for 7: error of null "},
           {R"({"jsonrpc":"2.0","method":"notifications/progress"})", "7", "← for 7: notifications/progress "},
           {R"({"jsonrpc":"2.0","method":"notifications/message"})", "", "← notifications/message "},
           {R"({"jsonrpc":"2.0","id":0,"method":"roots/list"})", "", "← 0 roots/list "},
           {R"({"jsonrpc":"2.0","id":0,"method":"sampling/createMessage"})", "7", "← for 7: 0 sampling/createMessage "},
           {"hello", "7", "← for 7: "}}) {
    EXPECT_EQ(MessageText(row.json, row.request_id), row.label + std::string(row.json) + "\n");
  }
  EXPECT_EQ(MessageText("{\"jsonrpc\":\"2.0\",\n\"method\":\"\x1b[2J\"}"),
            "← {\"jsonrpc\":\"2.0\", \"method\":\"\\x1b[2J\"}\n");
}

TEST(SessionText, WhatIsSentIsShownUnlessItWasTyped) {
  const std::string request = R"({"jsonrpc":"2.0","id":7,"method":"ping"})";
  EXPECT_EQ(SentText(request), "→ 7 ping " + request + "\n");
  EXPECT_EQ(SentText(request, {.typed = true}), "");
}

TEST(SessionText, IsALinePerFrame) {
  EXPECT_EQ(Text(R"(opened { upstream: "u" kind: "mcp" era: "auto" })"), "session with u (mcp auto)\n");
  EXPECT_EQ(Text(R"(opened { upstream: "u" kind: "jsonrpc" })"), "session with u (jsonrpc)\n");
  EXPECT_EQ(Text(R"(ended { request_id: "7" status { code: 1 message: "by you" } })"),
            "request 7 cut: CANCELLED: by you\n");
  EXPECT_EQ(Text(R"(ended { frame: 2 status { code: 3 message: "bad" } })"),
            "message (frame 2) cut: INVALID_ARGUMENT: bad\n");
  EXPECT_EQ(Text(R"(ended { request_id: "7" status { code: 16 message: "who?" } })"),
            "request 7 cut: UNAUTHENTICATED: who?\n  hint: give credentials: -H 'authorization: Bearer TOKEN'\n");
}

TEST(SessionText, TokensArePrintedAsTheyAreTaken) {
  EXPECT_EQ(Text(R"(negotiated { era: "legacy" protocol_version: "2025-11-25" resume_token: "\373\377" })"),
            "speaks MCP 2025-11-25 (legacy); resume token -_8\n");
  EXPECT_EQ(Text(R"(draining { time_left { seconds: 2 } resume_token: "a" })"),
            "the gateway is going away in 2.0 s: begin nothing new, end with Ctrl-D; resume token YQ\n");
}

TEST(SessionText, HeartbeatsAndTheSessionsIdAreForWhoAsks) {
  const std::string negotiated = R"(negotiated { era: "legacy" protocol_version: "2025-11-25" session_id: "s3cret" })";
  EXPECT_EQ(Text("heartbeat {}"), "");
  EXPECT_EQ(Text("heartbeat {}", {.verbose = true}), "heartbeat\n");
  EXPECT_EQ(Text(negotiated), "speaks MCP 2025-11-25 (legacy)\n");
  EXPECT_EQ(Text(negotiated, {.verbose = true}), "speaks MCP 2025-11-25 (legacy), session s3cret\n");
}

TEST(SessionText, ASessionThatWasCutSaysHowToGoOn) {
  std::ostringstream out;
  SessionPrinter printer(Screen{out}, {});
  EXPECT_THAT(printer.Next(false), IsEmpty());
  printer.Print(Frame(R"(negotiated { resume_token: "a" })"));
  printer.Print(Frame(R"(draining { resume_token: "b" })"));
  ASSERT_EQ(printer.Next(false).size(), 1u);
  EXPECT_THAT(printer.Next(false)[0].arguments, ElementsAre("session", "--resume", "Yg"));
  EXPECT_THAT(printer.Next(true), IsEmpty());
}

}  // namespace
}  // namespace sluice::ctl
