// --print-config: what it shows, what it hides, and that it reads back.
#include "server/config/print_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(std::vector<std::string> flags) {
  flags.emplace_back("--print-config");
  const CommandLine read = Sluice(flags);
  EXPECT_EQ(read.errors, "");
  EXPECT_EQ(read.exit_code, 0);
  EXPECT_TRUE(read.check_only);
  return read.output;
}

TEST(PrintConfigTest, IsReadBackAsTheSameConfiguration) {
  const TempDirectory directory;
  const std::string pem = directory.Write("it's a \"pem\".pem", "");
  const std::vector<std::string> flags = {"--upstream=a=https://a.example:8443/x?",
                                          "--upstream=b=jsonrpc+http://[::1]/",
                                          "--upstream=c=mcp+http://[::1]/mcp",
                                          "--upstream=d=sse+http://[::1]/v1",
                                          "--set=upstreams.a.clocks={connect: 1s, idle: 2s}",
                                          "--set=upstreams.a.tls.ca_file=" + pem,
                                          "--set=upstreams.a.on_cancel=cancel-task",
                                          "--set=upstreams.a={version: 0.3, resume: on, idempotent_send: on}",
                                          "--set=upstreams.a.card={refresh: 0s, url: 'https://a.example/card?'}",
                                          "--set=upstreams.a={tenants: ['x, \"y\"'], authorities: ['[::1]:1', b]}",
                                          "--public-address=b.example:443",
                                          "--set=upstreams.c.era=modern",
                                          "--set=upstreams.d.dialect=openai",
                                          "--set=headers.up=[]",
                                          "--set=headers.down=[a, 'b_c', '.', '-', 'null']",
                                          "--set=heartbeat=0s",
                                          "--set=resume.ttl=1m",
                                          "--listen=[::1]:0",
                                          "--set=limits={message: 1001B, stall: 90s}"};
  const CommandLine read = Sluice(flags);
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  for (const std::string& printed : {PrintConfig(*read.config), Printed(flags)}) {
    const CommandLine again = Sluice({"--config=" + directory.Write("printed.yaml", printed)});
    ASSERT_TRUE(again.config.has_value()) << again.errors << printed;
    EXPECT_EQ(*again.config, *read.config) << printed;
  }
}

// What looks like a reference in a file's name, and is none.
TEST(PrintConfigTest, PrintsTheCharactersOfAReferenceSoThatTheyAreReadAsThemselves) {
  const TempDirectory directory;
  for (const std::string name : {"${env:HOME}", "$${env:HOME}", "a${b", "${", "${${$$${", "$", "$$"}) {
    const Config config = {.upstreams = {{.url = LocalUrl(), .tls = {.ca_file = directory.Write(name, "")}}}};
    Config https = config;
    https.upstreams[0].url.tls = true;
    https.upstreams[0].url.host_header = "127.0.0.1:41241";
    const std::string printed = PrintConfig(https);
    const CommandLine again = Sluice({"--config=" + directory.Write("printed.yaml", printed)});
    ASSERT_TRUE(again.config.has_value()) << again.errors << printed;
    EXPECT_EQ(*again.config, https) << printed;
  }
}

