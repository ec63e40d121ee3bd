// server/translate/cancel_receipt.h: what a cancelled call did beside closing its exchanges.
#include "server/translate/cancel_receipt.h"

#include <gtest/gtest.h>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"

namespace sluice::translate {
namespace {

using std::chrono::milliseconds;

std::string Task(lf::a2a::v1::TaskState state) {
  lf::a2a::v1::Task task;
  task.mutable_status()->set_state(state);
  return task.SerializeAsString();
}

absl::Status Refused(std::string_view reason) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "no", reason, reason::kA2aDomain);
}

TEST(CancelReceiptTest, NothingWasToldButTheClose) {
  const CancelReceipt receipt;
  EXPECT_FALSE(receipt.tells_tasks());
  EXPECT_EQ(receipt.Text(milliseconds(3)), "told=close");
}

TEST(CancelReceiptTest, OneTask) {
  CancelReceipt receipt;
  receipt.Tell();
  EXPECT_TRUE(receipt.tells_tasks());
  EXPECT_EQ(receipt.Text(), "told=cancel-task; answer=none");
  EXPECT_EQ(receipt.Text(milliseconds(3)), "told=cancel-task; answer=none") << "the time is that of an answer";
  receipt.Answer(Task(lf::a2a::v1::TASK_STATE_CANCELED));
  EXPECT_EQ(receipt.Text(milliseconds(12)), "told=cancel-task; answer=TASK_STATE_CANCELED; took_ms=12");
}

TEST(CancelReceiptTest, AnErrorIsItsReasonOrElseItsCode) {
  CancelReceipt refused;
  refused.Tell();
  refused.Answer(Refused("TASK_NOT_CANCELABLE"));
  EXPECT_EQ(refused.Text(milliseconds(3)), "told=cancel-task; answer=TASK_NOT_CANCELABLE; took_ms=3");
  CancelReceipt cancelled;
  cancelled.Tell();
  cancelled.Answer(absl::CancelledError("a second cancel"));
  EXPECT_EQ(cancelled.Text(), "told=cancel-task; answer=CANCELLED");
}

TEST(CancelReceiptTest, AStateThatHasNoNameIsItsNumber) {
  CancelReceipt receipt;
  receipt.Tell();
  receipt.Answer(Task(static_cast<lf::a2a::v1::TaskState>(77)));
  EXPECT_EQ(receipt.Text(), "told=cancel-task; answer=77");
}

TEST(CancelReceiptTest, ManyTasksAreCounted) {
  CancelReceipt receipt;
  for (int i = 0; i < 5; ++i) receipt.Tell();
  EXPECT_EQ(receipt.Text(), "told=cancel-task; tasks=5; answer=none:5");
  receipt.Answer(Task(lf::a2a::v1::TASK_STATE_CANCELED));
  receipt.Answer(Task(lf::a2a::v1::TASK_STATE_CANCELED));
  receipt.Answer(Refused("TASK_NOT_FOUND"));
  EXPECT_EQ(receipt.Text(milliseconds(8)),
            "told=cancel-task; tasks=5; answer=TASK_NOT_FOUND:1,TASK_STATE_CANCELED:2,none:2; took_ms=8");
}

}  // namespace
}  // namespace sluice::translate
