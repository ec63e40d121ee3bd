// The built program against a server of the test: what a user sees, and what the server sees.
#include "tests/ctl/sluicectl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace sluice::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kTask[] = "3f2a91c0-7b1d-4c5e-9a10-5d2f6a7b8c9d";

TEST_F(Sluicectl, StreamShowsTheEventsAndThatTheCallEnded) {
  const auto child = Run({"stream", "hello"}, 0);
  EXPECT_EQ(child->out(), "task " + std::string(kTask) +
                              " working\n"
                              "  you said: hello\n"
                              "  chunk 2 of 2\n"
                              "task 3f2a91c0… completed\n");
  EXPECT_THAT(child->err(), MatchesRegex("ended: OK, 4 events, [0-9.]+ s\n"));
}

TEST_F(Sluicectl, StreamInJsonIsALinePerEventAndTheEndOnStderr) {
  const auto child = Run({"-o", "json", "stream", "hello"}, 0);
  EXPECT_THAT(child->out(), StartsWith("{\"task\":{\"id\":\""));
  EXPECT_THAT(child->out(), EndsWith("{\"state\":\"TASK_STATE_COMPLETED\"}}}\n"));
  EXPECT_THAT(child->err(),
              MatchesRegex("\\{\"end\":\\{\"outcome\":\"ended\",\"code\":\"OK\",\"events\":4,.*\\}\\}\n"));
}

TEST_F(Sluicectl, EventsAreThereBeforeTheStreamEnds) {
  auto child = Start({"stream", "silent"});
  EXPECT_TRUE(child->WaitForOut("working\n"));
  child->Signal(SIGINT);
  child->Finish();
}

TEST_F(Sluicectl, CtrlCCancelsASilentStreamAndSaysHowToGoOn) {
  auto child = Start({"stream", "silent"});
  ASSERT_TRUE(child->WaitForOut("working\n"));
  child->Signal(SIGINT);
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
  EXPECT_EQ(child->Finish(), 65);
  EXPECT_THAT(child->err(), StartsWith("cut: CANCELLED: interrupted by you, 1 event, "));
  EXPECT_THAT(child->err(), HasSubstr("\n  resume: sluicectl subscribe " + std::string(kTask) + "\n"));
}

TEST_F(Sluicectl, ATerminateSignalCancelsToo) {
  auto child = Start({"stream", "silent"});
  ASSERT_TRUE(child->WaitForOut("working\n"));
  child->Signal(SIGTERM);
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
  EXPECT_EQ(child->Finish(), 65);
}

