// What is a JSON-RPC message, what is refused and in which words, and that every byte stays as it came.
#include "server/translate/jsonrpc.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/status.h"

namespace sluice::translate {

void PrintTo(JsonRpcKind kind, std::ostream* os) {
  *os << std::array{"request", "notification", "result", "error"}[static_cast<std::size_t>(kind)];
}

namespace {

using ::testing::HasSubstr;

enum class By { kBoth, kClientOnly };

// --- kinds
// ------------------------------------------------------------------------------------------------------------

struct KindCase {
  std::string name;
  std::string text;
  JsonRpcKind kind;
  std::string id, method, params, result, error;
  friend void PrintTo(const KindCase& row, std::ostream* os) { *os << row.name; }
};

class JsonRpcKindTest : public ::testing::TestWithParam<KindCase> {
 protected:
  void Expect(const absl::StatusOr<JsonRpcMessage>& message) {
    ASSERT_TRUE(message.ok()) << message.status();
    EXPECT_EQ(message->kind, GetParam().kind);
    EXPECT_EQ(message->id, GetParam().id);
    EXPECT_EQ(message->method, GetParam().method);
    EXPECT_EQ(message->params, GetParam().params);
    EXPECT_EQ(message->result, GetParam().result);
    EXPECT_EQ(message->error, GetParam().error);
  }
};

TEST_P(JsonRpcKindTest, IsToldOfAnUpstream) { Expect(ScanJsonRpc(GetParam().text)); }

TEST_P(JsonRpcKindTest, IsToldOfAClient) { Expect(ValidateJsonRpc(GetParam().text)); }

TEST_P(JsonRpcKindTest, GivesSpansOfTheText) {
  const std::string& text = GetParam().text;
  const auto message = ScanJsonRpc(text);
  ASSERT_TRUE(message.ok()) << message.status();
  for (std::string_view span : {message->id, message->params, message->result, message->error}) {
    if (span.empty()) continue;
    EXPECT_GE(span.data(), text.data());
    EXPECT_LE(span.data() + span.size(), text.data() + text.size());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sections4And5, JsonRpcKindTest,
    ::testing::Values(
        KindCase{"Request", R"({"jsonrpc":"2.0","id":1,"method":"a","params":{}})", JsonRpcKind::kRequest, "1", "a",
                 "{}"},
        KindCase{"RequestWithoutParams", R"({"jsonrpc":"2.0","id":"x","method":"a"})", JsonRpcKind::kRequest, R"("x")",
                 "a"},
        KindCase{"RequestWithListParams", R"({"jsonrpc":"2.0","id":-1,"method":"a","params":[1]})",
                 JsonRpcKind::kRequest, "-1", "a", "[1]"},
        KindCase{"ANullIdIsNoNotification", R"({"jsonrpc":"2.0","id":null,"method":"a"})", JsonRpcKind::kRequest,
                 "null", "a"},
        KindCase{"AnEmptyIdIsAnId", R"({"jsonrpc":"2.0","id":"","method":"a"})", JsonRpcKind::kRequest, R"("")", "a"},
        KindCase{"AMethodMayBeEmpty", R"({"jsonrpc":"2.0","id":1,"method":""})", JsonRpcKind::kRequest, "1", ""},
        KindCase{"Notification", R"({"jsonrpc":"2.0","method":"a","params":{"b":1}})", JsonRpcKind::kNotification, "",
                 "a", R"({"b":1})"},
        KindCase{"Result", R"({"jsonrpc":"2.0","id":1,"result":{"b":[1]}})", JsonRpcKind::kResult, "1", "", "",
                 R"({"b":[1]})"},
        KindCase{"NullResult", R"({"jsonrpc":"2.0","id":1,"result":null})", JsonRpcKind::kResult, "1", "", "", "null"},
        KindCase{"ScalarResult", R"({"jsonrpc":"2.0","id":1,"result":"ok"})", JsonRpcKind::kResult, "1", "", "",
                 R"("ok")"},
        KindCase{"Error", R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}})", JsonRpcKind::kError, "1",
                 "", "", "", R"({"code":-1,"message":"no"})"},
        KindCase{"ErrorOfAnUnreadableRequest", R"({"jsonrpc":"2.0","id":null,"error":{}})", JsonRpcKind::kError, "null",
                 "", "", "", "{}"},
        KindCase{"AnyOrderAndUnknownMembers", R"({"x":1,"result":[],"id":2,"x":{},"jsonrpc":"2.0","":0})",
                 JsonRpcKind::kResult, "2", "", "", "[]"},
        KindCase{"BlanksEverywhere", " {\t\"jsonrpc\"\r\n: \"2.0\" , \"id\" : 1 , \"result\" : [ 1 ] \n} \n",
                 JsonRpcKind::kResult, "1", "", "", "[ 1 ]"},
        KindCase{"EscapedNamesAndVersion", R"({"\u006asonrpc":"2\u002e0","\u0069d":1,"m\u0065thod":"\u0061\/b"})",
                 JsonRpcKind::kRequest, "1", "a/b"},
        KindCase{"NamesDifferInCase", R"({"jsonrpc":"2.0","ID":[],"Method":1,"method":"a"})",
                 JsonRpcKind::kNotification, "", "a"}),
    [](const auto& row) { return row.param.name; });

