// Cards as the gateway hands them on.
#include "server/translate/card_rewrite.h"

#include <gtest/gtest.h>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/translate/a2a_json.h"
#include "server/translate/agent_card.h"

namespace sluice::translate {
namespace {

const GatewayInterface kGateway{"gw.example:50051", "", true};

constexpr std::string_view kInterfaces =
    R"({"supportedInterfaces":[{"url":"gw.example:50051","protocolBinding":"GRPC","protocolVersion":"1.0"},)"
    R"({"url":"gw.example:50051","protocolBinding":"GRPC","protocolVersion":"0.3"}],)"
    R"("url":"gw.example:50051","preferredTransport":"GRPC","protocolVersion":"0.3.0",)"
    R"("additionalInterfaces":[{"url":"gw.example:50051","transport":"GRPC"}],)";

TEST(CardRewriteTest, NamesTheGatewayForClientsOfBothVersionsAndKeepsAllElse) {
  EXPECT_EQ(RewriteCard(R"({"name": "A", "description": "d", "url": "http://secret/", "protocolVersion": "0.3.0",
                            "version": "1", "preferredTransport": "JSONRPC", "capabilities": {"streaming": true},
                            "additionalInterfaces": [{"url": "http://secret/"}], "supportedInterfaces": [{"url": "s"}],
                            "defaultInputModes": ["a"], "defaultOutputModes": ["b"], "skills": [{"id": "s", "n": 1e400}],
                            "signatures": [{"protected": "x"}], "x-own": {"deep": [1, 2]}, "iconUrl": null})",
                        kGateway, "up", A2aVersion::k03),
            std::string(kInterfaces) +
                R"("name":"A","description":"d","version":"1","capabilities":{"streaming": true},)"
                R"("defaultInputModes":["a"],"defaultOutputModes":["b"],"skills":[{"id":"s","n":1e400,)"
                R"("name":"","description":"","tags":[]}],"x-own":{"deep": [1, 2]}})");
}

// pydantic and ProtoJSON readers insist on these.
TEST(CardRewriteTest, FillsInWhatEveryCardMustHave) {
  EXPECT_EQ(RewriteCard("{}", kGateway, "up", A2aVersion::k03),
            std::string(kInterfaces) +
                R"("name":"up","description":"","version":"unknown","capabilities":{"streaming":true},)"
                R"("defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"skills":[]})");
}

TEST(CardRewriteTest, OfAnAgentThatOnlyATenantLeadsToIsNoCardOf03) {
  const std::string card = RewriteCard(R"({"name": "A", "url": "http://a/", "protocolVersion": "0.3.0"})",
                                       {"gw:1", "t\"t", false}, "up", A2aVersion::k03);
  EXPECT_EQ(card.find(R"({"supportedInterfaces":[{"url":"gw:1","protocolBinding":"GRPC","protocolVersion":"1.0",)"
                      R"("tenant":"t\"t"}],"name":"A")"),
            0u)
      << card;
  EXPECT_EQ(card.find("\"url\":", 30), std::string::npos) << card;
  EXPECT_EQ(card.find("0.3"), std::string::npos) << card;
}

TEST(CardRewriteTest, ForAReaderOf10HasNothingOf03) {
  EXPECT_EQ(RewriteCard(R"({"name": "A", "url": "http://a/", "securitySchemes": {"k": {"mtlsSecurityScheme": {}}}})",
                        kGateway, "up", A2aVersion::k10),
            std::string(kInterfaces.substr(0, kInterfaces.find("\"url\":\"gw.example:50051\",\"pref"))) +
                R"("name":"A","securitySchemes":{"k":{"mtlsSecurityScheme":{}}},"description":"",)"
                R"("version":"unknown","capabilities":{"streaming":true},"defaultInputModes":["text/plain"],)"
                R"("defaultOutputModes":["text/plain"],"skills":[]})");
}

TEST(CardRewriteTest, SaysWhatIsAskedForInTheFormOf03) {
  const std::string card = RewriteCard(
      R"({"name": "A", "securitySchemes": {"key": {"apiKeySecurityScheme": {"location": "header", "name": "X"}},
          "old": {"type": "http", "scheme": "bearer"}, "web": {"oauth2SecurityScheme": {"flows": {}}}},
          "securityRequirements": [{"schemes": {"key": {}, "web": {"list": ["a", "b"]}}}, {"old": []}],
          "skills": [{"id": "s", "securityRequirements": [{"schemes": {"key": {"list": []}}}]}]})",
      kGateway, "up", A2aVersion::k03);
  for (const std::string part : {R"("securitySchemes":{"key":{"type":"apiKey","in":"header","name":"X"},)"
                                 R"("old":{"type":"http","scheme":"bearer"},"web":{"type":"oauth2","flows":{}}})",
                                 R"("security":[{"key":[],"web":["a", "b"]},{"old":[]}])", R"("security":[{"key":[]}])",
                                 R"("securityRequirements":[{"schemes": {"key": {}, "web")"}) {
    EXPECT_NE(card.find(part), std::string::npos) << card;
  }
}

