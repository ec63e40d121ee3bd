// The catalogue and the cards, as pages.
#include "server/http/agents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/parse_address.h"

namespace sluice::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

config::Upstream Configured(const std::string& name, config::UpstreamKind kind = config::UpstreamKind::kA2a) {
  config::Upstream upstream;
  upstream.name = name;
  upstream.kind = kind;
  upstream.url = *config::ParseUrl("http://hidden.example/hidden?hidden=1");
  upstream.headers = {{"x-hidden", "hidden"}};
  return upstream;
}

class AgentPagesTest : public ::testing::Test {
 protected:
  AgentPagesTest()
      : directory_({Configured("tools", config::UpstreamKind::kMcp), Configured("first"), Configured("second")}) {
    directory_.SetPublicAddress("gw:50051");
    translate::AgentCard card;
    card.name = "<b>\"A\" & 'B'</b>";
    card.description = "</td><script>alert(1)</script>";
    card.json = R"({"name": "A", "url": "http://hidden.example/hidden"})";
    discovery::Agent agent{translate::A2aVersion::k03, "/", "", std::make_shared<const translate::AgentCard>(card)};
    directory_.all()[1].Learn(std::make_shared<const discovery::Agent>(agent));
    directory_.all()[2].reachable = false;
  }

  std::string BodyOf(std::string_view path, std::string_view accept = "*/*") const {
    const auto page = pages_.Find(path, accept, "");
    return page ? page->body : "none";
  }

  discovery::Directory directory_;
  const AgentPages pages_{directory_};
};

TEST_F(AgentPagesTest, TheCatalogueTellsAllUpstreams) {
  EXPECT_EQ(pages_.Find("/agents", "", "")->content_type, "application/json");
  EXPECT_EQ(BodyOf("/agents"),
            R"({"agents":[{"name":"tools","kind":"mcp","reachable":true},)"
            R"({"name":"first","kind":"a2a","reachable":true,"version":"0.3","agentName":"<b>\"A\" & 'B'</b>",)"
            R"("description":"</td><script>alert(1)</script>","cardUrl":"/agents/first/.well-known/agent-card.json"},)"
            R"({"name":"second","kind":"a2a","reachable":false,"version":"1.0",)"
            R"("cardUrl":"/agents/second/.well-known/agent-card.json"}]})"
            "\n");
}

TEST_F(AgentPagesTest, ABrowserGetsItAsHtmlInWhichNothingOfACardIsMarkup) {
  const auto page = pages_.Find("/agents", "text/html,application/xhtml+xml,*/*;q=0.8", "");
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page->body, HasSubstr("&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;"));
  EXPECT_THAT(page->body, HasSubstr("<a href=\"/agents/second/.well-known/agent-card.json\">card</a>"));
  EXPECT_THAT(page->body, Not(HasSubstr("<script")));
}

TEST_F(AgentPagesTest, TellsNothingOfHowAnUpstreamIsReached) {
  for (const char* path : {"/agents", "/agents/first/.well-known/agent-card.json", "/.well-known/agent-card.json",
                           "/agents/second/.well-known/agent-card.json"}) {
    for (const char* accept : {"*/*", "text/html"}) EXPECT_THAT(BodyOf(path, accept), Not(HasSubstr("hidden")));
  }
}

TEST_F(AgentPagesTest, ACardIsThereUnderBothNamesAndForTheDefaultAgentAtTheRoot) {
  const std::string first = BodyOf("/agents/first/.well-known/agent-card.json");
  EXPECT_THAT(first, HasSubstr("\"name\":\"A\""));
  EXPECT_THAT(first, HasSubstr("\"url\":\"gw:50051\",\"preferredTransport\":\"GRPC\""));
  EXPECT_EQ(BodyOf("/agents/first/.well-known/agent.json"), first);
  EXPECT_EQ(BodyOf("/.well-known/agent-card.json"), first);
  EXPECT_EQ(BodyOf("/.well-known/agent.json"), first);
}

TEST_F(AgentPagesTest, AClientThatSaysItIsOf10GetsACardOf10) {
  const auto card = pages_.Find("/.well-known/agent-card.json", "", "1.0");
  EXPECT_THAT(card->body, Not(HasSubstr("preferredTransport")));
  EXPECT_THAT(card->body, HasSubstr("supportedInterfaces"));
}

TEST_F(AgentPagesTest, AnAgentWithoutCardHasOneThatSaysSoAndLeadsToIt) {
  const std::string card = BodyOf("/agents/second/.well-known/agent-card.json");
  EXPECT_THAT(card, HasSubstr("\"tenant\":\"second\""));
  EXPECT_THAT(card,
              HasSubstr("\"description\":\"The gateway has read no agent card of this agent.\",\"name\":\"second\""));
  EXPECT_EQ(pages_.Find("/agents/second/.well-known/agent-card.json", "", "")->cache_control, "no-cache");
}

TEST_F(AgentPagesTest, ThereIsNoOtherPage) {
  for (const char* path : {"", "/", "/agents/", "/agents/first", "/agents/none/.well-known/agent-card.json",
                           "/agents/tools/.well-known/agent-card.json", "/agents//.well-known/agent-card.json",
                           "/agents/.well-known/agent-card.json", "/agentsfirst/.well-known/agent-card.json",
                           "/x/.well-known/agent-card.json", ".well-known/agent-card.json"}) {
    EXPECT_FALSE(pages_.Find(path, "", "").has_value()) << path;
  }
}

}  // namespace
}  // namespace sluice::http