// --- refusals
// ---------------------------------------------------------------------------------------------------------

struct RefusalCase {
  std::string name;
  std::string text;
  std::string why;
  By by = By::kBoth;
  friend void PrintTo(const RefusalCase& row, std::ostream* os) { *os << row.name; }
};

class JsonRpcRefusalTest : public ::testing::TestWithParam<RefusalCase> {
 protected:
  void ExpectRefused(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(ToStd(status.message()), HasSubstr("JSON-RPC: " + GetParam().why));
  }
};

TEST_P(JsonRpcRefusalTest, TellsAClientWhy) { ExpectRefused(ValidateJsonRpc(GetParam().text).status()); }

TEST_P(JsonRpcRefusalTest, HoldsForUpstreamsUnlessTheyAreGivenMore) {
  const absl::Status status = ScanJsonRpc(GetParam().text).status();
  if (GetParam().by == By::kBoth) {
    ExpectRefused(status);
  } else {
    EXPECT_TRUE(status.ok()) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Envelope, JsonRpcRefusalTest,
    ::testing::Values(
        RefusalCase{"Empty", "", "a message must be a JSON object"},
        RefusalCase{"Blank", " \n", "a message must be a JSON object"},
        RefusalCase{"Text", "hello", "a message must be a JSON object"},
        RefusalCase{"String", "\"a\"", "a message must be a JSON object"},
        RefusalCase{"Batch", R"( [{"jsonrpc":"2.0","method":"a"}])",
                    "batches are not accepted; send each message on its own"},
        RefusalCase{"ByteOrderMark", "\xEF\xBB\xBF{\"jsonrpc\":\"2.0\",\"method\":\"a\"}",
                    "the text begins with a byte order mark"},
        RefusalCase{"SomethingAfterIt", R"({"jsonrpc":"2.0","method":"a"} {})",
                    "there is something after the end of the message"},
        RefusalCase{"NulAfterIt", std::string("{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\0", 31),
                    "there is something after the end of the message"},
        RefusalCase{"NoVersion", R"({"id":1,"method":"a"})", R"("jsonrpc" is missing; it must be "2.0")"},
        RefusalCase{"OtherVersion", R"({"jsonrpc":"1.0","id":1,"method":"a"})", R"("jsonrpc" must be "2.0")"},
        RefusalCase{"NumberAsVersion", R"({"jsonrpc":2.0,"id":1,"method":"a"})", R"("jsonrpc" must be "2.0")"},
        RefusalCase{"NeitherOfThree", R"({"jsonrpc":"2.0","id":1})",
                    R"(one of "method", "result" and "error" must be there)"},
        RefusalCase{"ResultAndError", R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})",
                    R"("result" and "error" exclude each other)"},
        RefusalCase{"ResultAndNullError", R"({"jsonrpc":"2.0","id":1,"result":1,"error":null})",
                    R"("result" and "error" exclude each other)"},
        RefusalCase{"MethodAndResult", R"({"jsonrpc":"2.0","id":1,"method":"a","result":1})",
                    R"("method" and "result" exclude each other)"},
        RefusalCase{"MethodAndError", R"({"jsonrpc":"2.0","id":1,"method":"a","error":{}})",
                    R"("method" and "error" exclude each other)"},
        RefusalCase{"ObjectId", R"({"jsonrpc":"2.0","id":{},"method":"a"})",
                    R"("id" must be a string, a number or null)"},
        RefusalCase{"ListId", R"({"jsonrpc":"2.0","id":[1],"result":1})", R"("id" must be a string, a number or null)"},
        RefusalCase{"BooleanId", R"({"jsonrpc":"2.0","id":true,"method":"a"})",
                    R"("id" must be a string, a number or null)"},
        RefusalCase{"MethodNoString", R"({"jsonrpc":"2.0","id":1,"method":7})", R"("method" must be a string)"},
        RefusalCase{"NullMethod", R"({"jsonrpc":"2.0","id":1,"method":null})", R"("method" must be a string)"},
        RefusalCase{"ResultWithoutId", R"({"jsonrpc":"2.0","result":1})",
                    R"("id" is missing; a "result" must say what it answers)"},
        RefusalCase{"TwoVersions", R"({"jsonrpc":"2.0","jsonrpc":"2.0","method":"a"})", R"("jsonrpc" occurs twice)"},
        RefusalCase{"TwoIds", R"({"jsonrpc":"2.0","id":1,"id":1,"method":"a"})", R"("id" occurs twice)"},
        RefusalCase{"TwoMethods", R"({"jsonrpc":"2.0","method":"a","method":"b"})", R"("method" occurs twice)"},
        RefusalCase{"TwoParams", R"({"jsonrpc":"2.0","method":"a","params":{},"params":{}})",
                    R"("params" occurs twice)"},
        RefusalCase{"TwoResults", R"({"jsonrpc":"2.0","id":1,"result":1,"result":1})", R"("result" occurs twice)"},
        RefusalCase{"TwoErrors", R"({"jsonrpc":"2.0","id":1,"error":{},"error":{}})", R"("error" occurs twice)"},
        RefusalCase{"TwoIdsOneEscaped", R"({"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"a"})", R"("id" occurs twice)"},
        RefusalCase{"TwoVersionsOneFullyEscaped",
                    R"({"jsonrpc":"2.0","\u006a\u0073\u006f\u006e\u0072\u0070\u0063":"2.0","method":"a"})",
                    R"("jsonrpc" occurs twice)"},
        RefusalCase{"BrokenId", R"({"jsonrpc":"2.0","id":1.,"method":"a"})",
                    "not valid JSON: a digit was expected at byte 24 of 38"},
        RefusalCase{"BrokenMethod", R"({"jsonrpc":"2.0","method":"\x"})",
                    "not valid JSON: an escape was expected at byte 28 of 31"},
        RefusalCase{"NoEnd", R"({"jsonrpc":"2.0","id":1,"result":{"a":1})", "not valid JSON: "},
        RefusalCase{"ScalarResultNotJson", R"({"jsonrpc":"2.0","id":1,"result":NaN})",
                    "not valid JSON: a value was expected at byte 33 of 37"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    OfClientsOnly, JsonRpcRefusalTest,
    ::testing::Values(RefusalCase{"ScalarParams", R"({"jsonrpc":"2.0","method":"a","params":"b"})",
                                  R"("params" must be an object or an array)", By::kClientOnly},
                      RefusalCase{"NullParams", R"({"jsonrpc":"2.0","method":"a","params":null})",
                                  R"("params" must be an object or an array)", By::kClientOnly},
                      RefusalCase{"ErrorWithoutId", R"({"jsonrpc":"2.0","error":{}})",
                                  R"("id" is missing; an "error" must say what it answers)", By::kClientOnly},
                      RefusalCase{"ErrorNoObject", R"({"jsonrpc":"2.0","id":1,"error":"no"})",
                                  R"("error" must be an object)", By::kClientOnly},
                      RefusalCase{"JunkInParams", R"({"jsonrpc":"2.0","method":"a","params":{"b":1 2}})",
                                  "not valid JSON: ',' or '}' was expected at byte 46 of 49", By::kClientOnly},
                      RefusalCase{"JunkInResult", R"({"jsonrpc":"2.0","id":1,"result":[01]})",
                                  "not valid JSON: ',' or ']' was expected at byte 35 of 38", By::kClientOnly},
                      RefusalCase{"JunkInUnknown", R"({"jsonrpc":"2.0","method":"a","x":[1,]})",
                                  "not valid JSON: a value was expected at byte 37 of 39", By::kClientOnly},
                      RefusalCase{"ParamsNotUtf8", "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[\"\xFF\"]}",
                                  "the text is not valid UTF-8", By::kClientOnly}),
    [](const auto& row) { return row.param.name; });

