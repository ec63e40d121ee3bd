// The flags: what they mean, who wins, exit codes, and the pages that they print.
#include "server/config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/flags.h"
#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CommandLineTest, NeedsOnlyAnUpstream) {
  Config expected;
  expected.upstreams.emplace_back();
  expected.upstreams[0].url = LocalUrl();
  const CommandLine read = Sluice({kUpstream});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  EXPECT_EQ(*read.config, expected);
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_FALSE(read.check_only);
  EXPECT_EQ(read.output + read.errors, "");
}

TEST(CommandLineTest, WithoutUpstreamSaysHowToNameOne) {
  for (const CommandLine& read : {Sluice({}), Sluice({"--shards=1"}), ParseCommandLine(0, nullptr)}) {
    EXPECT_EQ(read.exit_code, 78);
    EXPECT_FALSE(read.config.has_value());
    EXPECT_EQ(
        read.errors,
        "sluice: upstreams: no upstream is configured; name one, for example --upstream=http://127.0.0.1:41241/\n");
  }
}

TEST(CommandLineTest, TakesEveryFlagWithEqualsOrABlank) {
  const std::vector<std::vector<std::string>> forms = {
      {kUpstream, "--listen=[::1]:0", "--http-listen=a:1", "--public-address=b:2", "--shards=2", "--lame-duck=5s",
       "--drain-deadline=250ms"},
      {"--upstream", "http://127.0.0.1:41241/", "--listen", "[::1]:0", "--http-listen", "a:1", "--public-address",
       "b:2", "--shards", "2", "--lame-duck", "5s", "--drain-deadline", "250ms"}};
  for (const auto& flags : forms) {
    const CommandLine read = Sluice(flags);
    ASSERT_TRUE(read.config.has_value()) << read.errors;
    EXPECT_EQ(read.config->listen, (HostPort{"::1", 0}));
    EXPECT_EQ(read.config->http_listen, (HostPort{"a", 1}));
    EXPECT_EQ(read.config->public_address, (HostPort{"b", 2}));
    EXPECT_EQ(read.config->shards, 2);
    EXPECT_EQ(read.config->drain.lame_duck, 5s);
    EXPECT_EQ(read.config->drain.deadline, 250ms);
    EXPECT_EQ(read.config->upstreams.at(0).url, LocalUrl());
  }
}

TEST(CommandLineTest, NamesUpstreamsAndTheirKind) {
  const CommandLine read =
      Sluice({"--upstream=http://127.0.0.1:41241/?a=b+c://d", "--upstream=two=http://127.0.0.1:41241/2",
              "--upstream=three=jsonrpc+http://127.0.0.1:41241/3", "--upstream=four=a2a+http://127.0.0.1:41241/4",
              "--upstream=five=mcp+http://127.0.0.1:41241/mcp", "--upstream=six=sse+http://127.0.0.1:41241/v1"});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  const auto& upstreams = read.config->upstreams;
  ASSERT_EQ(upstreams.size(), 6u);
  EXPECT_EQ(upstreams[0].name, "default");
  EXPECT_EQ(upstreams[0].url, LocalUrl("/?a=b+c://d"));
  EXPECT_EQ(upstreams[1].name, "two");
  EXPECT_EQ(upstreams[1].kind, UpstreamKind::kA2a);
  EXPECT_EQ(upstreams[2].kind, UpstreamKind::kJsonRpc);
  EXPECT_EQ(upstreams[2].url, LocalUrl("/3"));
  EXPECT_EQ(upstreams[3].kind, UpstreamKind::kA2a);
  EXPECT_EQ(upstreams[4].kind, UpstreamKind::kMcp);
  EXPECT_EQ(upstreams[5].kind, UpstreamKind::kSse);
}

TEST(CommandLineTest, LetsDefaultsFileSetAndFlagsWinInThisOrder) {
  const TempDirectory directory;
  const std::string file = "--config=" + directory.Write("a.yaml",
                                                         "upstreams: [{url: 'http://a/'}]\n"
                                                         "drain: {lame_duck: 11s, deadline: 12s, refuse: 13s}\n"
                                                         "listen: file:1\n");
  // The order on the command line does not matter between these.
  const CommandLine read = Sluice({"--lame-duck=31s", "--set=drain.lame_duck=21s", "--set=drain.deadline=22s", file});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  EXPECT_EQ(read.config->drain.lame_duck, 31s);
  EXPECT_EQ(read.config->drain.deadline, 22s);
  EXPECT_EQ(read.config->drain.refuse, 13s);
  EXPECT_EQ(read.config->listen, (HostPort{"file", 1}));
  EXPECT_EQ(read.config->http_listen, Config().http_listen);
}

