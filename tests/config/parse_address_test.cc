#include "server/config/parse_address.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

struct Bad {
  std::string text;
  std::string error;
};

TEST(HostPortTest, TakesNamesAndAddresses) {
  EXPECT_EQ(*ParseHostPort("127.0.0.1:50051"), (HostPort{"127.0.0.1", 50051}));
  EXPECT_EQ(*ParseHostPort("localhost:0"), (HostPort{"localhost", 0}));
  EXPECT_EQ(*ParseHostPort("my-host_2.example:65535"), (HostPort{"my-host_2.example", 65535}));
  EXPECT_EQ(*ParseHostPort("[::1]:50051"), (HostPort{"::1", 50051}));
  EXPECT_EQ(*ParseHostPort("[::]:0"), (HostPort{"::", 0}));
}

TEST(HostPortTest, IsPrintedAsItIsRead) {
  for (const char* text : {"127.0.0.1:50051", "localhost:0", "[2001:db8::1]:443"}) {
    EXPECT_EQ(PrintHostPort(*ParseHostPort(text)), text);
  }
}

class BadHostPortTest : public ::testing::TestWithParam<Bad> {};
TEST_P(BadHostPortTest, SaysWhatIsExpected) { EXPECT_EQ(ParseHostPort(GetParam().text).error(), GetParam().error); }
INSTANTIATE_TEST_SUITE_P(
    Texts, BadHostPortTest,
    ::testing::Values(
        Bad{"", "\"\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051"},
        Bad{"localhost", "\"localhost\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051"},
        Bad{"[::1]", "\"[::1]\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051"},
        Bad{":50051", "\":50051\": there is no host; all addresses are 0.0.0.0:50051 or [::]:50051"},
        Bad{"::1:50051", "\"::1:50051\": an IPv6 address goes in brackets, for example [::1]:50051"},
        Bad{"[::1:50051", "\"[::1:50051\": the bracket of the IPv6 address is not closed"},
        Bad{"[::1]50051", "\"[::1]50051\": after ] only :port may follow"},
        Bad{"[1.2.3.4]:1", "\"[1.2.3.4]:1\": \"1.2.3.4\" is not an IPv6 address"},
        Bad{"[]:1", "\"[]:1\": \"\" is not an IPv6 address"},
        Bad{"1.2.3:1", "\"1.2.3:1\": \"1.2.3\" is not a host name or an IPv4 address"},
        Bad{"256.1.1.1:1", "\"256.1.1.1:1\": \"256.1.1.1\" is not a host name or an IPv4 address"},
        Bad{"a..b:1", "\"a..b:1\": \"a..b\" is not a host name or an IPv4 address"},
        Bad{"*:50051", "\"*:50051\": \"*\" is not a host name or an IPv4 address"},
        Bad{"a:", "\"a:\": port: a number from 0 to 65535 is expected"},
        Bad{"a:grpc", "\"a:grpc\": port: a number from 0 to 65535 is expected"},
        Bad{"a:-1", "\"a:-1\": port: a number from 0 to 65535 is expected"},
        Bad{"a:65536", "\"a:65536\": port \"65536\": a number from 0 to 65535 is expected"},
        Bad{"a:99999999999", "\"a:99999999999\": port \"99999999999\": a number from 0 to 65535 is expected"}));

TEST(PublicAddressTest, IsOneThatClientsCanCall) {
  EXPECT_EQ(*ParsePublicAddress("agents.example:443"), (HostPort{"agents.example", 443}));
  EXPECT_EQ(*ParsePublicAddress("[::1]:50051"), (HostPort{"::1", 50051}));
  EXPECT_EQ(ParsePublicAddress("a:0").error(), "\"a:0\": clients need the port that they can call, 0 is none");
  for (const char* all : {"0.0.0.0:1", "[::]:1"}) EXPECT_FALSE(ParsePublicAddress(all).ok()) << all;
  EXPECT_EQ(ParsePublicAddress("a").error(), ParseHostPort("a").error());
}

TEST(AuthorityTest, IsAHostWithOrWithoutPort) {
  EXPECT_EQ(*ParseAuthority("Agents.Example"), "agents.example");
  EXPECT_EQ(*ParseAuthority("agents.example:443"), "agents.example:443");
  EXPECT_EQ(*ParseAuthority("[2001:DB8::1]"), "[2001:db8::1]");
  EXPECT_EQ(*ParseAuthority("[::1]:50051"), "[::1]:50051");
  EXPECT_EQ(ParseAuthority("a:0").error(), "\"a:0\": port \"0\": a number from 1 to 65535 is expected");
  EXPECT_EQ(ParseAuthority("*.example").error(), "\"*.example\": \"*.example\" is not a host name or an IPv4 address");
  EXPECT_EQ(ParseAuthority("").error(), "\"\": there is no host");
}

TEST(UrlTest, HasTheUsualPortOfItsScheme) {
  EXPECT_EQ(*ParseUrl("http://agent.example"), (Url{false, "agent.example", 80, "/", "agent.example"}));
  EXPECT_EQ(*ParseUrl("https://agent.example/"), (Url{true, "agent.example", 443, "/", "agent.example"}));
}

