#include "server/translate/session.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/flows/multiplex.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

using translate::Session;

// The client's first frame, which must be an Open.
Task<absl::StatusOr<translate::SessionOpen>> FirstFrame(Call& call) {
  call.WantMessage();
  for (;;) {
    Occurrence next = co_await call.Next();
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) co_return cancelled->why;
    if (const auto* frame = std::get_if<ClientMessage>(&next)) co_return translate::ParseSessionOpen(frame->bytes);
    if (std::holds_alternative<HalfClose>(next)) {
      co_return absl::InvalidArgumentError("a session begins with an Open frame; the client sent none");
    }
  }
}

translate::SessionKind KindOf(config::UpstreamKind kind) {
  if (kind == config::UpstreamKind::kA2a) return translate::SessionKind::kA2a;
  return kind == config::UpstreamKind::kMcp ? translate::SessionKind::kMcp : translate::SessionKind::kJsonRpc;
}

// As Opened tells it.
std::string EraOf(const UpstreamEntry& upstream) {
  if (upstream.config.kind == config::UpstreamKind::kA2a) return std::string(translate::NameOf(upstream.a2a_version()));
  if (upstream.config.kind != config::UpstreamKind::kMcp) return {};
  if (upstream.config.era == config::McpEra::kAuto) return "auto";
  return upstream.config.era == config::McpEra::kLegacy ? "legacy" : "modern";
}

absl::Status NoSession(const config::Upstream& upstream) {
  return absl::FailedPreconditionError(
      absl::StrCat("upstream \"", upstream.name, "\" is of kind sse, which has no sessions; call Stream"));
}

absl::Status TooManyHeaders(const config::Limits& limits) {
  return absl::InvalidArgumentError(
      absl::StrCat("session: the headers of Open and the call's metadata have more than the ", limits.metadata_bytes,
                   " bytes that limits.metadata allows"));
}

// What a session is about, found out from its Open.
struct Opening {
  const UpstreamEntry* upstream = nullptr;
  Headers headers;     // of the client, that go up
  std::string caller;  // the credential among them, to which resume tokens are bound
  bool close_only = false;
  std::optional<translate::SessionResume> resume;
};

absl::StatusOr<Opening> TakeOpen(translate::SessionOpen open, const Services& services, const Headers& metadata) {
  Opening opening;
  // Kept as long as the session: what the policy lets up, and of that no more than metadata may be.
  opening.headers = Forwarded(services.config.headers, Merge(metadata, open.headers));
  opening.caller = FindHeader(opening.headers, "authorization");
  opening.close_only = open.close_only;
  if (SizeOf(opening.headers) > services.config.limits.metadata_bytes) return TooManyHeaders(services.config.limits);
  if (!open.resume_token.empty()) {
    auto resume = services.resume.Open(open.resume_token, opening.caller);
    if (!resume.ok()) return resume.status();
    if (!open.upstream.empty() && open.upstream != resume->upstream) {
      return absl::InvalidArgumentError(
          absl::StrCat("Open.upstream: the resume token is of a session with \"", resume->upstream, "\""));
    }
    open.upstream = resume->upstream;
    opening.resume = *std::move(resume);
  }
  const auto found = services.upstreams.Find(open.upstream);
  if (!found.ok()) return found.status();
  opening.upstream = *found;
  const config::Upstream& config = opening.upstream->config;
  if (config.kind == config::UpstreamKind::kSse) return NoSession(config);
  if (opening.resume && config.kind != config::UpstreamKind::kMcp) {
    return absl::InvalidArgumentError("Open.resume_token: the upstream is not of kind mcp any more");
  }
  return opening;
}

Session::Options OptionsOf(const Opening& opening, const Services& services) {
  const config::Upstream& config = opening.upstream->config;
  Session::Options options;
  options.upstream = config.name;
  options.kind = KindOf(config.kind);
  options.limits = {config.limits.event_bytes, config.limits.error_body_bytes,
                    static_cast<std::size_t>(services.config.limits.session_requests)};
  options.era = EraOf(*opening.upstream);
  options.close_only = opening.close_only;
  options.seal = [&services, caller = opening.caller](const translate::SessionResume& stand) {
    return services.resume.Seal(stand, caller);
  };
  return options;
}

}  // namespace

Task<absl::Status> RelaySession(Call& call, const Services& services, Headers metadata) {
  auto open = co_await FirstFrame(call);
  if (!open.ok()) co_return open.status();
  auto opening = TakeOpen(*std::move(open), services, metadata);
  if (!opening.ok()) co_return opening.status();
  Headers().swap(metadata);
  Session session(OptionsOf(*opening, services));
  Session::Step first = session.Begin(opening->resume ? &*opening->resume : nullptr);
  opening->resume.reset();
  co_return co_await RunMultiplexer(call, services, *opening->upstream, std::move(opening->headers), session,
                                    std::move(first));
}

}  // namespace sluice::frontend
