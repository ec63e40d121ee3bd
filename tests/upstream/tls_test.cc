// TLS to the upstream: who is trusted, what is said when not, and that all else is as without TLS.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/certificates.h"
#include "tests/upstream/loop_fixture.h"

namespace sluice::upstream {
namespace {

using testing::CertificateFiles;
using ::testing::HasSubstr;
using testing::RawTls;

class TlsTest : public LoopFixture {
 protected:
  static RawTls Serve(const CertificateFiles& files) { return {files.cert_file, files.key_file, ""}; }

  static void EchoBodies(RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) connection.Write(Ok(request->body));
  }

  std::shared_ptr<Target> TlsTarget(std::uint16_t port, const std::string& host = "127.0.0.1") {
    auto target = TargetAt(port, host);
    target->tls = true;
    target->ca_file = authority_.ca_file();
    return target;
  }

  ExchangeRequest TlsPost(std::shared_ptr<const Target> target, std::string body = "{}") {
    ExchangeRequest request = Post(0, std::move(body));
    request.target = std::move(target);
    return request;
  }

  void ExpectRefused(const Told& told, Cause cause, const std::string& why) {
    EXPECT_EQ(told.outcome(), ExchangeOutcome::kUnreachable);
    EXPECT_EQ(told.end->cause, cause);
    EXPECT_THAT(told.end->detail, HasSubstr("TLS to 127.0.0.1:"));
    EXPECT_THAT(told.end->detail, HasSubstr(why));
    EXPECT_FALSE(told.end->request_sent);
  }

  testing::TestAuthority authority_;
};

TEST_F(TlsTest, TrustsACertificateOfItsAuthorityForTheRightAddress) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  const Told told = Run(TlsPost(TlsTarget(server.port()), "hello"));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_EQ(told.body, "hello");
}

TEST_F(TlsTest, VerifiesTheConfiguredServerName) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("DNS:agent.test")));
  auto target = TlsTarget(server.port());
  target->server_name = "agent.test";
  EXPECT_EQ(Run(TlsPost(target, "named")).body, "named");
}

TEST_F(TlsTest, RefusesAnotherName) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("DNS:other.test")));
  auto target = TlsTarget(server.port());
  target->server_name = "agent.test";
  ExpectRefused(Run(TlsPost(target)), Cause::kTlsWrongName, "certificate verify failed: hostname mismatch");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(TlsTest, RefusesAnotherAddress) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.2")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsWrongName, "IP address mismatch");
}

TEST_F(TlsTest, RefusesAnExpiredCertificate) {
  RawUpstream server(EchoBodies, Serve(authority_.IssueExpired("IP:127.0.0.1")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsExpired, "certificate has expired");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(TlsTest, RefusesACertificateThatIsNotValidYet) {
  RawUpstream server(EchoBodies, Serve(authority_.IssueNotYetValid("IP:127.0.0.1")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsNotYetValid, "certificate is not yet valid");
}

TEST_F(TlsTest, RefusesASelfSignedCertificate) {
  RawUpstream server(EchoBodies, Serve(authority_.IssueSelfSigned("IP:127.0.0.1")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsSelfSigned, "self-signed certificate");
}

TEST_F(TlsTest, RefusesACertificateThatIsForNoServer) {
  RawUpstream server(EchoBodies, Serve(authority_.IssueForClients("IP:127.0.0.1")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsCertificate, "certificate purpose");
}

TEST_F(TlsTest, RefusesAnUnknownAuthorityThatComesAlong) {
  testing::TestAuthority stranger;
  const CertificateFiles files = stranger.Issue("IP:127.0.0.1");
  std::ofstream(files.cert_file, std::ios::app) << std::ifstream(stranger.ca_file()).rdbuf();
  RawUpstream server(EchoBodies, Serve(files));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsUnknownAuthority, "certificate chain");
}

TEST_F(TlsTest, RefusesAnUnknownAuthority) {
  testing::TestAuthority stranger;
  RawUpstream server(EchoBodies, Serve(stranger.Issue("IP:127.0.0.1")));
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsUnknownAuthority,
                "unable to get local issuer certificate");
}

TEST_F(TlsTest, RefusesAnAuthorityThatTheSystemsStoreDoesNotHave) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  auto target = TlsTarget(server.port());
  target->ca_file.clear();
  ExpectRefused(Run(TlsPost(target)), Cause::kTlsUnknownAuthority, "certificate verify failed");
}

TEST_F(TlsTest, NamesACaFileThatIsNotThere) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  auto target = TlsTarget(server.port());
  target->ca_file = "/nonexistent/ca.pem";
  ExpectRefused(Run(TlsPost(target)), Cause::kTlsFiles, "ca_file /nonexistent/ca.pem: No such file or directory");
}

TEST_F(TlsTest, NamesACaFileThatIsNoCertificateAndReadsItAgainWhenItIsRepaired) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  auto target = TlsTarget(server.port());
  target->ca_file = authority_.ca_file() + ".broken";
  std::ofstream(target->ca_file) << "this is no certificate\n";
  ExpectRefused(Run(TlsPost(target)), Cause::kTlsFiles, "ca_file " + target->ca_file);
  std::ofstream(target->ca_file) << std::ifstream(authority_.ca_file()).rdbuf();
  EXPECT_EQ(Run(TlsPost(target, "repaired")).body, "repaired");
}

