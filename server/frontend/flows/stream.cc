#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/metadata.h"
#include "server/translate/errors.h"
#include "server/translate/http_stream.h"
#include "server/translate/http_stream_request.h"

namespace sluice::frontend {
namespace {

using translate::HttpStream;
using translate::HttpStreamRequest;

translate::SseDialect DialectOf(const UpstreamEntry& upstream) {
  switch (upstream.config.dialect) {
    case config::SseDialect::kOpenAi:
      return translate::SseDialect::kOpenAi;
    case config::SseDialect::kAnthropic:
      return translate::SseDialect::kAnthropic;
    case config::SseDialect::kPlain:
      break;
  }
  return translate::SseDialect::kPlain;
}

absl::Status TooManyHeaders(const config::Limits& limits) {
  absl::Status status =
      absl::InvalidArgumentError(absl::StrCat("stream: headers: with the call's metadata they have more than the ",
                                              limits.metadata_bytes, " bytes that limits.metadata allows"));
  AddFieldViolation(status, "headers", "larger than limits.metadata allows");
  return status;
}

// Anthropic, "Versioning": a request without a version is refused. One of the configuration's or of the caller's
// counts.
constexpr std::string_view kVersionHeader = "anthropic-version";
constexpr std::string_view kVersion = "2023-06-01";

Headers ProtocolHeaders(const config::Upstream& upstream, const Headers& given, const HttpStreamRequest& asked) {
  Headers protocol = asked.ProtocolHeaders();
  const bool told = !FindHeader(given, kVersionHeader).empty() || !FindHeader(upstream.headers, kVersionHeader).empty();
  if (upstream.dialect == config::SseDialect::kAnthropic && !told) protocol.emplace_back(kVersionHeader, kVersion);
  return protocol;
}

// The request as it goes up. A function of its own: a coroutine would keep the request's place in its frame for as long
// as the call lives.
absl::StatusOr<upstream::ExchangeRequest> MakeRequest(const UpstreamEntry& upstream, const config::Config& config,
                                                      const Headers& metadata, HttpStreamRequest& asked) {
  const Headers given = Forwarded(config.headers, Merge(metadata, asked.headers));
  if (SizeOf(given) > config.limits.metadata_bytes) return TooManyHeaders(config.limits);
  const Headers protocol = ProtocolHeaders(upstream.config, given, asked);
  auto request =
      upstream.Post(UpstreamHeaders(config.headers, given, upstream.config.headers, protocol), std::move(asked.body));
  request.method = asked.method;
  request.path = translate::PathBelow(upstream.config.url.path, asked.path);
  return request;
}

HttpStream::Step Feed(HttpStream& stream, const config::HeaderPolicy& policy, const upstream::ExchangeEvent& event) {
  if (const auto* head = std::get_if<ResponseHead>(&event.what)) {
    return stream.OnHead(*head, DownstreamHeaders(policy, head->headers));
  }
  if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) return stream.OnBytes(body->bytes);
  return stream.OnEnd(std::get<ExchangeEnd>(event.what));
}

absl::StatusOr<HttpStreamRequest> Parse(absl::StatusOr<std::string> message) {
  if (!message.ok()) return message.status();
  return translate::ParseHttpStreamRequest(*message);
}

}  // namespace

Task<absl::Status> RelayHttpStream(Call& call, const Services& services, Headers metadata) {
  auto asked = Parse(co_await call.OnlyMessage());
  if (!asked.ok()) co_return asked.status();
  const auto found = services.upstreams.ForStream(asked->upstream);
  if (!found.ok()) co_return found.status();
  const UpstreamEntry& upstream = **found;
  call.record().upstream = upstream.config.name;

  const bool acts = asked->acts();
  HttpStream stream(DialectOf(upstream), acts, asked->last_event_id,
                    {upstream.config.limits.event_bytes, upstream.config.limits.error_body_bytes});
  auto request = MakeRequest(upstream, services.config, metadata, *asked);
  if (!request.ok()) co_return request.status();
  Headers().swap(metadata);  // nobody needs them any more, and the call may be long
  *asked = {};
  if (absl::Status room = call.Keep(request->body.size(), false); !room.ok()) co_return room;
  const OpenExchange exchange(call, *std::move(request));
  call.Note("upstream", upstream.config.name);
  if (acts) call.Note("may_have_run", "true");

  for (;;) {
    if (absl::Status room = call.Keep(stream.pending_bytes(), acts); !room.ok()) co_return room;
    Occurrence next = co_await call.Next();
    HttpStream::Step step;
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
      co_return cancelled->why;
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      upstream.Observe(*event);
      step = Feed(stream, services.config.headers, *event);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      if (!call.HasUnwritten()) call.Write(stream.Heartbeat());
      call.SetFlowTimer(services.config.heartbeat);
    }
    // Whatever is sent shows life, so the time of silence begins anew.
    if (!step.frames.empty()) call.SetFlowTimer(services.config.heartbeat);
    for (std::string& frame : step.frames) call.Write(std::move(frame));
    if (step.end) co_return translate::NameUpstream(*step.end, upstream.config.name);
  }
}

}  // namespace sluice::frontend
