#include "client/ctl/flag_values.h"

#include <gtest/gtest.h>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::ctl {
namespace {

using std::chrono::milliseconds;

TEST(Duration, HasANumberAndAUnit) {
  EXPECT_EQ(ParseDuration("500ms").value(), milliseconds(500));
  EXPECT_EQ(ParseDuration("30s").value(), milliseconds(30'000));
  EXPECT_EQ(ParseDuration("0.5m").value(), milliseconds(30'000));
  EXPECT_EQ(ParseDuration("1h").value(), milliseconds(3'600'000));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "s", "30", "30 s", "30d", "-1s", "0s", "0.1ms", "1e3s", "inf", "nans", "infs", "9000h"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(Address, IsHostAndPortOrAGrpcTarget) {
  for (const char* text : {"127.0.0.1:50051", "gw.example:1", "[::1]:50051", "unix:/run/sluice.sock", "dns:///gw:1"}) {
    EXPECT_EQ(ParseAddress(text).value(), text);
  }
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text :
       {"", ":1", "gw", "gw:", "gw:x", "gw:0", "gw:-1", "gw:65536", "gw:1x", "unix:", "https://gw:1"}) {
    EXPECT_FALSE(ParseAddress(text).ok()) << text;
  }
}

TEST(Metadata, LowersTheKeyAndTrimsTheValue) {
  const auto field = ParseMetadata("Authorization:  Bearer a:b ").value();
  EXPECT_EQ(field.first, "authorization");
  EXPECT_EQ(field.second, "Bearer a:b");
  EXPECT_EQ(ParseMetadata("x-empty:").value().second, "");
}

TEST(Metadata, DecodesBinaryValues) {
  EXPECT_EQ(ParseMetadata("token-bin: AAE=").value().second, std::string("\0\1", 2));
}

TEST(Metadata, RefusesWhatHttp2CannotCarry) {
  for (const char* text : {"", "a", ":a", " : a", "a b:c", "a\n:b", "a:b\nc", "a:b\x7f", "a\xc3\xa9:b", "te: trailers",
                           "Content-Type: x", "grpc-status: 0", "user-agent: me", "(a):b"}) {
    EXPECT_FALSE(ParseMetadata(text).ok()) << text;
  }
}

TEST(HttpHeader, TakesEveryTokenOfHttp) {
  EXPECT_EQ(ParseHttpHeader("X-A!#$%&'*+.^_`|~: v").value().first, "x-a!#$%&'*+.^_`|~");
  EXPECT_FALSE(ParseHttpHeader("a(b): c").ok());
  EXPECT_FALSE(ParseHttpHeader("a: b\r\nc: d").ok());
}

TEST(TaskState, HasAShortNameAndItsOwn) {
  EXPECT_EQ(ParseTaskState("working").value(), lf::a2a::v1::TASK_STATE_WORKING);
  EXPECT_EQ(ParseTaskState("Auth-Required").value(), lf::a2a::v1::TASK_STATE_AUTH_REQUIRED);
  EXPECT_EQ(ParseTaskState("TASK_STATE_REJECTED").value(), lf::a2a::v1::TASK_STATE_REJECTED);
  EXPECT_FALSE(ParseTaskState("").ok());
  EXPECT_FALSE(ParseTaskState("unspecified").ok());
}

}  // namespace
}  // namespace sluice::ctl
