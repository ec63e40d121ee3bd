// Agent cards of both versions, of cards that are both, and of what is no card.
#include "server/translate/agent_card.h"

#include <gtest/gtest.h>

namespace sluice::translate {
namespace {

using Interfaces = std::vector<AgentInterface>;

Interfaces InterfacesOf(std::string_view json) {
  const auto card = ReadAgentCard(json);
  EXPECT_TRUE(card.ok()) << card.status();
  return card.ok() ? card->interfaces : Interfaces();
}

constexpr std::string_view k10 = R"({
  "name": "Recipe \u0041gent", "description": "Cooks.", "version": "2.1",
  "supportedInterfaces": [
    {"url": "agent.example:443", "protocolBinding": "GRPC", "protocolVersion": "1.0"},
    {"url": "https://agent.example/v1", "protocolBinding": "JSONRPC", "protocolVersion": "1.0", "tenant": "t"}],
  "capabilities": {"streaming": true, "pushNotifications": false, "extendedAgentCard": true},
  "skills": []})";

TEST(AgentCardTest, Of10TellsItsJsonRpcInterface) {
  const auto card = ReadAgentCard(k10);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->name, "Recipe Agent");
  EXPECT_EQ(card->description, "Cooks.");
  EXPECT_EQ(card->version, "2.1");
  EXPECT_TRUE(card->streaming);
  EXPECT_FALSE(card->push_notifications);
  EXPECT_TRUE(card->extended_card);
  EXPECT_EQ(card->interfaces, (Interfaces{{"https://agent.example/v1", A2aVersion::k10, "t"}}));
  EXPECT_EQ(card->json, k10);
}

TEST(AgentCardTest, Of03TellsItsUrlAndWhatElseSpeaksJsonRpc) {
  EXPECT_EQ(
      InterfacesOf(R"({"name": "a", "url": "http://a/", "protocolVersion": "0.3.0", "preferredTransport": "JSONRPC",
                             "additionalInterfaces": [{"url": "http://a/", "transport": "JSONRPC"},
                                                      {"url": "http://a/2", "transport": "JSONRPC"},
                                                      {"url": "a:1", "transport": "GRPC"}]})"),
      (Interfaces{{"http://a/", A2aVersion::k03, ""}, {"http://a/2", A2aVersion::k03, ""}}));
}

TEST(AgentCardTest, Of03WithAnotherPreferenceHasJsonRpcAmongTheOthers) {
  EXPECT_EQ(InterfacesOf(R"({"name": "a", "url": "a:1", "preferredTransport": "GRPC", "protocolVersion": "0.3.0",
                             "additionalInterfaces": [{"url": "http://a/", "transport": "JSONRPC"}]})"),
            (Interfaces{{"http://a/", A2aVersion::k03, ""}}));
}

TEST(AgentCardTest, Of03SpeaksJsonRpcUnlessItSaysOtherwise) {
  EXPECT_EQ(InterfacesOf(R"({"name": "a", "url": "http://a/", "preferredTransport": null})"),
            (Interfaces{{"http://a/", A2aVersion::k03, ""}}));
}

TEST(AgentCardTest, OfBothVersionsPrefers10) {
  EXPECT_EQ(InterfacesOf(R"({"name": "a", "url": "http://a/old", "protocolVersion": "0.3.0", "supportedInterfaces": [
      {"url": "http://a/old", "protocolBinding": "JSONRPC", "protocolVersion": "0.3"},
      {"url": "http://a/new", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}]})"),
            (Interfaces{{"http://a/new", A2aVersion::k10, ""}, {"http://a/old", A2aVersion::k03, ""}}));
}

TEST(AgentCardTest, LeavesOutVersionsThatAreNotSpoken) {
  EXPECT_EQ(InterfacesOf(R"({"name": "a", "supportedInterfaces": [
      {"url": "http://a/2", "protocolBinding": "JSONRPC", "protocolVersion": "2.0"},
      {"url": "http://a/10", "protocolBinding": "JSONRPC", "protocolVersion": "10.0"},
      {"url": "http://a/", "protocolBinding": "jsonrpc", "protocolVersion": "1.0.1"},
      {"url": "http://a/02", "protocolBinding": "JSONRPC", "protocolVersion": "0.2.5"}]})"),
            (Interfaces{{"http://a/", A2aVersion::k10, ""}, {"http://a/02", A2aVersion::k03, ""}}));
}

TEST(AgentCardTest, IsReadAsFarAsItsMembersAreOfTheRightKind) {
  const auto card = ReadAgentCard(R"({"name": "a", "description": 7, "version": null, "capabilities": [],
                                      "supportedInterfaces": {"url": "x"}, "url": ["y"], "additionalInterfaces": [1]})");
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->description, "");
  EXPECT_EQ(card->interfaces, Interfaces());
}

TEST(AgentCardTest, BoundsWhatItKeeps) {
  std::string interfaces;
  for (int i = 0; i < 100; ++i) {
    interfaces += std::string(i == 0 ? "" : ",") +
                  R"({"protocolBinding": "JSONRPC", "protocolVersion": "1.0", "url": "http://a/)" + std::to_string(i) +
                  "\"}";
  }
  const auto card = ReadAgentCard(R"({"name": ")" + std::string(5000, 'n') + R"(", "description": ")" +
                                  std::string(5000, 'd') + R"(", "supportedInterfaces": [)" + interfaces + "]}");
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(card->name.size(), 256u);
  EXPECT_EQ(card->description.size(), 1024u);
  EXPECT_EQ(card->interfaces.size(), 16u);
}

TEST(AgentCardTest, IsRefusedWhenItIsNone) {
  const std::string deep = R"({"name": "a", "x": )" + std::string(10'000, '[') + std::string(10'000, ']') + "}";
  const std::string large = R"({"name": ")" + std::string(kMaxCardBytes, 'a') + "\"}";
  for (const std::string& json :
       {std::string(), std::string("<!doctype html>"), std::string("[]"), std::string("{}"), std::string("null"),
        std::string(R"({"name": "a")"), std::string(R"({"name": "a"} x)"), std::string(R"({"error": "not found"})"),
        std::string("{\"name\": \"\xff\"}"), deep, large}) {
    EXPECT_EQ(ReadAgentCard(json).status().code(), absl::StatusCode::kInvalidArgument) << json.substr(0, 40);
  }
}

// Whatever is cut off or changed: an answer, and no crash. The sanitizers watch.
TEST(AgentCardTest, SurvivesEveryCutAndEveryByte) {
  for (std::size_t at = 0; at < k10.size(); ++at) {
    EXPECT_FALSE(ReadAgentCard(k10.substr(0, at)).ok());
    for (const char c : {'"', '{', '}', '[', ',', '\\', '\0', '\xff'}) {
      std::string changed(k10);
      changed[at] = c;
      (void)ReadAgentCard(changed);
    }
  }
}

}  // namespace
}  // namespace sluice::translate
