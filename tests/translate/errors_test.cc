#include "server/translate/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/base/status.h"
#include "server/translate/excerpt.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

// Empty when the status has none.
template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload =
      status.GetPayload(ToAbsl("type.googleapis.com/" + std::string(Detail::descriptor()->full_name())));
  if (payload) {
    EXPECT_TRUE(detail.ParseFromString(std::string(*payload)));
  }
  return detail;
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

struct RpcRow {
  int rpc_code;
  StatusCode code;
  std::string reason;
  friend void PrintTo(const RpcRow& row, std::ostream* os) { *os << row.rpc_code; }
};
class JsonRpcErrorTest : public ::testing::TestWithParam<RpcRow> {};

TEST_P(JsonRpcErrorTest, BecomesTheStatusOfTheTable) {
  const RpcRow& row = GetParam();
  const absl::Status status = StatusFromJsonRpcError({.code = row.rpc_code, .message = "what happened", .data = {}});
  EXPECT_EQ(status.code(), row.code);
  EXPECT_EQ(Message(status), "what happened");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.reason(), row.reason);
  EXPECT_EQ(info.domain(), "a2a-protocol.org");
  EXPECT_EQ(ErrorMetadataValue(status, "jsonrpc_code"), std::to_string(row.rpc_code));
}

// A2A 1.0.1, "Error Code Mappings".
INSTANTIATE_TEST_SUITE_P(
    A2aErrors, JsonRpcErrorTest,
    ::testing::Values(RpcRow{-32700, StatusCode::kInternal, "JSON_PARSE_ERROR"},
                      RpcRow{-32600, StatusCode::kInvalidArgument, "INVALID_REQUEST"},
                      RpcRow{-32601, StatusCode::kUnimplemented, "METHOD_NOT_FOUND"},
                      RpcRow{-32602, StatusCode::kInvalidArgument, "INVALID_PARAMS"},
                      RpcRow{-32603, StatusCode::kInternal, "INTERNAL_ERROR"},
                      RpcRow{-32001, StatusCode::kNotFound, "TASK_NOT_FOUND"},
                      RpcRow{-32002, StatusCode::kFailedPrecondition, "TASK_NOT_CANCELABLE"},
                      RpcRow{-32003, StatusCode::kFailedPrecondition, "PUSH_NOTIFICATION_NOT_SUPPORTED"},
                      RpcRow{-32004, StatusCode::kFailedPrecondition, "UNSUPPORTED_OPERATION"},
                      RpcRow{-32005, StatusCode::kInvalidArgument, "CONTENT_TYPE_NOT_SUPPORTED"},
                      RpcRow{-32006, StatusCode::kInternal, "INVALID_AGENT_RESPONSE"},
                      RpcRow{-32007, StatusCode::kFailedPrecondition, "EXTENDED_AGENT_CARD_NOT_CONFIGURED"},
                      RpcRow{-32008, StatusCode::kFailedPrecondition, "EXTENSION_SUPPORT_REQUIRED"},
                      RpcRow{-32009, StatusCode::kFailedPrecondition, "VERSION_NOT_SUPPORTED"},
                      RpcRow{-32000, StatusCode::kUnknown, "UNKNOWN_UPSTREAM_ERROR"},
                      RpcRow{-32099, StatusCode::kUnknown, "UNKNOWN_UPSTREAM_ERROR"},
                      RpcRow{0, StatusCode::kUnknown, "UNKNOWN_UPSTREAM_ERROR"},
                      RpcRow{404, StatusCode::kUnknown, "UNKNOWN_UPSTREAM_ERROR"}),
    [](const auto& named) { return "Code" + std::to_string(named.index) + "_" + named.param.reason; });

TEST(JsonRpcError, WithoutAMessageGetsOneThatNamesTheCode) {
  EXPECT_THAT(Message(StatusFromJsonRpcError({.code = -32001, .message = "", .data = {}})), HasSubstr("-32001"));
}

