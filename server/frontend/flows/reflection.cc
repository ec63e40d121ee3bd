// grpc.reflection: each request is answered as it comes, until the client half-closes.
#include "server/translate/reflection.h"

#include <utility>
#include <variant>

#include "server/frontend/flows/flows.h"

namespace sluice::frontend {

Task<absl::Status> Reflect(Call& call, const translate::DescriptorIndex& index) {
  translate::Reflection reflection(index);
  for (;;) {
    call.WantMessage();
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
      co_return cancelled->why;
    } else if (const auto* request = std::get_if<ClientMessage>(&next)) {
      auto answer = reflection.Answer(request->bytes);
      if (!answer.ok()) co_return answer.status();
      call.Write(*std::move(answer));
    } else if (std::holds_alternative<HalfClose>(next)) {
      co_return absl::OkStatus();
    } else if (const auto* change = std::get_if<PhaseChange>(&next); change && change->phase == Phase::kDraining) {
      co_return IsDraining();  // clients keep such streams open for as long as they live
    }
  }
}

}  // namespace sluice::frontend