TEST(JsonRpcMissingResultTest, AnIdAloneIsANullResultWhereOneIsDue) {
  const auto message = ScanJsonRpc(R"({"id":1,"jsonrpc":"2.0"})", MissingResult::kNull);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->kind, JsonRpcKind::kResult);
  EXPECT_EQ(message->id, "1");
  EXPECT_EQ(message->result, "null");
}

TEST(JsonRpcMissingResultTest, NothingAtAllIsStillRefused) {
  EXPECT_FALSE(ScanJsonRpc(R"({"jsonrpc":"2.0"})", MissingResult::kNull).ok());
  EXPECT_FALSE(ScanJsonRpc(R"({"id":1})", MissingResult::kNull).ok());
}

TEST(JsonRpcUtf8Test, OfAnUpstreamOnlyIdAndMethodMustBeValid) {
  EXPECT_TRUE(ScanJsonRpc("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xFF\"}").ok());
  const absl::Status id = ScanJsonRpc("{\"jsonrpc\":\"2.0\",\"id\":\"\xFF\",\"result\":1}").status();
  EXPECT_THAT(ToStd(id.message()), HasSubstr("JSON-RPC: \"id\" is not valid UTF-8"));
  const absl::Status method = ScanJsonRpc("{\"jsonrpc\":\"2.0\",\"method\":\"\xFF\"}").status();
  EXPECT_THAT(ToStd(method.message()), HasSubstr("JSON-RPC: \"method\" is not valid UTF-8"));
}

