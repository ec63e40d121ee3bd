// ${env:NAME} and ${file:PATH}: what they become, where they may stand, and that their values are shown nowhere.
#include "server/config/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

using std::chrono_literals::operator""s;

const Surroundings& Fakes() {
  static const std::map<std::string, std::string> values = {{"A", "x"},
                                                            {"EMPTY", ""},
                                                            {"DOLLAR", "a$"},
                                                            {"REFERENCE", "${env:A}"},
                                                            {"/a", "y\n"},
                                                            {"/b", "y\n\n"},
                                                            {"/none-at-all", ""},
                                                            {"/most", std::string(kMaxReferenceBytes, 'z') + '\n'},
                                                            {"/more", std::string(kMaxReferenceBytes + 1, 'z')}};
  static const Surroundings fakes{[](const std::string& name) -> std::optional<std::string> {
                                    if (!values.contains(name)) return std::nullopt;
                                    return values.at(name);
                                  },
                                  [](const std::string& path) -> Parsed<std::string> {
                                    if (!values.contains(path))
                                      return Wrong{"cannot be read: No such file or directory"};
                                    return values.at(path);
                                  }};
  return fakes;
}

TEST(ReferencesTest, BecomeWhatTheyStandFor) {
  const struct {
    std::string text;
    std::string expanded;
    std::string references;
  } rows[] = {
      {"", "", ""},
      {"no reference", "no reference", ""},
      {"$ { } $5 $$", "$ { } $5 $$", ""},
      {"${env:A}", "x", "${env:A}"},
      {"Bearer ${env:A}!", "Bearer x!", "${env:A}"},
      {"${env:A}${file:/a}", "xy", "${env:A}, ${file:/a}"},
      {"${env:EMPTY}", "", "${env:EMPTY}"},
      {"${file:/a}", "y", "${file:/a}"},
      {"${file:/b}", "y\n", "${file:/b}"},  // one line feed, not two
      {"${file:/none-at-all}", "", "${file:/none-at-all}"},
      {"${file:/most}", std::string(kMaxReferenceBytes, 'z'), "${file:/most}"},
      {"$${env:A}", "${env:A}", ""},
      {"$$${env:A}", "$${env:A}", ""},
      {"$${", "${", ""},
      {"${env:REFERENCE}", "${env:A}", "${env:REFERENCE}"},  // what was put in is not looked at again
      {"${env:DOLLAR}${env:A}", "a$x", "${env:DOLLAR}, ${env:A}"},
  };
  for (const auto& row : rows) {
    const auto expanded = Expand(row.text, Fakes());
    ASSERT_TRUE(expanded.ok()) << row.text << ": " << expanded.error();
    EXPECT_EQ(expanded->text, row.expanded) << row.text;
    EXPECT_EQ(expanded->references, row.references) << row.text;
  }
}

TEST(ReferencesTest, ThatCannotBeReadAreNamed) {
  const std::string expected = "${env:NAME} or ${file:PATH} is expected; write $${ for the characters ${ themselves";
  const struct {
    std::string text;
    std::string error;
  } rows[] = {
      {"${env:NONE}", "${env:NONE}: this environment variable is not set"},
      {"${env:}", "${env:}: a variable's name has letters, digits and _ only"},
      {"${env:A B}", "${env:A B}: a variable's name has letters, digits and _ only"},
      {"${file:/none}", "${file:/none}: cannot be read: No such file or directory"},
      {"${file:}", "${file:}: a file name is expected, as in ${file:/run/secrets/token}"},
      {std::string("${file:/a\0b}", 12), "${file:/a\\x00b}: a file name has no zero byte"},
      {"${file:/more}", "${file:/more}: larger than 64 KiB, which no value is"},
      {"x ${env:A", "a ${ is not closed by }; " + expected},
      {"${", "a ${ is not closed by }; " + expected},
      // It may be a password with these characters in it.
      {"hunt${er}2", expected},
      {"${ENV:A}", expected},
  };
  for (const auto& row : rows) EXPECT_EQ(Expand(row.text, Fakes()).error(), row.error) << row.text;
}

TEST(ReferencesTest, StandInEveryValueOfAFileAndOfSet) {
  const TempDirectory directory;
  setenv("SLUICE_TEST_TIME", "7s", 1);
  setenv("SLUICE_TEST_YAML", "[a, b]: {c", 1);
  const std::string file = directory.Write("a.yaml",
                                           "upstreams:\n"
                                           "  - url: http://${file:" +
                                               directory.Write("host", "a.example\n") +
                                               "}/\n"
                                               "    clocks: {idle: '${env:SLUICE_TEST_TIME}'}\n"
                                               "    headers: {x-a: '${env:SLUICE_TEST_YAML}', x-b: '$${env:X}'}\n"
                                               "headers: {up: ['x-${env:SLUICE_TEST_TIME}']}\n");
  const CommandLine read = Sluice({"--config=" + file, "--set=drain.refuse=${env:SLUICE_TEST_TIME}",
                                   "--set=upstreams.default.headers.x-c=${env:SLUICE_TEST_TIME}"});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  const Upstream& upstream = read.config->upstreams[0];
  EXPECT_EQ(upstream.url.host, "a.example");
  EXPECT_EQ(upstream.clocks.idle, 7s);
  // YAML is read before, so what it would mean there has no meaning here.
  EXPECT_EQ(upstream.headers, (Headers{{"x-a", "[a, b]: {c"}, {"x-b", "${env:X}"}, {"x-c", "7s"}}));
  EXPECT_EQ(read.config->headers.up, (std::vector<std::string>{"x-7s"}));
  EXPECT_EQ(read.config->drain.refuse, 7s);
}

