// The YAML file: what it gives, and each way in which it can be wrong, with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/yaml_node.h"
#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

constexpr std::string_view kGood = R"(
listen: "[::1]:0"
http_listen: 0.0.0.0:9464
public_address: agents.example:443
shards: 4
upstreams:
  - name: default
    url: https://agent.example/a2a?tenant=1
    kind: a2a
    version: 0.3
    card: {url: "https://cards.example/agent.json", refresh: 90s}
    tenants: [acme, "Ünï, corp"]
    authorities: [Agents.example, "[::1]:443"]
    resume: on
    idempotent_send: on
    headers:
      Authorization: Bearer token
      x-b: ""
    on_cancel: cancel-task
    clocks: {connect: 1s, first_byte: 2s, idle: 250ms, total: 5m}
    limits: {event: 1MiB, error_body: 0B}
    tls:
      ca_file: DIR/ca.pem
      cert_file: DIR/cert.pem
      key_file: DIR/key.pem
      server_name: other.example
  - {name: tools, url: "http://127.0.0.1:41241/", kind: jsonrpc, clocks: {idle: 0s}}
  - {name: mcp, url: "http://127.0.0.1:41241/", kind: mcp, era: legacy}
  - {name: llm, url: "http://127.0.0.1:41241/", kind: sse, dialect: anthropic}
reflection: false
heartbeat: 0s
headers:
  up: [Authorization, x-tenant]
  down: []
limits:
  calls_in_flight: 1
  streams_per_connection: 2
  memory: 5MiB
  message: 3MiB
  metadata: 9KiB
  high_watermark: 4KiB
  low_watermark: 2kB
  stall: 6s
  session_requests: 7
keepalive: {time: 8s, timeout: 9s, min_client_ping: 0s}
drain:
  lame_duck: 0s
  refuse: 10ms
  deadline: 1m
resume: {key: MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=, ttl: 1h}
)";

class ConfigFileTest : public ::testing::Test {
 protected:
  CommandLine Read(std::string_view yaml) const {
    return Sluice({"--config=" + directory_.Write("sluice.yaml", yaml)});
  }
  // What is wrong with the file, with its name but not its directory.
  std::string ErrorsOf(std::string_view yaml) const { return directory_.Strip(Read(yaml).errors); }

  TempDirectory directory_;
};

TEST_F(ConfigFileTest, GivesEveryValueThatIsWrittenInIt) {
  Config expected;
  expected.listen = {"::1", 0};
  expected.http_listen = {"0.0.0.0", 9464};
  expected.public_address = {"agents.example", 443};
  expected.shards = 4;
  Upstream agent;
  agent.url = {true, "agent.example", 443, "/a2a?tenant=1", "agent.example"};
  agent.version = A2aVersion::k03;
  agent.card = {{true, "cards.example", 443, "/agent.json", "cards.example"}, 90s};
  agent.tenants = {"acme", "Ünï, corp"};
  agent.authorities = {"agents.example", "[::1]:443"};
  agent.resume = true;
  agent.idempotent_send = true;
  agent.headers = {{"authorization", "Bearer token"}, {"x-b", ""}};
  agent.on_cancel = CancelPolicy::kCancelTask;
  agent.clocks = {1s, 2s, 250ms, 5min};
  agent.limits = {kMiB, 0};
  agent.tls = {directory_.Write("ca.pem", ""), directory_.Write("cert.pem", ""), directory_.Write("key.pem", ""),
               "other.example"};
  Upstream tools;
  tools.name = "tools";
  tools.url = LocalUrl();
  tools.kind = UpstreamKind::kJsonRpc;
  Upstream mcp = tools;
  mcp.name = "mcp";
  mcp.kind = UpstreamKind::kMcp;
  mcp.era = McpEra::kLegacy;
  Upstream llm = tools;
  llm.name = "llm";
  llm.kind = UpstreamKind::kSse;
  llm.dialect = SseDialect::kAnthropic;
  expected.upstreams = {agent, tools, mcp, llm};
  expected.reflection = false;
  expected.heartbeat = std::nullopt;
  expected.headers = {{"authorization", "x-tenant"}, {}};
  expected.limits = {1, 2, 5 * kMiB, 3 * kMiB, 9 * kKiB, 4 * kKiB, 2000, 6s, 7};
  expected.keepalive = {8s, 9s, 0s};
  expected.drain = {0s, 10ms, 1min};
  expected.resume = {"12345678901234567890123456789012", 60min};

  std::string yaml(kGood);
  for (auto at = yaml.find("DIR/"); at != std::string::npos; at = yaml.find("DIR/")) {
    yaml.replace(at, 4, directory_.Name(""));
  }
  const CommandLine read = Read(yaml);
  EXPECT_EQ(read.errors, "");
  ASSERT_TRUE(read.config.has_value());
  EXPECT_EQ(*read.config, expected);
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_FALSE(read.check_only);
}

