// deploy/sluice.yaml, the file that users copy: right as it is, complete, and a seed for hostile files.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "server/config/keys.h"
#include "server/config/overrides.h"
#include "server/config/yaml_node.h"
#include "tests/config/config_testing.h"

namespace sluice::config {
namespace {

std::string Example() {
  std::ifstream stream(SLUICE_EXAMPLE, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// "#shards: 0" becomes "shards: 0", and "#- name: a" "- name: a"; comments for people have a blank behind their #.
std::string WithAllKeysTakenIn(std::string text) {
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at)) {
    const bool key = at + 1 < text.size() && (text[at + 1] == '-' || (text[at + 1] >= 'a' && text[at + 1] <= 'z'));
    if (key) {
      text.erase(at, 1);
    } else {
      ++at;
    }
  }
  return text;
}

TEST(ExampleTest, IsGoodAsItIs) {
  Config expected;
  expected.upstreams.emplace_back();
  expected.upstreams[0].url = LocalUrl();
  const CommandLine read = Sluice({"--config=" SLUICE_EXAMPLE});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  EXPECT_EQ(*read.config, expected);
}

// The keys of TLS need files and an https URL, and so do references.
class CompleteExampleTest : public ::testing::Test {
 protected:
  CompleteExampleTest() : text_(WithAllKeysTakenIn(Example())) {
    for (const char* file : {"ca.pem", "client.pem", "client.key"}) directory_.Write(file, "");
    directory_.Write("llm.key", "secret\n");
    directory_.Write("resume.key", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=\n");
    Replace(text_, "/etc/sluice/", directory_.Name(""));
    Replace(text_, "http://127.0.0.1:41241/", "https://127.0.0.1:41241/");
  }
  TempDirectory directory_;
  std::string text_;
};

TEST_F(CompleteExampleTest, ShowsEveryKeyThereIs) {
  Draft draft;
  Problems problems;
  ApplyFile(directory_.Write("sluice.yaml", text_), draft, problems);
  ASSERT_TRUE(problems.empty()) << problems.Text();
  for (const auto& key : ConfigKeys()) EXPECT_TRUE(draft.origins.contains(key.path)) << key.path;
  for (const auto& key : UpstreamKeys()) {
    const auto shows = [&](const UpstreamDraft& upstream) { return upstream.origins.contains(key.path); };
    EXPECT_TRUE(std::any_of(draft.upstreams.begin(), draft.upstreams.end(), shows)) << key.path;
  }
}

TEST_F(CompleteExampleTest, ShowsAnUpstreamOfEachKind) {
  const CommandLine read = Sluice({"--config=" + directory_.Write("sluice.yaml", text_)});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  std::vector<UpstreamKind> kinds;
  for (const Upstream& upstream : read.config->upstreams) kinds.push_back(upstream.kind);
  EXPECT_EQ(kinds, (std::vector<UpstreamKind>{UpstreamKind::kA2a, UpstreamKind::kMcp, UpstreamKind::kJsonRpc,
                                              UpstreamKind::kSse}));
}

TEST_F(CompleteExampleTest, ShowsTheDefaults) {
  const CommandLine read = Sluice({"--config=" + directory_.Write("sluice.yaml", text_)});
  ASSERT_TRUE(read.config.has_value()) << read.errors;
  Config config = *read.config;
  for (const Upstream& shown : config.upstreams) {
    Upstream upstream;
    upstream.name = shown.name;
    upstream.url = shown.url;
    upstream.kind = shown.kind;
    upstream.headers = shown.headers;
    upstream.card.url = shown.card.url;
    upstream.tls = shown.tls;
    EXPECT_EQ(shown, upstream);
  }
  EXPECT_EQ(config.upstreams.at(0).headers, Headers());
  config.upstreams.clear();
  config.resume.key.clear();
  config.public_address = {};
  EXPECT_EQ(config, Config());
}

// Random edits of the example end in a configuration or in errors; the sanitizers watch. The seed is fixed.
TEST_F(CompleteExampleTest, NeverCrashesTheReaderHoweverItIsMangled) {
  constexpr std::string_view kSpice = "{}[]:,#&*!|>'\"%@`-? \n\t\\\r\x01\xff~=+.0a";
  std::mt19937 random(20240229);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  std::size_t good = 0;
  std::size_t bad = 0;
  for (int round = 0; round < 500; ++round) {
    std::string text = text_;
    for (std::size_t edits = 1 + below(6); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = kSpice[below(kSpice.size())];
          break;
        case 1:
          text.insert(at, 1, kSpice[below(kSpice.size())]);
          break;
        case 2:
          text.erase(at, below(40));
          break;
        case 3:
          text.insert(at, text.substr(below(text.size()), below(60)));
          break;
        default:
          text.resize(at + 1);
      }
    }
    const CommandLine read = Sluice({"--config=" + directory_.Write("mangled.yaml", text)});
    EXPECT_EQ(read.config.has_value(), read.errors.empty());
    EXPECT_EQ(read.exit_code, read.config ? 0 : 78);
    (read.config ? good : bad)++;
  }
  EXPECT_GT(good, 0u);
  EXPECT_GT(bad, 0u);
}

TEST(ExampleTest, NeverCrashesSetWhateverItIsGiven) {
  constexpr std::string_view kLetters = "upstreams.default.headers=[]{}:,&*!'\"\\ \n\t\xff#";
  std::mt19937 random(20240301);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::vector<std::string> starts = {
      "",       "upstreams=", "upstreams.default.", "upstreams.default.headers=", "headers.up=",
      "drain=", "limits.",    "upstreams.x"};
  for (int round = 0; round < 2000; ++round) {
    std::string text = starts[below(starts.size())];
    for (std::size_t letters = below(24); letters > 0; --letters) text += kLetters[below(kLetters.size())];
    Draft draft;
    Problems problems;
    ApplySet(text, draft, problems);
    for (const char c : problems.Text()) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
}

}  // namespace
}  // namespace sluice::config