TEST(CommandLineTest, LetsTheLastOfAFlagWin) {
  EXPECT_EQ(Sluice({kUpstream, "--shards=1", "--shards=2"}).config.value().shards, 2);
}

TEST(CommandLineTest, ReplacesTheUpstreamOfTheFileThatHasTheName) {
  const TempDirectory directory;
  const std::string file = "--config=" + directory.Write("a.yaml",
                                                         "upstreams:\n"
                                                         "  - {name: a, url: 'http://a/', clocks: {idle: 1s}}\n"
                                                         "  - {name: b, url: 'http://b/', clocks: {idle: 1s}}\n");
  const CommandLine read =
      Sluice({file, "--upstream=b=http://127.0.0.1:41241/", "--upstream=c=http://127.0.0.1:41241/c",
              "--set=upstreams.b.clocks.total=2s", "--set=upstreams.b.url=http://other/"});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  const auto& upstreams = read.config->upstreams;
  ASSERT_EQ(upstreams.size(), 3u);
  EXPECT_EQ(upstreams[0].clocks.idle, 1s);
  EXPECT_EQ(upstreams[1].name, "b");
  EXPECT_EQ(upstreams[1].url, LocalUrl());            // the flag, not --set
  EXPECT_EQ(upstreams[1].clocks.idle, std::nullopt);  // of the file nothing is left
  EXPECT_EQ(upstreams[1].clocks.total, 2s);           // --set still counts
  EXPECT_EQ(upstreams[2].url, LocalUrl("/c"));
}

struct Mistake {
  std::vector<std::string> flags;
  std::string errors;
};

class BadFlagTest : public ::testing::TestWithParam<Mistake> {};
TEST_P(BadFlagTest, IsNamedAndEndsWith64) {
  std::vector<std::string> flags = GetParam().flags;
  flags.insert(flags.begin(), "--upstream=first=http://a/");
  const CommandLine read = Sluice(flags);
  EXPECT_EQ(read.errors, GetParam().errors);
  EXPECT_EQ(read.exit_code, 64);
  EXPECT_FALSE(read.config.has_value());
  EXPECT_EQ(read.output, "");
}
const std::string kAlone = "sluice: a value stands alone; flags begin with --, and a value with blanks needs quotes\n";
INSTANTIATE_TEST_SUITE_P(
    Flags, BadFlagTest,
    ::testing::Values(
        Mistake{{"--lisen=a:1"}, "sluice: --lisen: unknown flag; did you mean \"--listen\"?\n"},
        Mistake{{"--frobnicate"}, "sluice: --frobnicate: unknown flag; see --help\n"},
        Mistake{{"-x"}, "sluice: -x: unknown flag; see --help\n"}, Mistake{{"serve"}, kAlone},
        Mistake{{"--", "serve"}, kAlone}, Mistake{{"--listen"}, "--listen: needs a value: --listen=host:port\n"},
        Mistake{{"--listen="}, "--listen: needs a value: --listen=host:port\n"},
        Mistake{{"--listen", "--shards=2"}, "--listen: needs a value: --listen=host:port\n"},
        Mistake{{"--set"}, "--set: needs a value: --set=path=value\n"},
        Mistake{{"--config="}, "--config: needs a value: --config=FILE\n"},
        Mistake{{"--listen=[::1]"},
                "--listen: \"[::1]\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051\n"},
        Mistake{{"--shards=257"}, "--shards: \"257\": a whole number from 0 to 256 is expected\n"},
        Mistake{{"--shards=-1"}, "--shards: \"-1\": a whole number from 0 to 256 is expected\n"},
        Mistake{{"--lame-duck=2"}, "--lame-duck: \"2\": a duration needs a unit, for example 250ms, 2s, 5m\n"},
        Mistake{{"--drain-deadline=2min"}, "--drain-deadline: \"2min\": unknown unit \"min\"; units: ms, s, m, h\n"},
        Mistake{{"--upstream=first=http://b/"},
                "--upstream: first: is there twice; give each a name: --upstream=name=url\n"},
        Mistake{
            {"--upstream=a b=http://b/"},
            "--upstream: \"a b\": a name of 1 to 63 letters, digits, - and _ is expected, beginning with a letter or "
            "digit\n"},
        Mistake{{"--upstream=b=soap+http://b/"},
                "--upstream: b: kind \"soap\": one of a2a, mcp, jsonrpc, sse is expected\n"},
        Mistake{{"--upstream=b=http://b:0/"}, "--upstream: b: port \"0\": a number from 1 to 65535 is expected\n"},
        Mistake{{"--upstream=localhost:41241"},
                "--upstream: default: a URL that begins with http:// or https:// is expected, for example "
                "http://127.0.0.1:41241/\n"}));

