#include "server/frontend/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/status.h"

namespace sluice::frontend {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const config::HeaderPolicy kDefault;

TEST(UpstreamHeadersTest, PassesWhatThePolicyNamesAndNothingElse) {
  const Headers metadata = {{"authorization", "Bearer x"}, {"cookie", "secret"}, {"user-agent", "grpc"}};
  EXPECT_THAT(UpstreamHeaders(kDefault, metadata, {}, {}), ElementsAre(Pair("authorization", "Bearer x")));
}

TEST(UpstreamHeadersTest, JoinsRepeatedValues) {
  EXPECT_THAT(UpstreamHeaders(kDefault, {{"a2a-extensions", "a"}, {"a2a-extensions", "b"}}, {}, {}),
              ElementsAre(Pair("a2a-extensions", "a, b")));
}

TEST(UpstreamHeadersTest, TheUpstreamsOwnHeadersWinOverTheClients) {
  EXPECT_THAT(UpstreamHeaders(kDefault, {{"authorization", "client"}}, {{"authorization", "fixed"}}, {}),
              ElementsAre(Pair("authorization", "fixed")));
}

TEST(UpstreamHeadersTest, AValueThatIsNoHeaderValueDoesNotPass) {
  EXPECT_THAT(UpstreamHeaders(kDefault, {{"traceparent", "a\r\nx-evil: 1"}, {"baggage", "\xff"}}, {}, {}), IsEmpty());
}

TEST(UpstreamHeadersTest, AddsWhatTheProtocolSays) {
  EXPECT_THAT(UpstreamHeaders(kDefault, {}, {}, {{"content-type", "application/json"}}),
              ElementsAre(Pair("content-type", "application/json")));
}

TEST(MergeTest, TheRequestsOwnHeadersWinOverTheCallsMetadata) {
  const Headers metadata = {{"authorization", "call"}, {"baggage", "a"}, {"baggage", "b"}};
  const Headers merged = Merge(metadata, {{"authorization", "request"}});
  EXPECT_THAT(merged, ElementsAre(Pair("authorization", "request"), Pair("baggage", "a"), Pair("baggage", "b")));
  EXPECT_EQ(SizeOf(merged), 13u + 7 + 2 * 8);
}

TEST(DownstreamHeadersTest, PassesWhatThePolicyNames) {
  EXPECT_THAT(DownstreamHeaders(kDefault, {{"set-cookie", "x"}, {"a2a-extensions", "u"}, {"server", "y"}}),
              ElementsAre(Pair("a2a-extensions", "u")));
}

// gRPC aborts the process for metadata that it cannot carry.
TEST(DownstreamHeadersTest, WhatGrpcCannotCarryDoesNotPass) {
  const config::HeaderPolicy policy{{}, {"a2a-extensions", "x!y", "x-bin"}};
  for (const char* value : {"a\tb", "a\r\nb", "\x7f", "\xc3\xa4", "\x01"}) {
    EXPECT_THAT(DownstreamHeaders(policy, {{"a2a-extensions", value}}), IsEmpty());
  }
  EXPECT_THAT(DownstreamHeaders(policy, {{"x!y", "a"}, {"x-bin", "a"}}), IsEmpty());
}

TEST(DownstreamHeadersTest, AreBoundedByWhatAPeerTakes) {
  EXPECT_THAT(DownstreamHeaders(kDefault, {{"a2a-extensions", std::string(20'000, 'x')}}), IsEmpty());
}

TEST(UpstreamHeadersTest, AFixedHeaderWithAnEmptyValueWinsToo) {
  EXPECT_THAT(UpstreamHeaders(kDefault, {{"authorization", "client"}}, {{"authorization", ""}}, {}),
              ElementsAre(Pair("authorization", "")));
}

TEST(CheckA2aVersionTest, AbsentAndEveryMinorVersionAreFine) {
  EXPECT_TRUE(CheckA2aVersion({}, "1").ok());
  for (const char* version : {"1", "1.0", "1.7", "1.0.1"}) {
    EXPECT_TRUE(CheckA2aVersion({{"a2a-version", version}}, "1.0").ok()) << version;
  }
}

TEST(CheckA2aVersionTest, AnotherMajorVersionIsNotSupported) {
  for (const char* version : {"0.3", "99.0", "10.0", "x"}) {
    const absl::Status status = CheckA2aVersion({{"a2a-version", version}}, "1.0");
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << version;
    EXPECT_EQ(ErrorReason(status), "VERSION_NOT_SUPPORTED");
  }
}

TEST(CheckA2aVersion, OtherVersionsAreOtherServices) {
  EXPECT_TRUE(CheckA2aVersion({}, "0.3").ok());
  EXPECT_TRUE(CheckA2aVersion({{"a2a-version", "0.3"}}, "0.3").ok());
  const absl::Status status = CheckA2aVersion({{"a2a-version", "1.0"}}, "0.3");
  EXPECT_EQ(ErrorReason(status), "VERSION_NOT_SUPPORTED");
  EXPECT_EQ(status.message(), "a2a-version: this service speaks A2A 0.x; leave the header out or send 0.3");
}

// A2A 0.3 has an X- before the name: either is the same header.
TEST(UpstreamHeaders, ExtensionsGoByTheNameOfTheAgentsVersionAndTheFixedOnesWin) {
  config::HeaderPolicy policy;
  policy.up = {"a2a-extensions"};
  const Headers client = {{"a2a-extensions", "urn:client"}};
  struct Row {
    std::string version;
    Headers fixed;
    std::string name, value;
  };
  for (const Row& row :
       {Row{"1.0", {}, "a2a-extensions", "urn:client"}, Row{"0.3", {}, "x-a2a-extensions", "urn:client"},
        Row{"1.0", {{"x-a2a-extensions", "urn:fixed"}}, "a2a-extensions", "urn:fixed"},
        Row{"1.0", {{"a2a-extensions", "urn:fixed"}}, "a2a-extensions", "urn:fixed"},
        Row{"0.3", {{"x-a2a-extensions", "urn:fixed"}}, "x-a2a-extensions", "urn:fixed"},
        Row{"0.3", {{"a2a-extensions", "urn:fixed"}}, "x-a2a-extensions", "urn:fixed"}}) {
    EXPECT_EQ(UpstreamHeaders(policy, client, row.fixed, {{"a2a-version", row.version}}),
              (Headers{{row.name, row.value}, {"a2a-version", row.version}}));
  }
}

TEST(RenameHeader, GivesEachOfThatNameTheOther) {
  Headers headers = {{"x-a2a-extensions", "urn:a"}, {"x", "y"}, {"x-a2a-extensions", "urn:b"}};
  RenameHeader(headers, kA2aExtensionsV03, kA2aExtensions);
  EXPECT_EQ(headers, (Headers{{"a2a-extensions", "urn:a"}, {"x", "y"}, {"a2a-extensions", "urn:b"}}));
}

// a2a-sdk for Python sends its own version first, then the one that its user asked for.
TEST(CheckA2aVersionTest, OfSeveralVersionsEachCounts) {
  const absl::Status status = CheckA2aVersion({{"a2a-version", "1.0"}, {"a2a-version", "99.0"}}, "1.0");
  EXPECT_EQ(ErrorReason(status), "VERSION_NOT_SUPPORTED");
  EXPECT_EQ(ErrorMetadataValue(status, "version"), "99.0");
  EXPECT_TRUE(CheckA2aVersion({{"a2a-version", "1.0"}, {"a2a-version", "1.1"}}, "1.0").ok());
}

}  // namespace
}  // namespace sluice::frontend