TEST(JsonRpcError, ReasonAndMetadataOfItsOwnErrorInfoAreKept) {
  const absl::Status status = StatusFromJsonRpcError({.code = -32001, .message = "m", .data = R"([
      {"@type":"type.googleapis.com/google.rpc.DebugInfo","detail":"x"},
      {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TASK_GONE","domain":"a2a-protocol.org",
       "metadata":{"taskId":"t-1","odd":5}}])"});
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_EQ(ErrorReason(status), "TASK_GONE");
  EXPECT_EQ(ErrorMetadataValue(status, "taskId"), "t-1");
  EXPECT_EQ(ErrorMetadataValue(status, "odd"), "");
}

TEST(JsonRpcError, DataMayBeOneDetailInsteadOfAnArray) {
  const absl::Status status = StatusFromJsonRpcError({.code = -32004, .message = "m", .data = R"(
      {"@type":"google.rpc.ErrorInfo","reason":"R","domain":"a2a-protocol.org","metadata":{"k":"v"}})"});
  EXPECT_EQ(ErrorReason(status), "R");
  EXPECT_EQ(ErrorMetadataValue(status, "k"), "v");
}

TEST(JsonRpcError, ErrorInfoOfAnotherDomainIsNotTakenOver) {
  const absl::Status status = StatusFromJsonRpcError({.code = -32004, .message = "m", .data = R"(
      [{"@type":"google.rpc.ErrorInfo","reason":"R","domain":"example.com","metadata":{"k":"v"}}])"});
  EXPECT_EQ(ErrorReason(status), "UNSUPPORTED_OPERATION");
  EXPECT_EQ(ErrorMetadataValue(status, "k"), "");
}

TEST(JsonRpcError, AReasonThatIsNoConstantIsNotTakenOver) {
  for (const std::string& odd :
       {std::string("-"), std::string("task not found"), std::string(64, 'A'), std::string()}) {
    const absl::Status status =
        StatusFromJsonRpcError({.code = -32001,
                                .message = "m",
                                .data = R"(
        [{"@type":"google.rpc.ErrorInfo","reason":")" +
                                        odd + R"(","domain":"a2a-protocol.org","metadata":{"k":"v"}}])"});
    EXPECT_EQ(ErrorReason(status), "TASK_NOT_FOUND");
    EXPECT_EQ(ErrorMetadataValue(status, "k"), "v");
  }
}

// Agents that number their errors by themselves, or give all of them one number.
TEST(JsonRpcError, AKnownReasonTellsTheCodeWhateverTheNumber) {
  for (const int number : {-32050, -32603, -32000, 0, 404}) {
    const absl::Status status = StatusFromJsonRpcError({.code = number, .message = "m", .data = R"(
        [{"@type":"google.rpc.ErrorInfo","reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org"}])"});
    EXPECT_EQ(status.code(), StatusCode::kNotFound) << number;
    EXPECT_EQ(ErrorReason(status), "TASK_NOT_FOUND") << number;
    EXPECT_EQ(ErrorMetadataValue(status, "jsonrpc_code"), std::to_string(number));
  }
}

struct DataRow {
  std::string name, data, told;
  friend void PrintTo(const DataRow& row, std::ostream* os) { *os << row.name; }
};
class ErrorDataTest : public ::testing::TestWithParam<DataRow> {};
TEST_P(ErrorDataTest, IsShownWhereItIsNotTheProtocolsDetails) {
  const absl::Status status = StatusFromJsonRpcError({.code = -32603, .message = "m", .data = GetParam().data});
  EXPECT_EQ(ErrorMetadataValue(status, "error_data"), GetParam().told);
  EXPECT_EQ(ErrorReason(status), "INTERNAL_ERROR");
}
INSTANTIATE_TEST_SUITE_P(
    Data, ErrorDataTest,
    ::testing::Values(
        DataRow{"Missing", "", ""}, DataRow{"Null", "null", ""},
        DataRow{"String", R"("database is gone")", R"("database is gone")"},
        DataRow{"Object", R"({"trace":"x"})", R"({"trace":"x"})"},
        DataRow{"Array", R"([{"loc":["a"],"msg":"b"}])", R"([{"loc":["a"],"msg":"b"}])"},
        DataRow{"OneLineOnly", "\"a\nb\"", "\"a b\""},
        DataRow{"Bounded", std::string(5000, 'x'), std::string(256, 'x')},
        DataRow{"ItsDetails",
                R"([{"@type":"google.rpc.ErrorInfo","reason":"INTERNAL_ERROR","domain":"a2a-protocol.org"}])", ""}),
    [](const auto& named) { return named.param.name; });

TEST(JsonRpcError, AnyOtherDataIsTolerated) {
  const std::string deep(100'000, '[');
  for (const std::string& data :
       {std::string("null"), std::string("\"text\""), std::string("5"), std::string("{}"), std::string("[]"),
        std::string("[1,\"a\",null,[{}]]"), std::string("{\"@type\":5}"), std::string("not json"),
        std::string("[{\"@type\":\"google.rpc.ErrorInfo\"}]"), deep, std::string("\"\xFF\"")}) {
    const absl::Status status = StatusFromJsonRpcError({.code = -32001, .message = "m", .data = data});
    EXPECT_EQ(status.code(), StatusCode::kNotFound) << data.substr(0, 50);
    EXPECT_EQ(ErrorReason(status), "TASK_NOT_FOUND") << data.substr(0, 50);
  }
}

TEST(JsonRpcError, TooMuchMetadataLeavesRoomForOurs) {
  std::string data = R"([{"@type":"google.rpc.ErrorInfo","reason":"R","domain":"a2a-protocol.org","metadata":{)";
  for (int i = 0; i < 500; ++i) data += "\"key" + std::to_string(i) + "\":\"" + std::string(90, 'v') + "\",";
  data += R"("jsonrpc_code":"forged"}}])";
  absl::Status status = StatusFromJsonRpcError({.code = -32001, .message = "m", .data = data});
  EXPECT_EQ(ErrorMetadataValue(status, "jsonrpc_code"), "-32001");
  EXPECT_FALSE(DetailOf<google::rpc::ErrorInfo>(status).metadata().empty());
  AddErrorMetadata(status, "task_id", std::string(36, 't'));
  EXPECT_EQ(ErrorMetadataValue(status, "task_id"), std::string(36, 't'));
}

TEST(JsonRpcError, InvalidParamsTellTheFieldsTheyAreAbout) {
  const std::string data = R"([{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[
      {"field":"message.parts","description":"is empty"},{"field":"message.role"},{},7]}])";
  const auto bad =
      DetailOf<google::rpc::BadRequest>(StatusFromJsonRpcError({.code = -32602, .message = "m", .data = data}));
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "message.parts");
  EXPECT_EQ(bad.field_violations(0).description(), "is empty");
  EXPECT_EQ(bad.field_violations(1).field(), "message.role");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(StatusFromJsonRpcError({.code = -32603, .message = "m", .data = data}))
                .field_violations_size(),
            0);
}