TEST_F(ConfigFileTest, LeavesTheDefaultOfWhatIsNotWritten) {
  Config expected;
  expected.upstreams.emplace_back();
  expected.upstreams[0].url = LocalUrl();
  const CommandLine read =
      Read("upstreams: [{url: 'http://127.0.0.1:41241/'}]\ndrain:\n  # nothing here\nlimits: {}\n");
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  EXPECT_EQ(*read.config, expected);
}

TEST_F(ConfigFileTest, WithAMistakeGivesNoConfigurationAndExitCode78) {
  const CommandLine read = Read("shards: many\n");
  EXPECT_FALSE(read.config.has_value());
  EXPECT_EQ(read.exit_code, 78);
  EXPECT_EQ(read.output, "");
}

// A mistake below or above this upstream, which is line 1.
constexpr std::string_view kLine1 = "upstreams: [{url: 'http://a/'}]\n";

struct Mistake {
  std::string name;
  std::string yaml;   // from line 2 on
  std::string error;  // behind "sluice.yaml:"
  friend void PrintTo(const Mistake& row, std::ostream* os) { *os << row.name; }
};

class MistakeTest : public ConfigFileTest, public ::testing::WithParamInterface<Mistake> {};
TEST_P(MistakeTest, IsToldWithItsPlaceAndWhatWasExpected) {
  EXPECT_EQ(ErrorsOf(std::string(kLine1) + GetParam().yaml), "sluice.yaml:" + GetParam().error + '\n');
}
const std::string kTopKeys =
    "listen, http_listen, public_address, shards, upstreams, reflection, heartbeat, headers, a2a, limits, keepalive, "
    "drain, "
    "resume";
