// What can be said wrongly about a connection or a call is an error that names the field.
#include "sluice/client/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "sluice/client/client.h"

namespace sluice::client {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CheckAddress, TakesHostAndPortAndGrpcTargets) {
  for (const char* text : {"127.0.0.1:50051", "gw.example:1", "[::1]:50051", "unix:/run/sluice.sock", "dns:///gw:1"}) {
    EXPECT_TRUE(CheckAddress(text).ok()) << text;
  }
}

TEST(CheckAddress, RefusesWhatIsNone) {
  for (const char* text : {"", ":1", "gw", "gw:", "gw:0", "gw:65536", "gw:1x", "g w:1", "unix:", "https://gw:1"}) {
    EXPECT_EQ(CheckAddress(text).code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_THAT(CheckAddress("http://gw:1").message(), HasSubstr("is a URL; write host:port"));
}

TEST(CheckMetadata, TakesWhatHttp2CanCarry) {
  EXPECT_TRUE(CheckMetadata("authorization", "Bearer a:b").ok());
  EXPECT_TRUE(CheckMetadata("x-empty", "").ok());
  EXPECT_TRUE(CheckMetadata("token-bin", std::string("\0\xff", 2)).ok());
}

TEST(CheckMetadata, RefusesWhatGrpcWouldAbortTheProcessFor) {
  EXPECT_FALSE(CheckMetadata("", "v").ok());
  EXPECT_FALSE(CheckMetadata("Upper", "v").ok());
  EXPECT_FALSE(CheckMetadata("a b", "v").ok());
  EXPECT_FALSE(CheckMetadata("grpc-timeout", "1S").ok());
  EXPECT_FALSE(CheckMetadata("te", "trailers").ok());
  EXPECT_FALSE(CheckMetadata("a", "b\nc").ok());
  EXPECT_FALSE(CheckMetadata("a", "\xc3\xa9").ok());
}

TEST(CheckMetadata, ShowsStrangeKeysInAFormThatDoesNotDriveATerminal) {
  EXPECT_THAT(CheckMetadata("a\x1b[2J", "v").message(), HasSubstr("'a\\x1b[2J'"));
}

struct Refusal {
  std::string field;
  std::function<void(ConnectOptions&)> spoil;
  friend void PrintTo(const Refusal& row, std::ostream* os) { *os << row.field; }
};

class ConnectRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ConnectRefuses, NamingTheField) {
  ConnectOptions options;
  GetParam().spoil(options);
  const absl::Status status = Client::Connect(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith(GetParam().field + ": "));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, ConnectRefuses,
    ::testing::Values(Refusal{"address", [](ConnectOptions& o) { o.address = "gw"; }},
                      Refusal{"metadata",
                              [](ConnectOptions& o) {
                                o.metadata = {{"a b", "c"}};
                              }},
                      Refusal{"keepalive_time", [](ConnectOptions& o) { o.keepalive_time = milliseconds(9'999); }},
                      Refusal{"keepalive_timeout", [](ConnectOptions& o) { o.keepalive_timeout = milliseconds(0); }},
                      Refusal{"keepalive_timeout",
                              [](ConnectOptions& o) { o.keepalive_timeout = std::chrono::hours(9999); }},
                      Refusal{"max_message_bytes", [](ConnectOptions& o) { o.max_message_bytes = 0; }},
                      Refusal{"user_agent", [](ConnectOptions& o) { o.user_agent = "a\n"; }},
                      Refusal{"tls.ca_file", [](ConnectOptions& o) { o.tls = {.ca_file = "/nonexistent/ca.pem"}; }},
                      Refusal{"tls.cert_file", [](ConnectOptions& o) { o.tls = {.key_file = "/dev/null"}; }},
                      Refusal{"tls.key_file", [](ConnectOptions& o) { o.tls = {.cert_file = "/dev/null"}; }}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

TEST(Connect, DoesNotWaitForAGateway) {
  const auto client = Client::Connect({.address = "127.0.0.1:1"});
  ASSERT_TRUE(client.ok());
  EXPECT_FALSE(client->connected());
}

TEST(ACall, ThatCannotBeSentNamesTheField) {
  const auto client = Client::Connect({.address = "127.0.0.1:1"});
  ASSERT_TRUE(client.ok());
  const auto refused = [&](const CallOptions& options) {
    const absl::Status status = client->GetTask({}, options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(refused({.metadata = {{"host", "x"}}}), StartsWith("metadata: 'host'"));
  EXPECT_THAT(refused({.upstream = "a\nb"}), StartsWith("upstream: "));
  for (const char* path : {"", "/", "a/b", "/a", "/a b/c"}) {
    EXPECT_THAT(std::string(client->StartCall(path).status().message()), StartsWith("path: ")) << path;
  }
}

}  // namespace
}  // namespace sluice::client
