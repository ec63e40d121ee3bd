// A stream that the upstream cuts is never OK: UNAVAILABLE, UPSTREAM_STREAM_TRUNCATED, with the task's id.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

struct Cut {
  std::string name;
  std::function<void(RawConnection&)> after_two_events;
  friend void PrintTo(const Cut& row, std::ostream* os) { *os << row.name; }
};

class TruncatedTest : public ::testing::TestWithParam<Cut> {};

TEST_P(TruncatedTest, TellsTheEventsThatCameAndThenTheCut) {
  RawUpstream upstream([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING") + ArtifactEvent("one")));
    GetParam().after_two_events(connection);
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto context = NewContext();
  auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  std::vector<StreamResponse> events;
  for (StreamResponse event; reader->Read(&event);) events.push_back(event);
  const grpc::Status status = reader->Finish();

  // A reset may overtake what was written before it; what did arrive is in order.
  if (GetParam().name != "Reset") {
    EXPECT_EQ(events.size(), 2u);
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  const google::rpc::ErrorInfo info = ErrorInfoOf(status);
  EXPECT_EQ(info.reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(info.domain(), "sluice");
  if (!events.empty()) {
    EXPECT_EQ(info.metadata().at("task_id"), "t-1");
  }
  EXPECT_EQ(info.metadata().at("may_have_run"), "true");
  EXPECT_EQ(upstream.requests(), 1) << "a POST that was sent is never sent again";
  EXPECT_EQ(gateway.WaitForLog("end=upstream_stream_truncated").size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Each, TruncatedTest,
                         ::testing::Values(Cut{"CleanEndOfTheBody", [](RawConnection& one) { one.Write(kLastChunk); }},
                                           Cut{"CleanFin", [](RawConnection& one) { one.Close(); }},
                                           Cut{"Reset", [](RawConnection& one) { one.Reset(); }},
                                           Cut{"MidEvent",
                                               [](RawConnection& one) {
                                                 const std::string event = StatusEvent("TASK_STATE_COMPLETED");
                                                 one.Write(Chunk(event.substr(0, event.size() / 2)));
                                                 one.Close();
                                               }},
                                           Cut{"BeforeTheBlankLine",
                                               [](RawConnection& one) {
                                                 const std::string event = StatusEvent("TASK_STATE_COMPLETED");
                                                 one.Write(Chunk(event.substr(0, event.size() - 1)) +
                                                           std::string(kLastChunk));
                                               }},
                                           Cut{"MidChunkHeader",
                                               [](RawConnection& one) {
                                                 one.Write("1");
                                                 one.Close();
                                               }}),
                         [](const auto& row) { return row.param.name; });

// The end rule: the last state told decides, however the body ends.
TEST(TerminalStateTest, IsOkEvenWhenTheConnectionBreaksAfterIt) {
  for (const bool reset : {false, true}) {
    Gate read_all;
    RawUpstream upstream([&](RawConnection& connection) {
      if (!connection.ReadRequest()) return;
      connection.Write(std::string(kSseHead) +
                       Chunk(TaskEvent("TASK_STATE_WORKING") + StatusEvent("TASK_STATE_COMPLETED")));
      read_all.Wait();
      reset ? connection.Reset() : connection.Close();
    });
    TestGateway gateway(TestConfig(Url(upstream)));
    auto context = NewContext();
    auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
    StreamResponse event;
    ASSERT_TRUE(reader->Read(&event));
    ASSERT_TRUE(reader->Read(&event));
    read_all.Open();
    EXPECT_FALSE(reader->Read(&event));
    EXPECT_TRUE(reader->Finish().ok());
  }
}

TEST(UnaryTruncatedTest, AnUnansweredPostSaysThatItMayHaveRun) {
  RawUpstream upstream([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Close();
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  lf::a2a::v1::SendMessageResponse response;
  const grpc::Status status = gateway.A2a()->SendMessage(NewContext().get(), TextRequest("any"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ErrorInfoOf(status).reason(), "UPSTREAM_STREAM_TRUNCATED");
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("may_have_run"), "true");
}

}  // namespace
}  // namespace sluice::testing