INSTANTIATE_TEST_SUITE_P(
    Settings, MistakeTest,
    ::testing::Values(
        Mistake{"UnknownKey", "shard: 1", "2:1: shard: unknown key; did you mean \"shards\"? valid keys: " + kTopKeys},
        Mistake{"UnknownKeyLikeNone", "verbose: 1", "2:1: verbose: unknown key; valid keys: " + kTopKeys},
        Mistake{"KeyOfASectionAtTheTop", "lame_duck: 1s",
                "2:1: lame_duck: unknown key; did you mean \"drain.lame_duck\"? valid keys: " + kTopKeys},
        Mistake{"DottedKey", "drain.lame_duck: 1s", "2:1: drain.lame_duck: unknown key; valid keys: " + kTopKeys},
        Mistake{
            "UnknownKeyInASection", "drain:\n  lameduck: 1s",
            "3:3: drain.lameduck: unknown key; did you mean \"lame_duck\"? valid keys: lame_duck, refuse, deadline"},
        Mistake{"DurationWithoutUnit", "drain:\n  lame_duck: 2",
                "3:14: drain.lame_duck: \"2\": a duration needs a unit, for example 250ms, 2s, 5m"},
        Mistake{"SizeWithoutUnit", "limits: {message: 1024}",
                "2:19: limits.message: \"1024\": a size needs a unit, for example 512B, 64KiB, 10MiB"},
        Mistake{"NoCallAllowed", "limits: {calls_in_flight: 0}",
                "2:27: limits.calls_in_flight: \"0\": a whole number from 1 to 10000000 is expected"},
        Mistake{"TooManyShards", "shards: 257", "2:9: shards: \"257\": a whole number from 0 to 256 is expected"},
        Mistake{"MapForAValue", "shards: {a: 1}", "2:9: shards: one value is expected, this is a map"},
        Mistake{"ListForASection", "drain: [1s]", "2:8: drain: a map is expected, this is a list"},
        Mistake{"ValueForASection", "drain: 1s", "2:8: drain: a map is expected, this is one value"},
        Mistake{"ValueForAList", "headers: {up: a}", "2:15: headers.up: a list is expected, this is one value"},
        Mistake{"EmptyValue", "drain:\n  refuse:\n",
                "3:3: drain.refuse: is empty; leave the key out to keep the default"},
        Mistake{"EmptyList", "headers:\n  up:\n",
                "3:3: headers.up: is empty; leave the key out to keep the default, or write [] for none"},
        Mistake{"EmptyListItem", "headers: {up: [a, ~]}",
                "2:19: headers.up[1]: is empty; leave the key out to keep the default"},
        Mistake{"ListInAList", "headers: {up: [[a]]}", "2:16: headers.up[0]: one value is expected, this is a list"},
        Mistake{"DuplicateKey", "shards: 1\nlisten: a:1\nshards: 2",
                "4:1: shards: is there twice; the first is in line 2"},
        Mistake{"DuplicateSection", "drain: {refuse: 1s}\ndrain: {deadline: 1s}",
                "3:1: drain: is there twice; the first is in line 2"},
        Mistake{"MapAsKey", "? {a: b}\n: 1", "2:3: a key is one word, this is a map"},
        Mistake{"HopByHopUp", "headers: {up: [a, Connection]}",
                "2:19: headers.up[1]: \"Connection\": this header belongs to one connection and is never passed on"},
        Mistake{"GrpcHeaderDown", "headers: {down: [grpc-status]}",
                "2:18: headers.down[0]: \"grpc-status\": this header belongs to gRPC itself and is never passed on"},
        Mistake{"HeaderListedTwice", "headers: {up: [x-a, X-A]}", "2:21: headers.up[1]: \"X-A\": listed twice"},
        Mistake{"WatermarksAreEqual", "limits: {low_watermark: 64KiB}",
                "2:25: limits.low_watermark: the low watermark (64KiB) must be below the high watermark (64KiB)"},
        Mistake{"HighWatermarkBelowTheDefaultLowOne", "limits: {high_watermark: 1KiB}",
                "2:26: limits.high_watermark: the low watermark (16KiB) must be below the high watermark (1KiB)"},
        Mistake{"BothListenersOnOnePort", "listen: 127.0.0.1:9464",
                "2:9: listen: listen and http_listen are both 127.0.0.1:9464"},
        Mistake{"NeverPings", "keepalive: {time: 0s}", "2:19: keepalive.time: \"0s\": must be 1ms to 500h"},
        Mistake{"ShortResumeKey", "resume: {key: aGVsbG8=}",
                "2:15: resume.key: 32 bytes in base64 are expected, as `openssl rand -base64 32` makes them; these are "
                "5 (the value is not shown here)"},
        Mistake{"ResumeKeyOfOtherLetters", "resume: {key: hunter two}",
                "2:15: resume.key: 32 bytes in base64 are expected, as `openssl rand -base64 32` makes them (the value "
                "is not shown here)"},
        Mistake{"BadAddress", "listen: 50051",
                "2:9: listen: \"50051\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051"},
        Mistake{"PublicAddressOfAllInterfaces", "public_address: 0.0.0.0:50051",
                "2:17: public_address: \"0.0.0.0:50051\": clients need a host that they can call, this stands for all "
                "of this machine's"},
        Mistake{"Syntax", "drain: {", "2:9: not valid YAML: end of map flow not found"},
        Mistake{"ControlCharacterInAKey", "\"a\\nb\": 1", "2:1: a\\nb: unknown key; valid keys: " + kTopKeys}),
    [](const auto& row) { return row.param.name; });

