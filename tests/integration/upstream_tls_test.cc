// TLS to an upstream: what is wrong is told in plain words, with the key to set and a stable `cause`, in every shape of
// call, and nothing of the request counts as sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"
#include "tests/support/certificates.h"

namespace sluice::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kTask[] = R"({"jsonrpc":"2.0","id":1,"result":{"id":"t-1","status":{"state":"TASK_STATE_WORKING"}}})";

void AnswerWithTask(RawConnection& connection) {
  while (connection.ReadRequest()) connection.Write(JsonAnswer(kTask));
}

// One upstream, and the configuration that leads to it.
struct Scene {
  void Serve(const CertificateFiles& files, RawTls raw = {}) {
    raw.cert_file = files.cert_file;
    raw.key_file = files.key_file;
    server.emplace(AnswerWithTask, raw);
  }
  void ShowToUpstream(const CertificateFiles& files) {
    tls.cert_file = files.cert_file;
    tls.key_file = files.key_file;
  }
  RawTls Demanding(bool only_tls12) const {
    RawTls demanding;
    demanding.client_ca_file = authority.ca_file();
    demanding.only_tls12 = only_tls12;
    return demanding;
  }
  config::Config Config(const std::string& host = "127.0.0.1") const {
    config::Config config =
        TestConfig("https://" + host + ":" + std::to_string(server ? server->port() : closed.port()) + "/");
    config.upstreams[0].name = "crm";
    config.upstreams[0].tls = tls;
    return config;
  }

  TestAuthority authority;
  TestAuthority stranger;
  ClosedPort closed;
  std::optional<RawUpstream> server;
  config::TlsFiles tls{.ca_file = authority.ca_file()};
};

struct Failure {
  int code;
  std::string message;
  google::rpc::ErrorInfo info;
};

Failure FailureOf(const grpc::Status& status) {
  return {status.error_code(), status.error_message(), ErrorInfoOf(status)};
}

Failure Unary(TestGateway& gateway) {
  lf::a2a::v1::GetTaskRequest request;
  request.set_id("t-1");
  lf::a2a::v1::Task task;
  return FailureOf(gateway.A2a()->GetTask(NewContext().get(), request, &task));
}

Failure Streaming(TestGateway& gateway) {
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  lf::a2a::v1::StreamResponse event;
  EXPECT_FALSE(reader->Read(&event));
  return FailureOf(reader->Finish());
}

Failure InSession(TestGateway& gateway) {
  auto stub = gateway.Sessions();
  auto context = NewContext();
  auto stream = stub->Session(context.get());
  sluice::v1::SessionRequest open;
  open.mutable_open();
  sluice::v1::SessionRequest request;
  request.mutable_message()->set_json(R"({"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":"t-1"}})");
  EXPECT_TRUE(stream->Write(open) && stream->Write(request) && stream->WritesDone());
  Failure failure{};
  for (sluice::v1::SessionResponse frame; stream->Read(&frame);) {
    if (!frame.has_ended()) continue;
    const google::rpc::Status& status = frame.ended().status();
    failure = FailureOf({static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()});
  }
  EXPECT_TRUE(stream->Finish().ok()) << "the session itself is well";
  return failure;
}

struct Row {
  std::string name;
  std::string cause;
  std::string says;  // a part of the message
  std::function<void(Scene&)> arrange;
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};
class UpstreamTlsTest : public ::testing::TestWithParam<Row> {};

