#include "server/config/yaml_node.h"

#include <gtest/gtest.h>

namespace sluice::config {
namespace {

using Kind = YamlNode::Kind;

std::string ErrorOf(std::string_view text) {
  const YamlText yaml = ReadYaml(text);
  if (yaml.errors.empty()) return "none";
  const YamlError& error = yaml.errors.front();
  return std::to_string(error.line) + ':' + std::to_string(error.column) + ": " + error.message;
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(YamlTest, KnowsWhereEverythingStands) {
  const YamlText yaml = ReadYaml("# a comment\na: 1\nb:\n  - x\n  - {c: d}\n");
  ASSERT_TRUE(yaml.errors.empty());
  ASSERT_EQ(yaml.root.kind, Kind::kMap);
  ASSERT_EQ(yaml.root.entries.size(), 2u);
  const YamlEntry& a = yaml.root.entries[0];
  EXPECT_EQ(a.key.text, "a");
  EXPECT_EQ(a.key.line, 2);
  EXPECT_EQ(a.key.column, 1);
  EXPECT_EQ(a.value.text, "1");
  EXPECT_EQ(a.value.column, 4);
  const YamlNode& list = yaml.root.entries[1].value;
  ASSERT_EQ(list.kind, Kind::kList);
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[0].line, 4);
  EXPECT_EQ(list.items[0].column, 5);
  ASSERT_EQ(list.items[1].kind, Kind::kMap);
  EXPECT_EQ(list.items[1].entries[0].value.text, "d");
  EXPECT_EQ(list.items[1].entries[0].value.line, 5);
  EXPECT_EQ(list.items[1].entries[0].value.column, 9);
}

TEST(YamlTest, KeepsTheTextOfScalarsAsItIsWritten) {
  const YamlText yaml = ReadYaml("[1.0, yes, 0x10, \"a\\tb\", 'it''s', \"null\"]");
  ASSERT_TRUE(yaml.errors.empty());
  std::vector<std::string> texts;
  for (const YamlNode& item : yaml.root.items) texts.push_back(item.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"1.0", "yes", "0x10", "a\tb", "it's", "null"}));
  EXPECT_EQ(yaml.root.items[5].kind, Kind::kScalar);
}

TEST(YamlTest, KeepsDuplicateKeys) { EXPECT_EQ(ReadYaml("a: 1\na: 2\n").root.entries.size(), 2u); }

TEST(YamlTest, PutsAnEmptyValueWhereItsKeyIs) {
  const YamlText yaml = ReadYaml("a:\n  b:\n\n\nc: ~\n");
  ASSERT_TRUE(yaml.errors.empty());
  const YamlEntry& b = yaml.root.entries[0].value.entries[0];
  EXPECT_EQ(b.value.kind, Kind::kNothing);
  EXPECT_EQ(b.value.line, 2);
  EXPECT_EQ(b.value.column, 3);
  EXPECT_EQ(yaml.root.entries[1].value.kind, Kind::kNothing);
}

TEST(YamlTest, OfNothingIsNothing) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "---\n...\n", "\xef\xbb\xbf"}) {
    const YamlText yaml = ReadYaml(text);
    EXPECT_TRUE(yaml.errors.empty()) << text;
    EXPECT_EQ(yaml.root.kind, Kind::kNothing) << text;
  }
}