// Line 1 is "upstreams:"; the yaml below is the list.
class UpstreamMistakeTest : public ConfigFileTest, public ::testing::WithParamInterface<Mistake> {};
TEST_P(UpstreamMistakeTest, IsToldWithItsPlaceAndWhatWasExpected) {
  EXPECT_EQ(ErrorsOf("upstreams:\n" + GetParam().yaml), "sluice.yaml:" + GetParam().error + '\n');
}
INSTANTIATE_TEST_SUITE_P(
    Settings, UpstreamMistakeTest,
    ::testing::Values(
        Mistake{"NoList", "  url: http://a/", "2:3: upstreams: a list is expected, this is a map"},
        Mistake{"NoMap", "  - http://a/", "2:5: upstreams[0]: a map is expected, this is one value"},
        Mistake{"NoUrl", "  - name: a", "2:5: upstreams[0]: needs a url, for example url: http://127.0.0.1:41241/"},
        Mistake{
            "UnknownKey", "  - url: http://a/\n    clocks:\n      idel: 30s",
            "4:7: upstreams[0].clocks.idel: unknown key; did you mean \"idle\"? valid keys: connect, first_byte, idle, "
            "total"},
        Mistake{"BadUrl", "  - url: http://a:99999/",
                "2:10: upstreams[0].url: port \"99999\": a number from 1 to 65535 is expected"},
        Mistake{"BadName", "  - {url: http://a/, name: a b}",
                "2:28: upstreams[0].name: \"a b\": a name of 1 to 63 letters, digits, - and _ is expected, beginning "
                "with a "
                "letter or digit"},
        Mistake{"NameTwice", "  - {url: http://a/, name: a}\n  - {url: http://b/, name: a}",
                "3:28: upstreams[1].name: \"a\" is the name of an earlier upstream (sluice.yaml:2:5)"},
        Mistake{"TwoWithoutName", "  - url: http://a/\n  - url: http://b/",
                "3:5: upstreams[1]: needs a name of its own; \"default\" is the name of an earlier upstream "
                "(sluice.yaml:2:5)"},
        Mistake{"UnknownKind", "  - {url: http://a/, kind: soap}",
                "2:28: upstreams[0].kind: \"soap\": one of a2a, mcp, jsonrpc, sse is expected"},
        Mistake{"UnknownEra", "  - {url: http://a/, kind: mcp, era: old}",
                "2:38: upstreams[0].era: \"old\": one of auto, legacy, modern is expected"},
        Mistake{"UnknownDialect", "  - {url: http://a/, kind: sse, dialect: llama}",
                "2:42: upstreams[0].dialect: \"llama\": one of plain, openai, anthropic is expected"},
        Mistake{"EraOfAnAgent", "  - {url: http://a/, era: legacy}",
                "2:27: upstreams[0].era: is of upstreams of kind mcp, this one is of kind a2a; leave it out, or write "
                "kind: mcp"},
        Mistake{"DialectOfAnMcpServer", "  - {url: http://a/, kind: mcp, dialect: openai}",
                "2:42: upstreams[0].dialect: is of upstreams of kind sse, this one is of kind mcp; leave it out, or "
                "write kind: sse"},
        Mistake{"VersionAndOnCancelOfAnLlm", "  - {url: http://a/, kind: sse, version: 1.0, on_cancel: close}",
                "2:42: upstreams[0].version: is of upstreams of kind a2a, this one is of kind sse; leave it out, or "
                "write kind: a2a\n"
                "sluice.yaml:2:58: upstreams[0].on_cancel: is of upstreams of kind a2a, this one is of kind sse; leave "
                "it out, or write kind: a2a"},
        Mistake{"UnknownVersion", "  - {url: http://a/, version: 2}",
                "2:31: upstreams[0].version: \"2\": one of auto, 1.0, 0.3 is expected"},
        Mistake{"ResumeThatIsNoSwitch", "  - {url: http://a/, resume: true}",
                "2:30: upstreams[0].resume: \"true\": one of off, on is expected"},
        Mistake{"CardOfAnMcpServer", "  - {url: http://a/, kind: mcp, card: {refresh: 1s}}",
                "2:49: upstreams[0].card.refresh: is of upstreams of kind a2a, this one is of kind mcp; leave it out, "
                "or write kind: a2a"},
        Mistake{"TenantTwice",
                "  - {url: http://a/, name: a, tenants: [x, y]}\n"
                "  - {url: http://b/, name: b, tenants: [z, y]}",
                "3:40: upstreams[1].tenants: \"y\" of upstream \"b\" is one of upstream \"a\" too; a call goes to one "
                "of them"},
        Mistake{"TenantWithTheNameOfAnother",
                "  - {url: http://a/, name: a, tenants: [a, b]}\n"
                "  - {url: http://b/, name: b}",
                "2:40: upstreams[0].tenants: \"b\" of upstream \"a\" is the name of upstream \"b\" too; a call goes to "
                "one of them"},
        Mistake{"AuthorityTwice",
                "  - {url: http://a/, name: a, authorities: [x.example]}\n"
                "  - {url: http://b/, name: b, authorities: [X.example]}",
                "3:44: upstreams[1].authorities: \"x.example\" of upstream \"b\" is one of upstream \"a\" too; a call "
                "goes to one of them"},
        Mistake{"AuthorityTwiceInOneList", "  - {url: http://a/, authorities: [x, X]}",
                "2:39: upstreams[0].authorities[1]: \"X\": listed twice"},
        Mistake{"EmptyTenant", "  - {url: http://a/, tenants: ['']}",
                "2:32: upstreams[0].tenants[0]: \"\": a tenant of 1 to 256 bytes without control characters is "
                "expected"},
        Mistake{"NoConnectClock", "  - {url: http://a/, clocks: {connect: 0s}}",
                "2:40: upstreams[0].clocks.connect: \"0s\": must be 1ms to 500h"},
        Mistake{"CertificateWithoutKey", "  - {url: https://a/, tls: {cert_file: /dev/null/../x}}",
                "2:40: upstreams[0].tls.cert_file: \"/dev/null/../x\": Not a directory\n"
                "sluice.yaml:2:40: upstreams[0].tls.cert_file: needs tls.key_file, its private key"},
        Mistake{"TlsWithoutHttps", "  - {url: http://a/, tls: {server_name: b}}",
                "2:41: upstreams[0].tls.server_name: has no effect on an http:// url; https:// is expected"},
        Mistake{"MissingFile", "  - {url: https://a/, tls: {ca_file: /no/such/file}}",
                "2:38: upstreams[0].tls.ca_file: \"/no/such/file\": No such file or directory"},
        Mistake{"PseudoHeader", "  - {url: http://a/, headers: {':path': x}}",
                "2:41: upstreams[0].headers.:path: \":path\": a pseudo header is never passed on"},
        Mistake{"HeaderTwice", "  - url: http://a/\n    headers:\n      x-a: 1\n      X-A: 2",
                "5:7: upstreams[0].headers.X-A: is there twice; the first is in line 4"},
        Mistake{"EmptyHeader", "  - url: http://a/\n    headers:\n      x-a:\n",
                "4:7: upstreams[0].headers.x-a: is empty; write \"\" for an empty value"},
        Mistake{"Empty", "",
                "1:1: upstreams: no upstream is configured; name one, for example "
                "--upstream=http://127.0.0.1:41241/"}),
    [](const auto& row) { return row.param.name; });

