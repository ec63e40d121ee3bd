#include "server/translate/json_scanner.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status.h"
#include "simdjson.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;

// A copy without a byte to spare, so that an address sanitizer sees a read beyond the end.
class Tight {
 public:
  explicit Tight(std::string_view text) : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

bool IsJson(std::string_view text) {
  const Tight tight(text);
  JsonScanner scanner(tight.text());
  std::string_view raw;
  return scanner.Value(raw) && scanner.AtEnd();
}

std::string ErrorOf(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view raw;
  return scanner.Value(raw) ? "" : std::string(scanner.error().message());
}

std::string Nested(int levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(JsonScannerTest, TakesWhatRfc8259Takes) {
  for (const char* text : {"0",
                           "-0",
                           "7",
                           "-7",
                           "10",
                           "1.0",
                           "1.50",
                           "0.1",
                           "1e3",
                           "1E3",
                           "1e+3",
                           "1e-3",
                           "1.5e007",
                           "9007199254740993",
                           "123456789012345678901234567890",
                           "-1e999",
                           "true",
                           "false",
                           "null",
                           "\"\"",
                           "\"a\"",
                           R"("\"\\\/\b\f\n\r\t")",
                           R"("\u0041\uD83D\ude00")",
                           R"("\ud800")",
                           "\"\x7F\"",
                           "\"/\"",
                           "[]",
                           "[1]",
                           "[1,2]",
                           "[[],{}]",
                           "{}",
                           R"({"a":1})",
                           R"({"a":1,"a":2})",
                           R"({"":{}})",
                           " \t\r\n[ 1 , 2 ] \n",
                           R"( { "a" : [ true , null ] } )"}) {
    EXPECT_TRUE(IsJson(text)) << text << ": " << ErrorOf(text);
  }
}

TEST(JsonScannerTest, RefusesWhatRfc8259Refuses) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,
                                      " "sv,
                                      "-"sv,
                                      "+1"sv,
                                      "01"sv,
                                      "-01"sv,
                                      "1."sv,
                                      ".5"sv,
                                      "1e"sv,
                                      "1e+"sv,
                                      "0x10"sv,
                                      "1 2"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "tru"sv,
                                      "True"sv,
                                      "nul"sv,
                                      "nulll"sv,
                                      "'a'"sv,
                                      "\""sv,
                                      "\"a"sv,
                                      "\"a\\"sv,
                                      "\"\\\""sv,
                                      "\"\\x\""sv,
                                      "\"\\u\""sv,
                                      "\"\\u12\""sv,
                                      "\"\\u12"sv,
                                      "\"\\uG000\""sv,
                                      "\"\n\""sv,
                                      "\"\0\""sv,
                                      "\"\x1F\""sv,
                                      "\"a\"b"sv,
                                      "["sv,
                                      "]"sv,
                                      "[1"sv,
                                      "[1,"sv,
                                      "[1,]"sv,
                                      "[,1]"sv,
                                      "[1 2]"sv,
                                      "[1}"sv,
                                      "[1]]"sv,
                                      "{"sv,
                                      "{\"a\""sv,
                                      "{\"a\":"sv,
                                      "{\"a\":1"sv,
                                      "{\"a\":1,"sv,
                                      "{\"a\":1,}"sv,
                                      "{,}"sv,
                                      "{1:1}"sv,
                                      "{a:1}"sv,
                                      "{\"a\" 1}"sv,
                                      "{\"a\":}"sv,
                                      "{\"a\":1]"sv,
                                      "{\"a\"::1}"sv,
                                      "1,"sv,
                                      "\0"sv,
                                      "1\0"sv,
                                      "[1\0]"sv,
                                      "\f1"sv,
                                      "\xEF\xBB\xBF"
                                      "1"sv,
                                      "/**/1"sv,
                                      "[1]//"sv}) {
    EXPECT_FALSE(IsJson(text)) << ::testing::PrintToString(text);
  }
}

