#include "server/translate/upstream_error.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "server/base/status.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;

struct Row {
  std::string json;
  StatusCode code;
  std::string type;
  std::string error_code;
  std::string told;  // behind "the upstream told an error inside its answer"
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.json; }
};

class UpstreamErrorTest : public ::testing::TestWithParam<Row> {};

TEST_P(UpstreamErrorTest, BecomesTheStatusOfItsWords) {
  const Row& row = GetParam();
  const auto error = ReadUpstreamError(row.json);
  ASSERT_TRUE(error.has_value());
  const absl::Status status = StatusFromUpstreamError(*error);
  EXPECT_EQ(status.code(), row.code) << status;
  EXPECT_EQ(ErrorReason(status), "UPSTREAM_ERROR");
  EXPECT_EQ(ErrorDomain(status), "sluice");
  EXPECT_EQ(ErrorMetadataValue(status, "error_type"), row.type);
  EXPECT_EQ(ErrorMetadataValue(status, "error_code"), row.error_code);
  EXPECT_EQ(ErrorMetadataValue(status, "may_have_run"), "true");
  EXPECT_EQ(ToStd(status.message()), "the upstream told an error inside its answer" + row.told);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, UpstreamErrorTest,
    ::testing::Values(
        Row{R"({"error":{"message":"m","type":"server_error","param":null,"code":null}})", StatusCode::kInternal,
            "server_error", "", ": server_error: m"},
        Row{R"({"error":{"message":"m","type":"tokens","code":"rate_limit_exceeded"}})", StatusCode::kResourceExhausted,
            "tokens", "rate_limit_exceeded", ": tokens: m"},
        Row{R"({"error":{"message":"m","code":502}})", StatusCode::kUnavailable, "", "502", ": 502: m"},
        Row{R"({"error":{"message":"m","code":"404"}})", StatusCode::kNotFound, "", "404", ": 404: m"},
        Row{R"({"error":{"message":"m","code":200}})", StatusCode::kInternal, "", "200", ": 200: m"},
        Row{R"({"error":{"message":"m","code":1e400}})", StatusCode::kInternal, "", "1e400", ": 1e400: m"},
        Row{R"({"error":"m"})", StatusCode::kInternal, "", "", ": m"},
        Row{R"({"error":{"detail":"m"}})", StatusCode::kInternal, "", "", ""},
        Row{R"({"error":{"code":0}})", StatusCode::kInternal, "", "0", ": 0"},
        Row{R"({"type":"error","error":{}})", StatusCode::kInternal, "", "", ""},
        Row{R"({"object":"error","error":null})", StatusCode::kInternal, "", "", ""},
        Row{R"({"error":{"message":{"a":1},"type":["x"]}})", StatusCode::kInternal, "", "", ""},
        Row{R"({"type":"error","code":"server_error","message":"m","param":null,"sequence_number":3})",
            StatusCode::kInternal, "", "server_error", ": server_error: m"},
        Row{R"({"object":"error","message":"m","type":"BadRequestError","code":400})", StatusCode::kInvalidArgument,
            "BadRequestError", "400", ": BadRequestError: m"},
        Row{R"({"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"m"}}})",
            StatusCode::kResourceExhausted, "", "rate_limit_exceeded", ": rate_limit_exceeded: m"},
        Row{R"({"type":"error","error":{"type":"overloaded_error","message":"Over\u000aloaded"}})",
            StatusCode::kUnavailable, "overloaded_error", "", ": overloaded_error: Over loaded"},
        Row{R"({"type":"error","error":{"type":"error_of_tomorrow","message":"m"}})", StatusCode::kInternal,
            "error_of_tomorrow", "", ": error_of_tomorrow: m"}));

TEST(UpstreamErrorTest, IsNoneWhereNoneIsTold) {
  for (const char* json :
       {"", "null", "[]", "1", "{", R"({"error":null})", R"({"error":{})", R"({"error":true})", R"({"a":{"error":{}}})",
        R"({"response":{"error":null}})", R"({"error":{}})", R"({"error": { } })", R"({"error":""})", R"({"error":[]})",
        R"({"error":{"type":null,"code":"","message":null,"more":[ ]}})", R"({"response":{"error":{"code":null}}})",
        R"({"type":"response.completed"})", R"({"error":{"message":"m"}} x)"}) {
    EXPECT_FALSE(ReadUpstreamError(json).has_value()) << json;
  }
}

// What APIs document, and what a caller may act on: try again, wait, or do something else.
TEST(UpstreamErrorTest, HasTheCodeThatTheApisMean) {
  const struct {
    const char* word;
    StatusCode code;
  } rows[] = {{"overloaded_error", StatusCode::kUnavailable},
              {"rate_limit_error", StatusCode::kResourceExhausted},
              {"authentication_error", StatusCode::kUnauthenticated},
              {"permission_error", StatusCode::kPermissionDenied},
              {"invalid_request_error", StatusCode::kInvalidArgument},
              {"not_found_error", StatusCode::kNotFound},
              {"request_too_large", StatusCode::kResourceExhausted},
              {"timeout_error", StatusCode::kDeadlineExceeded},
              {"api_error", StatusCode::kInternal},
              {"insufficient_quota", StatusCode::kResourceExhausted},
              {"invalid_api_key", StatusCode::kUnauthenticated}};
  for (const auto& row : rows) {
    EXPECT_EQ(StatusFromUpstreamError({row.word, "", "m"}).code(), row.code) << row.word;
    EXPECT_EQ(StatusFromUpstreamError({"", row.word, "m"}).code(), row.code) << row.word;
  }
}

TEST(UpstreamErrorTest, IsBounded) {
  const std::string much(1 << 20, 'x');
  const absl::Status status = StatusFromUpstreamError({much, much, much});
  EXPECT_LE(status.message().size(), kMaxErrorMessageBytes);
  EXPECT_LE(ErrorMetadataValue(status, "error_type").size(), 128u);
  EXPECT_LE(ErrorMetadataValue(status, "error_code").size(), 128u);
  EXPECT_NE(ErrorMetadataValue(status, "error_code"), "");
}

}  // namespace
}  // namespace sluice::translate
