// What a card changes in how its agent is called.
#include "server/discovery/learn.h"

#include <gtest/gtest.h>

#include "server/config/parse_address.h"

namespace sluice::discovery {
namespace {

using translate::A2aVersion;

constexpr const char* kUrl = "http://agent:9999/base";

config::Upstream Configured(const std::string& url, config::A2aVersion version = config::A2aVersion::kAuto) {
  config::Upstream upstream;
  upstream.url = *config::ParseUrl(url);
  upstream.version = version;
  return upstream;
}

translate::AgentCard CardWith(std::vector<translate::AgentInterface> interfaces) {
  translate::AgentCard card;
  card.name = "A";
  card.interfaces = std::move(interfaces);
  return card;
}

const std::vector<translate::AgentInterface> kBoth = {{"http://agent:9999/base/new", A2aVersion::k10, "t"},
                                                      {"http://agent:9999/base/old", A2aVersion::k03, ""}};

TEST(LearnTest, WithoutCardTheAgentIsCalledAsConfigured) {
  const Agent agent = WithoutCard(Configured(kUrl));
  EXPECT_EQ(agent.version, A2aVersion::k10);
  EXPECT_EQ(agent.path, "/base");
  EXPECT_EQ(agent.card, nullptr);
  EXPECT_EQ(WithoutCard(Configured(kUrl, config::A2aVersion::k03)).version, A2aVersion::k03);
}

TEST(LearnTest, VersionPathAndTenantAreTheCards) {
  const Learned learned = LearnFrom(Configured(kUrl), CardWith(kBoth));
  EXPECT_EQ(learned.agent.version, A2aVersion::k10);
  EXPECT_EQ(learned.agent.path, "/base/new");
  EXPECT_EQ(learned.agent.tenant, "t");
  EXPECT_EQ(learned.agent.card->name, "A");
  EXPECT_EQ(learned.note, "");
}

TEST(LearnTest, TheConfiguredVersionWins) {
  const Learned learned = LearnFrom(Configured(kUrl, config::A2aVersion::k03), CardWith(kBoth));
  EXPECT_EQ(learned.agent.version, A2aVersion::k03);
  EXPECT_EQ(learned.agent.path, "/base/old");
  EXPECT_EQ(learned.agent.tenant, "");
}

TEST(LearnTest, AnAgentOf03IsSpokenWithIn03) {
  EXPECT_EQ(LearnFrom(Configured(kUrl), CardWith({kBoth[1]})).agent.version, A2aVersion::k03);
}

// The secrets in a call go to nobody but the configured origin.
TEST(LearnTest, AnotherOriginIsNotFollowedButItsVersionIsBelieved) {
  for (const std::string url : {"http://evil:9999/x", "https://agent:9999/x", "http://agent:80/x", "http://agent/x"}) {
    const Learned learned = LearnFrom(Configured(kUrl), CardWith({{url, A2aVersion::k03, "t"}}));
    EXPECT_EQ(learned.agent.path, "/base") << url;
    EXPECT_EQ(learned.agent.version, A2aVersion::k03) << url;
    EXPECT_EQ(learned.agent.tenant, "") << url;  // 0.3 has none
    EXPECT_NE(learned.note.find("another origin"), std::string::npos) << learned.note;
  }
}

TEST(LearnTest, OfSeveralUrlsTheOneAtTheOriginCounts) {
  const Learned learned = LearnFrom(Configured(kUrl), CardWith({{"http://inside:1/x", A2aVersion::k10, "other"},
                                                                {"http://AGENT:9999/base?z=1", A2aVersion::k10, ""}}));
  EXPECT_EQ(learned.agent.path, "/base?z=1");
  EXPECT_EQ(learned.agent.tenant, "");
  EXPECT_EQ(learned.note, "");
}

TEST(LearnTest, AnInterfaceAtTheConfiguredUrlIsBelievedBeforeOneElsewhere) {
  const Learned learned =
      LearnFrom(Configured(kUrl),
                CardWith({{"https://new/", A2aVersion::k10, "t"}, {"http://agent:9999/base", A2aVersion::k03, ""}}));
  EXPECT_EQ(learned.agent.version, A2aVersion::k03);
  EXPECT_EQ(learned.agent.path, "/base");
  EXPECT_EQ(learned.note, "");
}

TEST(LearnTest, Of10And03InOnePlaceThereIs10) {
  EXPECT_EQ(LearnFrom(Configured(kUrl), CardWith({kBoth[1], kBoth[0]})).agent.version, A2aVersion::k10);
}

// Two agents at one host, one of which has its card at the root.
TEST(LearnTest, NothingIsLearnedFromTheCardOfAnotherAgent) {
  for (const std::string url : {"http://agent:9999/research", "http://agent:9999/", "http://agent:9999/base2"}) {
    const translate::AgentCard card = CardWith({{url, A2aVersion::k03, ""}});
    const Learned learned = LearnFrom(Configured(kUrl), card);
    EXPECT_EQ(learned.agent.version, A2aVersion::k10) << url;
    EXPECT_EQ(learned.agent.path, "/base") << url;
    EXPECT_EQ(learned.agent.card, nullptr) << url;
    EXPECT_NE(learned.note.find("another agent's"), std::string::npos) << learned.note;
    config::Upstream told_where = Configured(kUrl);
    told_where.card.url = *config::ParseUrl("http://agent:9999/cards/base.json");
    EXPECT_EQ(LearnFrom(told_where, card).agent.version, A2aVersion::k03) << url;
  }
}

TEST(LearnTest, TheConfiguredQueryStays) {
  const Learned learned = LearnFrom(Configured("http://agent:9999/base?key=k"), CardWith(kBoth));
  EXPECT_EQ(learned.agent.path, "/base/new?key=k");
}

TEST(LearnTest, ACardThatHelpsNothingChangesNothing) {
  struct Row {
    std::vector<translate::AgentInterface> interfaces;
    std::string note;
  };
  for (const Row& row :
       {Row{{}, "no JSON-RPC interface"}, Row{{{"agent:9999", A2aVersion::k10, ""}}, "no URL that can be used"},
        Row{{{"http://user:pw@agent:9999/", A2aVersion::k10, ""}}, "no URL that can be used"}}) {
    const Learned learned = LearnFrom(Configured(kUrl), CardWith(row.interfaces));
    EXPECT_EQ(learned.agent.version, A2aVersion::k10);
    EXPECT_EQ(learned.agent.path, "/base");
    EXPECT_NE(learned.agent.card, nullptr);
    EXPECT_NE(learned.note.find(row.note), std::string::npos) << learned.note;
    EXPECT_EQ(learned.note.find("pw"), std::string::npos) << learned.note;
  }
}

}  // namespace
}  // namespace sluice::discovery