TEST(CardRewriteTest, OfAnAgentOf03HasForAReaderOf10ItsForms) {
  const std::string card = RewriteCard(
      R"({"name": "A", "url": "http://a/", "protocolVersion": "0.3.0", "supportsAuthenticatedExtendedCard": true,
          "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X", "description": null},
          "web": {"type": "oauth2", "flows": {"implicit": null, "password": {"tokenUrl": "u"}, "clientCredentials": {}}},
          "tls": {"type": "mutualTLS"}, "new": {"type": "nose"}, "own": {"httpAuthSecurityScheme": {"scheme": "s"}}},
          "security": [{"key": [], "web": ["a", "b"]}, {"schemes": []}],
          "skills": [{"id": "s", "security": [{"key": []}]}], "capabilities": {"streaming": false}})",
      kGateway, "up", A2aVersion::k10);
  EXPECT_EQ(card,
            std::string(kInterfaces.substr(0, kInterfaces.find("\"url\":\"gw.example:50051\",\"pref"))) +
                R"("name":"A","securitySchemes":{)"
                R"("key":{"apiKeySecurityScheme":{"location":"header","name":"X"}},)"
                R"("web":{"oauth2SecurityScheme":{"flows":{"password":{"tokenUrl": "u"}}}},)"
                R"("tls":{"mtlsSecurityScheme":{}},"new":{"type": "nose"},)"
                R"("own":{"httpAuthSecurityScheme":{"scheme":"s"}}},"securityRequirements":[)"
                R"({"schemes":{"key":{"list":[]},"web":{"list":["a", "b"]}}},{"schemes":{"schemes":{"list":[]}}}],)"
                R"("skills":[{"id":"s","securityRequirements":[{"schemes":{"key":{"list":[]}}}]}],)"
                R"("capabilities":{"extendedAgentCard":true,"streaming":false},"description":"",)"
                R"("version":"unknown","defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"]})");
}

// What a strict reader of 1.0 makes of it: ProtoJSON.
TEST(CardRewriteTest, OfAnAgentOf03IsProtoJson) {
  const std::string card = RewriteCard(
      R"({"name": "A", "url": "http://a/", "supportsAuthenticatedExtendedCard": true, "security": [{"web": ["a"]}],
          "securitySchemes": {"web": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "u"}, "implicit": {}}}}})",
      kGateway, "up", A2aVersion::k10);
  const auto wire = JsonToProto("lf.a2a.v1.AgentCard", card);
  ASSERT_TRUE(wire.ok()) << wire.status() << card;
  lf::a2a::v1::AgentCard got;
  ASSERT_TRUE(got.ParseFromString(*wire));
  EXPECT_TRUE(got.capabilities().extended_agent_card());
  EXPECT_EQ(got.security_schemes().at("web").oauth2_security_scheme().flows().client_credentials().token_url(), "u");
  EXPECT_EQ(got.security_requirements(0).schemes().at("web").list(0), "a");
}

// The SDK for Python refuses the whole card otherwise.
TEST(CardRewriteTest, ForAReaderOf03SkillsHaveTagsAndFlowsScopes) {
  const std::string card = RewriteCard(
      R"({"name": "A", "skills": [{"id": "s", "name": "n", "description": "d"}, {"tags": ["t"]}], "securitySchemes": {
          "none": {"oauth2SecurityScheme": {}}, "web": {"oauth2SecurityScheme": {"flows": {"implicit": {}}}},
          "old": {"type": "oauth2", "flows": {"password": {"scopes": {"s": ""}}, "implicit": {"scopes": null}}}}})",
      kGateway, "up", A2aVersion::k03);
  for (const std::string part :
       {R"("skills":[{"id":"s","name":"n","description":"d","tags":[]},)",
        R"({"tags":["t"],"id":"","name":"","description":""}])", R"("none":{"type":"oauth2","flows":{}})",
        R"("web":{"type":"oauth2","flows":{"implicit":{"scopes":{}}}})",
        R"("old":{"type":"oauth2","flows":{"password":{"scopes":{"s": ""}},"implicit":{"scopes":{}}}})"}) {
    EXPECT_NE(card.find(part), std::string::npos) << part << card;
  }
}

TEST(CardRewriteTest, TellsClientsOf03OfAnExtendedCard) {
  const std::string card =
      RewriteCard(R"({"name": "A", "capabilities": {"extendedAgentCard": true}})", kGateway, "up", A2aVersion::k03);
  EXPECT_NE(card.find(R"("supportsAuthenticatedExtendedCard":true)"), std::string::npos) << card;
}

TEST(CardRewriteTest, IsACardThatCanBeReadWhateverTheNamesAre) {
  const std::string card = RewriteCard(R"({"a\"b": 1, "a\u0022b": 2, "name": "\u0000</script>"})",
                                       {"gw:1", "\x01\"\\", false}, "up", A2aVersion::k03);
  EXPECT_TRUE(ReadAgentCard(card).ok()) << card;
  EXPECT_EQ(card.find(": 2"), std::string::npos) << card;
}

TEST(CardRewriteTest, RewritesTheExtendedCardToo) {
  lf::a2a::v1::AgentCard card;
  card.set_name("A");
  card.add_supported_interfaces()->set_url("http://secret/");
  card.add_signatures()->set_protected_("x");
  card.add_skills()->set_id("s");
  lf::a2a::v1::AgentCard got;
  ASSERT_TRUE(got.ParseFromString(RewriteCardMessage(card.SerializeAsString(), {"gw:1", "t", true})));
  EXPECT_EQ(
      got.ShortDebugString(),
      "name: \"A\" supported_interfaces { url: \"gw:1\" protocol_binding: \"GRPC\" tenant: \"t\" protocol_version: "
      "\"1.0\" } supported_interfaces { url: \"gw:1\" protocol_binding: \"GRPC\" protocol_version: \"0.3\" } "
      "skills { id: \"s\" }");
  EXPECT_EQ(RewriteCardMessage("\xff", kGateway), "\xff");
}

}  // namespace
}  // namespace sluice::translate