TEST(YamlTest, TakesAByteOrderMarkAndCarriageReturns) {
  const YamlText yaml = ReadYaml(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n");
  ASSERT_TRUE(yaml.errors.empty());
  ASSERT_EQ(yaml.root.entries.size(), 2u);
  EXPECT_EQ(yaml.root.entries[0].value.text, "1");
  EXPECT_EQ(yaml.root.entries[1].key.line, 2);
}

TEST(YamlTest, TellsWhereTheSyntaxIsBroken) {
  EXPECT_EQ(ErrorOf("a: [1, 2\n"), "2:1: not valid YAML: end of sequence flow not found");
  EXPECT_EQ(ErrorOf("a: 1\n b: 2\n"), "2:3: not valid YAML: illegal map value");
  EXPECT_EQ(ErrorOf("a: \"x\n"), "2:1: not valid YAML: illegal EOF in scalar");
}

TEST(YamlTest, RefusesAnOpenQuoteAndAKeyWithoutColonAtTheEnd) {
  for (const char* text : {"a: \"x\n", "a: \"x", "a: 'x\n", "- 'x\n- b\n", "a: 1\nb\n", "a: 1\nb"}) {
    EXPECT_NE(ErrorOf(text), "none") << text;
  }
}

TEST(YamlTest, NeverQuotesTheTextInItsErrors) {
  for (const char* text : {"a: *secret", "a: \"\\secret\"", "%YAML secret\n---\na: 1", "a: \"\\ud800secret\"",
                           "a: &secret"
                           " &secret b",
                           "a: !<secret", "a: 'secret", "secret: secret: secret", "\tsecret: 1"}) {
    EXPECT_NE(ErrorOf(text), "none") << text;
    EXPECT_EQ(ErrorOf(text).find("secret"), std::string::npos) << ErrorOf(text);
  }
}

TEST(YamlTest, RefusesAliasesTagsAndFurtherDocuments) {
  EXPECT_EQ(ErrorOf("a: &x 1\nb: *x\n"),
            "2:4: not valid YAML: aliases (*name) are not taken here; write the value out");
  EXPECT_EQ(ErrorOf("a: !!binary aGk=\n"), "1:4: not valid YAML: tags (!name) are not taken here");
  EXPECT_EQ(ErrorOf("a: 1\n---\nb: 2\n"), "2:1: not valid YAML: one YAML document is expected, here begins another");
}

TEST(YamlTest, OfManyAliasesToAliasesEndsAtTheFirst) {
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + Repeat(last + ", ", 9) + last + "]\n";
  }
  EXPECT_EQ(ErrorOf(bomb), "2:10: not valid YAML: aliases (*name) are not taken here; write the value out");
}

TEST(YamlTest, TakesSixteenLevelsAndNoMore) {
  EXPECT_EQ(ErrorOf(Repeat("[", 16) + Repeat("]", 16)), "none");
  EXPECT_EQ(ErrorOf(Repeat("[", 17) + Repeat("]", 17)), "1:17: not valid YAML: nested more than 16 levels deep");
}

TEST(YamlTest, TakesNoMoreThanAMebibyte) {
  EXPECT_EQ(ErrorOf("a: " + std::string(kMaxYamlBytes - 3, 'x')), "none");
  EXPECT_EQ(ErrorOf("a: " + std::string(kMaxYamlBytes - 2, 'x')), "1:1: larger than 1 MiB, which no configuration is");
}

TEST(YamlTest, TakesNoMoreThanTwentyThousandValues) {
  EXPECT_EQ(ErrorOf('[' + Repeat("1,", 19'999) + ']'), "none");
  EXPECT_EQ(ErrorOf('[' + Repeat("1,", 20'000) + ']'), "1:40000: not valid YAML: more than 20000 values");
}

TEST(YamlTest, IsUtf8TextWithoutControlCharacters) {
  EXPECT_EQ(ErrorOf("a: 1\nb: \xff\n"), "2:4: not UTF-8 text");
  EXPECT_EQ(ErrorOf(std::string("a: 1\0b", 6)), "1:5: a control character");
  EXPECT_EQ(ErrorOf("\xfe\xff\x00"
                    "a"),
            "1:1: not UTF-8 text");
  EXPECT_EQ(ErrorOf("a: \x1b[31m"), "1:4: a control character");
}

// What makes parsers recurse or crawl.
constexpr std::size_t kHostileBytes = kMaxYamlBytes / 8;
class HostileYamlTest : public ::testing::TestWithParam<std::string> {};
TEST_P(HostileYamlTest, EndsWithATreeOrAnError) {
  const YamlText yaml = ReadYaml(Repeat(GetParam(), kHostileBytes / GetParam().size()));
  EXPECT_LE(yaml.root.items.size() + yaml.root.entries.size(), 20'000u);
}
INSTANTIATE_TEST_SUITE_P(Shapes, HostileYamlTest,
                         ::testing::Values("[", "{", "[{", "- ", "? ", "a: ", ": ", "{a: ", "!", "!a ", "&a ", "*a ",
                                           "&a", "\"", "'", "''", "|\n", ">\n", "%", "%a\n", "---\n", "...\n", "\t",
                                           " \n", "#\n", "a\n", "- - ", "[]", "[],", "{},", ",", "]", "}", "\\",
                                           "? -\n", "-\n", "a:\n", "a: b\n", "\"a\": ", "[a: ", "!<", "@", "`", "\r",
                                           "\xf0\x9f\x90\x8b"));

}  // namespace
}  // namespace sluice::config
