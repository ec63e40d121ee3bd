#include "server/upstream/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace sluice::upstream {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ExchangeRequest Request() {
  auto target = std::make_shared<Target>();
  target->host = "agent.test";
  target->host_header = "agent.test";
  ExchangeRequest request;
  request.target = target;
  return request;
}

TEST(RequestHeadTest, HasHostAndLengthAndWhatTheCallerGave) {
  ExchangeRequest request = Request();
  request.path = "/a?b=c";
  request.headers = {{"accept", "text/event-stream"}, {"x", ""}};
  request.body = "abc";
  EXPECT_EQ(
      RequestHead(request),
      "POST /a?b=c HTTP/1.1\r\nhost: agent.test\r\naccept: text/event-stream\r\nx: \r\ncontent-length: 3\r\n\r\n");
}

TEST(RequestHeadTest, GivesALengthToAnEmptyPostButNotToAGet) {
  ExchangeRequest request = Request();
  EXPECT_THAT(RequestHead(request), HasSubstr("content-length: 0\r\n"));
  request.method = "GET";
  EXPECT_THAT(RequestHead(request), Not(HasSubstr("content-length")));
}

TEST(RequestHeadTest, SaysNothingWhenAllIsWell) { EXPECT_EQ(WhyNotSendable(Request()), ""); }

TEST(RequestHeadTest, RefusesWhatWouldChangeTheMessage) {
  const auto why = [](auto change) {
    ExchangeRequest request = Request();
    change(request);
    return WhyNotSendable(request);
  };
  EXPECT_THAT(why([](auto& request) { request.target.reset(); }), HasSubstr("no target"));
  EXPECT_THAT(why([](auto& request) { request.method = "GET /x HTTP/1.1\r\nA:"; }), HasSubstr("method"));
  EXPECT_THAT(why([](auto& request) { request.path = "/a b"; }), HasSubstr("path"));
  EXPECT_THAT(why([](auto& request) { request.path = "/a\nb"; }), HasSubstr("path"));
  EXPECT_THAT(why([](auto& request) { request.path = "a"; }), HasSubstr("slash"));
  EXPECT_THAT(why([](auto& request) { request.path = ""; }), HasSubstr("slash"));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"a b", "c"}}; }), HasSubstr("token"));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"", "c"}}; }), HasSubstr("token"));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"good-name", "secret\r\n"}}; }), HasSubstr("good-name"));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"good-name", "secret\r\n"}}; }), Not(HasSubstr("secret")));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"a", std::string(1, '\0')}}; }), HasSubstr("NUL"));
  EXPECT_THAT(why([](auto& request) { request.headers = {{"Content-Length", "0"}}; }), HasSubstr("Content-Length"));
  EXPECT_THAT(why([](auto& request) {
                request.headers = {{"transfer-encoding", "chunked"}};
              }),
              HasSubstr("transfer-encoding"));
}

}  // namespace
}  // namespace sluice::upstream