TEST_F(Sluicectl, ASecondCtrlCEndsAProcessThatIsStuck) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer holds signals back while the program is within write(2)";
#endif
  auto child = Start({"stream", "flood"});
  ASSERT_TRUE(child->WaitForOutWaiting(60'000));  // nobody reads: it is stuck in writing
  EXPECT_EQ(child->SignalUntilEnd(SIGINT), 65);
}

TEST_F(Sluicectl, CtrlCWhileTheTextIsTypedEndsWithoutACall) {
  auto child = Start({"send", "-"});
  child->Write("half a text");
  ASSERT_TRUE(child->WaitForInputTaken());
  child->Signal(SIGINT);
  ASSERT_TRUE(child->WaitForEnd());
  EXPECT_EQ(child->Finish(), 65);
}

TEST_F(Sluicectl, ACutStreamIsSaidToBeOneWithReasonAndResume) {
  const auto child = Run({"stream", "cut"}, 78);
  EXPECT_THAT(child->err(), StartsWith("cut: UNAVAILABLE: the upstream closed the stream before the task was over "
                                       "(UPSTREAM_STREAM_TRUNCATED), 2 events, "));
  EXPECT_THAT(child->err(), HasSubstr("\n  may_have_run: true\n"));
  EXPECT_THAT(child->err(), HasSubstr("\n  resume: sluicectl subscribe " + std::string(kTask) + "\n"));
}

TEST_F(Sluicectl, ACutStreamInJsonTellsTheSame) {
  const auto child = Run({"stream", "cut", "--output", "json"}, 78);
  EXPECT_THAT(child->err(), HasSubstr("\"outcome\":\"cut\",\"code\":\"UNAVAILABLE\""));
  EXPECT_THAT(child->err(), HasSubstr("\"reason\":\"UPSTREAM_STREAM_TRUNCATED\",\"domain\":\"sluice\""));
}

TEST_F(Sluicectl, AnAddressThatWasGivenIsPartOfTheAdvice) {
  const auto child = Run({"--address", gateway_.address(), "stream", "cut"}, 78);
  EXPECT_THAT(child->err(), HasSubstr("sluicectl --address " + gateway_.address() + " subscribe "));
}

TEST_F(Sluicectl, ATaskThatAsksEndsWellWithTheCommandToAnswer) {
  const auto child = Run({"stream", "ask"}, 0);
  EXPECT_THAT(child->out(), HasSubstr("input-required\n  which one?\n"));
  EXPECT_THAT(child->err(), HasSubstr("\n  answer: sluicectl stream --task " + std::string(kTask) + " TEXT\n"));
}

TEST_F(Sluicectl, TheTimeoutEndsASilentCall) {
  const auto child = Run({"stream", "mute", "--timeout", "100ms"}, 68);
  EXPECT_THAT(child->err(), StartsWith("failed: DEADLINE_EXCEEDED"));
  EXPECT_THAT(child->err(), HasSubstr("--timeout"));
}

TEST_F(Sluicectl, SendShowsTheAnswerAndPassesTaskAndContext) {
  EXPECT_EQ(Run({"send", "hi", "--task", "T", "--context", "C"}, 0)->out(), "agent:\n  you said: hi in TC\n");
}

TEST_F(Sluicectl, SendReadsItsTextFromStdin) {
  EXPECT_THAT(Run({"send", "-"}, 0, "two\nlines\n")->out(), HasSubstr("  you said: two\n  lines\n"));
}

TEST_F(Sluicectl, SendRefusesAnEmptyStdinAndBytesThatAreNotUtf8) {
  EXPECT_THAT(Run({"send", "-"}, 64)->err(), HasSubstr("TEXT"));
  EXPECT_THAT(Run({"send", "\xff"}, 64)->err(), HasSubstr("UTF-8"));
}

TEST_F(Sluicectl, SendThatReturnsAtOnceSaysHowToFollowTheTask) {
  const auto child = Run({"send", "hi", "--return-immediately"}, 0);
  EXPECT_THAT(child->out(), HasSubstr(" submitted\n"));
  EXPECT_THAT(child->err(), HasSubstr("follow: sluicectl subscribe " + std::string(kTask)));
}

TEST_F(Sluicectl, WordsOfAnAgentCannotDriveTheTerminal) {
  const auto child = Run({"send", "evil"}, 0);
  EXPECT_THAT(child->out(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(child->out(), HasSubstr("\\x1b]0;owned\\x07"));
}

TEST_F(Sluicectl, ARetryDelayIsShown) {
  const auto child = Run({"send", "busy"}, 72);
  EXPECT_THAT(child->err(), StartsWith("failed: RESOURCE_EXHAUSTED: too many calls (OVER_LIMIT), 0 events, "));
  EXPECT_THAT(child->err(), HasSubstr("\n  try again after: 7.0 s\n"));
}

TEST_F(Sluicectl, AFieldViolationIsShown) {
  EXPECT_THAT(Run({"send", "bad"}, 67)->err(), HasSubstr("\n  field message.parts: must not be empty\n"));
}

TEST_F(Sluicectl, GetShowsATaskAndItsHistory) {
  EXPECT_THAT(Run({"get", kTask}, 0)->out(), HasSubstr("user:\n  message 1\nagent:\n  message 2\n"));
  EXPECT_THAT(Run({"get", kTask, "--history", "0"}, 0)->out(), Not(HasSubstr("message")));
}

TEST_F(Sluicectl, GetOfAnUnknownTaskTellsItsReason) {
  const auto child = Run({"get", "nope"}, 69);
  EXPECT_THAT(child->err(), StartsWith("failed: NOT_FOUND: no task nope (TASK_NOT_FOUND)"));
  EXPECT_THAT(child->err(), HasSubstr("reason: TASK_NOT_FOUND (a2a-protocol.org)"));
}

TEST_F(Sluicectl, ListPassesItsFilters) {
  const auto child =
      Run({"list", "--status", "working", "--context", "C", "--page-size", "7", "--page-token", "P", "--artifacts"}, 0);
  EXPECT_EQ(child->out(),
            std::string(kTask) + "  working  context C\n1 of 7 tasks; next page: --page-token P+artifacts\n");
}

TEST_F(Sluicectl, CancelShowsTheTaskAsItStands) { EXPECT_EQ(Run({"cancel", "t"}, 0)->out(), "task t canceled\n"); }

TEST_F(Sluicectl, SubscribeFollowsATask) {
  EXPECT_THAT(Run({"subscribe", kTask}, 0)->out(), EndsWith("task 3f2a91c0… completed\n"));
  EXPECT_THAT(Run({"subscribe", "nope"}, 69)->err(), HasSubstr("hint: see the tasks there are: sluicectl list"));
}

TEST_F(Sluicectl, CardShowsTheAgent) {
  EXPECT_THAT(Run({"card"}, 0)->out(), StartsWith("Fake agent 1.2\n"));
  EXPECT_EQ(Run({"card", "-o", "json"}, 0)->out(),
            "{\"name\":\"Fake agent\",\"version\":\"1.2\",\"skills\":[{\"id\":\"echo\"}]}\n");
}

TEST_F(Sluicectl, TheServerSeesMetadataVersionAndUserAgent) {
  Run({"get", kTask, "-H", "x-test: a b", "-H", "data-bin: AAE="}, 0);
  EXPECT_EQ(gateway_.journal().Metadata("x-test"), "a b");
  EXPECT_EQ(gateway_.journal().Metadata("data-bin"), std::string("\0\1", 2));
  EXPECT_EQ(gateway_.journal().Metadata("a2a-version"), "1.0");
  EXPECT_THAT(gateway_.journal().Metadata("user-agent"), StartsWith("sluicectl/"));
}

TEST_F(Sluicectl, AVersionOfTheUsersIsNotOverwritten) {
  Run({"get", kTask, "-H", "a2a-version: 99.0"}, 0);
  EXPECT_EQ(gateway_.journal().Metadata("a2a-version"), "99.0");
}

TEST_F(Sluicectl, HealthIsASuccessOnlyIfTheServiceServes) {
  EXPECT_EQ(Run({"health"}, 0)->out(), "gateway SERVING\n");
  EXPECT_EQ(Run({"health", "upstream/down"}, 78)->out(), "upstream/down NOT_SERVING\n");
  EXPECT_THAT(Run({"health", "nope"}, 69)->err(), StartsWith("failed: NOT_FOUND"));
}

TEST_F(Sluicectl, HealthWatchShowsEachChange) {
  EXPECT_EQ(Run({"health", "--watch"}, 0)->out(), "gateway SERVING\ngateway NOT_SERVING\n");
}

TEST_F(Sluicectl, CallTakesAMethodInEitherSpellingAndJson) {
  for (const char* method : {"lf.a2a.v1.A2AService/CancelTask", "lf.a2a.v1.A2AService.CancelTask"}) {
    EXPECT_EQ(Run({"call", method, "-d", R"({"id":"t"})", "-o", "json"}, 0)->out(),
              "{\"id\":\"t\",\"status\":{\"state\":\"TASK_STATE_CANCELED\"}}\n");
  }
}

TEST_F(Sluicectl, CallReadsItsMessageFromStdinOrAFile) {
  const std::string path = ::testing::TempDir() + "sluicectl_call.json";
  std::ofstream(path) << "{\n  \"service\": \"upstream/down\"\n}\n";
  const std::string method = "grpc.health.v1.Health/Check";
  const std::string down = "{\"status\":\"NOT_SERVING\"}\n";
  EXPECT_EQ(Run({"call", method, "-d", "@" + path, "-o", "json"}, 0)->out(), down);
  EXPECT_EQ(Run({"call", method, "-d", "-", "-o", "json"}, 0, "{\"service\":\"upstream/down\"}")->out(), down);
  std::remove(path.c_str());
}

TEST_F(Sluicectl, CallWithoutDataSendsAnEmptyMessageAndShowsIndentedJson) {
  EXPECT_EQ(Run({"call", "grpc.health.v1.Health/Check"}, 0)->out(), "{\n \"status\": \"SERVING\"\n}\n");
}

TEST_F(Sluicectl, CallOfAStreamShowsEachMessage) {
  EXPECT_EQ(Run({"call", "grpc.health.v1.Health/Watch", "-o", "json"}, 0)->out(),
            "{\"status\":\"SERVING\"}\n{\"status\":\"NOT_SERVING\"}\n");
}

TEST_F(Sluicectl, CallOfABidirectionalMethodSendsEachObjectOfStdinAsItComes) {
  auto child = Start({"call", "sluice.v1.Gateway/Session", "-d", "-", "-o", "json"});
  child->Write("{\"open\":{\"upstream\":\"u\"}}\n");
  ASSERT_TRUE(child->WaitForOut("{\"opened\":{\"upstream\":\"u\",\"kind\":\"jsonrpc\"}}\n"));
  child->Write("{\"cancel\":\n{\"id\":\"Nw==\"}}");
  ASSERT_TRUE(child->WaitForOut("\"requestId\":\"Nw==\""));
  EXPECT_EQ(child->Finish(), 0);
}

TEST_F(Sluicectl, CallOfABidirectionalMethodTakesSeveralObjectsFromTheCommandLine) {
  const auto child = Run({"call", "sluice.v1.Gateway/Session", "-d", R"({"open":{}} {"cancel":{"id":"Nw=="}})"}, 0);
  EXPECT_THAT(child->err(), StartsWith("ended: OK, 2 events"));
}

TEST_F(Sluicectl, CallNamesWhatIsWrongWithItsArguments) {
  EXPECT_THAT(Run({"call", "no.Such/Method"}, 64)->err(), HasSubstr("lf.a2a.v1.A2AService/GetTask"));
  EXPECT_THAT(Run({"call", "grpc.health.v1.Health/Check", "-d", R"({"servise":""})"}, 64)->err(), HasSubstr("servise"));
  EXPECT_THAT(Run({"call", "grpc.health.v1.Health/Check", "-d", "{} {}"}, 64)->err(), HasSubstr("takes one message"));
  EXPECT_THAT(Run({"call", "grpc.health.v1.Health/Check", "-d", "@/nope"}, 64)->err(), HasSubstr("/nope"));
}

TEST_F(Sluicectl, ABadObjectInTheMiddleOfAStreamCancelsTheCallAndIsNamed) {
  auto child = Start({"call", "sluice.v1.Gateway/Session", "-d", "-"});
  child->Write("{\"open\":{}}\n");
  ASSERT_TRUE(child->WaitForOut("opened"));
  child->Write("{\"close\":{}}\n");
  EXPECT_EQ(child->Finish(), 64);
  EXPECT_THAT(child->err(), HasSubstr("stdin: message 2"));
  EXPECT_THAT(child->err(), HasSubstr("close"));
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
}

TEST_F(Sluicectl, SessionSendsLinesAndShowsFramesAsTheyCome) {
  auto child = Start({"session", "--upstream", "tools", "--header", "X-Key: k"});
  ASSERT_TRUE(child->WaitForOut("session with tools/k (jsonrpc)\n"));
  child->Write("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}\n");
  ASSERT_TRUE(child->WaitForOut("← result of 7 {\"jsonrpc\":\"2.0\",\"id\":7, \"result\":1.50}\n"));
  EXPECT_EQ(child->Finish(), 0);
  EXPECT_THAT(child->err(), StartsWith("ended: OK, 2 events"));
}

TEST_F(Sluicectl, SessionInJsonHasTheMessagesAsRawJson) {
  const auto child = Run({"-o", "json", "session"}, 0, "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\"}");
  EXPECT_THAT(child->out(), HasSubstr("{\"opened\":"));
  EXPECT_THAT(child->out(), HasSubstr("{\"message\":{\"requestId\":\"a\",\"sequence\":1,\"json\":{\"jsonrpc\":\"2.0\","
                                      "\"id\":\"a\", \"result\":1.50}}}\n"));
}

TEST_F(Sluicectl, SessionCancelsOneRequestAndGoesOn) {
  auto child = Start({"session"});
  child->Write("{\"jsonrpc\":\"2.0\",\"id\":\"slow\",\"method\":\"wait\"}\n/cancel slow\n/nonsense\n");
  ASSERT_TRUE(child->WaitForOut("request \"slow\" cut: CANCELLED: cancelled by the client\n"));
  ASSERT_TRUE(child->WaitForErr("line 3: '/nonsense' is neither /cancel ID nor /help\n"));
  child->Write("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\"}\n");
  ASSERT_TRUE(child->WaitForOut("← result of 8 "));
  EXPECT_EQ(child->Finish(), 0);
}

TEST_F(Sluicectl, SessionFromAFileShowsBothDirectionsAndEnds) {
  const std::string path = ::testing::TempDir() + "sluicectl_session.jsonl";
  const std::string request = R"({"jsonrpc":"2.0","id":7,"method":"ping"})";
  std::ofstream(path) << request << "\n";
  EXPECT_THAT(Run({"session", path}, 0)->out(), HasSubstr("→ 7 ping " + request + "\n"));
  EXPECT_THAT(Run({"session", path}, 0)->out(), HasSubstr("← result of 7 {"));
  std::remove(path.c_str());
  EXPECT_THAT(Run({"session", path}, 64)->err(), HasSubstr("FILE: cannot read '" + path + "': No such file"));
}

TEST_F(Sluicectl, SessionFromAFileWaitsForTheAnswerToInitialize) {
  const std::string head = R"({"jsonrpc":"2.0","id":)";
  const auto child = Run({"session"}, 0, head + "1,\"method\":\"initialize\"}\n" + head + "2,\"method\":\"ping\"}\n");
  EXPECT_LT(child->out().find("← result of 1"), child->out().find("→ 2 ping")) << child->out();
  EXPECT_THAT(child->out(), HasSubstr("← result of 2"));
}

TEST_F(Sluicectl, SessionSendsPolicyAndTokenAndPrintsTheNextToken) {
  const auto child = Run({"session", "--on-cancel=close", "--resume=-_8"}, 0);
  EXPECT_THAT(child->out(), HasSubstr("speaks MCP 2025-11-25 (legacy); resume token -_8K\n"));
  EXPECT_EQ(gateway_.journal().Metadata("open.on_cancel"), "CANCEL_POLICY_CLOSE");
}

TEST_F(Sluicectl, SessionTellsARefusedFrameAndGoesOn) {
  auto child = Start({"session"});
  child->Write("hello\n");
  ASSERT_TRUE(child->WaitForOut("message (frame 2) cut: INVALID_ARGUMENT: not JSON-RPC\n"));
  EXPECT_EQ(child->Finish(), 0);
}

TEST_F(Sluicectl, CtrlCCancelsASessionThatWaitsForInput) {
  auto child = Start({"session"});
  ASSERT_TRUE(child->WaitForOut("session with"));
  child->Signal(SIGINT);
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
  EXPECT_EQ(child->Finish(), 65);
}

TEST_F(Sluicectl, ABadFlagIsNamedAndExits64) {
  const auto child = Run({"stream", "hi", "--bogus"}, 64);
  EXPECT_THAT(child->err(), HasSubstr("--bogus"));
  EXPECT_EQ(child->out(), "");
}

TEST_F(Sluicectl, HelpGoesToStdout) { EXPECT_THAT(Run({"--help"}, 0)->out(), HasSubstr("subscribe")); }

TEST_F(Sluicectl, ColoursAreNotForPipes) { EXPECT_THAT(Run({"stream", "hello"}, 0)->out(), Not(HasSubstr("\x1b"))); }

TEST(SluicectlAlone, WithoutAGatewayItSaysWhereItLookedAndHowToStartOne) {
  std::string address;
  {
    const FakeGateway gone;
    address = gone.address();
  }
  Child child(SLUICECTL, {"--address", address, "stream", "hi"});
  EXPECT_EQ(child.Finish(), 78);
  EXPECT_THAT(child.err(), StartsWith("failed: UNAVAILABLE: "));
  EXPECT_THAT(child.err(), HasSubstr("no gateway at " + address + ": start one with `sluice --upstream="));
}

TEST_F(Sluicectl, AnAnswerThatCannotBePrintedIsNoSuccess) {
  for (const char* command : {"send hello", "stream hello", "stream silent", "mcp-stdio", "--help"}) {
    Child child("/bin/sh", {"-c", std::string("exec " SLUICECTL " ") + command + " >/dev/full"},
                {"SLUICE_ADDRESS=" + gateway_.address()});
    if (command == std::string("mcp-stdio")) child.Write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n");
    EXPECT_EQ(child.Finish(), 74) << command;
    EXPECT_EQ(child.err(), "sluicectl: stdout: cannot be written\n") << command;
  }
}

}  // namespace
}  // namespace sluice::testing
