// The agent behind TLS, and what can go wrong with that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>

#include "client/agent/agent.h"
#include "tests/agent/http_client.h"
#include "tests/support/certificates.h"

namespace sluice::agent {
namespace {

using ::testing::HasSubstr;

std::string Send(const std::string& text) {
  const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"SendStreamingMessage","params":{"message":)"
                           R"({"messageId":"m","role":"ROLE_USER","parts":[{"text":")" +
                           text + "\"}]}}}";
  return "POST / HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Over TLS, as far as it gets.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const std::string& ca_file, const testing::CertificateFiles& own = {})
      : client_(port), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), session_(nullptr, &SSL_free) {
    SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (!own.cert_file.empty()) {
      SSL_CTX_use_certificate_chain_file(context_.get(), own.cert_file.c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), own.key_file.c_str(), SSL_FILETYPE_PEM);
    }
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), client_.descriptor());
  }

  bool Connect() { return SSL_connect(session_.get()) == 1; }
  void Write(const std::string& bytes) { SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  // Until `mark` has come, or the end.
  std::string ReadUntil(const std::string& mark) {
    std::string text;
    std::array<char, 16384> bytes;
    while (text.find(mark) == std::string::npos) {
      const int size = SSL_read(session_.get(), bytes.data(), bytes.size());
      last_error_ = size > 0 ? SSL_ERROR_NONE : SSL_get_error(session_.get(), size);
      if (size <= 0) break;
      text.append(bytes.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  bool was_told_goodbye() const { return last_error_ == SSL_ERROR_ZERO_RETURN; }

 private:
  HttpClient client_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> session_;
  int last_error_ = SSL_ERROR_NONE;
};

class TlsAgentTest : public ::testing::Test {
 protected:
  TlsAgentTest() { std::signal(SIGPIPE, SIG_IGN); }  // a client writes to an agent that has gone

  std::unique_ptr<Agent> Start(TlsOptions more = {}) {
    more.cert_file = server_.cert_file;
    more.key_file = server_.key_file;
    AgentOptions options;
    options.tls = more;
    return Agent::Start(options).value();
  }

  testing::TestAuthority authority_;
  const testing::CertificateFiles server_ = authority_.Issue("IP:127.0.0.1");
};

TEST_F(TlsAgentTest, ServesManyRequestsOnOneConnection) {
  const auto agent = Start();
  EXPECT_THAT(agent->url(), HasSubstr("https://127.0.0.1:"));
  TlsClient client(agent->port(), authority_.ca_file());
  ASSERT_TRUE(client.Connect());
  for (int i = 0; i < 3; ++i) {
    client.Write(Send("slow 3 1"));
    EXPECT_THAT(client.ReadUntil("\r\n0\r\n\r\n"), HasSubstr("TASK_STATE_COMPLETED"));
  }
  EXPECT_EQ(agent->stats().connections_accepted, 1u);
}

TEST_F(TlsAgentTest, ABurstArrivesWhole) {
  const auto agent = Start();
  TlsClient client(agent->port(), authority_.ca_file());
  ASSERT_TRUE(client.Connect());
  client.Write(Send("size 2000 0 1024"));
  const std::string answer = client.ReadUntil("\r\n0\r\n\r\n");
  EXPECT_GT(answer.size(), 2000u * 1024);
  EXPECT_THAT(answer, HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(TlsAgentTest, AClientThatLeavesIsNoticed) {
  const auto agent = Start();
  {
    TlsClient client(agent->port(), authority_.ca_file());
    ASSERT_TRUE(client.Connect());
    client.Write(Send("silent 3600000"));
    client.ReadUntil("TASK_STATE_WORKING");
  }
  EXPECT_TRUE(
      agent->WaitUntil([](const AgentStats& stats) { return stats.disconnects_seen == 1; }, std::chrono::seconds(10)));
}

TEST_F(TlsAgentTest, ACloseSaysGoodbyeUnlessItIsAbrupt) {
  const auto agent = Start();
  for (const bool abrupt : {false, true}) {
    TlsClient client(agent->port(), authority_.ca_file());
    ASSERT_TRUE(client.Connect());
    client.Write(Send(std::string("fault cut-events 1 ") + (abrupt ? "abrupt" : "fin") + "; slow 5 1"));
    EXPECT_THAT(client.ReadUntil("never"), HasSubstr("TASK_STATE_WORKING"));
    EXPECT_EQ(client.was_told_goodbye(), !abrupt);
  }
}

TEST_F(TlsAgentTest, AsksForAClientCertificateWhenItHasACaForThem) {
  const auto agent = Start({.client_ca_file = authority_.ca_file()});
  TlsClient stranger(agent->port(), authority_.ca_file());
  if (stranger.Connect()) stranger.Write(Send("hello"));  // TLS 1.3 tells a client only now
  EXPECT_EQ(stranger.ReadUntil("0\r\n\r\n"), "");
  TlsClient known(agent->port(), authority_.ca_file(), authority_.Issue("DNS:client"));
  ASSERT_TRUE(known.Connect());
  known.Write(Send("hello"));
  EXPECT_THAT(known.ReadUntil("\r\n0\r\n\r\n"), HasSubstr("TASK_STATE_COMPLETED"));
}

TEST_F(TlsAgentTest, CanFailInTheHandshake) {
  const auto agent = Start({.fault = TlsFault::kHandshake});
  EXPECT_FALSE(TlsClient(agent->port(), authority_.ca_file()).Connect());
}

TEST_F(TlsAgentTest, CanSpeakPlainHttpWhereItSaysHttps) {
  const auto agent = Start({.fault = TlsFault::kPlainHttp});
  EXPECT_THAT(agent->url(), HasSubstr("https://"));
  EXPECT_FALSE(TlsClient(agent->port(), authority_.ca_file()).Connect());
  EXPECT_EQ(HttpClient(agent->port()).Request("GET", "/_agent/stats", "").status, 200);
}

TEST_F(TlsAgentTest, WrongFilesAreNamed) {
  const auto message = [](const TlsOptions& tls) {
    AgentOptions options;
    options.tls = tls;
    return std::string(Agent::Start(options).status().message());
  };
  EXPECT_THAT(message({.cert_file = server_.cert_file}), HasSubstr("both a certificate and its key"));
  EXPECT_THAT(message({.client_ca_file = server_.cert_file}), HasSubstr("needs a certificate"));
  EXPECT_THAT(message({.cert_file = "/no/such.pem", .key_file = server_.key_file}), HasSubstr("/no/such.pem"));
  EXPECT_THAT(message({.cert_file = server_.cert_file, .key_file = server_.cert_file}), HasSubstr(server_.cert_file));
}

}  // namespace
}  // namespace sluice::agent