TEST(PrintConfigTest, ShowsReferencesAsTheyAreWrittenAndReadsThemBack) {
  const TempDirectory directory;
  setenv("SLUICE_TEST_URL", "http://hunter2/", 1);
  setenv("SLUICE_TEST_HEADER", "x-hunter2", 1);
  const std::string key = directory.Write("key", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI\n");
  const std::vector<std::string> flags = {
      "--set=upstreams.a={url: '${env:SLUICE_TEST_URL}', headers: {X-A: 'Bearer ${env:SLUICE_TEST_HEADER}'}}",
      "--set=headers.up=[a, '${env:SLUICE_TEST_HEADER}']", "--set=resume.key=${file:" + key + "}"};
  const std::string printed = Printed(flags);
  EXPECT_THAT(printed, Not(HasSubstr("hunter2")));
  EXPECT_THAT(printed, HasSubstr("url: \"${env:SLUICE_TEST_URL}\"\n"));
  EXPECT_THAT(printed, HasSubstr("headers: {\"x-a\": \"Bearer ${env:SLUICE_TEST_HEADER}\"}\n"));
  EXPECT_THAT(printed, HasSubstr("up: [\"a\", \"${env:SLUICE_TEST_HEADER}\"]\n"));
  EXPECT_THAT(printed, HasSubstr("key: \"${file:" + key + "}\"\n"));
  const CommandLine again = Sluice({"--config=" + directory.Write("printed.yaml", printed)});
  ASSERT_TRUE(again.config.has_value()) << again.errors;
  EXPECT_EQ(*again.config, *Sluice(flags).config);
}

// Whoever writes the key anew takes the reference's place.
TEST(PrintConfigTest, ForgetsAReferenceThatSomethingElseReplaced) {
  setenv("SLUICE_TEST_HEADER", "x-hunter2", 1);
  const std::string printed =
      Printed({kUpstream, "--set=listen=${env:SLUICE_TEST_HEADER}:1", "--listen=a:2",
               "--set=upstreams.default.headers.x-a=${env:SLUICE_TEST_HEADER}", "--set=upstreams.default.headers.X-A=b",
               "--set=headers.up=[a, '${env:SLUICE_TEST_HEADER}']", "--set=headers.up=[a, b]"});
  EXPECT_THAT(printed, Not(HasSubstr("${")));
}

TEST(PrintConfigTest, HidesWhatMayBeSecretAndWasWrittenOut) {
  const std::string printed = Printed({kUpstream, "--set=upstreams.default.headers={authorization: hunter2}",
                                       "--set=resume.key=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="});
  EXPECT_THAT(printed, HasSubstr("headers: {\"authorization\": \"(not shown)\"}\n"));
  EXPECT_THAT(printed, HasSubstr("  key: \"(not shown)\"\n"));
  EXPECT_THAT(printed, Not(HasSubstr("hunter2")));
  EXPECT_THAT(printed, Not(HasSubstr("MTIz")));
  EXPECT_THAT(printed, Not(HasSubstr("1234")));
}

TEST(PrintConfigTest, HidesAQueryThatWasWrittenOut) {
  setenv("SLUICE_TEST_KEY", "hunter2", 1);
  const std::string printed = Printed({"--upstream=a=http://a/b?key=hunter2", "--upstream=b=http://a?hunter2",
                                       "--set=upstreams.c.url=http://a/c?k=${env:SLUICE_TEST_KEY}"});
  EXPECT_THAT(printed, HasSubstr("url: \"http://a/b?(not shown)\"\n"));
  EXPECT_THAT(printed, HasSubstr("url: \"http://a/?(not shown)\"\n"));
  EXPECT_THAT(printed, HasSubstr("url: \"http://a/c?k=${env:SLUICE_TEST_KEY}\"\n"));
  EXPECT_THAT(printed, Not(HasSubstr("hunter2")));
}

// It is not taken for the secret itself.
TEST(PrintConfigTest, IsNotReadBackUntilWhatItHidIsFilledIn) {
  const TempDirectory directory;
  const std::string printed =
      Printed({"--upstream=a=http://a/b?key=hunter2", "--set=upstreams.a.headers={x-a: hunter2}",
               "--set=resume.key=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="});
  const CommandLine again = Sluice({"--config=" + directory.Write("printed.yaml", printed)});
  EXPECT_FALSE(again.config.has_value());
  const std::string why =
      "\"(not shown)\" stands where --print-config hid a secret; write the secret itself, or ${env:NAME} or "
      "${file:PATH}\n";
  EXPECT_THAT(again.errors, HasSubstr("upstreams[0].url: the query " + why));
  EXPECT_THAT(again.errors, HasSubstr("upstreams[0].headers.x-a: " + why));
  EXPECT_THAT(again.errors, HasSubstr("resume.key: " + why));
}

TEST(PrintConfigTest, MarksWhatIsTheDefault) {
  const std::string printed = Printed({kUpstream, "--shards=2", "--set=drain.refuse=250ms"});
  EXPECT_THAT(printed, HasSubstr("\nshards: 2\n"));
  EXPECT_THAT(printed, HasSubstr("\nreflection: true  # default\n"));
  EXPECT_THAT(printed, HasSubstr("\n  refuse: 250ms  # default\n"));
  EXPECT_THAT(printed, HasSubstr("\n  - name: \"default\"  # default\n    url: \"http://127.0.0.1:41241/\"\n"));
}

TEST(PrintConfigTest, ShowsAnUpstreamTheKeysOfItsKind) {
  const struct {
    std::string kind;
    std::vector<std::string> has;
    std::vector<std::string> has_not;
  } rows[] = {{"a2a",
               {"version", "on_cancel", "card", "resume", "idempotent_send", "tenants", "authorities"},
               {"era", "dialect"}},
              {"mcp", {"era"}, {"version", "on_cancel", "dialect"}},
              {"jsonrpc", {}, {"version", "on_cancel", "era", "dialect"}},
              {"sse", {"dialect"}, {"version", "on_cancel", "era"}}};
  for (const auto& row : rows) {
    const std::string printed = Printed({"--upstream=a=" + row.kind + "+http://a/"});
    for (const std::string& key : row.has) EXPECT_THAT(printed, HasSubstr("\n    " + key + ":")) << row.kind;
    for (const std::string& key : row.has_not) EXPECT_THAT(printed, Not(HasSubstr(key + ": "))) << row.kind;
  }
}

}  // namespace
}  // namespace sluice::config
