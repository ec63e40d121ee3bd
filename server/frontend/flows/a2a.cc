#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/metadata.h"
#include "server/translate/a2a_client.h"
#include "server/translate/errors.h"

namespace sluice::frontend {
namespace {

using translate::A2aCall;
using translate::A2aVersion;
using translate::Step;

// How long a stream may stay open after its task is over (design: the end rule).
constexpr std::chrono::seconds kGrace{10};
// How long a call that is over may try to cancel its task.
constexpr std::chrono::seconds kCancelTaskTime{5};
constexpr std::string_view kOnCancel = "sluice-on-cancel";

// One request per POST, so that any id serves; this one is easy to find in an agent's log.
constexpr std::string_view kRequestId = "1";

absl::StatusOr<config::CancelPolicy> PolicyOf(const UpstreamEntry& upstream, const Headers& metadata) {
  const std::string_view asked = FindHeader(metadata, kOnCancel);
  if (asked.empty()) return upstream.config.on_cancel;
  if (asked == "close") return config::CancelPolicy::kClose;
  if (asked == "cancel-task") return config::CancelPolicy::kCancelTask;
  absl::Status status = absl::InvalidArgumentError("sluice-on-cancel: send \"close\" or \"cancel-task\"");
  AddFieldViolation(status, kOnCancel, "neither \"close\" nor \"cancel-task\"");
  return status;
}

Step Feed(A2aCall& translation, const upstream::ExchangeEvent& event) {
  if (const auto* head = std::get_if<ResponseHead>(&event.what)) return translation.OnHead(*head);
  if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) return translation.OnBytes(body->bytes);
  return translation.OnEnd(std::get<ExchangeEnd>(event.what));
}

// What the translation wants to be sent; it does not keep the body. A function of its own: a coroutine would keep the
// request's place in its frame for as long as the call lives.
upstream::ExchangeRequest MakePost(const UpstreamEntry& upstream, const config::HeaderPolicy& policy,
                                   const Headers& metadata, A2aCall& translation, bool retry_safe) {
  Headers headers = UpstreamHeaders(policy, metadata, upstream.config.headers, translation.headers());
  if (upstream.a2a_version() == A2aVersion::k03) RenameHeader(headers, kA2aExtensions, kA2aExtensionsV03);
  upstream::ExchangeRequest post = upstream.Post(std::move(headers), translation.TakeBody());
  post.retry_safe = retry_safe;
  return post;
}

// Best effort, bounded: the caller has its status already.
Task<absl::Status> CancelTask(Call& call, const UpstreamEntry& upstream, const config::HeaderPolicy& policy,
                              std::string task_id, Headers metadata, A2aCall::Limits limits) {
  lf::a2a::v1::CancelTaskRequest request;
  request.set_id(task_id);
  auto translation = A2aCall::Begin(*translate::FindA2aMethod("CancelTask"), request.SerializeAsString(), kRequestId,
                                    limits, upstream.a2a_version());
  if (!translation.ok()) co_return translation.status();
  auto post = MakePost(upstream, policy, metadata, *translation, /*retry_safe=*/false);
  post.clocks.total = kCancelTaskTime;
  OpenExchange exchange(call, std::move(post));
  for (;;) {
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;  // the process ends
    const auto* event = std::get_if<upstream::ExchangeEvent>(&next);
    if (event == nullptr) continue;
    if (Step step = Feed(*translation, *event); step.end) co_return *step.end;
  }
}

translate::A2aClient ClientOf(A2aVersion version, const config::A2a& config) {
  translate::A2aClientOptions options;
  if (config.file_bytes == config::FileBytes::kRaw) options.file_bytes = translate::FileBytes::kRaw;
  if (config.error_codes == config::A2aErrorCodes::k100) options.error_codes = translate::A2aErrorCodes::k100;
  options.error_names = config.error_names;
  return {version, options};
}

// Of an answer, what the policy lets down, under the names that the client's version has for it.
Headers HeadersDown(const config::HeaderPolicy& policy, Headers answer, A2aVersion client) {
  RenameHeader(answer, kA2aExtensionsV03, kA2aExtensions);
  Headers down = DownstreamHeaders(policy, answer);
  if (client == A2aVersion::k03) RenameHeader(down, kA2aExtensions, kA2aExtensionsV03);
  return down;
}

// The call, in the words of A2A 1.0 but for the client's messages.
Task<absl::Status> Relay(Call& call, const translate::A2aMethod& method, const translate::A2aClient& client,
                         const Services& services, Headers metadata) {
  if (absl::Status version = CheckA2aVersion(metadata, NameOf(client.version())); !version.ok()) co_return version;
  RenameHeader(metadata, kA2aExtensionsV03, kA2aExtensions);
  const auto upstream = services.upstreams.ForA2a(metadata);
  if (!upstream.ok()) co_return upstream.status();
  const UpstreamEntry& agent = **upstream;
  call.record().upstream = agent.config.name;
  const auto on_cancel = PolicyOf(agent, metadata);
  if (!on_cancel.ok()) co_return on_cancel.status();

  auto request = co_await call.OnlyMessage();
  if (!request.ok()) co_return request.status();
  request = client.Request(method, *std::move(request));
  if (!request.ok()) co_return request.status();
  const A2aCall::Limits limits{agent.config.limits.event_bytes, agent.config.limits.error_body_bytes};
  auto translation = A2aCall::Begin(method, *request, kRequestId, limits, agent.a2a_version());
  if (!translation.ok()) co_return translation.status();
  std::string().swap(*request);  // it may be large, and the call long
  if (absl::Status room = call.Keep(translation->body().size(), false); !room.ok()) co_return room;

  const config::HeaderPolicy& policy = services.config.headers;
  const OpenExchange exchange(call, MakePost(agent, policy, metadata, *translation, method.read_only));
  if (*on_cancel == config::CancelPolicy::kClose) Headers().swap(metadata);  // nobody needs it any more
  call.Note("upstream", agent.config.name);
  call.Note("may_have_run", "true");
  for (bool task_noted = false;;) {
    if (absl::Status room = call.Keep(translation->pending_bytes(), true); !room.ok()) {
      if (!translation->task_id().empty()) AddErrorMetadata(room, "task_id", translation->task_id());
      co_return room;
    }
    Occurrence next = co_await call.Next();
    Step step;
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
      const absl::Status why = cancelled->why;
      if (*on_cancel == config::CancelPolicy::kCancelTask && method.streaming && !translation->task_id().empty()) {
        (void)co_await CancelTask(call, agent, policy, translation->task_id(), metadata, limits);
      }
      co_return why;
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      agent.Observe(*event);
      if (const auto* head = std::get_if<ResponseHead>(&event->what)) {
        const Headers down = HeadersDown(policy, head->headers, client.version());
        method.streaming ? call.SendHeaders(down) : call.AddHeaders(down);
      }
      const std::size_t dropped = translation->dropped_responses();
      step = Feed(*translation, *event);
      if (!task_noted && !translation->task_id().empty()) {
        call.Note("task_id", translation->task_id());
        task_noted = true;
      }
      call.switchboard().counters().responses_dropped +=
          static_cast<std::int64_t>(translation->dropped_responses() - dropped);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      step = translation->OnGraceOver();
    }
    for (translate::A2aMessage& message : step.messages) call.Write(client.Answer(method, std::move(message)));
    if (step.start_grace) call.SetFlowTimer(kGrace);
    if (step.end) co_return translate::NameUpstream(*step.end, agent.config.name);
  }
}

}  // namespace

Task<absl::Status> RelayA2a(Call& call, const translate::A2aMethod& method, A2aVersion version,
                            const Services& services, Headers metadata) {
  const translate::A2aClient client = ClientOf(version, services.config.a2a);
  co_return client.End(co_await Relay(call, method, client, services, std::move(metadata)));
}

}  // namespace sluice::frontend
