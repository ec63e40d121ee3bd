#include "server/translate/http_stream_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/status.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<HttpStreamRequest> Parse(const v1::StreamRequest& request) {
  return ParseHttpStreamRequest(request.SerializeAsString());
}

TEST(HttpStreamRequestTest, IsAPostOfJsonUnlessItSaysOtherwise) {
  v1::StreamRequest told;
  told.set_body("{\"big\":9007199254740993}");
  told.set_path("/v1/messages");
  (*told.mutable_headers())["X-Api-Key"] = "k";
  const auto request = Parse(told);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->method, "POST");
  EXPECT_TRUE(request->acts());
  EXPECT_EQ(request->body, told.body());
  EXPECT_EQ(request->path, "/v1/messages");
  EXPECT_EQ(request->headers, (Headers{{"x-api-key", "k"}}));
  EXPECT_EQ(request->ProtocolHeaders(),
            (Headers{{"accept", "text/event-stream, application/json"}, {"content-type", "application/json"}}));
}

TEST(HttpStreamRequestTest, MayNameItsContentTypeAndAnEventId) {
  v1::StreamRequest told;
  told.set_body("a=b");
  (*told.mutable_headers())["Content-Type"] = "application/x-www-form-urlencoded";
  told.set_last_event_id("\xc3\xa9 7");
  const auto request = Parse(told);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->headers, Headers());
  EXPECT_EQ(request->ProtocolHeaders(), (Headers{{"accept", "text/event-stream, application/json"},
                                                 {"content-type", "application/x-www-form-urlencoded"},
                                                 {"last-event-id", "\xc3\xa9 7"}}));
}

TEST(HttpStreamRequestTest, OfAGetHasNoBodyAndNoContentType) {
  v1::StreamRequest told;
  told.set_method("GET");
  const auto request = Parse(told);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_FALSE(request->acts());
  EXPECT_EQ(request->ProtocolHeaders(), (Headers{{"accept", "text/event-stream, application/json"}}));
}

TEST(HttpStreamRequestTest, TakesThePathsThatUrlsHave) {
  for (const char* path : {"", "/", "/v1/messages", "/v1/a%20b/%2E%2Ea", "/...", "/.a/b.", "/a:b@c;d=e,f", "/;v=1",
                           "/a//b/", "/100%25", "/100%25zz/a%252Fb"}) {
    v1::StreamRequest told;
    told.set_path(path);
    EXPECT_TRUE(Parse(told).ok()) << path << ": " << Parse(told).status();
  }
}

struct Mistake {
  std::string field;
  std::string value;
  std::string message;
};

