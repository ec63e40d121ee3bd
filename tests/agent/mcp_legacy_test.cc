// MCP, 2025-03-26 to 2025-11-25, without sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/agent/mcp_fixture.h"

namespace sluice::agent::mcp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using McpLegacyTest = McpFixture;

std::string Request(const std::string& method, const std::string& params = "{}", const std::string& id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":)" + params + "}";
}

std::string Notification(const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","method":")" + method + R"(","params":)" + params + "}";
}

TEST_F(McpLegacyTest, InitializeTakesTheClientsVersionOrOffersTheLatest) {
  for (const auto& [asked, given] : {std::pair("2025-03-26", "2025-03-26"), std::pair("2025-06-18", "2025-06-18"),
                                     std::pair("2025-11-25", "2025-11-25"), std::pair("2024-11-05", "2025-11-25"),
                                     std::pair("1999-01-01", "2025-11-25")}) {
    EXPECT_THAT(Initialize(asked), HasSubstr(std::string(R"("protocolVersion":")") + given)) << asked;
    EXPECT_NE(session_, "");
  }
  EXPECT_EQ(Stats().sessions_opened, 5u);
}

TEST_F(McpLegacyTest, WhatIsAnsweredAtOnceIsAStreamOfOneResponse) {
  Initialize();
  for (const auto& [method, params, expected] : {
           std::tuple("ping", "{}", R"("result":{})"),
           std::tuple("logging/setLevel", R"({"level":"info"})", R"("result":{})"),
           std::tuple("tools/list", "{}", R"("name":"script")"),
           std::tuple("resources/list", "{}", "demo://greeting"),
           std::tuple("resources/read", R"({"uri":"demo://greeting"})", "Hello."),
           std::tuple("resources/read", R"({"uri":"file:///x"})", "-32602"),
           std::tuple("resources/subscribe", R"({"uri":"demo://greeting"})", R"("result":{})"),
           std::tuple("resources/subscribe", "{}", "uri is required"),
           std::tuple("prompts/list", "{}", "greet"),
           std::tuple("prompts/get", R"({"name":"greet"})", "Say hello."),
           std::tuple("prompts/get", R"({"name":"x"})", "-32602"),
           std::tuple("tools/fly", "{}", "-32601"),
           std::tuple("tools/call", R"({"name":"fly"})", "Unknown tool: fly"),
           std::tuple("tools/call", R"({"name":"script","arguments":{"text":"progress 1 99999999"}})", "-32602"),
           std::tuple("tools/call", R"({"name":"echo","arguments":{"text":"mirror"}})", R"("text":"mirror")"),
       }) {
    SiteAnswer answer = Ask(Request(method, params));
    const std::string text = Ready(answer);
    EXPECT_THAT(text, StartsWith("event: message\nid: ")) << method;
    EXPECT_THAT(text, HasSubstr(expected)) << method;
    EXPECT_THAT(text, HasSubstr("\n\n(end)")) << method;
  }
}

TEST_F(McpLegacyTest, TheIdComesBackByteForByte) {
  Initialize();
  for (const std::string id : {"1.0", "9007199254740993", "-0", "1e2", R"("a\u0062")", R"("")"}) {
    SiteAnswer answer = Call("hello", id);
    EXPECT_THAT(Ready(answer), HasSubstr("\"id\":" + id + ",\"result\"")) << id;
  }
}

TEST_F(McpLegacyTest, WhatIsNoMessageIsRefused) {
  Initialize();
  for (const auto& [body, status, code] : {
           std::tuple("{", 400, "-32700"),
           std::tuple("[]", 400, "-32600"),
           std::tuple(R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", 400, "-32600"),
           std::tuple(R"({"jsonrpc":"2.0","id":null,"method":"ping"})", 400, "-32600"),
           std::tuple(R"({"id":1,"method":"ping"})", 400, "-32600"),
           std::tuple(R"({"jsonrpc":"2.0","id":1})", 400, "-32600"),
           std::tuple(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})", 400, "-32600"),
           std::tuple(R"({"jsonrpc":"2.0","result":{}})", 400, "-32600"),
           std::tuple(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", 400, "-32600"),
       }) {
    const SiteAnswer answer = Ask(body);
    EXPECT_EQ(Status(answer), status) << body;
    EXPECT_THAT(Body(answer), HasSubstr(code)) << body;
  }
}

TEST_F(McpLegacyTest, EachHeaderThatIsWrongHasItsStatus) {
  Initialize("2025-06-18");
  const std::string ping = Request("ping");
  const std::pair<std::string, std::string> type{"Content-Type", "application/json"};
  const std::pair<std::string, std::string> both{"Accept", "application/json, text/event-stream"};
  const std::pair<std::string, std::string> id{"Mcp-Session-Id", session_};
  struct Row {
    std::string method;
    Headers headers;
    int status;
  };
  for (const Row& row : std::vector<Row>{
           {"POST", {type, both, id}, 0},
           {"POST", {type, both, {"mcp-session-id", session_}}, 0},
           {"POST", {type, both, id, {"MCP-Protocol-Version", "2025-06-18"}}, 0},
           {"POST", {type, both, id, {"MCP-Protocol-Version", "2025-11-25"}}, 400},
           {"POST", {type, both, id, {"MCP-Protocol-Version", "1"}}, 400},
           {"POST", {type, both}, 400},
           {"POST", {type, both, {"Mcp-Session-Id", "nobody"}}, 404},
           {"POST", {both, id}, 415},
           {"POST", {type, {"Accept", "application/json"}, id}, 406},
           {"POST", {type, {"Accept", "text/event-stream"}, id}, 406},
           {"POST", {type, id}, 406},
           {"GET", {{"Accept", "text/event-stream"}, id}, 0},
           {"GET", {{"Accept", "application/json"}, id}, 406},
           {"GET", {{"Accept", "text/event-stream"}}, 400},
           {"GET", {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", "nobody"}}, 404},
           {"GET", {{"Accept", "text/event-stream"}, id, {"Last-Event-ID", "9-9"}}, 400},
           {"GET", {{"Accept", "text/event-stream"}, id, {"Last-Event-ID", "x"}}, 400},
           {"PUT", {id}, 405},
           {"DELETE", {{"Mcp-Session-Id", "nobody"}}, 404},
           {"DELETE", {id}, 200},
           {"DELETE", {id}, 404},
           {"POST", {type, both, id}, 404},
       }) {
    EXPECT_EQ(Status(Serve(row.method, ping, row.headers)), row.status) << row.method << " " << row.headers.size();
  }
  EXPECT_EQ(Stats().sessions_deleted, 1u);
  EXPECT_EQ(Stats().sessions_open, 0u);
}

TEST_F(McpLegacyTest, NotificationsAndResponsesAreAccepted) {
  Initialize();
  EXPECT_EQ(Status(Ask(Notification("notifications/initialized"))), 202);
  EXPECT_EQ(Stats().initialized_without_get, 1u);
  SiteAnswer get = Get();
  EXPECT_EQ(Status(Ask(Notification("notifications/initialized"))), 202);
  EXPECT_EQ(Stats().initialized_without_get, 1u);
  EXPECT_EQ(Status(Ask(R"({"jsonrpc":"2.0","id":77,"result":{}})")), 202);
  EXPECT_EQ(Stats().unknown_responses, 1u);
}

TEST_F(McpLegacyTest, ProgressComesWithItsTokenAtItsPace) {
  Initialize();
  SiteAnswer answer = Call("progress 2 10", "1", "1.0");
  EXPECT_EQ(Ready(answer), "");
  Pass(10);
  EXPECT_THAT(Ready(answer), HasSubstr(R"("progressToken":1.0,"progress":1,"total":2,"message":"step 1 of 2")"));
  EXPECT_EQ(Stats().calls_running, 1u);
  Pass(10);
  const std::string rest = Ready(answer);
  EXPECT_THAT(rest, HasSubstr(R"("progress":2)"));
  EXPECT_THAT(rest, HasSubstr(R"("id":1,"result":)"));
  EXPECT_THAT(rest, HasSubstr("(end)"));
  EXPECT_EQ(Stats().calls_running, 0u);
}

TEST_F(McpLegacyTest, WithoutATokenThereIsNoProgress) {
  Initialize();
  SiteAnswer answer = Ask(ToolCall("progress 3 0", "1", R"("_meta":{})"));
  EXPECT_THAT(Ready(answer), Not(HasSubstr("notifications/progress")));
}

TEST_F(McpLegacyTest, JsonIsTheResponseAlone) {
  Initialize();
  SiteAnswer answer = Call("json; progress 2 10", "7.0");
  EXPECT_EQ(FeedOf(answer)->kind(), Feed::Kind::kJson);
  EXPECT_EQ(Ready(answer), "");
  Pass(20);
  EXPECT_THAT(Ready(answer), StartsWith(R"({"jsonrpc":"2.0","id":7.0,"result":)"));
}

TEST_F(McpLegacyTest, ARawResultIsItsBytes) {
  Initialize();
  SiteAnswer answer = Call(R"(raw {\"b\": 1.0,\"b\":9007199254740993,\"a\":\"\\u0041\"})");
  EXPECT_THAT(Ready(answer), HasSubstr(R"("result":{"b": 1.0,"b":9007199254740993,"a":"\u0041"}})"));
  SiteAnswer lines = Call(R"(json; raw [1,\n2])");
  EXPECT_THAT(Ready(lines), HasSubstr("\"result\":[1,\n2]}"));
  SiteAnswer in_events = Call(R"(raw [1,\n2])");
  EXPECT_THAT(Ready(in_events), HasSubstr("\"result\":[1,\ndata: 2]}"));
}

TEST_F(McpLegacyTest, AMirrorHasTheRequestAndItsHeaders) {
  Initialize();
  const std::string request = ToolCall("mirror", "1", R"( "x":1.0 ,"x": 9007199254740993)");
  SiteAnswer answer = Post(request, {{"Mcp-Session-Id", session_}, {"X-Tenant", "a\"b"}});
  const std::string text = Ready(answer);
  EXPECT_THAT(text, HasSubstr("\"request\":" + request));
  EXPECT_THAT(text, HasSubstr(R"("x-tenant":"a\"b")"));
}

TEST_F(McpLegacyTest, AQuestionIsAnsweredByPost) {
  Initialize();
  for (const auto& [word, method, id] :
       {std::tuple("sample", "sampling/createMessage", "0"), std::tuple("elicit", "elicitation/create", "1"),
        std::tuple("roots", "roots/list", "2")}) {
    SiteAnswer answer = Call(word, "\"q\"");
    EXPECT_THAT(Ready(answer), HasSubstr(std::string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"method":")" + method));
    EXPECT_EQ(Status(Ask(std::string(R"({"jsonrpc":"2.0","id":)") + id + R"(,"result":{"n":1.0}})")), 202);
    const std::string text = Ready(answer);
    EXPECT_THAT(text, HasSubstr(R"("id":"q","result":)"));
    EXPECT_THAT(text, HasSubstr(R"("structuredContent":{"answer":{"n":1.0}})"));
  }
  SiteAnswer refused = Call("sample");
  Ready(refused);
  Ask(R"({"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"no"}})");
  EXPECT_THAT(Ready(refused), HasSubstr(R"("answer":{"code":-1,"message":"no"})"));
  EXPECT_EQ(Stats().responses_received, 4u);
}

TEST_F(McpLegacyTest, NobodyIsAskedWhatItHasNotDeclared) {
  Initialize("2025-06-18", R"({"roots":{}})");
  SiteAnswer answer = Call("sample");
  EXPECT_THAT(Ready(answer), HasSubstr("has not declared the capability sampling"));
}

TEST_F(McpLegacyTest, RootsAndQuestionsOfJsonCallsComeOnTheGetStream) {
  Initialize();
  SiteAnswer get = Get();
  SiteAnswer roots = Call("roots", "1");
  SiteAnswer sample = Call("json; sample", "2");
  EXPECT_EQ(Ready(roots), "");
  const std::string asked = Ready(get);
  EXPECT_THAT(asked, HasSubstr("id: 0-0\ndata: {\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"roots/list\""));
  EXPECT_THAT(asked, HasSubstr("id: 0-1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sampling/createMessage\""));
  Ask(R"({"jsonrpc":"2.0","id":0,"result":{"roots":[]}})");
  EXPECT_THAT(Ready(roots), HasSubstr(R"("answer":{"roots":[]})"));
}

TEST_F(McpLegacyTest, ChangesComeOnTheGetStream) {
  Initialize();
  SiteAnswer get = Get();
  Call("updated demo://a");
  EXPECT_EQ(Ready(get), "");
  Ask(Request("resources/subscribe", R"({"uri":"demo://a"})"));
  Call("updated demo://a");
  EXPECT_THAT(Ready(get), HasSubstr(R"("method":"notifications/resources/updated","params":{"uri":"demo://a"})"));
  Ask(Request("resources/unsubscribe", R"({"uri":"demo://a"})"));
  Call("updated demo://a");
  Call("changed");
  const std::string text = Ready(get);
  EXPECT_THAT(text, HasSubstr("notifications/tools/list_changed"));
  EXPECT_THAT(text, Not(HasSubstr("updated")));
}

TEST_F(McpLegacyTest, ThereIsOneGetStreamAtATime) {
  Initialize();
  {
    SiteAnswer first = Get();
    EXPECT_EQ(Status(first), 0);
    EXPECT_EQ(Stats().get_streams_open, 1u);
    EXPECT_EQ(Status(Get()), 409);
  }
  EXPECT_EQ(Stats().get_streams_open, 0u);
  EXPECT_EQ(Status(Get()), 0);
}

TEST_F(McpLegacyTest, ACancelledCallStaysOpenWithoutAResponse) {
  Initialize();
  SiteAnswer answer = Call("progress 5 10", "1.0");
  Pass(20);
  EXPECT_EQ(Status(Ask(Notification("notifications/cancelled", R"({"requestId":1})"))), 202);
  EXPECT_EQ(Stats().calls_running, 1u) << "1 is not 1.0";
  Ask(Notification("notifications/cancelled", R"({"requestId":1.0})"));
  Pass(100);
  const std::string text = Ready(answer);
  EXPECT_THAT(text, HasSubstr("step 2 of 5"));
  EXPECT_THAT(text, Not(HasSubstr("step 3 of 5")));
  EXPECT_THAT(text, Not(HasSubstr("result")));
  EXPECT_THAT(text, Not(HasSubstr("(end)")));
  EXPECT_EQ(Stats().cancels_received, 2u);
  EXPECT_EQ(Stats().calls_cancelled, 1u);
  EXPECT_EQ(Stats().calls_running, 0u);
}

TEST_F(McpLegacyTest, TheIdOfARunningCallIsTaken) {
  Initialize();
  SiteAnswer running = Call("never", "5");
  EXPECT_EQ(Status(Call("hello", "5")), 400);
  EXPECT_EQ(Status(Call("hello", "\"5\"")), 0);
  Ask(Notification("notifications/cancelled", R"({"requestId":5})"));
  EXPECT_EQ(Status(Call("hello", "5")), 0);
}

TEST_F(McpLegacyTest, From20251125OnAStreamIsPrimed) {
  Initialize("2025-11-25");
  SiteAnswer answer = Call("silent 10");
  EXPECT_EQ(Ready(answer), "id: 2-0\nretry: 50\ndata: \n\n");
  Pass(10);
  EXPECT_THAT(Ready(answer), StartsWith("event: message\nid: 2-1\ndata: "));
}

TEST_F(McpLegacyTest, ACallGoesOnWithoutItsReaderAndIsResumed) {
  Initialize("2025-11-25");
  {
    SiteAnswer answer = Call("progress 3 10");
    Pass(10);
    EXPECT_THAT(Ready(answer), HasSubstr("id: 2-1\n"));
  }
  Pass(10);
  SiteAnswer resumed = Resume("2-0");
  const std::string text = Ready(resumed);
  EXPECT_THAT(text, StartsWith("event: message\nid: 2-1\n"));
  EXPECT_THAT(text, HasSubstr("id: 2-2\n"));
  Pass(10);
  EXPECT_THAT(Ready(resumed), HasSubstr("(end)"));
  SiteAnswer again = Resume("2-3");
  EXPECT_THAT(Ready(again), StartsWith("event: message\nid: 2-4\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\""));
  EXPECT_EQ(Stats().resumes, 2u);
}

TEST_F(McpLegacyTest, WhoResumesTakesTheStreamOver) {
  Initialize("2025-11-25");
  SiteAnswer first = Call("silent 10");
  Ready(first);
  SiteAnswer second = Resume("2-0");
  EXPECT_EQ(Ready(first), "(end)");
  Pass(10);
  EXPECT_THAT(Ready(second), HasSubstr("result"));
}

TEST_F(McpLegacyTest, TheGetStreamIsResumedToo) {
  Initialize();
  {
    SiteAnswer get = Get();
    Call("changed");
    EXPECT_THAT(Ready(get), HasSubstr("id: 0-0\n"));
  }
  Call("changed");
  SiteAnswer resumed = Resume("0-0");
  EXPECT_THAT(Ready(resumed), HasSubstr("id: 0-1\n"));
  EXPECT_EQ(Stats().get_streams_open, 1u);
}

TEST_F(McpLegacyTest, AGetStreamThatIsDroppedIsResumedWithWhatCameSince) {
  Initialize();
  SiteAnswer get = Get();
  Call("changed");
  Call("drop-get");
  EXPECT_THAT(Ready(get), HasSubstr("(end)"));
  Call("changed");
  SiteAnswer resumed = Resume("0-0");
  EXPECT_THAT(Ready(resumed), HasSubstr("id: 0-1\n"));
}

TEST_F(McpLegacyTest, AFaultComesOnceOrAgainWithEveryBody) {
  Initialize("2025-11-25");
  SiteAnswer once = Call("fault cut-events 1 reset; progress 3 0", "1");
  ASSERT_NE(once.fault, nullptr);
  EXPECT_EQ(Resume("2-0").fault, nullptr);
  SiteAnswer again = Call("fault cut-events 1 reset; again; progress 3 0", "2");
  const SiteAnswer resumed = Resume("3-0");
  ASSERT_NE(resumed.fault, nullptr);
  EXPECT_EQ(*resumed.fault, *again.fault);
}

TEST_F(McpLegacyTest, PollEndsEachBodyAfterSoManyEvents) {
  Initialize("2025-11-25");
  SiteAnswer answer = Call("poll 2; progress 3 0");
  const std::string first = Ready(answer);
  EXPECT_THAT(first, HasSubstr("id: 2-2\n"));
  EXPECT_THAT(first, Not(HasSubstr("id: 2-3\n")));
  EXPECT_THAT(first, HasSubstr("(end)"));
  SiteAnswer rest = Resume("2-2");
  EXPECT_THAT(Ready(rest), HasSubstr("\"result\""));
}

TEST_F(McpLegacyTest, WhatLiesTooFarBackIsGone) {
  Initialize("2025-11-25");
  SiteAnswer answer = Call("progress 2000 0");
  EXPECT_EQ(Status(Resume("2-0")), 400);
  EXPECT_EQ(Status(Resume("2-1000")), 400);
  EXPECT_EQ(Status(Resume("2-1500")), 0);
  EXPECT_EQ(Status(Resume("2-2002")), 400) << "there is no such event";
  SiteAnswer get = Get();
  for (std::uint64_t i = 0; i <= kReplayedEvents; ++i) Call("changed");
  EXPECT_EQ(Status(Resume("0-0")), 0) << "the thousand after it are there";
  Call("changed");
  EXPECT_EQ(Status(Resume("0-0")), 400);
}

TEST_F(McpLegacyTest, ALostSessionAnswersOnceMoreAndEndsItsStreams) {
  Initialize();
  SiteAnswer get = Get();
  SiteAnswer other = Call("never", "1");
  SiteAnswer json = Call("json; never", "2");
  SiteAnswer answer = Call("lose-session", "3");
  EXPECT_THAT(Ready(answer), HasSubstr("result"));
  EXPECT_EQ(Ready(get), "(end)");
  EXPECT_EQ(Ready(other), "(end)");
  EXPECT_THAT(Ready(json), HasSubstr("The session has ended"));
  EXPECT_EQ(Status(Call("hello")), 404);
  EXPECT_EQ(Stats().sessions_open, 0u);
  EXPECT_EQ(Stats().sessions_deleted, 0u);
}

TEST_F(McpLegacyTest, ADeletedSessionLeavesNothingBehind) {
  Initialize();
  {
    SiteAnswer get = Get();
    SiteAnswer call = Call("never");
    EXPECT_EQ(Status(Serve("DELETE", "", {{"Mcp-Session-Id", session_}})), 200);
    EXPECT_EQ(Ready(get), "(end)");
    EXPECT_EQ(Ready(call), "(end)");
  }
  EXPECT_EQ(Stats().calls_running, 0u);
  EXPECT_EQ(Stats().get_streams_open, 0u);
  EXPECT_EQ(Stats().sessions_open, 0u);
}

class McpLostIs400Test : public McpFixture {
 protected:
  McpLostIs400Test() : McpFixture({.unknown_session_is_400 = true}) {}
};

TEST_F(McpLostIs400Test, AnUnknownSessionIsABadRequest) {
  session_ = "nobody";
  const SiteAnswer answer = Call("hello");
  EXPECT_EQ(Status(answer), 400);
  EXPECT_THAT(Body(answer), HasSubstr("No valid session ID provided"));
}

class McpOddResumeTest : public McpFixture {
 protected:
  McpOddResumeTest() : McpFixture({.resume_repeats = 2, .resume_stays_open = true}) {}
};

TEST_F(McpOddResumeTest, WhatWasSentComesAgainAndTheStreamStaysOpen) {
  Initialize("2025-11-25");
  SiteAnswer answer = Call("progress 3 0");
  EXPECT_THAT(Ready(answer), HasSubstr("(end)"));
  SiteAnswer resumed = Resume("2-2");
  const std::string text = Ready(resumed);
  EXPECT_THAT(text, StartsWith("event: message\nid: 2-1\n"));
  EXPECT_THAT(text, HasSubstr("\"result\""));
  EXPECT_THAT(text, Not(HasSubstr("(end)")));
  SiteAnswer from_the_first = Resume("2-0");
  EXPECT_THAT(Ready(from_the_first), StartsWith("id: 2-0\nretry: 50\n"));
  Serve("DELETE", "", {{"Mcp-Session-Id", session_}});
  EXPECT_EQ(Ready(from_the_first), "(end)");
}

class McpStatelessTest : public McpFixture {
 protected:
  McpStatelessTest() : McpFixture({.stateless = true}) {}
};

TEST_F(McpStatelessTest, ThereIsNoSessionAndNothingToResume) {
  EXPECT_THAT(Initialize("2025-11-25"), StartsWith("event: message\ndata: "));
  EXPECT_EQ(session_, "");
  SiteAnswer answer = Post(ToolCall("hello", "1", "\"x\":1"));
  EXPECT_THAT(Ready(answer), HasSubstr("result"));
  SiteAnswer sample = Post(ToolCall("sample", "1", "\"x\":1"));
  EXPECT_THAT(Ready(sample), HasSubstr("Without a session nobody can be asked"));
  EXPECT_EQ(Status(Serve("GET", "", {{"Accept", "text/event-stream"}})), 405);
  EXPECT_EQ(Status(Serve("DELETE", "", {})), 405);
}

TEST_F(McpStatelessTest, ACallEndsWithItsAnswer) {
  {
    SiteAnswer answer = Post(ToolCall("never", "1", "\"x\":1"));
    EXPECT_EQ(Stats().calls_running, 1u);
  }
  EXPECT_EQ(Stats().calls_running, 0u);
}

class McpSmallTest : public McpFixture {
 protected:
  McpSmallTest() : McpFixture({}, {.sessions = 2, .kept_calls = 3}) {}
};

TEST_F(McpSmallTest, TheOldestSessionMakesRoom) {
  Initialize();
  const std::string oldest = session_;
  Initialize();
  Initialize();
  EXPECT_EQ(Stats().sessions_open, 2u);
  session_ = oldest;
  EXPECT_EQ(Status(Call("hello")), 404);
}

TEST_F(McpSmallTest, SettledCallsMakeRoomAndRunningOnesDoNot) {
  Initialize();  // one call
  SiteAnswer first = Call("never", "1");
  SiteAnswer second = Call("never", "2");
  SiteAnswer third = Call("never", "3");
  EXPECT_THAT(Body(Call("hello", "4")), HasSubstr("Too many calls"));
  Ask(Notification("notifications/cancelled", R"({"requestId":2})"));
  SiteAnswer fourth = Call("hello", "4");
  EXPECT_THAT(Ready(fourth), HasSubstr("result"));
  EXPECT_EQ(Status(Resume("2-0")), 400) << "that was the call with id 1, which has no event";
}

}  // namespace
}  // namespace sluice::agent::mcp