TEST(JsonScannerTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorOf("[1 2]"), "',' or ']' was expected at byte 3 of 5");
  EXPECT_EQ(ErrorOf(R"({"a")"), "':' was expected at byte 4 of 4");
  EXPECT_EQ(ErrorOf(R"({"a":1,})"), "a member name was expected at byte 7 of 8");
  EXPECT_EQ(ErrorOf(R"({"a":1)"), "',' or '}' was expected at byte 6 of 6");
  EXPECT_EQ(ErrorOf("[1.]"), "a digit was expected at byte 3 of 4");
  EXPECT_EQ(ErrorOf("[yes]"), "a value was expected at byte 1 of 5");
  EXPECT_EQ(ErrorOf("\"a\nb\""), "a control character in a string must be escaped at byte 2 of 5");
  EXPECT_EQ(ErrorOf(R"("\q")"), "an escape was expected at byte 2 of 4");
  EXPECT_EQ(ErrorOf(R"("\u12")"), "four hexadecimal digits were expected at byte 5 of 6");
  EXPECT_EQ(ErrorOf("\"abc"), "the end of a string was expected at byte 4 of 4");
}

TEST(JsonScannerTest, GoesAsDeepAsItsLimitAndNoDeeper) {
  EXPECT_TRUE(IsJson(Nested(256)));
  EXPECT_FALSE(IsJson(Nested(257)));
  EXPECT_TRUE(IsJson(absl::StrCat("[", Nested(255), ",", Nested(255), "]"))) << "what was closed does not count";
  EXPECT_THAT(ErrorOf(Nested(257)), HasSubstr("nesting deeper than 256 levels at byte 257"));
  EXPECT_THAT(ErrorOf(std::string(1'000'000, '[')), HasSubstr("nesting deeper than 256 levels"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(ErrorOf(objects), HasSubstr("nesting deeper than 256 levels"));
}

// simdjson refuses a few texts that are JSON: these are not looked at. All else is judged alike.
TEST(JsonScannerTest, AgreesWithAnotherParserOnMutatedTexts) {
  const std::string valid = R"({"a":[1,-2.5e3,"x\n\"y\"",true,null,{}],"b":{"c":"\u00e9\\","d":[[],[0]]},"e":false})";
  constexpr std::string_view kBytes = "{}[]\",:\\ntrue0129.-+eE u\n\t\x01";
  std::mt19937 random(6);
  simdjson::dom::parser parser;
  int accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text = valid;
    for (auto changes = random() % 3 + 1; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const auto what = random() % 3;
      if (what == 0) text[at] = kBytes[random() % kBytes.size()];
      if (what == 1) text.insert(at, 1, kBytes[random() % kBytes.size()]);
      if (what == 2) text.erase(at, random() % 3 + 1);
    }
    const auto error = parser.parse(text).error();
    if (error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR) continue;
    ASSERT_EQ(IsJson(text), error == simdjson::SUCCESS) << text << ": " << ErrorOf(text) << ", " << error;
    accepted += error == simdjson::SUCCESS;
  }
  EXPECT_GT(accepted, 2'000);
}

TEST(JsonScannerTest, SkippingEndsWhereTheValueEnds) {
  for (const char* text : {"{}", "[]", R"({"a":[{}],"b":"}"})", R"(["\"]","\\"])", R"("a\"b\\")", "\"\"", "1.5e3",
                           "null", R"({"\\":"\\\"}"})", R"([[[[1]]],"]]]"])"}) {
    const Tight tight(std::string(text) + " ,1");
    JsonScanner scanner(tight.text());
    std::string_view raw;
    ASSERT_TRUE(scanner.Skip(raw)) << text;
    EXPECT_EQ(raw, text);
    EXPECT_EQ(scanner.Peek(), ',');
  }
}

TEST(JsonScannerTest, SkippingDoesNotJudgeWhatIsInside) {
  for (const char* text : {"[1 2 NaN]", "{1:[}}", "\"\n\\q\xFF\"", "[[\"\\u\"]]"}) {
    JsonScanner scanner(text);
    std::string_view raw;
    EXPECT_TRUE(scanner.Skip(raw) && scanner.AtEnd()) << text;
  }
}

