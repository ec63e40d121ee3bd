// A session: one thread reads while others send.
#include "sluice/client/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sluice/client/client.h"
#include "tests/client/connect.h"
#include "tests/client/raw_server.h"
#include "tests/ctl/fake_gateway.h"

namespace sluice::testing {
namespace {

using client::Session;
using ::testing::ElementsAre;

std::string Request(const std::string& id, const std::string& method = "echo") {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + "\"}";
}

class SessionTest : public ::testing::Test {
 protected:
  Session Open(sluice::v1::Open open = {}, client::CallOptions options = {}) {
    return client_.OpenSession(std::move(open), Patiently(std::move(options)));
  }

  FakeGateway gateway_;
  client::Client client_ = ConnectTo(gateway_.address());
};

TEST_F(SessionTest, OpensSendsReceivesAndEnds) {
  sluice::v1::Open open;
  open.set_upstream("tools");
  (*open.mutable_headers())["x-key"] = "k";
  Session session = Open(open);
  EXPECT_TRUE(session.Send(Request("7")));
  session.HalfClose();
  std::vector<std::string> frames;
  for (const sluice::v1::SessionResponse& frame : session) {
    frames.push_back(frame.has_opened() ? frame.opened().upstream() : frame.message().json());
  }
  EXPECT_THAT(frames, ElementsAre("tools/k", "{\"jsonrpc\":\"2.0\",\"id\":7,\n\"result\":1.50}"));
  EXPECT_TRUE(session.status().ok()) << session.status();
}

TEST_F(SessionTest, TheUpstreamOfTheCallCountsWhereOpenNamesNone) {
  Session session = Open({}, {.upstream = "second"});
  const auto opened = session.Next();
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->opened().upstream(), "second");
}

TEST_F(SessionTest, ThePolicyOfTheCallCountsWhereOpenHasNone) {
  const auto sent = [this](sluice::v1::CancelPolicy of_open, client::OnCancel of_call) {
    sluice::v1::Open open;
    open.set_on_cancel(of_open);
    Session session = Open(open, {.on_cancel = of_call});
    EXPECT_TRUE(session.Next());
    return gateway_.journal().Metadata("open.on_cancel");
  };
  EXPECT_EQ(sent(sluice::v1::CANCEL_POLICY_UNSPECIFIED, client::OnCancel::kDefault), "CANCEL_POLICY_UNSPECIFIED");
  EXPECT_EQ(sent(sluice::v1::CANCEL_POLICY_UNSPECIFIED, client::OnCancel::kClose), "CANCEL_POLICY_CLOSE");
  EXPECT_EQ(sent(sluice::v1::CANCEL_POLICY_UNSPECIFIED, client::OnCancel::kCancelTask), "CANCEL_POLICY_END");
  EXPECT_EQ(sent(sluice::v1::CANCEL_POLICY_END, client::OnCancel::kClose), "CANCEL_POLICY_END");
}

TEST_F(SessionTest, ASessionGoesOnWithItsToken) {
  sluice::v1::Open open;
  open.set_resume_token("token");
  Session session = Open(open);
  ASSERT_TRUE(session.Next());
  const auto negotiated = session.Next();
  ASSERT_TRUE(negotiated);
  EXPECT_EQ(negotiated->negotiated().resume_token(), "token\n");
}

TEST_F(SessionTest, OneRequestIsCancelledAlone) {
  Session session = Open();
  ASSERT_TRUE(session.Next());
  EXPECT_TRUE(session.Send(Request("\"a\"", "wait")));
  EXPECT_TRUE(session.CancelRequest("\"a\""));
  const auto ended = session.Next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->ended().request_id(), "\"a\"");
  EXPECT_EQ(ended->ended().status().code(), static_cast<int>(absl::StatusCode::kCancelled));
  EXPECT_TRUE(session.Send(Request("8")));
  const auto answer = session.Next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->message().request_id(), "8");
}

