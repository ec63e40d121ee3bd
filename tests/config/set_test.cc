// --set: any key, on the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

using std::chrono_literals::operator""s;

Config ConfigWith(std::vector<std::string> flags) {
  flags.insert(flags.begin(), kUpstream);
  const CommandLine read = Sluice(flags);
  EXPECT_EQ(read.errors, "");
  return read.config.value_or(Config());
}

std::string ErrorsOf(const std::string& assignment) {
  const CommandLine read = Sluice({kUpstream, "--set=" + assignment});
  EXPECT_EQ(read.exit_code, 78);
  EXPECT_FALSE(read.config.has_value());
  return read.errors;
}

TEST(SetTest, SetsOneValueAsItIsWritten) {
  EXPECT_EQ(ConfigWith({"--set=drain.lame_duck=0s"}).drain.lame_duck, 0s);
  EXPECT_EQ(ConfigWith({"--set=listen=[::1]:0"}).listen, (HostPort{"::1", 0}));
  EXPECT_EQ(ConfigWith({"--set", "shards=3"}).shards, 3);
}

TEST(SetTest, SetsAListAsYaml) {
  EXPECT_EQ(ConfigWith({"--set=headers.up=[a, b]"}).headers.up, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(ConfigWith({"--set=headers.down=[]"}).headers.down, std::vector<std::string>());
}

TEST(SetTest, SetsASectionAsYamlAndLeavesItsOtherKeys) {
  const Config config = ConfigWith({"--set=drain={lame_duck: 1s, refuse: 3s}"});
  EXPECT_EQ(config.drain.lame_duck, 1s);
  EXPECT_EQ(config.drain.refuse, 3s);
  EXPECT_EQ(config.drain.deadline, 20s);
}

TEST(SetTest, ReachesAnUpstreamThatAFlagNames) {
  const Config config = ConfigWith({"--set=upstreams.default.clocks.idle=30s", "--upstream=b=http://b/",
                                    "--set=upstreams.b={version: 1.0, limits: {event: 1kB}}"});
  EXPECT_EQ(config.upstreams[0].clocks.idle, 30s);
  EXPECT_EQ(config.upstreams[0].url, LocalUrl());
  EXPECT_EQ(config.upstreams[1].version, A2aVersion::k10);
  EXPECT_EQ(config.upstreams[1].limits.event_bytes, 1000u);
}

TEST(SetTest, TurnsAClockOfAnUpstreamOff) {
  EXPECT_EQ(ConfigWith({"--set=upstreams.default.clocks.idle=30s", "--set=upstreams.default.clocks.idle=0s"})
                .upstreams[0]
                .clocks.idle,
            std::nullopt);
}

TEST(SetTest, SetsOneHeaderOrAll) {
  const Config one =
      ConfigWith({"--set=upstreams.default.headers={x-a: 1, x-b: 2}",
                  "--set=upstreams.default.headers.X-A=Bearer: [x] = y", "--set=upstreams.default.headers.x.c="});
  EXPECT_EQ(one.upstreams[0].headers, (Headers{{"x-b", "2"}, {"x-a", "Bearer: [x] = y"}, {"x.c", ""}}));
}

TEST(SetTest, MakesAnUpstreamOfANewName) {
  const Config config =
      ConfigWith({"--set=upstreams.tools.kind=jsonrpc", "--set=upstreams.tools.url=http://127.0.0.1:41241/"});
  ASSERT_EQ(config.upstreams.size(), 2u);
  EXPECT_EQ(config.upstreams[1].name, "tools");
  EXPECT_EQ(config.upstreams[1].kind, UpstreamKind::kJsonRpc);
}

TEST(SetTest, ReplacesAllUpstreams) {
  const TempDirectory directory;
  const CommandLine read = Sluice({"--config=" + directory.Write("a.yaml", "upstreams: [{url: 'http://a/'}]"),
                                   "--set=upstreams=[{name: b, url: 'http://127.0.0.1:41241/'}]"});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  ASSERT_EQ(read.config->upstreams.size(), 1u);
  EXPECT_EQ(read.config->upstreams[0].name, "b");
}

TEST(SetTest, LetsTheLastOneWin) { EXPECT_EQ(ConfigWith({"--set=shards=1", "--set=shards=2"}).shards, 2); }

struct Mistake {
  std::string assignment;
  std::string error;
};

class SetMistakeTest : public ::testing::TestWithParam<Mistake> {};
TEST_P(SetMistakeTest, IsToldWithItsPath) {
  EXPECT_EQ(ErrorsOf(GetParam().assignment), "--set: " + GetParam().error + '\n');
}
INSTANTIATE_TEST_SUITE_P(
    Assignments, SetMistakeTest,
    ::testing::Values(
        Mistake{"drain.lame_duck=2", "drain.lame_duck: \"2\": a duration needs a unit, for example 250ms, 2s, 5m"},
        Mistake{"drain.lame_duk=2s",
                "drain.lame_duk: unknown key; did you mean \"lame_duck\"? valid keys: lame_duck, refuse, deadline"},
        Mistake{"drian.lame_duck=2s",
                "drian: unknown key; did you mean \"drain\"? valid keys: listen, http_listen, public_address, shards, "
                "upstreams, "
                "reflection, heartbeat, headers, a2a, limits, keepalive, drain, resume"},
        Mistake{"shards.per_core=2", "shards: has no keys below it"},
        Mistake{"shards", "shards: path=value is expected, for example drain.lame_duck=0s"},
        Mistake{"shards=", "shards: \"\": a whole number from 0 to 256 is expected"},
        Mistake{"headers.up=a", "headers.up: a list is expected, this is one value"},
        Mistake{"headers.up=[a",
                "headers.up: not valid YAML: end of sequence flow not found (a list is written [a, b], a "
                "map {a: b})"},
        Mistake{"drain=2s", "drain: a map is expected, this is one value"},
        Mistake{"drain={refuse: 1s, refuse: 2s}", "drain.refuse: is there twice"},
        Mistake{"upstreams.defalt.clocks.idle=1s",
                "upstreams.defalt: there is no such upstream; did you mean \"default\"? upstreams: default"},
        Mistake{
            "upstreams.default.clocks.idel=1s",
            "upstreams.default.clocks.idel: unknown key; did you mean \"idle\"? valid keys: connect, first_byte, idle, "
            "total"},
        Mistake{"upstreams.default.name=b", "upstreams.default.name: the name is in the path already"},
        Mistake{"upstreams[0].url=http://a/",
                "upstreams[0].url: an upstream is named here, for example upstreams.default.clocks.idle"},
        Mistake{
            "upstreams.default.headers.host=a",
            "upstreams.default.headers.host: \"host\": this header belongs to one connection and is never passed on"}));

TEST(SetTest, WithoutAPathIsUnknown) {
  EXPECT_THAT(ErrorsOf("=1"), ::testing::HasSubstr("unknown key; valid keys: listen"));
  EXPECT_THAT(ErrorsOf("upstreams.default=1"), ::testing::HasSubstr("upstreams.default: a map is expected"));
  EXPECT_THAT(ErrorsOf("upstreams.=1"), ::testing::HasSubstr("upstreams: \"\": a name of 1 to 63 letters"));
  EXPECT_THAT(ErrorsOf("upstreams.default.=1"),
              ::testing::HasSubstr("upstreams.default: unknown key; valid keys: name"));
}

TEST(SetTest, NeverTellsTheValueOfAHeader) {
  for (const char* assignment :
       {"upstreams.default.headers.authorization=Bearer hunter2\n", "upstreams.default.headrs.authorization=hunter2",
        "upstreams.default.headers={authorization: hunter2", "upstreams.default.headers=hunter2",
        "upstreams.default.headers.te=hunter2", "upstreams.default.headers.authorization: hunter2",
        "upstreams.defalt.headers.authorization=hunter2"}) {
    const std::string errors = ErrorsOf(assignment);
    EXPECT_EQ(errors.find("hunter2"), std::string::npos) << errors;
  }
}

}  // namespace
}  // namespace sluice::config