TEST(JsonScannerTest, SkippingNeverPassesTheEnd) {
  const std::string text = R"({"a":["\\\"",{"b":1.5}],"c":"]}"})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Tight tight(text.substr(0, size));
    JsonScanner scanner(tight.text());
    std::string_view raw;
    EXPECT_FALSE(scanner.Skip(raw)) << tight.text();
    EXPECT_FALSE(scanner.error().ok());
  }
}

// Cost that grows with the square of the depth or of the backslashes would not end within the test's time.
TEST(JsonScannerTest, SkippingIsLinear) {
  for (const std::string& text : {Nested(4'000'000), "\"" + std::string(8'000'000, '\\') + "\"", [] {
                                    std::string quotes = "\"";
                                    for (int i = 0; i < 2'000'000; ++i) quotes += "\\\\\\\"";
                                    return quotes + "\"";
                                  }()}) {
    JsonScanner scanner(text);
    std::string_view raw;
    EXPECT_TRUE(scanner.Skip(raw) && scanner.AtEnd());
  }
}

TEST(JsonScannerTest, MembersComeInOrderAndWithTheirRawNames) {
  std::vector<std::string> names;
  JsonScanner scanner(R"( { "b" : 1 , "\u0061" : [ ] , "b" : { } } )");
  EXPECT_TRUE(scanner.Members([&](std::string_view name) {
    names.emplace_back(name);
    std::string_view raw;
    return scanner.Value(raw);
  }));
  EXPECT_THAT(names, ::testing::ElementsAre("\"b\"", R"("\u0061")", "\"b\""));
  EXPECT_TRUE(scanner.AtEnd());
}

TEST(JsonTextTest, UnquotesEveryEscape) {
  EXPECT_EQ(UnquoteJson("\"\""), "");
  EXPECT_EQ(UnquoteJson(R"("a\"b\\c\/d\be\ff\ng\rh\ti")"), "a\"b\\c/d\be\ff\ng\rh\ti");
  EXPECT_EQ(UnquoteJson(R"("\u0041\u00e9\u20AC\uD83D\uDE00")"), "A\u00E9\u20AC\U0001F600");
  EXPECT_EQ(UnquoteJson(R"("\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff")"),
            "\x7F\u0080\u07FF\u0800\uFFFF\U00010000\U0010FFFF");
  EXPECT_EQ(UnquoteJson(R"("\u0000")"), std::string(1, '\0'));
}

TEST(JsonTextTest, HalfAPairBecomesTheReplacementCharacter) {
  EXPECT_EQ(UnquoteJson(R"("\ud800")"), "\uFFFD");
  EXPECT_EQ(UnquoteJson(R"("\ud800x")"), "\uFFFDx");
  EXPECT_EQ(UnquoteJson(R"("\ud800\n")"), "\uFFFD\n");
  EXPECT_EQ(UnquoteJson(R"("\ud800\u0041")"), "\uFFFDA");
  EXPECT_EQ(UnquoteJson(R"("\ud800\ud83d\ude00")"), "\uFFFD\U0001F600");
  EXPECT_EQ(UnquoteJson(R"("\ude00\ud83d")"), "\uFFFD\uFFFD");
  EXPECT_EQ(UnquoteJson(R"("\udc00\udc00")"), "\uFFFD\uFFFD");
}

TEST(JsonTextTest, WhatIsQuotedIsJsonAndUnquotesToTheSame) {
  std::string text = "tools/call \"x\" \\ \u00E9\U0001F600\x7F";
  for (char c = 0; c < 0x20; ++c) text.push_back(c);
  const std::string token = QuoteJson(text);
  EXPECT_TRUE(IsJson(token)) << token;
  EXPECT_EQ(UnquoteJson(token), text);
  EXPECT_EQ(QuoteJson("a\x1F"), R"("a\u001f")");
}

}  // namespace
}  // namespace sluice::translate
