// A POST that may have arrived is never sent again, by any layer.
#include <gtest/gtest.h>

#include "tests/integration/fixture.h"
#include "tests/integration/raw_answers.h"

namespace sluice::testing {
namespace {

constexpr std::string_view kTask =
    R"({"jsonrpc":"2.0","id":1,"result":{"task":{"id":"t-1","status":{"state":"TASK_STATE_COMPLETED"}}}})";

// Answers the first request of a connection; reads the second one and closes without a word.
void DiesOnReuse(RawConnection& connection) {
  if (!connection.ReadRequest()) return;
  connection.Write(JsonAnswer(kTask));
  connection.ReadRequest();
}

TEST(SinglePostTest, APostOnAReusedConnectionThatDiesIsSeenOnceAndReported) {
  RawUpstream upstream(DiesOnReuse);
  TestGateway gateway(TestConfig(Url(upstream)));
  auto stub = gateway.A2a();
  lf::a2a::v1::SendMessageResponse response;
  ASSERT_TRUE(stub->SendMessage(NewContext().get(), TextRequest("first"), &response).ok());
  ASSERT_TRUE(gateway.BecomesQuiet());

  const grpc::Status status = stub->SendMessage(NewContext().get(), TextRequest("second"), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ErrorInfoOf(status).metadata().at("may_have_run"), "true");
  EXPECT_EQ(upstream.connections(), 1) << "the connection was not reused, so the test shows nothing";
  EXPECT_EQ(upstream.requests(), 2) << "one for each call";
}

TEST(SinglePostTest, AReadOnlyCallIsTriedOnceMoreWhenAReusedConnectionDies) {
  RawUpstream upstream([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(JsonAnswer(R"({"jsonrpc":"2.0","id":1,"result":{"id":"t-1"}})"));
    connection.ReadRequest();
  });
  TestGateway gateway(TestConfig(Url(upstream)));
  auto stub = gateway.A2a();
  lf::a2a::v1::GetTaskRequest request;
  request.set_id("t-1");
  lf::a2a::v1::Task task;
  ASSERT_TRUE(stub->GetTask(NewContext().get(), request, &task).ok());
  ASSERT_TRUE(gateway.BecomesQuiet());
  const grpc::Status status = stub->GetTask(NewContext().get(), request, &task);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(upstream.connections(), 2);
}

}  // namespace
}  // namespace sluice::testing
