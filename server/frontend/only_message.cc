// Call::OnlyMessage: how a unary or server-streaming call begins.
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "server/base/memory_budget.h"
#include "server/base/status.h"
#include "server/frontend/call.h"
#include "server/frontend/methods.h"

namespace sluice::frontend {
namespace {

// gRPC clients end such a request together with its message. One that is large and is never ended would hold memory
// that all calls share.
constexpr std::chrono::seconds kHalfCloseTime{10};

}  // namespace

Task<absl::StatusOr<std::string>> Call::OnlyMessage() {
  std::optional<std::string> message;
  for (;;) {
    WantMessage();
    Occurrence next = co_await Next();
    if (auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    if (auto* received = std::get_if<ClientMessage>(&next)) {
      if (message) co_return absl::InvalidArgumentError("this method takes one request message; the client sent more");
      message = std::move(received->bytes);
      if (absl::Status kept = Keep(message->size(), false); !kept.ok()) co_return kept;
      if (message->size() >= MemoryBudget::kBlockBytes) SetFlowTimer(kHalfCloseTime);
    } else if (std::holds_alternative<HalfClose>(next)) {
      if (!message) co_return absl::InvalidArgumentError("this method takes one request message; the client sent none");
      SetFlowTimer(std::nullopt);
      co_return std::move(*message);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      co_return MakeError(absl::StatusCode::kResourceExhausted,
                          "the client sent a large request and did not end it (half-close) within 10 s",
                          reason::kClientStalled);
    } else if (const auto* change = std::get_if<PhaseChange>(&next); change && change->phase == Phase::kDraining) {
      co_return IsDraining();  // nothing has begun: another gateway can have it
    }
  }
}

}  // namespace sluice::frontend
