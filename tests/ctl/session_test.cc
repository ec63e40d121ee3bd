// The lines that a user types into a session, and the lines that frames are shown as.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "client/ctl/session_lines.h"
#include "client/ctl/session_printer.h"
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
    std::deque<std::string> frames;
    EXPECT_TRUE(lines_.Feed(bytes, last, frames, complaints_).ok());
    std::vector<std::string> said;
    for (const std::string& bytes_of_frame : frames) {
      sluice::v1::SessionRequest frame;
      EXPECT_TRUE(frame.ParseFromString(bytes_of_frame));
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
  EXPECT_THAT(complaints_, HasSubstr("line 1: '/cancle 7' is not /cancel ID\n"));
  EXPECT_THAT(complaints_, HasSubstr("line 2: "));
  EXPECT_THAT(complaints_, HasSubstr("line 3: "));
}

sluice::v1::SessionResponse Frame(const std::string& text) {
  sluice::v1::SessionResponse frame;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &frame)) << text;
  return frame;
}

std::string Text(const std::string& frame) {
  std::ostringstream out;
  SessionPrinter(Screen{out}).Print(Frame(frame));
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

TEST(SessionText, IsALinePerFrame) {
  EXPECT_EQ(Text(R"(opened { upstream: "u" kind: "mcp" })"), "session with u (mcp)\n");
  EXPECT_EQ(Text(R"(message { json: "{\"a\":\n1}" request_id: "7" })"), "message for 7: {\"a\": 1}\n");
  EXPECT_EQ(Text(R"(message { json: "{}" })"), "message: {}\n");
  EXPECT_EQ(Text(R"(ended { request_id: "7" status { code: 1 message: "by you" } })"),
            "request 7 cut: CANCELLED: by you\n");
  EXPECT_EQ(Text(R"(ended { frame: 2 status { code: 3 message: "bad" } })"),
            "message (frame 2) cut: INVALID_ARGUMENT: bad\n");
  EXPECT_EQ(Text(R"(ended { request_id: "7" status { code: 16 message: "who?" } })"),
            "request 7 cut: UNAUTHENTICATED: who?\n  hint: give credentials: -H 'authorization: Bearer TOKEN'\n");
  EXPECT_THAT(Text("draining { time_left { seconds: 2 } }"), HasSubstr("in 2.0 s"));
}

}  // namespace
}  // namespace sluice::ctl