TEST(ReferencesTest, ThatAreWrongAreToldWithTheirPlace) {
  const TempDirectory directory;
  const std::string yaml =
      "upstreams:\n"
      "  - url: http://a/\n"
      "    headers: {x-a: '${env:SLUICE_TEST_UNSET}'}\n"
      "shards: ${file:/no/such/file}\n"
      "listen: ${file:/}\n";
  EXPECT_EQ(directory.Strip(Sluice({"--config=" + directory.Write("a.yaml", yaml), "--set=heartbeat=${env:X"}).errors),
            "a.yaml:3:20: upstreams[0].headers.x-a: ${env:SLUICE_TEST_UNSET}: this environment variable is not set\n"
            "a.yaml:4:9: shards: ${file:/no/such/file}: cannot be read: No such file or directory\n"
            "a.yaml:5:9: listen: ${file:/}: a directory; a file with the value is expected\n"
            "--set: heartbeat: a ${ is not closed by }; ${env:NAME} or ${file:PATH} is expected; write $${ for the "
            "characters ${ themselves\n");
}

TEST(ReferencesTest, NeedQuotesInsideBracketsAndAreSaidTo) {
  const TempDirectory directory;
  const std::string file = directory.Write("a.yaml", "shards: 1\nupstreams: [{url: ${env:X}}]\n");
  EXPECT_EQ(
      directory.Strip(Sluice({"--config=" + file}).errors),
      "a.yaml:2:20: not valid YAML: end of map flow not found; inside {} and [] a value with ${...} needs quotes\n");
  EXPECT_EQ(
      Sluice({kUpstream, "--set=headers.up=[${env:X}]"}).errors,
      "--set: headers.up: not valid YAML: end of sequence flow not found; inside {} and [] a value with ${...} needs "
      "quotes (a list is written [a, b], a map {a: b})\n");
}

// Every key, with a value that none of them takes.
TEST(ReferencesTest, HaveValuesThatNoErrorShows) {
  setenv("SLUICE_TEST_SECRET", "hunter2\n", 1);
  const struct {
    std::string path;
    std::string error;
  } rows[] = {
      {"listen", "the value of ${env:SLUICE_TEST_SECRET} is not a host:port, for example 127.0.0.1:50051"},
      {"shards", "the value of ${env:SLUICE_TEST_SECRET} is not a whole number from 0 to 256"},
      {"reflection", "the value of ${env:SLUICE_TEST_SECRET} is not one of true, false"},
      {"heartbeat", "the value of ${env:SLUICE_TEST_SECRET} is not a duration, for example 2s"},
      {"resume.ttl", "the value of ${env:SLUICE_TEST_SECRET} is not a duration of at least 1s, for example 2s"},
      {"resume.key", "the value of ${env:SLUICE_TEST_SECRET} is not 32 bytes in base64"},
      {"upstreams.default.era", "the value of ${env:SLUICE_TEST_SECRET} is not one of auto, legacy, modern"},
      {"limits.message", "the value of ${env:SLUICE_TEST_SECRET} is not a size of at least 1B, for example 64KiB"},
      {"upstreams.default.kind", "the value of ${env:SLUICE_TEST_SECRET} is not one of a2a, mcp, jsonrpc, sse"},
      {"upstreams.default.tls.ca_file",
       "the value of ${env:SLUICE_TEST_SECRET} is not the name of a file that can be read"},
      {"upstreams.default.tls.server_name", "the value of ${env:SLUICE_TEST_SECRET} is not a host name without port"},
      {"upstreams.default.headers.x-a",
       "${env:SLUICE_TEST_SECRET}: character 8 of the header value is not visible ASCII (the value is not shown here)"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Sluice({"--upstream=https://a/", "--set=" + row.path + "=${env:SLUICE_TEST_SECRET}"}).errors,
              "--set: " + row.path + ": " + row.error + '\n');
  }
  EXPECT_EQ(Sluice({kUpstream, "--set=headers.up=['${env:SLUICE_TEST_SECRET}']"}).errors,
            "--set: headers.up[0]: the value of ${env:SLUICE_TEST_SECRET} is not the name of a header that may pass, "
            "and listed once\n");
}

// What contradicts something else is in order by itself.
TEST(ReferencesTest, HaveValuesThatNoContradictionShows) {
  setenv("SLUICE_TEST_SIZE", "123KiB", 1);
  setenv("SLUICE_TEST_ADDRESS", "127.0.0.1:9464", 1);
  EXPECT_EQ(Sluice({kUpstream, "--set=limits.low_watermark=${env:SLUICE_TEST_SIZE}"}).errors,
            "--set: limits.low_watermark: the low watermark (${env:SLUICE_TEST_SIZE}) must be below the high watermark "
            "(64KiB)\n");
  EXPECT_EQ(Sluice({kUpstream, "--set=listen=${env:SLUICE_TEST_ADDRESS}"}).errors,
            "--set: listen: listen and http_listen are both ${env:SLUICE_TEST_ADDRESS}\n");
  EXPECT_EQ(
      Sluice({"--set=upstreams=[{url: 'http://a/'}, {url: 'http://b/', name: '${env:SLUICE_TEST_NAME}'}]"}).errors,
      "--set: upstreams[1].name: ${env:SLUICE_TEST_NAME}: this environment variable is not set\n");
}

}  // namespace
}  // namespace sluice::config