TEST(UrlTest, NamesItsPortToTheUpstreamOnlyIfItIsNotTheUsualOne) {
  EXPECT_EQ(ParseUrl("http://a:80/")->host_header, "a");
  EXPECT_EQ(ParseUrl("http://a:443/")->host_header, "a:443");
  EXPECT_EQ(ParseUrl("https://a:443/")->host_header, "a");
  EXPECT_EQ(ParseUrl("https://a:8443/")->host_header, "a:8443");
}

TEST(UrlTest, KeepsPathAndQueryAndHasAtLeastASlash) {
  EXPECT_EQ(ParseUrl("http://a/b/c?d=e&f=http://g/?h")->path, "/b/c?d=e&f=http://g/?h");
  EXPECT_EQ(ParseUrl("http://a?tenant=1")->path, "/?tenant=1");
  EXPECT_EQ(ParseUrl("http://a/%7Bx%7d")->path, "/%7Bx%7d");
}

TEST(UrlTest, HasALowerCaseHostAndAnySchemeCase) {
  EXPECT_EQ(*ParseUrl("HTTPS://Agent.Example/Path"), (Url{true, "agent.example", 443, "/Path", "agent.example"}));
}

TEST(UrlTest, TakesIpv6InBrackets) {
  EXPECT_EQ(*ParseUrl("http://[::1]:41241/a"), (Url{false, "::1", 41241, "/a", "[::1]:41241"}));
  EXPECT_EQ(*ParseUrl("https://[2001:DB8::1]"), (Url{true, "2001:db8::1", 443, "/", "[2001:db8::1]"}));
}

TEST(UrlTest, IsPrintedAsItIsRead) {
  for (const char* text : {"http://127.0.0.1:41241/", "https://[::1]/a?b=c", "https://a.example:8443/%20"}) {
    EXPECT_EQ(PrintUrl(*ParseUrl(text)), text);
  }
}

class BadUrlTest : public ::testing::TestWithParam<Bad> {};
TEST_P(BadUrlTest, SaysWhatIsExpected) { EXPECT_EQ(ParseUrl(GetParam().text).error(), GetParam().error); }
const std::string kScheme =
    "a URL that begins with http:// or https:// is expected, for example http://127.0.0.1:41241/";
const std::string kPercent = "a % in a URL is followed by two hexadecimal digits; write %25 for the character itself";
const std::string kUser =
    "a URL with user or password is not taken; send an authorization header (upstreams[].headers)";
INSTANTIATE_TEST_SUITE_P(
    Texts, BadUrlTest,
    ::testing::Values(Bad{"", kScheme}, Bad{"127.0.0.1:41241", kScheme}, Bad{"ftp://a/", kScheme},
                      Bad{"http:/a/", kScheme}, Bad{"://a", kScheme}, Bad{"http://", "there is no host"},
                      Bad{"http:///path", "there is no host"}, Bad{"http://:80/", "there is no host"},
                      Bad{"http://user:secret@a/", kUser}, Bad{"http://user@a/", kUser},
                      Bad{"http://a/#top", "a URL to send to has no #fragment"},
                      Bad{"http://a#top", "a URL to send to has no #fragment"},
                      Bad{"http://a:0/", "port \"0\": a number from 1 to 65535 is expected"},
                      Bad{"http://a:/", "port: a number from 1 to 65535 is expected"},
                      Bad{"http://a:99999/", "port \"99999\": a number from 1 to 65535 is expected"},
                      Bad{"http://::1/", "an IPv6 address goes in brackets, for example [::1]:50051"},
                      Bad{"http://[::1/", "the bracket of the IPv6 address is not closed"},
                      Bad{"http://[::g]/", "\"::g\" is not an IPv6 address"},
                      Bad{"http://a b/", "\"a b\" is not a host name or an IPv4 address"},
                      Bad{"http://a%20b/", "\"a%20b\" is not a host name or an IPv4 address"},
                      Bad{"http://a/%", kPercent}, Bad{"http://a/%2", kPercent}, Bad{"http://a/%2g", kPercent},
                      Bad{"http://a/b c", "character 3 of the path is not allowed in a URL; percent-encode it"},
                      Bad{"http://a/\r\nX: y", "character 2 of the path is not allowed in a URL; percent-encode it"},
                      Bad{"http://a/\xc3\xa9", "character 2 of the path is not allowed in a URL; percent-encode it"},
                      Bad{"http://a/" + std::string(9000, 'b'), "the URL is longer than 8192 characters"}));

TEST(UrlTest, NeverTellsAPasswordEvenOfAUrlThatCannotBeSplit) {
  for (const char* text :
       {"http://user:hunter2@a/", "http://user:hunter2/@a/", "user:hunter2@a", "http://user:hunter2"}) {
    const auto parsed = ParseUrl(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().find("hunter2"), std::string::npos) << parsed.error();
  }
}

}  // namespace
}  // namespace sluice::config
