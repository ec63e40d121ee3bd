// Lines of an MCP client to frames, and frames to lines.
#include "client/ctl/mcp_stdio.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class McpStdioTest : public ::testing::Test {
 protected:
  std::vector<std::string> Feed(std::string_view bytes, bool last = false) {
    std::deque<std::string> frames;
    told_ = stdio_.Feed(bytes, last, frames);
    std::vector<std::string> sent;
    for (const std::string& serialized : frames) {
      sluice::v1::SessionRequest frame;
      EXPECT_TRUE(frame.ParseFromString(serialized));
      sent.push_back(frame.message().json());
    }
    return sent;
  }
  void Request(const std::string& id) { Feed(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"m"})" + "\n"); }

  McpStdio::Lines Take(const std::string& text) {
    sluice::v1::SessionResponse frame;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &frame)) << text;
    return stdio_.Take(frame);
  }
  McpStdio::Lines Message(const std::string& json, const std::string& request_id) {
    sluice::v1::SessionResponse frame;
    frame.mutable_message()->set_json(json);
    frame.mutable_message()->set_request_id(request_id);
    return stdio_.Take(frame);
  }
  // The errors that whoever still waits is told at the end.
  std::string StillWaiting() { return stdio_.End(absl::UnavailableError("gone")).out; }

  McpStdio stdio_;
  McpStdio::Lines told_;  // by the last Feed
};

TEST_F(McpStdioTest, ALineIsAMessageByteForByteHoweverItIsCut) {
  EXPECT_THAT(Feed("{\"b\":1.50,  \"a\":9007199254740993, \"a\":2} \r\n\n \t\n{\"c\""),
              ElementsAre("{\"b\":1.50,  \"a\":9007199254740993, \"a\":2} "));
  EXPECT_THAT(Feed(":1}"), IsEmpty());
  EXPECT_THAT(Feed("\nnot JSON\n{}"), ElementsAre("{\"c\":1}", "not JSON"));
  EXPECT_THAT(Feed("", true), ElementsAre("{}"));
}

TEST_F(McpStdioTest, AMessageBecomesOneLineAndItsStringsStay) {
  EXPECT_EQ(
      Message("{\"jsonrpc\":\"2.0\",\r\n\"method\":\"n\",\n\"params\":{\"t\":\"a\\nb\",\n\"big\":1e999}}", "").out,
      "{\"jsonrpc\":\"2.0\",  \"method\":\"n\", \"params\":{\"t\":\"a\\nb\", \"big\":1e999}}\n");
}

TEST_F(McpStdioTest, WhatIsNoJsonNeverReachesStdout) {
  for (const char* bad : {"{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"a\":}}", "[]", "hello", "",
                          "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"a\":\"\n\"}}",
                          "{\"jsonrpc\":\"2.0\",\"method\":\"n\",\"params\":{\"a\":\"\xff\"}}"}) {
    const McpStdio::Lines lines = Message(bad, "");
    EXPECT_EQ(lines.out, "") << bad;
    EXPECT_THAT(lines.err, HasSubstr("not JSON-RPC")) << bad;
  }
}

TEST_F(McpStdioTest, ARequestThatEndsWithoutAResponseGetsAnErrorWithItsOwnId) {
  Request("\"a\"");
  EXPECT_EQ(Take(R"(ended { request_id: "\"a\"" status { code: 14 message: "say \"no\"\n" } })").out,
            R"({"jsonrpc":"2.0","id":"a","error":{"code":-32603,"message":"say \"no\"\n",)"
            R"("data":{"code":"UNAVAILABLE"}}})"
            "\n");
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, TheErrorTellsReasonAndMetadata) {
  Request("1.0");
  EXPECT_THAT(Take(R"(ended { request_id: "1.0" status { code: 14 message: "cut" details {
                        [type.googleapis.com/google.rpc.ErrorInfo] {
                          reason: "UPSTREAM_STREAM_TRUNCATED" domain: "sluice"
                          metadata { key: "may_have_run" value: "true" } } } } })")
                  .out,
              HasSubstr(R"("id":1.0,"error":{"code":-32603,"message":"cut","data":{"code":"UNAVAILABLE",)"
                        R"("reason":"UPSTREAM_STREAM_TRUNCATED","domain":"sluice",)"
                        R"("metadata":{"may_have_run":"true"}}})"));
}

