// Agent cards: what is learned from them, when, and what clients are told instead.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>

#include "client/agent/agent.h"
#include "google/protobuf/util/json_util.h"
#include "server/translate/agent_card.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr milliseconds kOften{20};

// An agent whose card is what the test says, and who answers every POST with a task.
class ScriptedAgent {
 public:
  std::string url(const std::string& path = "/base") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  // Empty: there is none.
  void SetCard(std::string card) {
    std::lock_guard lock(mu_);
    card_ = std::move(card);
  }
  // A card of one JSON-RPC interface.
  void SetCard(const std::string& at, const std::string& version, const std::string& more = "") {
    SetCard(R"({"name":"Scripted","description":"d","supportedInterfaces":[{"url":")" + at +
            R"(","protocolBinding":"JSONRPC","protocolVersion":")" + version + "\"" + more + "}]}");
  }
  // Request lines and bodies of the POSTs.
  std::vector<std::string> posts() const {
    std::lock_guard lock(mu_);
    return posts_;
  }
  int cards_asked() const {
    std::lock_guard lock(mu_);
    return cards_asked_;
  }
  Gate& cards_may_be_answered() { return cards_; }

 private:
  void Serve(RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) {
      if (!connection.Write(Answer(*request))) return;
    }
  }
  std::string Answer(const RawRequest& request) {
    const bool card = request.line().rfind("GET", 0) == 0;
    if (card) (void)cards_.Wait();
    std::lock_guard lock(mu_);
    if (!card) {
      posts_.push_back(request.line() + " " + request.body);
      return JsonAnswer(
          R"({"jsonrpc":"2.0","id":1,"result":{"id":"t-1","contextId":"c","status":{"state":"TASK_STATE_WORKING"}}})");
    }
    ++cards_asked_;
    const bool here = request.line() == "GET /.well-known/agent-card.json HTTP/1.1" && !card_.empty();
    return here ? JsonAnswer(card_) : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  }

  mutable std::mutex mu_;
  Gate cards_;
  std::string card_;                // guarded by mu_
  std::vector<std::string> posts_;  // guarded by mu_
  int cards_asked_ = 0;             // guarded by mu_
  RawUpstream server_{[this](RawConnection& connection) { Serve(connection); }};
};

config::Config WithCards(const std::string& url, milliseconds refresh = kOften) {
  config::Config config = TestConfig(url);
  config.upstreams[0].card.refresh = refresh;
  return config;
}