struct HttpRow {
  int status;
  StatusCode code;
  StatusCode of_a_stream = code;
  friend void PrintTo(const HttpRow& row, std::ostream* os) { *os << row.status; }
};
class HttpStatusTest : public ::testing::TestWithParam<HttpRow> {};

TEST_P(HttpStatusTest, BecomesTheStatusOfTheTable) {
  const absl::Status status = StatusFromHttp({.status = GetParam().status, .headers = {}}, "<h1>no</h1>\n");
  EXPECT_EQ(status.code(), GetParam().code);
  EXPECT_EQ(StatusFromHttp({.status = GetParam().status, .headers = {}}, "", HttpRequestOf::kCaller).code(),
            GetParam().of_a_stream);
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_HTTP_STATUS");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).domain(), "sluice");
  EXPECT_EQ(ErrorMetadataValue(status, "http_status"), std::to_string(GetParam().status));
  EXPECT_THAT(Message(status), HasSubstr("HTTP " + std::to_string(GetParam().status)));
  EXPECT_THAT(Message(status), HasSubstr("<h1>no</h1>"));
}

INSTANTIATE_TEST_SUITE_P(
    Design, HttpStatusTest,
    ::testing::Values(HttpRow{300, StatusCode::kFailedPrecondition}, HttpRow{301, StatusCode::kFailedPrecondition},
                      HttpRow{302, StatusCode::kFailedPrecondition}, HttpRow{307, StatusCode::kFailedPrecondition},
                      HttpRow{400, StatusCode::kInternal, StatusCode::kInvalidArgument},
                      HttpRow{401, StatusCode::kUnauthenticated}, HttpRow{403, StatusCode::kPermissionDenied},
                      HttpRow{404, StatusCode::kUnimplemented, StatusCode::kNotFound},
                      HttpRow{405, StatusCode::kUnimplemented, StatusCode::kNotFound},
                      HttpRow{409, StatusCode::kUnknown, StatusCode::kAborted},
                      HttpRow{422, StatusCode::kUnknown, StatusCode::kInvalidArgument},
                      HttpRow{408, StatusCode::kDeadlineExceeded}, HttpRow{413, StatusCode::kResourceExhausted},
                      HttpRow{415, StatusCode::kInvalidArgument}, HttpRow{418, StatusCode::kUnknown},
                      HttpRow{429, StatusCode::kResourceExhausted}, HttpRow{500, StatusCode::kInternal},
                      HttpRow{501, StatusCode::kInternal, StatusCode::kUnimplemented},
                      HttpRow{502, StatusCode::kUnavailable}, HttpRow{503, StatusCode::kUnavailable},
                      HttpRow{504, StatusCode::kDeadlineExceeded}, HttpRow{524, StatusCode::kInternal},
                      HttpRow{529, StatusCode::kUnavailable}, HttpRow{308, StatusCode::kFailedPrecondition},
                      HttpRow{399, StatusCode::kFailedPrecondition}, HttpRow{402, StatusCode::kUnknown},
                      HttpRow{499, StatusCode::kUnknown}, HttpRow{599, StatusCode::kInternal},
                      HttpRow{199, StatusCode::kUnknown}, HttpRow{999, StatusCode::kUnknown}),
    [](const auto& named) { return "Http" + std::to_string(named.param.status); });