TEST_F(McpStdioTest, TheCodeOfTheErrorTellsWhoseFaultItWas) {
  Request("1");
  EXPECT_THAT(Take("ended { request_id: '1' status { code: 4 } }").out, HasSubstr("\"code\":-32001,"));
  Request("2");  // the Open is frame 1
  EXPECT_THAT(Take("ended { request_id: '2' frame: 3 status { code: 3 } }").out, HasSubstr("\"code\":-32600,"));
  Request("3");
  EXPECT_THAT(Take("ended { request_id: '3' status { code: 3 } }").out, HasSubstr("\"code\":-32603,"));
}

// The gateway tells no id of a message that it could not read: the frame says which it was. The Open is frame 1.
TEST_F(McpStdioTest, ARequestThatTheGatewayCouldNotReadIsAnsweredByItsFrame) {
  struct Case {
    std::string line, head;
  };
  const std::string deep = std::string(300, '[') + std::string(300, ']');
  const std::string long_id = '"' + std::string(1025, 'a') + '"';
  const std::vector<Case> cases = {
      {R"({"jsonrpc":"2.0","id":7,"method":"m","params":null})", R"("id":7,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","method":"m","params":{"a":)" + deep + R"(},"id":"x"})",
       R"("id":"x","error":{"code":-32600,)"},
      {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"params\":{\"a\":\"\xff\"}}",
       R"("id":7,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","id":7,"method":"m","params":{"a":}})", R"("id":7,"error":{"code":-32600,)"},
      {R"({"id":7,"method":"m"})", R"("id":7,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","\u0069d":7,"method":1})", R"("id":7,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","id":)" + long_id + R"(,"method":"m"})",
       "\"id\":" + long_id + R"(,"error":{"code":-32600,)"},
      {R"([{"jsonrpc":"2.0","id":7,"method":"m"}])", R"("id":null,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","id":[7],"method":"m"})", R"("id":null,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","id":7,"id":8,"method":"m"})", R"("id":null,"error":{"code":-32600,)"},
      {R"({"jsonrpc":"2.0","id":7,"method":"m")", R"("id":null,"error":{"code":-32700,)"},
      {"hello", R"("id":null,"error":{"code":-32700,)"},
  };
  int frame = 1;
  for (const Case& c : cases) {
    Feed(c.line + "\n");
    const McpStdio::Lines lines =
        Take("ended { frame: " + std::to_string(++frame) + " status { code: 3 message: 'JSON-RPC: no' } }");
    EXPECT_THAT(lines.out, StartsWith(R"({"jsonrpc":"2.0",)" + c.head)) << c.line;
    EXPECT_THAT(lines.err, HasSubstr("INVALID_ARGUMENT: JSON-RPC: no")) << c.line;
  }
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, WhatIsNoRequestIsNotAnsweredWhenItIsRefused) {
  int frame = 1;
  for (const char* line : {R"({"jsonrpc":"2.0","method":"notifications/x","params":null})",
                           R"({"jsonrpc":"2.0","id":0,"error":5})", R"({"jsonrpc":"2.0","id":0,"id":0,"result":{}})"}) {
    Feed(std::string(line) + "\n");
    const McpStdio::Lines lines = Take("ended { frame: " + std::to_string(++frame) + " status { code: 3 } }");
    EXPECT_EQ(lines.out, "") << line;
    EXPECT_THAT(lines.err, HasSubstr("message " + std::to_string(frame))) << line;
  }
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, OfTwoRequestsWithOneIdTheRefusedOneIsAnswered) {
  Request("7");
  Request("7");
  EXPECT_THAT(Take("ended { request_id: '7' frame: 3 status { code: 3 } }").out, HasSubstr("\"id\":7,"));
  EXPECT_THAT(Message(R"({"jsonrpc":"2.0","id":7,"result":{}})", "7").out, HasSubstr("\"result\""));
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, ALineThatNoGatewayTakesIsAnsweredAndNotSent) {
  const std::string much(16 << 20, 'a');
  EXPECT_THAT(Feed(R"({"jsonrpc":"2.0","method":"m","params":{"a":")" + much + R"("},"id":7})" + "\n"), IsEmpty());
  EXPECT_THAT(told_.out, StartsWith(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32600,"message":"the message is too)"));
  EXPECT_THAT(told_.err, HasSubstr("too long"));
  Feed(much + "\n");
  EXPECT_THAT(told_.out, StartsWith(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)"));
  Feed(R"({"jsonrpc":"2.0","method":"m","params":{"a":")" + much + "\"}}\n");
  EXPECT_EQ(told_.out, "") << "nobody waits for the answer to a notification";
  for (int i = 0; i < 5; ++i) EXPECT_THAT(Feed(much), IsEmpty()) << "more than 64 MiB: not kept";
  EXPECT_THAT(Feed("\n{\"id\":8,\"method\":\"m\"}\n"), ElementsAre("{\"id\":8,\"method\":\"m\"}"));
  EXPECT_THAT(told_.out, StartsWith(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,)"));
  EXPECT_THAT(Take("ended { frame: 2 status { code: 3 } }").out, HasSubstr("\"id\":8,")) << "frames sent are counted";
}

TEST_F(McpStdioTest, FailuresThatNobodyWaitsForAreToldOnStderrAlone) {
  const McpStdio::Lines notification = Take("ended { frame: 5 status { code: 14 message: 'x' } }");
  EXPECT_EQ(notification.out, "");
  EXPECT_EQ(notification.err, "sluicectl: message 5: UNAVAILABLE: x\n");
  EXPECT_EQ(Take("ended { request_id: '9' status { code: 14 } }").out, "") << "nobody asked with that id";
}

TEST_F(McpStdioTest, ARequestThatTheClientCancelledIsNotAnswered) {
  Request("7");
  Feed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"reason":"r","requestId":7}})"
       "\n");
  EXPECT_EQ(Take("ended { request_id: '7' status { code: 1 } }").out, "");
  Request("7");  // a new one with the id: the cancel was of the other
  EXPECT_THAT(Take("ended { request_id: '7' status { code: 14 } }").out, HasSubstr("\"id\":7,"));
}

