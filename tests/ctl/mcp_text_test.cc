// What people are shown of MCP, and how JSON is looked into for it.
#include "client/ctl/mcp_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/ctl/json_view.h"

namespace sluice::ctl {
namespace {

TEST(JsonView, LooksIntoJsonAsItCame) {
  const std::string object = "{\"a\":{\"b\":[1, 2.50]},\"\\u0061\":\"l\\nm\",\"n\":123456789012345678901234567890}";
  EXPECT_EQ(Member(object, "n"), "123456789012345678901234567890");
  EXPECT_EQ(TextOf(object, "a"), "l\nm") << "the last of two members counts";
  EXPECT_EQ(TextOf(object, "z"), "");
  std::vector<std::string> seen;
  ForEachElement("[1, \"x\",\n{}]", [&seen](std::string_view value) { seen.push_back(TextOf(value)); });
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "x", "{}"}));
}

TEST(JsonView, WhatIsOfAnotherKindHasNothingInIt) {
  for (const char* text : {"", "null", "[]", "\"a\"", "{\"a\":", "{\"a\" 1}"}) EXPECT_EQ(Member(text, "a"), "") << text;
  ForEachElement("{\"a\":1}", [](std::string_view) { ADD_FAILURE(); });
}

TEST(JsonView, KnowsWhatIsJson) {
  for (const char* good : {"{}", " [1] ", "\"a\"", "1e999", "null"}) EXPECT_TRUE(IsJson(good)) << good;
  for (const char* bad : {"", "{", "{}{}", "'a'", "\"\xff\"", "\"\n\"", "01"}) EXPECT_FALSE(IsJson(bad)) << bad;
}

TEST(JsonView, ALineOfJsonCannotDriveATerminal) {
  EXPECT_EQ(JsonLine("{\"a\":\n\"\x7f\xc2\x9b\xc2\xa0\"}"), "{\"a\": \"\\u007f\\u009b\xc2\xa0\"}");
  EXPECT_EQ(JsonLine("\x1b\x7f\xc2\x9b \"words\""), "\"\\u001b\\u007f\\u009b \\\"words\\\"\"");
}

TEST(McpText, DataThatIsNoBase64HasNoBytes) {
  for (const char* data : {"", "=", "==", "==="}) {
    EXPECT_EQ(ContentText(R"({"content":[{"type":"image","data":")" + std::string(data) + "\"}]}"),
              "[image, 0 bytes]\n")
        << data;
  }
}

TEST(McpText, AToolIsItsNameItsDescriptionAndALinePerArgument) {
  EXPECT_EQ(ToolText(R"({"name":"sum","description":"Adds\ntwo","inputSchema":{"type":"object","properties":{
                     "a":{"type":"number","description":"first"},"rounding":{"enum":["up","down"]}},
                     "required":["a"]}})",
                     /*colour=*/false),
            "sum  Adds two\n"
            "    a         number, required  first\n"
            "    rounding  \"up\"|\"down\"\n");
  EXPECT_EQ(ToolText(R"({"name":"\u001b[2J"})", false), "\\x1b[2J\n") << "a stranger's words do not drive the terminal";
}

TEST(McpText, TypesAreShort) {
  struct Row {
    const char* schema;
    const char* text;
  };
  for (const Row& row :
       std::initializer_list<Row>{{"{}", "any"},
                                  {"true", "any"},
                                  {R"({"type":"string"})", "string"},
                                  {R"({"type":["string","null"]})", "string|null"},
                                  {R"({"type":"array","items":{"type":"integer"}})", "integer[]"},
                                  {R"({"type":"array"})", "array"},
                                  {R"({"enum":["a",1]})", "\"a\"|1"},
                                  {R"({"anyOf":[{"type":"string"},{"type":"array","items":{}}]})", "string|any[]"}}) {
    EXPECT_EQ(TypeText(row.schema), row.text) << row.schema;
  }
}

TEST(McpText, ContentIsTextOrTheNameOfWhatItIs) {
  struct Row {
    const char* part;
    const char* text;
  };
  for (const Row& row : std::initializer_list<Row>{
           {R"({"type":"text","text":"a\nb"})", "a\nb\n"},
           {R"({"type":"text","text":"\u001b]0;owned"})", "\\x1b]0;owned\n"},
           {R"({"type":"image","mimeType":"image/png","data":"AAAAAA=="})", "[image image/png, 4 bytes]\n"},
           {R"({"type":"audio","mimeType":"audio/wav","data":""})", "[audio audio/wav, 0 bytes]\n"},
           {R"({"type":"resource_link","name":"n","uri":"file:///n"})", "[link n file:///n]\n"},
           {R"({"type":"resource","resource":{"uri":"u:","text":"t"}})", "[resource u:]\n  t\n"},
           {R"({"type":"resource","resource":{"uri":"u:","mimeType":"a/b","blob":"AAAA"}})",
            "[resource u: a/b, 3 bytes]\n"},
           {"{}", "[content of no type, 0 bytes]\n"}}) {
    EXPECT_EQ(ContentText("{\"content\":[" + std::string(row.part) + "],\"structuredContent\":{}}"), row.text);
  }
  EXPECT_EQ(ContentText(R"({"content":[],"structuredContent":{"n": 1.50}})"), "{\"n\": 1.50}\n");
  EXPECT_EQ(ContentText("{}"), "");
}

TEST(McpText, ProgressIsABarWhereTheTotalIsKnown) {
  EXPECT_EQ(ProgressText(R"({"progress":1,"total":2,"message":"half"})"), "[##########          ]  50% half");
  EXPECT_EQ(ProgressText(R"({"progress":5,"total":2})"), "[####################] 100%") << "more than all is all";
  EXPECT_EQ(ProgressText(R"({"progress":-1,"total":2})"), "[                    ]   0%");
  EXPECT_EQ(ProgressText(R"({"progress":7,"message":"seen\nso far"})"), "7 seen so far");
  EXPECT_EQ(ProgressText(R"({"progress":7,"total":0})"), "7");
  EXPECT_EQ(ProgressText(R"({"progress":1e999,"total":1})"), "1e999");
}

TEST(McpText, ALogLineTellsLevelAndLogger) {
  EXPECT_EQ(LogText(R"({"level":"warning","logger":"db","data":"slow"})"), "log warning db: slow");
  EXPECT_EQ(LogText(R"({"level":"info","data":{"n": 1}})"), "log info: {\"n\": 1}");
}

}  // namespace
}  // namespace sluice::ctl