TEST(HttpStatus, RetryAfterSecondsBecomesRetryInfo) {
  const auto delay = [](const std::string& value) {
    const absl::Status status = StatusFromHttp({.status = 429, .headers = {{"retry-after", value}}}, "");
    return DetailOf<google::rpc::RetryInfo>(status);
  };
  EXPECT_EQ(delay("7").retry_delay().seconds(), 7);
  EXPECT_TRUE(delay("0").has_retry_delay());
  EXPECT_GT(delay("99999999999999999999").retry_delay().seconds(), 1'000'000) << "saturates";
  for (const char* odd : {"Fri, 31 Dec 2027 23:59:59 GMT", "-1", "1.5", "soon", ""}) {
    EXPECT_FALSE(delay(odd).has_retry_delay()) << odd;
  }
}

// The gateway's clock has no part in it: the time is counted from the answer's own Date.
TEST(HttpStatus, RetryAfterDateIsCountedFromTheAnswersDate) {
  const auto delay = [](const std::string& retry_after, const std::string& date) {
    const absl::Status status =
        StatusFromHttp({.status = 503, .headers = {{"date", date}, {"retry-after", retry_after}}}, "");
    return DetailOf<google::rpc::RetryInfo>(status);
  };
  EXPECT_EQ(delay("Sun, 06 Nov 1994 08:51:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT").retry_delay().seconds(), 120);
  EXPECT_EQ(delay("Sunday, 06-Nov-94 09:49:37 GMT", "Sun Nov  6 08:49:37 1994").retry_delay().seconds(), 3600);
  const auto past = delay("Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_TRUE(past.has_retry_delay());
  EXPECT_EQ(past.retry_delay().seconds(), 0);
  EXPECT_FALSE(delay("Sun, 06 Nov 1994 08:51:37 GMT", "").has_retry_delay());
  EXPECT_FALSE(delay("Sun, 06 Nov 1994 08:51:37 GMT", "today").has_retry_delay());
}

TEST(HttpStatus, ChallengeBecomesMetadata) {
  const absl::Status status =
      StatusFromHttp({.status = 401, .headers = {{"www-authenticate", "Bearer realm=\"a\""}}}, "");
  EXPECT_EQ(ErrorMetadataValue(status, "www-authenticate"), "Bearer realm=\"a\"");
  const absl::Status two =
      StatusFromHttp({.status = 401, .headers = {{"www-authenticate", "Basic"}, {"www-authenticate", "Bearer"}}}, "");
  EXPECT_EQ(ErrorMetadataValue(two, "www-authenticate"), "Basic, Bearer");
}

struct LocationRow {
  std::string name, location, told;
  friend void PrintTo(const LocationRow& row, std::ostream* os) { *os << row.name; }
};
class RedirectTest : public ::testing::TestWithParam<LocationRow> {};
TEST_P(RedirectTest, TellsTheHostAndNothingThatMayBeSecret) {
  const absl::Status status = StatusFromHttp({.status = 302, .headers = {{"location", GetParam().location}}}, "");
  EXPECT_THAT(Message(status), HasSubstr("redirects are not followed"));
  EXPECT_THAT(Message(status), HasSubstr(GetParam().told));
  EXPECT_THAT(Message(status), Not(HasSubstr("secret")));
}
INSTANTIATE_TEST_SUITE_P(
    Locations, RedirectTest,
    ::testing::Values(LocationRow{"Absolute", "https://login.example/secret?token=secret",
                                  "HTTP 302 to host login.example;"},
                      LocationRow{"WithPort", "http://agent.example:8080/secret", "to host agent.example;"},
                      LocationRow{"WithUserinfo", "http://me:secret@agent.example/", "to host agent.example;"},
                      LocationRow{"Ipv6", "http://[::1]:8080/secret", "to host [::1];"},
                      LocationRow{"NoScheme", "//agent.example?secret", "to host agent.example;"},
                      LocationRow{"Relative", "/secret", "HTTP 302; "},
                      LocationRow{"UnclosedBracket", "http://[secret", "HTTP 302; "},
                      LocationRow{"Missing", "", "HTTP 302; "}),
    [](const auto& named) { return named.param.name; });

TEST(HttpStatus, ExcerptIsBoundedAndPrintable) {
  const absl::Status status = StatusFromHttp({.status = 500, .headers = {}}, "\x1b[2J" + std::string(100'000, 'x'));
  EXPECT_LT(status.message().size(), kExcerptBytes + 100);
  EXPECT_THAT(Message(status), Not(HasSubstr("\x1b")));
}

TEST(ContentType, IsNamed) {
  const absl::Status status = BadContentType("text/html", "<h1>hello</h1>");
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_BAD_CONTENT_TYPE");
  EXPECT_THAT(Message(status), HasSubstr("text/html"));
  EXPECT_THAT(Message(status), HasSubstr("hello"));
  EXPECT_THAT(Message(BadContentType("", "")), HasSubstr("no content type"));
}

struct EndRow {
  std::string name;
  ExchangeOutcome outcome;
  StatusCode code;
  std::string reason;
  friend void PrintTo(const EndRow& row, std::ostream* os) { *os << row.name; }
};
class ExchangeEndTest : public ::testing::TestWithParam<EndRow> {};
TEST_P(ExchangeEndTest, BecomesTheStatusOfTheTable) {
  const EndRow& row = GetParam();
  const absl::Status sent = StatusFromEnd({row.outcome, "10.0.0.1:80: reset", /*request_sent=*/true});
  EXPECT_EQ(sent.code(), row.code);
  EXPECT_EQ(ErrorReason(sent), row.reason);
  EXPECT_THAT(Message(sent), HasSubstr("10.0.0.1:80: reset"));
  EXPECT_EQ(ErrorMetadataValue(sent, "may_have_run"), "true");
  const absl::Status unsent = StatusFromEnd({row.outcome, "", /*request_sent=*/false});
  EXPECT_EQ(unsent.code(), row.code);
  EXPECT_EQ(ErrorMetadataValue(unsent, "may_have_run"), "");
}
INSTANTIATE_TEST_SUITE_P(
    Outcomes, ExchangeEndTest,
    ::testing::Values(
        EndRow{"Complete", ExchangeOutcome::kComplete, StatusCode::kUnavailable, "UPSTREAM_STREAM_TRUNCATED"},
        EndRow{"Unreachable", ExchangeOutcome::kUnreachable, StatusCode::kUnavailable, "UPSTREAM_UNREACHABLE"},
        EndRow{"Connect", ExchangeOutcome::kConnectTimeout, StatusCode::kUnavailable, "UPSTREAM_TIMEOUT_CONNECT"},
        EndRow{"FirstByte", ExchangeOutcome::kFirstByteTimeout, StatusCode::kDeadlineExceeded,
               "UPSTREAM_TIMEOUT_FIRST_BYTE"},
        EndRow{"Idle", ExchangeOutcome::kIdleTimeout, StatusCode::kDeadlineExceeded, "UPSTREAM_TIMEOUT_IDLE"},
        EndRow{"Total", ExchangeOutcome::kTotalTimeout, StatusCode::kDeadlineExceeded, "UPSTREAM_TIMEOUT_TOTAL"},
        EndRow{"Truncated", ExchangeOutcome::kTruncated, StatusCode::kUnavailable, "UPSTREAM_STREAM_TRUNCATED"},
        EndRow{"Malformed", ExchangeOutcome::kMalformed, StatusCode::kInternal, "UPSTREAM_BAD_MESSAGE"},
        EndRow{"NoResources", ExchangeOutcome::kNoResources, StatusCode::kResourceExhausted, "OVER_LIMIT"}),
    [](const auto& named) { return named.param.name; });

TEST(ExchangeEnd, ACauseIsToldInPlainWordsWithWhatToDo) {
  const absl::Status status =
      StatusFromEnd({ExchangeOutcome::kUnreachable, "TLS to a:1: verify failed", false, Cause::kTlsExpired});
  EXPECT_EQ(
      Message(status),
      "the upstream cannot be reached: its certificate has expired (TLS to a:1: verify failed); have it renewed at "
      "the upstream; if it is still good, check the gateway's clock");
  EXPECT_EQ(ErrorMetadataValue(status, "cause"), "tls_expired");
  for (const CauseInfo& row : AllCauses()) {
    const absl::Status each = StatusFromEnd({ExchangeOutcome::kUnreachable, "d", false, row.cause});
    EXPECT_EQ(ErrorMetadataValue(each, "cause"), row.name);
    EXPECT_THAT(Message(each), HasSubstr(std::string(row.remedy)));
  }
}

TEST(ExchangeEnd, WithoutACauseNoneIsMadeUp) {
  EXPECT_EQ(ErrorMetadataValue(StatusFromEnd({ExchangeOutcome::kUnreachable, "d", false}), "cause"), "");
}

TEST(ExchangeEnd, WhatWeClosedIsCancelled) {
  EXPECT_EQ(StatusFromEnd({ExchangeOutcome::kAborted, "", true}).code(), StatusCode::kCancelled);
}

TEST(BadMessageStatus, SaysWhat) {
  const absl::Status status = BadMessage("the result is no\nTask");
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_BAD_MESSAGE");
  EXPECT_THAT(Message(status), HasSubstr("the result is no Task"));
}

TEST(BadMessageStatus, ShowsHowWhatCameBegins) {
  const std::string message = Message(BadMessage("not JSON", "<html>\n" + std::string(10'000, 'x')));
  EXPECT_THAT(message, HasSubstr("not JSON; it begins: <html> xxx"));
  EXPECT_LT(message.size(), 400u);
}

TEST(NameUpstreamTest, OurErrorsNameItInFrontAndInTheMetadata) {
  const absl::Status status =
      NameUpstream(StatusFromHttp({.status = 503, .headers = {{"retry-after", "3"}}}, ""), "crm");
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(Message(status), "upstream \"crm\": the upstream answered HTTP 503");
  EXPECT_EQ(ErrorMetadataValue(status, "upstream"), "crm");
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_HTTP_STATUS");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(), 3);
}

TEST(NameUpstreamTest, AnAgentsOwnWordsAreNotTouched) {
  const absl::Status status =
      NameUpstream(StatusFromJsonRpcError({.code = -32001, .message = "gone", .data = {}}), "crm");
  EXPECT_EQ(Message(status), "gone");
  EXPECT_EQ(ErrorMetadataValue(status, "upstream"), "crm");
}

TEST(NameUpstreamTest, WhatNoUpstreamCausedStaysAsItIs) {
  EXPECT_TRUE(NameUpstream(absl::OkStatus(), "crm").ok());
  EXPECT_EQ(NameUpstream(absl::CancelledError("by you"), "crm"), absl::CancelledError("by you"));
}

}  // namespace
}  // namespace sluice::translate