sluice::v1::UpstreamInfo InfoOf(TestGateway& gateway, int index = 0) {
  sluice::v1::ListUpstreamsResponse response;
  const grpc::Status status = gateway.Sessions()->ListUpstreams(NewContext().get(), {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.upstreams_size() > index ? response.upstreams(index) : sluice::v1::UpstreamInfo();
}

bool CardBecomesKnown(TestGateway& gateway) {
  return Eventually([&] { return InfoOf(gateway).card_known(); });
}

grpc::Status GetTask(TestGateway& gateway, const std::string& tenant = "") {
  lf::a2a::v1::GetTaskRequest request;
  request.set_id("t-1");
  request.set_tenant(tenant);
  lf::a2a::v1::Task task;
  return gateway.A2a()->GetTask(NewContext().get(), request, &task);
}

TEST(DiscoveryTest, NeitherTheStartNorACallWaitsForACard) {
  ScriptedAgent agent;
  TestGateway gateway(WithCards(agent.url()));
  ASSERT_TRUE(GetTask(gateway).ok());
  EXPECT_FALSE(InfoOf(gateway).card_known());
  ASSERT_EQ(agent.posts().size(), 1u);
  EXPECT_THAT(agent.posts()[0], HasSubstr("POST /base HTTP/1.1"));
  agent.cards_may_be_answered().Open();
}

TEST(DiscoveryTest, ACardThatAppearsLaterSaysWhereAndAsWhomTheAgentIsCalled) {
  ScriptedAgent agent;
  agent.cards_may_be_answered().Open();
  TestGateway gateway(WithCards(agent.url("/base?key=k")));
  ASSERT_TRUE(Eventually([&] { return agent.cards_asked() > 8; }));  // two rounds
  EXPECT_FALSE(InfoOf(gateway).card_known());
  agent.SetCard(agent.url("/base/rpc"), "1.0", R"(,"tenant":"t")");
  ASSERT_TRUE(CardBecomesKnown(gateway));
  EXPECT_EQ(InfoOf(gateway).agent_name(), "Scripted");
  EXPECT_EQ(InfoOf(gateway).description(), "d");
  ASSERT_TRUE(GetTask(gateway).ok());
  ASSERT_TRUE(GetTask(gateway, "own").ok());
  const auto posts = agent.posts();
  ASSERT_EQ(posts.size(), 2u);
  EXPECT_THAT(posts[0], HasSubstr("POST /base/rpc?key=k HTTP/1.1"));
  EXPECT_THAT(posts[0], HasSubstr(R"("tenant":"t")"));
  EXPECT_THAT(posts[1], HasSubstr(R"("tenant":"own")"));
}

TEST(DiscoveryTest, TheVersionFollowsTheCardAndACardThatGoesIsRemembered) {
  ScriptedAgent agent;
  agent.cards_may_be_answered().Open();
  agent.SetCard(agent.url(), "0.3");
  TestGateway gateway(WithCards(agent.url()));
  EXPECT_TRUE(Eventually([&] { return InfoOf(gateway).dialect() == "0.3"; }));
  agent.SetCard(agent.url(), "1.0");
  EXPECT_TRUE(Eventually([&] { return InfoOf(gateway).dialect() == "1.0"; }));
  agent.SetCard("");
  const int asked = agent.cards_asked();
  ASSERT_TRUE(Eventually([&] { return agent.cards_asked() > asked + 4; }));
  EXPECT_TRUE(InfoOf(gateway).card_known());
  EXPECT_FALSE(gateway.WaitForLog("agent card cannot be read: HTTP 404").empty());
}

TEST(DiscoveryTest, AnAgentOf03NeedsNoConfigurationButItsCard) {
  agent::AgentOptions options;
  options.a2a.versions = agent::A2aVersions::k03;
  const auto agent = agent::Agent::Start(options).value();
  TestGateway gateway(WithCards(agent->url()));
  ASSERT_TRUE(Eventually([&] { return InfoOf(gateway).dialect() == "0.3"; }));
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status = gateway.A2a()->SendMessage(NewContext().get(), TextRequest("hello"), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(agent->stats().requests["message/send"], 1u);
}

TEST(DiscoveryTest, TheConfiguredVersionWins) {
  ScriptedAgent agent;
  agent.cards_may_be_answered().Open();
  agent.SetCard(agent.url(), "0.3");
  config::Config config = WithCards(agent.url());
  config.upstreams[0].version = config::A2aVersion::k10;
  TestGateway gateway(config);
  ASSERT_TRUE(CardBecomesKnown(gateway));
  EXPECT_EQ(InfoOf(gateway).dialect(), "1.0");
}

TEST(DiscoveryTest, ACardCannotSendCallsToAnotherOrigin) {
  ScriptedAgent agent;
  ScriptedAgent other;
  agent.cards_may_be_answered().Open();
  agent.SetCard(other.url("/steal"), "1.0");
  TestGateway gateway(WithCards(agent.url()));
  ASSERT_TRUE(CardBecomesKnown(gateway));
  ASSERT_TRUE(GetTask(gateway).ok());
  EXPECT_EQ(agent.posts().size(), 1u);
  EXPECT_TRUE(other.posts().empty());
  EXPECT_FALSE(gateway.WaitForLog("another origin than the configured URL's").empty());
}

TEST(DiscoveryTest, ACardThatIsTooLargeIsNone) {
  ScriptedAgent agent;
  agent.cards_may_be_answered().Open();
  agent.SetCard(R"({"name":")" + std::string(translate::kMaxCardBytes, 'a') + "\"}");
  TestGateway gateway(WithCards(agent.url("/")));
  EXPECT_FALSE(gateway.WaitForLog("no agent card: more than 262144 bytes").empty());
  EXPECT_FALSE(InfoOf(gateway).card_known());
}

TEST(DiscoveryTest, AnAgentThatIsNotThereIsNotReachableAndDelaysNothing) {
  std::uint16_t port = RawUpstream([](RawConnection&) {}).port();
  TestGateway gateway(WithCards("http://127.0.0.1:" + std::to_string(port) + "/"));
  EXPECT_TRUE(Eventually([&] { return !InfoOf(gateway).reachable(); }));
}

// ---- what clients are told ----

class ServedCardTest : public ::testing::Test {
 protected:
  ServedCardTest() {
    config::Config config = WithCards(agent_->url());
    config.upstreams.push_back(TestUpstream("second", agent_->url(), config::UpstreamKind::kA2a));
    gateway_ = std::make_unique<TestGateway>(config);
    EXPECT_TRUE(CardBecomesKnown(*gateway_));
  }
  std::string Get(const std::string& path, const std::string& headers = "") {
    return HttpGet(gateway_->http_address(), path, headers);
  }
  lf::a2a::v1::AgentCard CardAt(const std::string& path) {
    const std::string answer = Get(path);
    lf::a2a::v1::AgentCard card;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto read =
        google::protobuf::util::JsonStringToMessage(answer.substr(answer.find("\r\n\r\n") + 4), &card, options);
    EXPECT_TRUE(read.ok()) << answer;
    return card;
  }
  // As a client that is led by the card calls.
  grpc::Status StreamBy(const lf::a2a::v1::AgentInterface& interface, int& events) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("grpc.enable_http_proxy", 0);
    const auto channel = grpc::CreateCustomChannel(interface.url(), grpc::InsecureChannelCredentials(), arguments);
    const auto context = NewContext();
    lf::a2a::v1::SendMessageRequest request = TextRequest("hello");
    request.set_tenant(interface.tenant());
    const auto reader = lf::a2a::v1::A2AService::NewStub(channel)->SendStreamingMessage(context.get(), request);
    for (lf::a2a::v1::StreamResponse event; reader->Read(&event);) ++events;
    return reader->Finish();
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  std::unique_ptr<TestGateway> gateway_;
};

TEST_F(ServedCardTest, LeadsAClientToTheAgentOverGrpc) {
  for (const char* path : {"/.well-known/agent-card.json", "/agents/second/.well-known/agent-card.json"}) {
    const lf::a2a::v1::AgentCard card = CardAt(path);
    ASSERT_GT(card.supported_interfaces_size(), 0) << path;
    EXPECT_EQ(card.supported_interfaces(0).url(), gateway_->address());
    EXPECT_EQ(card.supported_interfaces(0).protocol_binding(), "GRPC");
    int events = 0;
    const grpc::Status status = StreamBy(card.supported_interfaces(0), events);
    EXPECT_TRUE(status.ok()) << path << ": " << status.error_message();
    EXPECT_GT(events, 2) << path;
  }
}

TEST_F(ServedCardTest, IsTheAgentsOwnInAllElse) {
  const lf::a2a::v1::AgentCard card = CardAt("/.well-known/agent-card.json");
  EXPECT_EQ(card.name(), "sluice-agent");
  EXPECT_GT(card.skills_size(), 5);
  EXPECT_THAT(Get("/.well-known/agent-card.json"), Not(HasSubstr(agent_->url())));
}

TEST_F(ServedCardTest, IsNotSentAgainToWhoHasIt) {
  const std::string answer = Get("/.well-known/agent-card.json");
  const std::size_t at = answer.find("ETag: ") + 6;
  const std::string etag = answer.substr(at, answer.find("\r\n", at) - at);
  const std::string again = Get("/.well-known/agent-card.json", "If-None-Match: " + etag + "\r\n");
  EXPECT_THAT(again, HasSubstr("HTTP/1.1 304 "));
  EXPECT_TRUE(again.ends_with("\r\n\r\n")) << again;
  EXPECT_THAT(again, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(Get("/.well-known/agent-card.json", "If-None-Match: *\r\n"), HasSubstr("HTTP/1.1 304 "));
}

TEST_F(ServedCardTest, TheExtendedOneNamesTheGatewayToo) {
  lf::a2a::v1::AgentCard card;
  const grpc::Status status = gateway_->A2a()->GetExtendedAgentCard(NewContext().get(), {}, &card);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(card.supported_interfaces_size(), 2);
  EXPECT_EQ(card.supported_interfaces(0).url(), gateway_->address());
  EXPECT_THAT(card.ShortDebugString(), Not(HasSubstr(agent_->url())));
}

TEST_F(ServedCardTest, TheCatalogueNamesAllAgents) {
  EXPECT_THAT(
      Get("/agents"),
      HasSubstr(R"({"name":"default","kind":"a2a","reachable":true,"version":"1.0","agentName":"sluice-agent")"));
  EXPECT_THAT(Get("/agents", "Accept: text/html\r\n"), HasSubstr("<td>second</td>"));
}

}  // namespace
}  // namespace sluice::testing
