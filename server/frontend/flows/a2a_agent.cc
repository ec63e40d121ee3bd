#include "server/frontend/flows/a2a_agent.h"

#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <variant>

#include "server/frontend/metadata.h"
#include "server/translate/message_count.h"

namespace sluice::frontend {
namespace {

using translate::A2aCall;
using translate::A2aResumedCall;
using translate::A2aVersion;
using translate::Step;

// One request per POST, so that any id serves; this one is easy to find in an agent's log.
constexpr std::string_view kRequestId = "1";

}  // namespace

A2aCall::Limits A2aAgent::Limits() const {
  A2aCall::Limits limits{entry_.config.limits.event_bytes, entry_.config.limits.error_body_bytes};
  // Its answers go to the wire as they are read, but for these.
  const bool makes_objects = client_ == A2aVersion::k03 || entry_.config.resume || entry_.config.idempotent_send;
  if (makes_objects) limits.values = translate::kMostMessages;
  return limits;
}

absl::StatusOr<A2aCall> A2aAgent::Begin(const translate::A2aMethod& method, std::string_view request) const {
  return A2aCall::Begin(method, request, kRequestId, Limits(), version());
}

absl::StatusOr<A2aResumedCall> A2aAgent::BeginResumed(const translate::A2aMethod& method,
                                                      std::string_view request) const {
  std::optional<std::uint32_t> seed;
  if (config().resume) seed = std::random_device()();
  return A2aResumedCall::Begin(method, request, kRequestId, Limits(), version(), seed);
}

absl::Status A2aAgent::Again(A2aResumedCall& answer) const { return answer.Again(kRequestId, Limits(), version()); }

upstream::ExchangeRequest A2aAgent::Post(const translate::A2aMethod& method, A2aCall& translation) const {
  Headers headers = UpstreamHeaders(policy_, metadata_, entry_.config.headers, translation.headers());
  upstream::ExchangeRequest post = entry_.Post(std::move(headers), translation.TakeBody());
  post.retry_safe = method.read_only;
  return post;
}

Headers A2aAgent::HeadersDown(const ResponseHead& head, A2aVersion client) const {
  Headers answer = head.headers;
  RenameHeader(answer, kA2aExtensionsV03, kA2aExtensions);
  Headers down = DownstreamHeaders(policy_, answer);
  if (client == A2aVersion::k03) RenameHeader(down, kA2aExtensions, kA2aExtensionsV03);
  return down;
}

Task<absl::StatusOr<std::string>> Ask(Call& call, const A2aAgent& agent, std::string_view rpc, std::string request,
                                      std::chrono::milliseconds at_most) {
  const translate::A2aMethod& method = *translate::FindA2aMethod(rpc);
  auto translation = agent.Begin(method, request);
  if (!translation.ok()) co_return translation.status();
  upstream::ExchangeRequest post = agent.Post(method, *translation);
  post.clocks.total = at_most;
  const OpenExchange exchange(call, std::move(post));
  std::string response;
  for (;;) {
    if (absl::Status room = call.Keep(translation->pending_bytes(), false); !room.ok()) co_return room;
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    const auto* event = std::get_if<upstream::ExchangeEvent>(&next);
    if (event == nullptr) continue;
    Step step = agent.Feed(*translation, *event);
    for (translate::A2aMessage& message : step.messages) response = std::move(message.wire);
    if (!step.end) continue;
    if (!step.end->ok()) co_return *std::move(step.end);
    co_return response;
  }
}

}  // namespace sluice::frontend