TEST_F(TlsTest, ShowsItsClientCertificate) {
  RawTls files = Serve(authority_.Issue("IP:127.0.0.1"));
  files.client_ca_file = authority_.ca_file();
  RawUpstream server(EchoBodies, files);

  auto with = TlsTarget(server.port());
  const CertificateFiles mine = authority_.Issue("DNS:gateway.test");
  with->client_cert_file = mine.cert_file;
  with->client_key_file = mine.key_file;
  with->key += " with a client certificate";
  EXPECT_EQ(Run(TlsPost(with, "known")).body, "known");
}

// TLS 1.3 has the server judge the client's certificate when the handshake is over for the client.
TEST_F(TlsTest, ARefusalOfItsCertificateAfterTheHandshakeIsNoCutAnswer) {
  RawTls files = Serve(authority_.Issue("IP:127.0.0.1"));
  files.client_ca_file = authority_.ca_file();
  RawUpstream server(EchoBodies, files);
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsClientCertificate, "certificate required");

  testing::TestAuthority stranger;
  const CertificateFiles mine = stranger.Issue("DNS:gateway.test");
  auto target = TlsTarget(server.port());
  target->client_cert_file = mine.cert_file;
  target->client_key_file = mine.key_file;
  target->key += " of a stranger";
  ExpectRefused(Run(TlsPost(target, std::string(4 << 20, 'x'))), Cause::kTlsClientCertificate, "unknown ca");
  EXPECT_EQ(server.requests(), 0);
}

// A server of TLS 1.2 says no more than that the handshake failed; but it had asked.
TEST_F(TlsTest, ARefusalOfItsCertificateWithinTheHandshakeIsToldApart) {
  RawTls files = Serve(authority_.Issue("IP:127.0.0.1"));
  files.client_ca_file = authority_.ca_file();
  files.only_tls12 = true;
  RawUpstream server(EchoBodies, files);
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsClientCertificate, "alert handshake failure");
}

// After an answer the same alert is about something else, and what was sent may have been read.
TEST_F(TlsTest, ACutOfAConnectionThatHasAnsweredIsACut) {
  RawTls files = Serve(authority_.Issue("IP:127.0.0.1"));
  files.client_ca_file = authority_.ca_file();
  files.client_may_have_none = true;
  RawUpstream server(
      [](RawConnection& connection) {
        connection.ReadRequest();
        connection.Write(Ok("a"));
        connection.ReadRequest();
      },
      files);
  const auto target = TlsTarget(server.port());
  EXPECT_EQ(Run(TlsPost(target)).body, "a");
  const Told told = Run(TlsPost(target));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_THAT(told.end->detail, ::testing::Not(HasSubstr("client certificate")));
}

TEST_F(TlsTest, NamesAClientKeyThatDoesNotFit) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  auto target = TlsTarget(server.port());
  target->client_cert_file = authority_.Issue("DNS:a.test").cert_file;
  target->client_key_file = authority_.Issue("DNS:b.test").key_file;
  ExpectRefused(Run(TlsPost(target)), Cause::kTlsFiles, "client_key_file " + target->client_key_file);
}

struct Alert {
  char number;
  Cause cause;
};
// RFC 8446, section 6.2, and RFC 6066, section 3: what a server may say instead of going on with the handshake.
TEST_F(TlsTest, TellsTheServersAlertsApart) {
  for (const Alert& alert : {Alert{40, Cause::kTlsHandshake},              // handshake_failure
                             Alert{41, Cause::kTlsClientCertificate},      // no_certificate, of SSL 3
                             Alert{42, Cause::kTlsClientCertificate},      // bad_certificate
                             Alert{43, Cause::kTlsClientCertificate},      // unsupported_certificate
                             Alert{44, Cause::kTlsClientCertificate},      // certificate_revoked
                             Alert{45, Cause::kTlsClientCertificate},      // certificate_expired
                             Alert{46, Cause::kTlsClientCertificate},      // certificate_unknown
                             Alert{47, Cause::kTlsHandshake},              // illegal_parameter
                             Alert{48, Cause::kTlsClientCertificate},      // unknown_ca
                             Alert{49, Cause::kTlsClientCertificate},      // access_denied
                             Alert{70, Cause::kTlsHandshake},              // protocol_version
                             Alert{80, Cause::kTlsHandshake},              // internal_error
                             Alert{112, Cause::kTlsWrongName},             // unrecognized_name
                             Alert{116, Cause::kTlsClientCertificate}}) {  // certificate_required
    RawUpstream server([&](RawConnection& connection) {
      connection.Write(std::string("\x15\x03\x03\x00\x02\x02", 6) + alert.number);
      connection.WaitForPeerClose();
    });
    SCOPED_TRACE(static_cast<int>(alert.number));
    ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), alert.cause, "TLS to");
  }
}

