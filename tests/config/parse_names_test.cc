#include "server/config/parse_names.h"

#include <gtest/gtest.h>

#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

TEST(UpstreamNameTest, IsAWordThatFitsInPaths) {
  for (const char* name : {"default", "a", "7", "Agent-2_b"}) EXPECT_EQ(*ParseUpstreamName(name), name);
  EXPECT_TRUE(ParseUpstreamName(std::string(63, 'a')).ok());
  EXPECT_EQ(ParseUpstreamName("a.b").error(),
            "\"a.b\": a name of 1 to 63 letters, digits, - and _ is expected, beginning with a letter or digit");
  for (const auto& name : {std::string(), std::string("-a"), std::string("a b"), std::string("a/b"),
                           std::string("\xc3\xa9"), std::string(64, 'a'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(ParseUpstreamName(name).ok()) << name;
  }
}

TEST(TenantTest, IsAnyShortText) {
  for (const char* tenant : {"acme", "a b/c", "\xc3\xa9"}) EXPECT_EQ(*ParseTenant(tenant), tenant);
  EXPECT_TRUE(ParseTenant(std::string(256, 'a')).ok());
  for (const auto& tenant : {std::string(), std::string(257, 'a'), std::string("a\nb"), std::string("a\xff"),
                             std::string("a\0b", 3), std::string("\x7f")}) {
    EXPECT_FALSE(ParseTenant(tenant).ok()) << tenant;
  }
}

TEST(HeaderNameTest, IsMadeLowerCase) { EXPECT_EQ(*ParseHeaderName("X-Api-Key"), "x-api-key"); }

TEST(HeaderNameTest, OfTheConnectionIsRefused) {
  for (const char* name : {"connection", "TE", "Transfer-Encoding", "host", "content-length", "upgrade", "keep-alive",
                           "trailer", "proxy-authorization", "Proxy-Connection"}) {
    EXPECT_EQ(ParseHeaderName(name).error(),
              '"' + std::string(name) + "\": this header belongs to one connection and is never passed on");
  }
}

TEST(HeaderNameTest, OfTheFramingIsRefused) {
  EXPECT_EQ(ParseHeaderName(":path").error(), "\":path\": a pseudo header is never passed on");
  EXPECT_EQ(ParseHeaderName("grpc-timeout").error(),
            "\"grpc-timeout\": this header belongs to gRPC itself and is never passed on");
  EXPECT_EQ(ParseHeaderName("Content-Type").error(), "\"Content-Type\": this header is set by Sluice itself");
  EXPECT_EQ(ParseHeaderName("accept-encoding").error(), "\"accept-encoding\": this header is set by Sluice itself");
}

TEST(HeaderNameTest, HasOnlyTokenCharacters) {
  EXPECT_TRUE(ParseHeaderName("a!#$%&'*+-.^_`|~9").ok());
  EXPECT_EQ(ParseHeaderName("a b").error(), "\"a b\": \" \" is not allowed in a header name");
  EXPECT_EQ(ParseHeaderName("a\r\nb").error(), "\"a\\r\\nb\": \"\\r\" is not allowed in a header name");
  EXPECT_EQ(ParseHeaderName(std::string("a\0", 2)).error(), "\"a\\x00\": \"\\x00\" is not allowed in a header name");
  EXPECT_EQ(ParseHeaderName("").error(), "a header name is expected, this is empty");
}

TEST(HeaderNameTest, OfBinaryMetadataCannotCross) {
  EXPECT_TRUE(ParseHeaderName("x-trace-bin").ok());
  EXPECT_EQ(ParseForwardedHeaderName("x-trace-bin").error(),
            "\"x-trace-bin\": binary metadata (-bin) cannot be an HTTP header");
}

TEST(HeaderValueTest, IsVisibleAsciiWithBlanksInside) {
  for (const char* value : {"", "a", "Bearer x.y.z", "a\tb", "\"quoted\", and; more=~"}) {
    EXPECT_EQ(*ParseHeaderValue(value), value);
  }
}

TEST(HeaderValueTest, IsNotTellingItselfWhenItIsBad) {
  EXPECT_EQ(ParseHeaderValue("secret\r\nX: y").error(),
            "character 7 of the header value is not visible ASCII (the value is not shown here)");
  EXPECT_EQ(ParseHeaderValue("secret\x7f").error(),
            "character 7 of the header value is not visible ASCII (the value is not shown here)");
  EXPECT_EQ(ParseHeaderValue(" secret").error(),
            "the header value begins or ends with a blank (the value is not shown here)");
  EXPECT_EQ(ParseHeaderValue("secret\t").error(),
            "the header value begins or ends with a blank (the value is not shown here)");
}

TEST(ServerNameTest, IsAHostWithoutPort) {
  EXPECT_EQ(*ParseServerName("agent.example"), "agent.example");
  for (const char* name : {"", "agent.example:443", "[::1]", "a b", "http://a"}) {
    EXPECT_EQ(ParseServerName(name).error(), '"' + std::string(name) + "\": a host name without port is expected");
  }
}

TEST(ReadableFileTest, IsARegularFileThatIsThere) {
  const TempDirectory directory;
  const std::string file = directory.Write("ca.pem", "x");
  EXPECT_EQ(*ParseReadableFile(file), file);
  EXPECT_EQ(directory.Strip(ParseReadableFile(directory.Name("no.pem")).error()),
            "\"no.pem\": No such file or directory");
  EXPECT_EQ(ParseReadableFile("/").error(), "\"/\": not a regular file");
  EXPECT_EQ(ParseReadableFile("").error(), "a file name is expected, this is empty");
  EXPECT_FALSE(ParseReadableFile(std::string("a\0b", 3)).ok());
}

TEST(SecretKeyTest, IsThirtyTwoBytesInEitherBase64) {
  const std::string bytes = std::string(30, '\xfb') + "\xff\xbf";
  for (const char* text :
       {"+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7/78=", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7/78",
        "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7_78=", "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7_78"}) {
    const auto key = ParseSecretKey(text);
    ASSERT_TRUE(key.ok()) << text << ": " << key.error();
    EXPECT_EQ(*key, bytes) << text;
  }
  for (const char* text :
       {"", "hunter2", "*/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7/78=", "(not shown)",
        "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7/7//"}) {
    const auto key = ParseSecretKey(text);
    EXPECT_FALSE(key.ok()) << text;
    EXPECT_EQ(key.error().find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace sluice::config
