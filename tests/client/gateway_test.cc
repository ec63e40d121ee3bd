// Stream and ListUpstreams of sluice.v1.Gateway, typed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sluice/client/client.h"
#include "sluice/client/errors.h"
#include "tests/client/connect.h"
#include "tests/ctl/fake_gateway.h"

namespace sluice::testing {
namespace {

using ::testing::ElementsAre;

class GatewayTest : public ::testing::Test {
 protected:
  FakeGateway gateway_;
  client::Client client_ = ConnectTo(gateway_.address());
};

TEST_F(GatewayTest, AStreamIsItsHeadAndItsEvents) {
  sluice::v1::StreamRequest request;
  request.set_path("/v1/x");
  request.set_body("{}");
  auto stream = client_.OpenStream(request, Patiently({.upstream = "claude"}));
  std::vector<int> frames;
  for (const sluice::v1::StreamResponse& frame : stream) frames.push_back(frame.frame_case());
  EXPECT_THAT(frames, ElementsAre(sluice::v1::StreamResponse::kHead, sluice::v1::StreamResponse::kEvent,
                                  sluice::v1::StreamResponse::kEvent));
  EXPECT_TRUE(stream.status().ok()) << stream.status();
  EXPECT_EQ(gateway_.journal().Metadata("stream.upstream"), "claude");
  EXPECT_EQ(gateway_.journal().Metadata("stream.path"), "/v1/x");
}

TEST_F(GatewayTest, TheUpstreamOfTheRequestWins) {
  sluice::v1::StreamRequest request;
  request.set_upstream("gpt");
  auto stream = client_.OpenStream(request, Patiently({.upstream = "claude"}));
  while (stream.Next()) {
  }
  EXPECT_EQ(gateway_.journal().Metadata("stream.upstream"), "gpt");
}

TEST_F(GatewayTest, AStreamThatBreaksOffSaysSo) {
  sluice::v1::StreamRequest request;
  request.set_body("cut");
  auto stream = client_.OpenStream(request, Patiently());
  while (stream.Next()) {
  }
  EXPECT_TRUE(absl::IsUnavailable(stream.status()));
  EXPECT_EQ(client::DetailsOf(stream.status()).reason, "UPSTREAM_STREAM_TRUNCATED");
}

TEST_F(GatewayTest, UpstreamsAreListed) {
  const auto list = client_.ListUpstreams(Patiently());
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->upstreams_size(), 4);
  EXPECT_EQ(list->upstreams(1).dialect(), "openai");
}

}  // namespace
}  // namespace sluice::testing