TEST_F(TlsTest, SaysSoWhenThePeerSpeaksNoTls) {
  RawUpstream server([](RawConnection& connection) {
    connection.Write("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.WaitForPeerClose();
  });
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsPlain, "wrong version number");
}

TEST_F(TlsTest, SaysSoWhenThePeerClosesWithinTheHandshake) {
  RawUpstream server([](RawConnection&) {});
  ExpectRefused(Run(TlsPost(TlsTarget(server.port()))), Cause::kTlsHandshake, "TLS to");
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  std::string body(4 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);
  const Told told = Run(TlsPost(TlsTarget(server.port()), body));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kComplete) << told.end->detail;
  EXPECT_TRUE(told.body == body);
}

TEST_F(TlsTest, StopsReadingAtTheBudgetAndLosesNothing) {
  constexpr std::size_t kTotal = 4 * 1024 * 1024;
  RawUpstream server(
      [](RawConnection& connection) {
        connection.ReadRequest();
        connection.Write(Ok(std::string(kTotal, 'x')));
      },
      Serve(authority_.Issue("IP:127.0.0.1")));
  const auto budget = std::make_shared<ByteBudget>(16 * 1024, 64 * 1024);
  ExchangeRequest request = TlsPost(TlsTarget(server.port()));
  request.budget = budget;
  const ExchangeId id = Start(std::move(request));
  std::size_t taken = 0;
  while (taken < kTotal) {
    const std::size_t bytes = log_.TakeBody(id).size();
    if (bytes == 0) break;
    EXPECT_LE(budget->held_bytes(), 80 * 1024);
    taken += bytes;
    if (budget->Release(bytes)) loop_.Resume(id);
  }
  EXPECT_EQ(taken, kTotal);
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kComplete);
}

TEST_F(TlsTest, ABodyEndedByClosingIsWholeOnlyWithAGoodbye) {
  RawUpstream server(
      [](RawConnection& connection) {
        const auto request = connection.ReadRequest();
        connection.Write("HTTP/1.1 200 OK\r\n\r\nsome");
        if (request && request->body == "cut") connection.CloseWithoutGoodbye();
      },
      Serve(authority_.Issue("IP:127.0.0.1")));
  EXPECT_EQ(Run(TlsPost(TlsTarget(server.port()), "whole")).outcome(), ExchangeOutcome::kComplete);
  EXPECT_EQ(Run(TlsPost(TlsTarget(server.port()), "cut")).outcome(), ExchangeOutcome::kTruncated);
}

TEST_F(TlsTest, ReusesConnections) {
  RawUpstream server(EchoBodies, Serve(authority_.Issue("IP:127.0.0.1")));
  const auto target = TlsTarget(server.port());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Run(TlsPost(target, std::to_string(i))).body, std::to_string(i));
  // The tickets that a server sends after the handshake are read with the first answer, so it looks quiet after that.
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(TlsTest, APostOnAConnectionThatDiesIsSentOnce) {
  RawUpstream server(
      [](RawConnection& connection) {
        connection.ReadRequest();
        connection.Write(Ok("a"));
        connection.ReadRequest();
      },
      Serve(authority_.Issue("IP:127.0.0.1")));
  const auto target = TlsTarget(server.port());
  Run(TlsPost(target));
  const Told told = Run(TlsPost(target));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  EXPECT_TRUE(told.end->request_sent);
  EXPECT_EQ(server.requests(), 2);
}

TEST_F(TlsTest, AnAbortClosesTheConnection) {
  Gate request_read;
  RawUpstream server(
      [&](RawConnection& connection) {
        connection.ReadRequest();
        request_read.Open();
        connection.WaitForPeerClose();
      },
      Serve(authority_.Issue("IP:127.0.0.1")));
  const ExchangeId id = Start(TlsPost(TlsTarget(server.port())));
  ASSERT_TRUE(request_read.Wait());
  loop_.Abort(id);
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kAborted);
  EXPECT_TRUE(server.WaitForPeerCloses(1));
}

TEST_F(TlsTest, WritesToAPeerThatIsGoneWithoutASignal) {
  RawUpstream server(
      [](RawConnection& connection) {
        connection.ReadRequestHead();
        connection.Reset();
      },
      Serve(authority_.Issue("IP:127.0.0.1")));
  for (int i = 0; i < 5; ++i) {
    const Told told = Run(TlsPost(TlsTarget(server.port()), std::string(16 * 1024 * 1024, 'x')));
    EXPECT_EQ(told.outcome(), ExchangeOutcome::kTruncated);
  }
}

}  // namespace
}  // namespace sluice::upstream