TEST(JsonRpcDepthTest, AClientsMessageIsAtMost256LevelsDeep) {
  const auto message = [](int levels) {
    return R"({"jsonrpc":"2.0","method":"a","params":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_TRUE(ValidateJsonRpc(message(255)).ok());
  const absl::Status status = ValidateJsonRpc(message(256)).status();
  EXPECT_THAT(ToStd(status.message()), HasSubstr("not valid JSON: nesting deeper than 256 levels at byte"));
}

TEST(JsonRpcDepthTest, AMillionBracketsDoNotOverflowTheStack) {
  const std::string brackets(1'000'000, '[');
  EXPECT_FALSE(ValidateJsonRpc(brackets).ok());
  for (const char* member : {"params", "id", "method", "jsonrpc", "x"}) {
    const std::string text = "{\"" + std::string(member) + "\":" + brackets;
    EXPECT_FALSE(ValidateJsonRpc(text).ok());
    EXPECT_FALSE(ScanJsonRpc(text).ok());
  }
}

TEST(JsonRpcDepthTest, AnUpstreamsResultMayBeAsDeepAsItLikes) {
  const std::string result = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  const std::string text = R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}";
  const auto message = ScanJsonRpc(text);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_TRUE(message->result == result);
}

// --- bytes
// ------------------------------------------------------------------------------------------------------------

TEST(JsonRpcBytesTest, IdsKeepTheirSpelling) {
  for (const char* id : {"9007199254740993", "-9007199254740993", "123456789012345678901234567890", "1.0", "1.50",
                         "1e3", "-0", "0", R"("\u0041")", R"("1")", R"("\ud800")", R"("a\/b")", "\"\u00E9\""}) {
    const std::string text = std::string(R"({"jsonrpc":"2.0","id": )") + id + R"( ,"method":"a"})";
    EXPECT_EQ(ScanJsonRpc(text)->id, id);
    EXPECT_EQ(ValidateJsonRpc(text)->id, id);
  }
}