TEST_F(McpStdioTest, ACancelOfWhatDoesNotRunIsNotRemembered) {
  Feed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})"
       "\n");
  Request("7");
  EXPECT_THAT(Take("ended { request_id: '7' status { code: 14 } }").out, HasSubstr("\"id\":7,"));
}

TEST_F(McpStdioTest, TheEndOfTheCallAnswersAllThatStillWait) {
  for (const char* id : {"1", "2", "3", "\"1\""}) Request(id);
  Feed(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}})"
       "\n");
  Message(R"({"jsonrpc":"2.0","id":3,"result":{}})", "3");
  const std::string out = StillWaiting();
  EXPECT_THAT(out, HasSubstr(R"("id":1,"error":{"code":-32603,"message":"gone","data":{"code":"UNAVAILABLE"}}})"));
  EXPECT_THAT(out, HasSubstr("\"id\":\"1\",\"error\""));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
}

TEST_F(McpStdioTest, AStreamOfResponsesThatEndsWellNeedsNoMore) {
  Request("1");
  Message(R"({"jsonrpc":"2.0","id":1,"result":{}})", "1");
  const McpStdio::Lines end = Take("ended { request_id: '1' status {} }");
  EXPECT_EQ(end.out + end.err, "");
}

TEST_F(McpStdioTest, AnErrorWithoutTheIdGetsTheIdOfTheRequestThatItAnswers) {
  for (const char* id : {"\"id\":null,", ""}) {
    Request("\"a\"");
    EXPECT_EQ(
        Message("{\"jsonrpc\":\"2.0\"," + std::string(id) + "\"error\":{\"code\":-32700,\n\"data\":1.50}}", "\"a\"")
            .out,
        "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":-32700, \"data\":1.50}}\n");
  }
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, AResponseThatIsNoJsonInsideEndsItsRequest) {
  Request("1");
  EXPECT_THAT(Message(R"({"jsonrpc":"2.0","id":1,"result":{"a":}})", "1").out, HasSubstr("\"id\":1,\"error\":"));
  EXPECT_EQ(StillWaiting(), "");
}

TEST_F(McpStdioTest, AServersOwnRequestIsNoAnswer) {
  Request("0");
  EXPECT_THAT(Message(R"({"jsonrpc":"2.0","id":0,"method":"roots/list"})", "0").out, HasSubstr("roots/list"));
  EXPECT_THAT(StillWaiting(), HasSubstr("\"id\":0,"));
}

TEST_F(McpStdioTest, OtherFramesSayNothingOnStdout) {
  for (const char* frame : {"opened { upstream: 'u' }", "heartbeat {}", "negotiated { session_id: 's' }"}) {
    const McpStdio::Lines lines = Take(frame);
    EXPECT_EQ(lines.out + lines.err, "") << frame;
  }
  const McpStdio::Lines draining = Take("draining { time_left { seconds: 2 } }");
  EXPECT_EQ(draining.out, "");
  EXPECT_THAT(draining.err, HasSubstr("2.0 s"));
}

}  // namespace
}  // namespace sluice::ctl
