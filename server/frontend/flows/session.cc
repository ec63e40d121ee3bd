
#include "server/translate/session.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/flow_timers.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/metadata.h"
#include "server/translate/session_frames.h"

namespace sluice::frontend {
namespace {

using translate::Session;
using upstream::ExchangeId;

// The exchanges of one session, by the names that both sides give them.
class Exchanges {
 public:
  void Add(Session::Key key, ExchangeId id) {
    by_key_.emplace(key, id);
    by_id_.emplace(static_cast<std::uint64_t>(id), key);
  }
  Session::Key KeyOf(ExchangeId id) const { return by_id_.at(static_cast<std::uint64_t>(id)); }
  // Nothing: it has not begun.
  std::optional<ExchangeId> Remove(Session::Key key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    const ExchangeId id = found->second;
    by_key_.erase(found);
    by_id_.erase(static_cast<std::uint64_t>(id));
    return id;
  }

 private:
  std::unordered_map<Session::Key, ExchangeId> by_key_;
  std::unordered_map<std::uint64_t, Session::Key> by_id_;
};

Session::Step Feed(Session& session, Exchanges& exchanges, const upstream::ExchangeEvent& event) {
  const Session::Key key = exchanges.KeyOf(event.id);
  if (const auto* head = std::get_if<ResponseHead>(&event.what)) return session.OnHead(key, *head);
  if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) return session.OnBytes(key, body->bytes);
  exchanges.Remove(key);
  return session.OnEnd(key, std::get<ExchangeEnd>(event.what));
}

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
  options.seal = [&services, caller = opening.caller](const translate::SessionResume& stand) {
    return services.resume.Seal(stand, caller);
  };
  return options;
}

// A session while its call runs: does what the steps say.
class SessionDriver {
 public:
  SessionDriver(Call& call, const Services& services, Opening opening)
      : call_(call),
        services_(services),
        opening_(std::move(opening)),
        session_(OptionsOf(opening_, services)),
        timers_(call) {}

  void Begin() {
    step_ = session_.Begin(opening_.resume ? &*opening_.resume : nullptr);
    opening_.resume.reset();
    if (services_.config.heartbeat) timers_.Add(kHeartbeat, *services_.config.heartbeat);
  }

  // Does what the last step asks for. Its end, when it has one.
  std::optional<absl::Status> Act() {
    for (std::size_t i = 0; i < step_.requests.size(); ++i) Start(i);  // giving one up may ask for more
    for (std::string& frame : step_.frames) Write(std::move(frame));
    for (const Session::Key key : step_.closes) {
      if (const auto id = exchanges_.Remove(key)) call_.Abort(*id);
    }
    for (const Session::Timer& timer : step_.timers) timers_.Add(timer.id, timer.after);
    // It has become less: what was posted is the exchanges' to count.
    (void)call_.Keep(session_.pending_bytes(), session_.under_way() > 0);
    return std::exchange(step_, {}).end;
  }

  void OnFrame(const ClientMessage& frame) { step_ = session_.OnFrame(frame.bytes); }
  void OnHalfClose() { step_ = session_.OnHalfClose(); }
  void OnDraining(std::chrono::milliseconds left) { step_ = session_.OnDraining(left); }
  void OnCancelled(bool stays) { step_ = session_.OnCancelled(stays || opening_.close_only); }

  void OnEvent(const upstream::ExchangeEvent& event) {
    opening_.upstream->Observe(event);
    const std::uint64_t dropped = session_.dropped_responses();
    const Session::Key key = exchanges_.KeyOf(event.id);
    step_ = Feed(session_, exchanges_, event);
    if (absl::Status room = call_.Keep(session_.pending_bytes(), true); !room.ok()) session_.GiveUp(key, room, step_);
    call_.switchboard().counters().responses_dropped +=
        static_cast<std::int64_t>(session_.dropped_responses() - dropped);
  }

  void OnTimer() {
    for (const std::uint64_t id : timers_.TakeDue()) {
      if (id == kHeartbeat) {
        Beat();
      } else {
        step_.Append(session_.OnTimer(id));
      }
    }
  }

 private:
  static constexpr std::uint64_t kHeartbeat = 0;  // the session's own begin with 1

  void Start(std::size_t index) {
    Session::HttpRequest request = std::move(step_.requests[index]);
    const std::size_t kept = session_.pending_bytes() + request.body.size();
    if (absl::Status room = call_.Keep(kept, false); !room.ok()) return session_.GiveUp(request.key, room, step_);
    const UpstreamEntry& upstream = *opening_.upstream;
    Headers headers =
        UpstreamHeaders(services_.config.headers, opening_.headers, upstream.config.headers, request.headers);
    upstream::ExchangeRequest exchange = upstream.Post(std::move(headers), std::move(request.body));
    exchange.method = std::move(request.method);
    if (request.total) exchange.clocks.total = request.total;
    exchanges_.Add(request.key, call_.StartExchange(std::move(exchange)));
    call_.Note("may_have_run", "true");
  }

  void Write(std::string frame) {
    wrote_ = true;
    call_.Write(std::move(frame));
  }

  // The timer runs all the time; a frame since it was set, or one that still waits, is as good as a heartbeat.
  void Beat() {
    if (!std::exchange(wrote_, false) && !call_.HasUnwritten()) call_.Write(translate::HeartbeatFrame());
    timers_.Add(kHeartbeat, *services_.config.heartbeat);
  }

  Call& call_;
  const Services& services_;
  Opening opening_;
  Session session_;
  Exchanges exchanges_;
  FlowTimers timers_;
  Session::Step step_;
  bool wrote_ = false;
};

}  // namespace

Task<absl::Status> RelaySession(Call& call, const Services& services, Headers metadata) {
  auto open = co_await FirstFrame(call);
  if (!open.ok()) co_return open.status();
  auto opening = TakeOpen(*std::move(open), services, metadata);
  if (!opening.ok()) co_return opening.status();
  Headers().swap(metadata);
  call.record().upstream = opening->upstream->config.name;
  call.Note("upstream", opening->upstream->config.name);

  SessionDriver driver(call, services, *std::move(opening));
  driver.Begin();
  bool reading = true;
  bool told_draining = false;
  std::optional<absl::Status> cancelled;
  for (;;) {
    if (const auto end = driver.Act()) co_return cancelled.value_or(*end);
    if (!std::exchange(told_draining, true) && services.phase.load() == Phase::kDraining) {
      driver.OnDraining(services.config.drain.deadline);  // it was told before we listened
      continue;
    }
    if (reading) call.WantMessage();
    Occurrence next = co_await call.Next();
    if (const auto* gone = std::get_if<Cancelled>(&next)) {
      if (cancelled) co_return *cancelled;  // the second time: what was owed to the upstream is given up
      cancelled = gone->why;
      reading = false;
      driver.OnCancelled(/*stays=*/ErrorReason(*cancelled) == reason::kDraining);
    } else if (const auto* frame = std::get_if<ClientMessage>(&next)) {
      driver.OnFrame(*frame);
    } else if (std::holds_alternative<HalfClose>(next)) {
      reading = false;
      driver.OnHalfClose();
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      driver.OnEvent(*event);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      driver.OnTimer();
    } else if (const auto* change = std::get_if<PhaseChange>(&next); change && change->phase == Phase::kDraining) {
      driver.OnDraining(change->left);
    }
  }
}

}  // namespace sluice::frontend
