// What a call holds counts in what all calls may hold, and stops counting when it is gone.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/base/memory_budget.h"
#include "server/base/status.h"
#include "server/frontend/call.h"
#include "tests/frontend/fake_wire.h"

namespace sluice::frontend {
namespace {

constexpr std::size_t kBlock = MemoryBudget::kBlockBytes;
std::int64_t Blocks(int count) { return count * static_cast<std::int64_t>(kBlock); }

class CallMemoryTest : public ::testing::Test {
 protected:
  Call& Begin(const Call::Flow& flow) {
    call_ =
        std::make_unique<Call>(downstream_, switchboard_,
                               CallLimits{kBlock, 4 * kBlock, std::chrono::milliseconds(1000), 100 * kBlock, &memory_});
    call_->Begin(flow, Call::Clock::time_point::max());
    return *call_;
  }

  MemoryBudget memory_{16 * kBlock};
  FakeDownstream downstream_;
  FakeUpstream upstream_;
  observe::Counters counters_;
  Switchboard switchboard_{upstream_, counters_, [] { return Call::Clock::time_point(); }};
  std::unique_ptr<Call> call_;
};

// Keeps `bytes` at its first wait and at each that follows one more block, until it is told to stop.
Task<absl::Status> KeepMoreAndMore(Call& call, std::size_t bytes) {
  for (;; bytes += kBlock) {
    if (absl::Status room = call.Keep(bytes, false); !room.ok()) co_return room;
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
  }
}

TEST_F(CallMemoryTest, WhatAFlowKeepsCountsUntilTheFlowEnds) {
  Call& call = Begin([](Call& one) { return KeepMoreAndMore(one, 3 * kBlock); });
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(3));
  call.OnPhaseChange({Phase::kLameDuck, {}});
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(4));
  call.Cancel(absl::CancelledError("gone"), "client_cancelled");
  EXPECT_EQ(memory_.reserved_bytes(), 0);
}

TEST_F(CallMemoryTest, WithoutRoomTheFlowIsToldWhichLimitAndWhy) {
  Begin([](Call& one) { return KeepMoreAndMore(one, 17 * kBlock); });
  ASSERT_TRUE(downstream_.finished.has_value());
  EXPECT_EQ(downstream_.finished->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(*downstream_.finished), reason::kOverLimit);
  EXPECT_EQ(ErrorMetadataValue(*downstream_.finished, "cause"), "memory");
  EXPECT_NE(ToStd(downstream_.finished->message()).find("limits.memory"), std::string_view::npos);
  EXPECT_EQ(memory_.reserved_bytes(), 0);
}

TEST_F(CallMemoryTest, TheOneMessageCountsWhileItsHalfCloseIsWaitedFor) {
  Call& call = Begin([](Call& one) -> Task<absl::Status> {
    const auto message = co_await one.OnlyMessage();
    co_return message.status();
  });
  call.OnRead(std::string(5 * kBlock, 'x'));
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(5));
  call.OnRead(std::nullopt);
  EXPECT_EQ(memory_.reserved_bytes(), 0);
}

TEST_F(CallMemoryTest, ARequestCountsUntilItsExchangeLetsGoOfIt) {
  Begin([](Call& one) -> Task<absl::Status> {
    upstream::ExchangeRequest request;
    request.body = std::string(2 * kBlock, 'x');
    const OpenExchange exchange(one, std::move(request));
    co_return (co_await KeepMoreAndMore(one, 0));
  });
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(2));
  upstream_.started.front().request.body_memory = {};
  EXPECT_EQ(memory_.reserved_bytes(), 0);
}

TEST_F(CallMemoryTest, MessagesCountUntilGrpcTookThem) {
  Call& call = Begin([](Call& one) -> Task<absl::Status> {
    one.Write(std::string(kBlock, 'a'));
    one.Write(std::string(2 * kBlock, 'b'));
    co_return absl::OkStatus();
  });
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(3));
  call.OnWritten(true);
  EXPECT_EQ(memory_.reserved_bytes(), Blocks(2));
  call.OnWritten(true);
  EXPECT_EQ(memory_.reserved_bytes(), 0);
}

}  // namespace
}  // namespace sluice::frontend