TEST(HttpStreamRequestTest, SaysWhichFieldIsWrongAndWhatItShouldBe) {
  const std::string empty = "has no empty first segment, as in \"//host\"";
  const std::string dots = "has no \".\" and \"..\" segments";
  const Mistake rows[] = {
      {"method", "PUT", "stream: method: is POST (or empty) or GET"},
      {"method", "post", "stream: method: is POST (or empty) or GET"},
      {"path", "v1/messages", "stream: path: begins with \"/\", as in \"/v1/messages\""},
      {"path", "/a?b=c", "stream: path: has no \"?\" and no \"#\"; a query belongs to the upstream's URL"},
      {"path", "/a#b", "stream: path: has no \"?\" and no \"#\"; a query belongs to the upstream's URL"},
      {"path", "/a b", "stream: path: byte 3 is not allowed in a path; percent-encode it"},
      {"path", "/a\r\nx: y", "stream: path: byte 3 is not allowed in a path; percent-encode it"},
      {"path", "/a\\b", "stream: path: byte 3 is not allowed in a path; percent-encode it"},
      {"path", "/\xc3\xa9", "stream: path: byte 2 is not allowed in a path; percent-encode it"},
      {"path", "/%0d%0a", "stream: path: has no control characters"},
      {"path", "/%7F", "stream: path: has no control characters"},
      {"path", "/%", "stream: path: has two hexadecimal digits behind each \"%\""},
      {"path", "/%2", "stream: path: has two hexadecimal digits behind each \"%\""},
      {"path", "/%2g", "stream: path: has two hexadecimal digits behind each \"%\""},
      {"path", "/" + std::string(4096, 'a'), "stream: path: is longer than 4096 bytes"},
      {"path", "/.", "stream: path: " + dots},
      {"path", "/..", "stream: path: " + dots},
      {"path", "/a/../b", "stream: path: " + dots},
      {"path", "/a/./b", "stream: path: " + dots},
      {"path", "/%2e%2E/b", "stream: path: " + dots},
      {"path", "/.%2e", "stream: path: " + dots},
      {"path", "/a%2f..%2fb", "stream: path: " + dots},
      {"path", "/a%5c..%5Cb", "stream: path: " + dots},
      {"path", "/..;/b", "stream: path: " + dots},
      {"path", "/a/..;v=1/b", "stream: path: " + dots},
      {"path", "/a/.;", "stream: path: " + dots},
      {"path", "/a/%2e%2e%3bv/b", "stream: path: " + dots},
      {"path", "/%252e%252e/b", "stream: path: " + dots},
      {"path", "/%2525252e./b", "stream: path: " + dots},
      {"path", "/.%2%35%32e/b", "stream: path: has two hexadecimal digits behind each \"%\""},
      {"path", "/.%25%32%65/b", "stream: path: " + dots},
      {"path", "/a%252f..%252fb", "stream: path: " + dots},
      {"path", "/a%255c..", "stream: path: " + dots},
      {"path", "/%250a", "stream: path: has no control characters"},
      {"path", "//", "stream: path: " + empty},
      {"path", "//evil/a", "stream: path: " + empty},
      {"path", "/%2Fevil", "stream: path: " + empty},
      {"path", "/%255cevil", "stream: path: " + empty},
      {"path", "/;a/evil", "stream: path: " + empty},
      {"last_event_id", "a\nb", "stream: last_event_id: is at most 512 bytes without control characters"},
      {"last_event_id", std::string(513, 'a'),
       "stream: last_event_id: is at most 512 bytes without control characters"},
  };
  for (const Mistake& row : rows) {
    v1::StreamRequest told;
    const auto* field = told.GetDescriptor()->FindFieldByName(row.field);
    told.GetReflection()->SetString(&told, field, row.value);
    const absl::Status status = Parse(told).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.value;
    EXPECT_EQ(ToStd(status.message()), row.message) << row.value;
    EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.BadRequest").has_value()) << row.value;
  }
}

TEST(HttpStreamRequestTest, WithAGetAndABodyOrABadContentTypeIsRefused) {
  v1::StreamRequest get;
  get.set_method("GET");
  get.set_body("x");
  EXPECT_THAT(ToStd(Parse(get).status().message()), HasSubstr("body: a GET has none"));
  v1::StreamRequest post;
  post.set_body("x");
  (*post.mutable_headers())["content-type"] = "a\r\nb: c";
  EXPECT_THAT(ToStd(Parse(post).status().message()), HasSubstr("headers: content-type is at most"));
  EXPECT_EQ(ParseHttpStreamRequest("\xff").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PathBelowTest, JoinsAndKeepsTheQuery) {
  EXPECT_EQ(PathBelow("/", ""), "/");
  EXPECT_EQ(PathBelow("/", "/v1"), "/v1");
  EXPECT_EQ(PathBelow("/base", "/v1"), "/base/v1");
  EXPECT_EQ(PathBelow("/base/", "/v1"), "/base/v1");
  EXPECT_EQ(PathBelow("/base?a=b/", "/v1"), "/base/v1?a=b/");
  EXPECT_EQ(PathBelow("/base/?a=b", ""), "/base/?a=b");
}

}  // namespace
}  // namespace sluice::translate