TEST_P(UpstreamTlsTest, IsUnreachableWithTheCauseAndWhatToSet) {
  Scene scene;
  GetParam().arrange(scene);
  TestGateway gateway(scene.Config());
  for (const auto shape : {&Unary, &Streaming, &InSession}) {
    const Failure failure = shape(gateway);
    EXPECT_EQ(failure.code, grpc::StatusCode::UNAVAILABLE) << failure.message;
    EXPECT_EQ(failure.info.reason(), "UPSTREAM_UNREACHABLE") << failure.message;
    EXPECT_EQ(failure.info.domain(), "sluice");
    std::map<std::string, std::string> metadata(failure.info.metadata().begin(), failure.info.metadata().end());
    EXPECT_EQ(metadata["cause"], GetParam().cause) << failure.message;
    EXPECT_EQ(metadata["upstream"], "crm");
    EXPECT_EQ(metadata.count("may_have_run"), 0u) << "nobody has read the request";
    EXPECT_THAT(failure.message, HasSubstr(GetParam().says));
    EXPECT_THAT(failure.message, HasSubstr("upstream \"crm\": the upstream cannot be reached: "));
  }
  if (scene.server) {
    EXPECT_EQ(scene.server->requests(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, UpstreamTlsTest,
    ::testing::Values(
        Row{"NobodyListens", "refused", "correct host and port in upstreams[].url", [](Scene&) {}},
        Row{"Expired", "tls_expired", "its certificate has expired",
            [](Scene& scene) { scene.Serve(scene.authority.IssueExpired("IP:127.0.0.1")); }},
        Row{"NotYetValid", "tls_not_yet_valid", "its certificate is not valid yet",
            [](Scene& scene) { scene.Serve(scene.authority.IssueNotYetValid("IP:127.0.0.1")); }},
        Row{"AnotherAddress", "tls_wrong_name", "set upstreams[].tls.server_name",
            [](Scene& scene) { scene.Serve(scene.authority.Issue("IP:127.0.0.2")); }},
        Row{"AnotherName", "tls_wrong_name", "its certificate is for another name",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("DNS:other.test"));
              scene.tls.server_name = "agent.test";
            }},
        Row{"SelfSigned", "tls_self_signed", "set upstreams[].tls.ca_file to that certificate",
            [](Scene& scene) { scene.Serve(scene.authority.IssueSelfSigned("IP:127.0.0.1")); }},
        Row{"UnknownAuthority", "tls_unknown_authority", "set upstreams[].tls.ca_file to that authority's certificate",
            [](Scene& scene) { scene.Serve(scene.stranger.Issue("IP:127.0.0.1")); }},
        Row{"NotInTheSystemsStore", "tls_unknown_authority", "an authority that is not trusted",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"));
              scene.tls.ca_file.clear();
            }},
        Row{"NoClientCertificate", "tls_client_certificate", "set upstreams[].tls.cert_file and key_file",
            [](Scene& scene) { scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(false)); }},
        Row{"NoClientCertificateInTls12", "tls_client_certificate", "set upstreams[].tls.cert_file and key_file",
            [](Scene& scene) { scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(true)); }},
        Row{"WrongClientCertificate", "tls_client_certificate", "one that it does not accept",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(false));
              scene.ShowToUpstream(scene.stranger.Issue("DNS:gateway.test"));
            }},
        Row{"WrongClientCertificateInTls12", "tls_client_certificate", "one that it does not accept",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(true));
              scene.ShowToUpstream(scene.stranger.Issue("DNS:gateway.test"));
            }},
        Row{"ExpiredClientCertificate", "tls_client_certificate", "one that it does not accept",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(false));
              scene.ShowToUpstream(scene.authority.IssueExpired("DNS:gateway.test"));
            }},
        Row{"PlainHttp", "tls_plain", "write http:// in upstreams[].url",
            [](Scene& scene) {
              scene.server.emplace([](RawConnection& connection) {
                connection.Write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                connection.WaitForPeerClose();
              });
            }},
        Row{"ClosedWithinTheHandshake", "tls_handshake", "check that the port is right and speaks TLS",
            [](Scene& scene) { scene.server.emplace([](RawConnection&) {}); }},
        Row{"NoCaFile", "tls_files", "ca_file /nonexistent/ca.pem",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"));
              scene.tls.ca_file = "/nonexistent/ca.pem";
            }},
        Row{"KeyOfAnotherCertificate", "tls_files", "key_file",
            [](Scene& scene) {
              scene.Serve(scene.authority.Issue("IP:127.0.0.1"));
              scene.tls.cert_file = scene.authority.Issue("DNS:a.test").cert_file;
              scene.tls.key_file = scene.authority.Issue("DNS:b.test").key_file;
            }}),
    [](const auto& named) { return named.param.name; });

// ---- what to set, set ----

TEST(UpstreamTlsRemedyTest, ASelfSignedCertificateIsTrustedAsItsOwnCaFile) {
  Scene scene;
  const CertificateFiles files = scene.authority.IssueSelfSigned("IP:127.0.0.1");
  scene.Serve(files);
  scene.tls.ca_file = files.cert_file;
  TestGateway gateway(scene.Config());
  EXPECT_EQ(Unary(gateway).code, grpc::StatusCode::OK);
}

TEST(UpstreamTlsRemedyTest, AClientCertificateOfTheRightAuthorityIsAccepted) {
  for (const bool only_tls12 : {false, true}) {
    Scene scene;
    scene.Serve(scene.authority.Issue("IP:127.0.0.1"), scene.Demanding(only_tls12));
    scene.ShowToUpstream(scene.authority.Issue("DNS:gateway.test"));
    TestGateway gateway(scene.Config());
    const Failure failure = Unary(gateway);
    EXPECT_EQ(failure.code, grpc::StatusCode::OK) << failure.message;
  }
}

TEST(UpstreamTlsRemedyTest, TheUpstreamIsAskedForByTheNameThatItsCertificateMustHave) {
  struct Sni {
    std::string host, server_name, certificate, asked;
  };
  for (const Sni& row :
       {Sni{"localhost", "", "DNS:localhost", "localhost"},
        Sni{"127.0.0.1", "agent.test", "DNS:agent.test", "agent.test"}, Sni{"127.0.0.1", "", "IP:127.0.0.1", ""}}) {
    Scene scene;
    std::string asked = "nobody";
    const CertificateFiles files = scene.authority.Issue(row.certificate);
    scene.server.emplace(
        [&](RawConnection& connection) {
          if (!connection.ReadRequest()) return;
          asked = connection.server_name();
          connection.Write(JsonAnswer(kTask));
        },
        RawTls{.cert_file = files.cert_file, .key_file = files.key_file});
    scene.tls.server_name = row.server_name;
    TestGateway gateway(scene.Config(row.host));
    const Failure failure = Unary(gateway);
    EXPECT_EQ(failure.code, grpc::StatusCode::OK) << failure.message;
    EXPECT_EQ(asked, row.asked);
  }
}

// Some servers close without the alert (Node does). Then nobody can say whether they had read the request.
TEST(UpstreamTlsSilenceTest, AServerThatMissesACertificateAndSaysNothingIsNamedAsACauseToLookInto) {
  Scene scene;
  const CertificateFiles files = scene.authority.Issue("IP:127.0.0.1");
  RawTls optional{.cert_file = files.cert_file, .key_file = files.key_file};
  optional.client_ca_file = scene.authority.ca_file();
  optional.client_may_have_none = true;
  scene.server.emplace([](RawConnection& connection) { connection.ReadRequest(); }, optional);
  TestGateway gateway(scene.Config());
  const Failure failure = Streaming(gateway);
  EXPECT_EQ(failure.code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failure.info.reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(failure.info.metadata().at("may_have_run"), "true");
  EXPECT_THAT(failure.message, HasSubstr("it had asked for a client certificate and got none"));
}

}  // namespace
}  // namespace sluice::testing