TEST(JsonRpcBytesTest, PayloadsKeepKeyOrderDuplicatesNumbersAndBlanks) {
  const std::string payload =
      R"({ "z" : 9007199254740993, "a":1.0,"a" : 1.00 ,"\u0061":[ 1e400 ,-0 ], "s":"\u00e9\/" })";
  const std::string request = R"({"jsonrpc":"2.0","method":"a","params": )" + payload + " }";
  EXPECT_EQ(ScanJsonRpc(request)->params, payload);
  EXPECT_EQ(ValidateJsonRpc(request)->params, payload);
  EXPECT_EQ(ScanJsonRpc(R"({"jsonrpc":"2.0","id":1,"result": )" + payload + "\n}")->result, payload);
  EXPECT_EQ(ScanJsonRpc(R"({"jsonrpc":"2.0","id":1,"error": )" + payload + "\t}")->error, payload);
}

TEST(JsonRpcBytesTest, EnvelopeNamesInsideThePayloadMeanNothing) {
  const std::string text = R"({"jsonrpc":"2.0","id":1,"result":{"id":2,"error":{},"jsonrpc":"1.0","method":[]}})";
  EXPECT_EQ(ScanJsonRpc(text)->id, "1");
  EXPECT_EQ(ValidateJsonRpc(text)->kind, JsonRpcKind::kResult);
}

TEST(JsonRpcBytesTest, AMethodIsUnescaped) {
  EXPECT_EQ(ScanJsonRpc(R"({"jsonrpc":"2.0","method":"tools\/\u0063all \"\ud83d\ude00\""})")->method,
            "tools/call \"\U0001F600\"");
  EXPECT_EQ(ScanJsonRpc(R"({"jsonrpc":"2.0","method":"\ud800"})")->method, "\uFFFD");
}

// --- hostile texts
// ----------------------------------------------------------------------------------------------------

// Reads both ways from a copy without a byte to spare, so that an address sanitizer sees a read beyond the end.
struct Verdict {
  absl::StatusOr<JsonRpcMessage> scanned, validated;
};
Verdict ReadTight(std::string_view text) {
  const auto bytes = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), bytes.get());
  const std::string_view tight(bytes.get(), text.size());
  Verdict verdict{ScanJsonRpc(tight), ValidateJsonRpc(tight)};
  if (verdict.scanned.ok()) ParseJsonRpcError(verdict.scanned->error);
  return verdict;
}

constexpr std::string_view kValid[] = {
    R"({"jsonrpc":"2.0","id":"a\u00e9\"","method":"tools\/call","params":{"a":[1,2.5e-3,{"b":"]}\\"}],"c":null}})",
    R"({"jsonrpc":"2.0","id":-12,"result":{"a":[true,false,"\n"],"b":{"c":[[]]}},"x":{"y":"}"}})",
    R"({"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"no \"task\"","data":[{"k":"v"}]}})",
};

TEST(JsonRpcHostileTest, EveryTruncationIsRefused) {
  for (std::string_view text : kValid) {
    ASSERT_TRUE(ReadTight(text).validated.ok()) << text;
    for (std::size_t size = 0; size < text.size(); ++size) {
      const Verdict verdict = ReadTight(text.substr(0, size));
      EXPECT_EQ(verdict.scanned.status().code(), absl::StatusCode::kInvalidArgument) << text.substr(0, size);
      EXPECT_EQ(verdict.validated.status().code(), absl::StatusCode::kInvalidArgument) << text.substr(0, size);
    }
  }
}