TEST_F(ConfigFileTest, TellsEveryMistakeAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      ErrorsOf("listen: here\n"
               "upstreams:\n"
               "  - url: ftp://a/\n"
               "    clocks:\n"
               "      idle: 30\n"
               "  - name: b\n"
               "    urls: http://b/\n"
               "drain:\n"
               "  refuse: never\n"
               "drian: {}\n"),
      "sluice.yaml:1:9: listen: \"here\": host:port is expected, for example 127.0.0.1:50051 or [::1]:50051\n"
      "sluice.yaml:3:10: upstreams[0].url: a URL that begins with http:// or https:// is expected, for example "
      "http://127.0.0.1:41241/\n"
      "sluice.yaml:5:13: upstreams[0].clocks.idle: \"30\": a duration needs a unit, for example 250ms, 2s, 5m\n"
      "sluice.yaml:7:5: upstreams[1].urls: unknown key; did you mean \"url\"? valid keys: name, url, kind, version, "
      "card, tenants, authorities, era, dialect, headers, on_cancel, resume, idempotent_send, clocks, limits, tls\n"
      "sluice.yaml:9:11: drain.refuse: \"never\": a duration is a whole number with a unit, for example 250ms, 2s, "
      "5m\n"
      "sluice.yaml:10:1: drian: unknown key; did you mean \"drain\"? valid keys: " +
          kTopKeys +
          "\n"
          "sluice.yaml:6:5: upstreams[1]: needs a url, for example url: http://127.0.0.1:41241/\n");
}