TEST(CommandLineTest, WithTwoUpstreamsWithoutNameAsksForNames) {
  EXPECT_EQ(Sluice({kUpstream, kUpstream}).errors,
            "--upstream: default: is there twice; give each a name: --upstream=name=url\n");
}

TEST(CommandLineTest, TellsWhatIsWrongEverywhereAtOnce) {
  const TempDirectory directory;
  const std::string file = directory.Write("a.yaml", "shards: x\nlisten: a:1\n");
  const CommandLine read =
      Sluice({"--config=" + file, "--lisen=x", "--set=shards=y", "--lame-duck=z", "--http-listen=a:1"});
  EXPECT_EQ(read.exit_code, 64);
  EXPECT_EQ(directory.Strip(read.errors),
            "sluice: --lisen: unknown flag; did you mean \"--listen\"?\n"
            "--lame-duck: \"z\": a duration is a whole number with a unit, for example 250ms, 2s, 5m\n"
            "a.yaml:1:9: shards: \"x\": a whole number from 0 to 256 is expected\n"
            "--set: shards: \"y\": a whole number from 0 to 256 is expected\n"
            "--http-listen: listen and http_listen are both a:1\n"
            "sluice: upstreams: no upstream is configured; name one, for example --upstream=http://127.0.0.1:41241/\n");
}

TEST(CommandLineTest, TellsNoMistakeThatOnlyFollowsFromAnother) {
  const std::string set = "--set=upstreams.b.clocks.idle=1s";
  EXPECT_EQ(Sluice({"--config=/no/such/file", set}).errors,
            "/no/such/file: cannot be read: No such file or directory\n");
  EXPECT_EQ(Sluice({"--upstream=b=http://b:0/", set}).errors,
            "--upstream: b: port \"0\": a number from 1 to 65535 is expected\n");
}

TEST(CommandLineTest, NeverTellsAPasswordOrAValueThatLostItsQuotes) {
  for (const auto& flags :
       std::vector<std::vector<std::string>>{{"--upstream=http://user:hunter2@a/"},
                                             {"--upstrem=http://user:hunter2@a/"},
                                             {"--set=upstreams.default.headers.authorization=Bearer", "hunter2"}}) {
    const CommandLine read = Sluice(flags);
    EXPECT_EQ(read.exit_code, 64);
    EXPECT_THAT(read.errors, Not(HasSubstr("hunter2")));
  }
}

TEST(CommandLineTest, ChecksTheConfigurationWithoutServing) {
  const CommandLine good = Sluice({kUpstream, "--check-config"});
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_TRUE(good.check_only);
  EXPECT_EQ(good.output, "sluice: the configuration is good\n");
  const CommandLine bad = Sluice({kUpstream, "--check-config", "--set=shards=x"});
  EXPECT_EQ(bad.exit_code, 78);
  EXPECT_EQ(bad.output, "");
  EXPECT_NE(bad.errors, "");
}

TEST(CommandLineTest, PrintsTheVersion) {
  const CommandLine read = Sluice({"--version"});
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_TRUE(read.check_only);
  EXPECT_FALSE(read.config.has_value());
  EXPECT_THAT(read.output, ::testing::MatchesRegex("sluice [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLineTest, PrintsHelpWithEveryFlagTheDefaultsAnExampleAndTheExitCodes) {
  for (const char* flag : {"--help", "-h"}) {
    const CommandLine read = Sluice({flag, "--nonsense"});
    EXPECT_EQ(read.exit_code, 0);
    EXPECT_TRUE(read.check_only);
    EXPECT_EQ(read.errors, "");
    for (const Flag& known : Flags()) EXPECT_THAT(read.output, HasSubstr("\n  " + known.name)) << known.name;
    for (const char* text : {"(default 127.0.0.1:50051)", "(default 127.0.0.1:9464)", "(default 2s)", "(default 20s)",
                             "Example:  sluice --upstream=http://127.0.0.1:41241/", "64 ", "69 ", "70 ", "78 "}) {
      EXPECT_THAT(read.output, HasSubstr(text));
    }
  }
}

TEST(CommandLineTest, PrintsHelpThatFitsAScreen) {
  std::size_t lines = 0;
  std::size_t width = 0;
  for (const char c : Sluice({"--help"}).output) {
    width = c == '\n' ? 0 : width + 1;
    lines += c == '\n' ? 1 : 0;
    EXPECT_LE(width, 120u);
  }
  EXPECT_LE(lines, 40u);
}

}  // namespace
}  // namespace sluice::config