TEST(JsonRpcHostileTest, MutatedTextsAreReadOrRefusedAndTheStricterReaderTakesNoMore) {
  constexpr std::string_view kBytes = "{}[]\",:\\ntfu0129.-eE \n\x01\x80\xFF\0";
  std::mt19937 random(7);
  int scanned = 0, validated = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text(kValid[random() % std::size(kValid)]);
    for (auto changes = random() % 4 + 1; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const auto what = random() % 4;
      if (what == 0) text[at] = kBytes[random() % kBytes.size()];
      if (what == 1) text.insert(at, 1, kBytes[random() % kBytes.size()]);
      if (what == 2) text.erase(at, random() % 4 + 1);
      if (what == 3) text.insert(at, text.substr(random() % text.size(), random() % 12));
    }
    const Verdict verdict = ReadTight(text);
    ASSERT_TRUE(verdict.scanned.ok() || !verdict.validated.ok()) << ::testing::PrintToString(text);
    scanned += verdict.scanned.ok();
    validated += verdict.validated.ok();
  }
  EXPECT_GT(validated, 500);
  EXPECT_GT(scanned, validated) << "what stands inside an upstream's payload is not judged";
}

// --- errors and requests
// ----------------------------------------------------------------------------------------------

TEST(JsonRpcErrorTest, IsTakenApart) {
  const JsonRpcError error =
      ParseJsonRpcError(R"( { "code" : -32001 , "message" : "no \u00e9\n" , "data" : [ 1.0, {} ] , "x":1 } )");
  EXPECT_EQ(error.code, -32001);
  EXPECT_EQ(error.message, "no \u00E9\n");
  EXPECT_EQ(error.data, "[ 1.0, {} ]");
}

TEST(JsonRpcErrorTest, MissingOrOddMembersAreTolerated) {
  for (const char* text : {"{}", "null", "\"boom\"", "[]", "7", "", "{", R"({"code":"-1","message":7})",
                           R"({"code":null,"message":null})", R"({"code":{},"message":[]})", R"({"code":1.5})",
                           R"({"code":99999999999})", R"({"code":-1e400})", R"({"code":})"}) {
    const JsonRpcError error = ParseJsonRpcError(text);
    EXPECT_EQ(error.code, 0) << text;
    EXPECT_EQ(error.message, "") << text;
    EXPECT_EQ(error.data, "") << text;
  }
}

TEST(JsonRpcErrorTest, ACodeMayBeSpelledAsAnyWholeNumber) {
  EXPECT_EQ(ParseJsonRpcError(R"({"code":-32001.0})").code, -32001);
  EXPECT_EQ(ParseJsonRpcError(R"({"code":-3.2e4})").code, -32000);
  EXPECT_EQ(ParseJsonRpcError(R"({"code":2147483647})").code, std::numeric_limits<int>::max());
  EXPECT_EQ(ParseJsonRpcError(R"({"code":-2147483648})").code, std::numeric_limits<int>::min());
  EXPECT_EQ(ParseJsonRpcError(R"({"code":2147483648})").code, 0);
  EXPECT_EQ(ParseJsonRpcError(R"({"code":-2147483649})").code, 0);
}

TEST(JsonRpcErrorTest, WhatStandsBeforeSomethingMalformedIsKept) {
  const JsonRpcError error = ParseJsonRpcError(R"({"code":-32603,"message":"no","data":{1 2},"x":NaN,"code":1})");
  EXPECT_EQ(error.code, -32603);
  EXPECT_EQ(error.message, "no");
  EXPECT_EQ(error.data, "{1 2}");
}

TEST(JsonRpcRequestTest, IsTheFourMembersInOrder) {
  EXPECT_EQ(MakeJsonRpcRequest("1", "SendMessage", R"({"a": 1.0})"),
            R"({"jsonrpc":"2.0","id":1,"method":"SendMessage","params":{"a": 1.0}})");
  EXPECT_EQ(MakeJsonRpcRequest(R"("\u0041")", "a", ""), R"({"jsonrpc":"2.0","id":"\u0041","method":"a"})");
}

TEST(JsonRpcRequestTest, IsReadBackAsItWasMade) {
  const std::string method = "tools/\"call\"\\\n\u00E9";
  const std::string text = MakeJsonRpcRequest("9007199254740993", method, "[1]");
  const auto message = ValidateJsonRpc(text);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->kind, JsonRpcKind::kRequest);
  EXPECT_EQ(message->id, "9007199254740993");
  EXPECT_EQ(message->method, method);
  EXPECT_EQ(message->params, "[1]");
}

}  // namespace
}  // namespace sluice::translate