TEST_F(ConfigFileTest, NeverTellsTheValueOfAHeader) {
  for (const char* headers :
       {"{authorization: \"hunter2\\n\"}", "{authorization: [hunter2]}", "{authorization: {hunter2: 1}}", "hunter2",
        "{connection: hunter2}", "{authorization: *hunter2}", "{authorization: \"\\hunter2\"}",
        "{a: hunter2, a: hunter2}", "{'a b': hunter2}", "{authorization: !hunter2 x}", "{authorization: 'hunter2",
        "[hunter2]"}) {
    const std::string errors = ErrorsOf("upstreams: [{url: 'http://a/', headers: " + std::string(headers) + "}]\n");
    EXPECT_NE(errors, "") << headers;
    EXPECT_EQ(errors.find("hunter2"), std::string::npos) << errors;
  }
}

TEST_F(ConfigFileTest, ThatCannotBeReadIsOneMistake) {
  EXPECT_EQ(directory_.Strip(Sluice({"--config=" + directory_.Name("none.yaml")}).errors),
            "none.yaml: cannot be read: No such file or directory\n");
  EXPECT_EQ(Sluice({"--config=/"}).errors, "/: a directory; a YAML file is expected\n");
  EXPECT_EQ(ErrorsOf(std::string(kMaxYamlBytes + 1, '#')),
            "sluice.yaml:1:1: larger than 1 MiB, which no configuration is\n");
  EXPECT_EQ(Sluice({"--config=/dev/zero"}).errors, "/dev/zero:1:1: larger than 1 MiB, which no configuration is\n");
  EXPECT_EQ(ErrorsOf("a: ["), "sluice.yaml:1:5: not valid YAML: end of sequence flow not found\n");
}

TEST_F(ConfigFileTest, WithoutUpstreamIsToldHowToNameOne) {
  EXPECT_EQ(ErrorsOf("shards: 1\n"),
            "sluice: upstreams: no upstream is configured; name one, for example --upstream=http://127.0.0.1:41241/\n");
}

TEST_F(ConfigFileTest, MayHoldAThousandMistakesAndTellsAHundred) {
  std::string yaml(kLine1);
  for (int i = 0; i < 1000; ++i) yaml += "key" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(ErrorsOf(yaml), ::testing::EndsWith("and 900 more\n"));
}

}  // namespace
}  // namespace sluice::config