TEST_F(SessionTest, AReaderAndSeveralWritersWorkAtOnce) {
  constexpr int kWriters = 3, kRequests = 50;
  Session session = Open();
  std::vector<int> answers;
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&session] {
        for (int i = 0; i < kRequests; ++i) EXPECT_TRUE(session.Send(Request(std::to_string(i))));
      });
    }
    std::jthread reader([&session, &answers] {
      for (const sluice::v1::SessionResponse& frame : session) {
        if (frame.has_message()) answers.push_back(std::stoi(frame.message().request_id()));
      }
    });
    writers.clear();  // joins
    session.HalfClose();
  }
  EXPECT_TRUE(session.status().ok()) << session.status();
  ASSERT_EQ(answers.size(), static_cast<std::size_t>(kWriters * kRequests));
  EXPECT_EQ(std::count(answers.begin(), answers.end(), kRequests - 1), kWriters);
}

TEST_F(SessionTest, AfterTheHalfCloseNothingIsSent) {
  Session session = Open();
  session.HalfClose();
  session.HalfClose();
  EXPECT_FALSE(session.Send(Request("1")));
  while (session.Next()) {
  }
  EXPECT_TRUE(session.status().ok()) << session.status();
  EXPECT_FALSE(session.Send(Request("1")));
}

TEST_F(SessionTest, CancelEndsTheReaderAndTheGatewaysCall) {
  Session session = Open();
  ASSERT_TRUE(session.Next());
  std::jthread canceller([&session] { session.Cancel(); });
  EXPECT_FALSE(session.Next());
  EXPECT_EQ(session.status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(session.Send(Request("1")));
  EXPECT_TRUE(gateway_.journal().WaitForCancelled());
}

TEST(ASendThatWaits, IsEndedByACancelOfAnotherThread) {
  RawServer deaf({{}, std::nullopt});
  const auto client = ConnectTo(deaf.address());
  Session session = client.OpenSession({}, Patiently());
  const std::string large(1 << 20, ' ');
  std::optional<std::jthread> canceller;
  int sent = 0;
  while (session.Send(large)) {
    if (++sent == 1) canceller.emplace([&session] { session.Cancel(); });
  }
  EXPECT_FALSE(session.Next());
  EXPECT_EQ(session.status().code(), absl::StatusCode::kCancelled);
}

TEST(ASendThatWaits, IsEndedByTheEndOfTheCall) {
  RawServer hasty({{}, grpc::Status(grpc::StatusCode::NOT_FOUND, "no such upstream")});
  const auto client = ConnectTo(hasty.address());
  Session session = client.OpenSession({}, Patiently());
  while (session.Send(std::string(1 << 20, ' '))) {
  }
  EXPECT_FALSE(session.Next());
  EXPECT_EQ(session.status(), absl::NotFoundError("no such upstream"));
}

TEST(ACall, IsWatchedByAnEventLoopWithoutWaiting) {
  FakeGateway gateway;
  const auto client = ConnectTo(gateway.address());
  std::mutex mu;
  std::condition_variable changed;
  int changes = 0;
  client::Call call = client.StartCall("/sluice.v1.Gateway/Session", Patiently(), [&] {
    std::lock_guard lock(mu);
    ++changes;
    changed.notify_all();
  });
  const auto wait_for = [&](const std::function<bool()>& condition) {
    for (int seen = 0; !condition();) {
      std::unique_lock lock(mu);
      ASSERT_TRUE(changed.wait_for(lock, kCallPatience, [&] { return changes > seen; }));
      seen = changes;
    }
  };
  ASSERT_TRUE(call.CanWrite());
  sluice::v1::SessionRequest open;
  open.mutable_open();
  ASSERT_TRUE(call.Write(open.SerializeAsString()));
  wait_for([&] { return call.CanRead(); });
  EXPECT_TRUE(call.Read());
  wait_for([&] { return call.CanWrite(); });
  call.HalfClose();
  EXPECT_FALSE(call.CanWrite());
  wait_for([&] { return call.CanRead(); });
  EXPECT_FALSE(call.Read());
  EXPECT_TRUE(call.status().ok()) << call.status();
}

}  // namespace
}  // namespace sluice::testing
