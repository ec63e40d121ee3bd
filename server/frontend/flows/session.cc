#include "server/translate/session.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

// How long a stream may stay open after its task is over (design: the end rule).
constexpr std::chrono::seconds kGrace{10};

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

const char* KindName(config::UpstreamKind kind) { return kind == config::UpstreamKind::kA2a ? "a2a" : "jsonrpc"; }

absl::Status TooManyHeaders(const config::Limits& limits) {
  return absl::InvalidArgumentError(
      absl::StrCat("session: the headers of Open and the call's metadata have more than the ", limits.metadata_bytes,
                   " bytes that limits.metadata allows"));
}

void Write(Call& call, Session::Step& step) {
  for (std::string& frame : step.frames) call.Write(std::move(frame));
  step.frames.clear();
}

}  // namespace

Task<absl::Status> RelaySession(Call& call, const Services& services, Headers metadata) {
  auto open = co_await FirstFrame(call);
  if (!open.ok()) co_return open.status();
  const auto found = services.upstreams.Find(open->upstream);
  if (!found.ok()) co_return found.status();
  const UpstreamEntry& upstream = **found;
  call.record().upstream = upstream.config.name;
  call.Note("upstream", upstream.config.name);

  // Kept as long as the session: what the policy lets up, and of that no more than metadata may be.
  const Headers client_headers = Forwarded(services.config.headers, Merge(metadata, std::exchange(open->headers, {})));
  Headers().swap(metadata);
  if (SizeOf(client_headers) > services.config.limits.metadata_bytes) co_return TooManyHeaders(services.config.limits);
  Session session(upstream.config.name, KindName(upstream.config.kind),
                  {upstream.config.limits.event_bytes, upstream.config.limits.error_body_bytes,
                   static_cast<std::size_t>(services.config.limits.session_requests)});
  Exchanges exchanges;
  bool reading = true;
  Session::Step step = session.Begin();
  if (services.phase.load() == Phase::kDraining) {  // it was told before we listened
    for (std::string& frame : session.OnDraining(services.config.drain.deadline).frames) {
      step.frames.push_back(std::move(frame));
    }
  }
  for (;;) {
    Write(call, step);
    for (Session::Post& post : step.posts) {
      if (absl::Status room = call.Keep(session.pending_bytes() + post.body.size(), false); !room.ok()) {
        session.GiveUp(post.key, room, step);
        continue;
      }
      Headers headers = UpstreamHeaders(services.config.headers, client_headers, upstream.config.headers, post.headers);
      exchanges.Add(post.key, call.StartExchange(upstream.Post(std::move(headers), std::move(post.body))));
      call.Note("may_have_run", "true");
    }
    Write(call, step);  // what was given up
    for (const Session::Key key : step.closes) {
      if (const auto id = exchanges.Remove(key)) call.Abort(*id);
    }
    if (step.end) co_return *step.end;
    if (reading) call.WantMessage();
    if (step.start_grace) call.SetFlowTimer(kGrace);
    (void)call.Keep(session.pending_bytes(), true);  // it has become less: what was posted is the exchanges' to count

    Occurrence next = co_await call.Next();
    step = {};
    if (const auto* cancelled = std::get_if<Cancelled>(&next)) {
      co_return cancelled->why;
    } else if (const auto* frame = std::get_if<ClientMessage>(&next)) {
      step = session.OnFrame(frame->bytes);
    } else if (std::holds_alternative<HalfClose>(next)) {
      reading = false;
      step = session.OnHalfClose();
    } else if (const auto* event = std::get_if<upstream::ExchangeEvent>(&next)) {
      upstream.Observe(*event);
      const std::uint64_t dropped = session.dropped_responses();
      const Session::Key key = exchanges.KeyOf(event->id);
      step = Feed(session, exchanges, *event);
      if (absl::Status room = call.Keep(session.pending_bytes(), true); !room.ok()) session.GiveUp(key, room, step);
      call.switchboard().counters().responses_dropped +=
          static_cast<std::int64_t>(session.dropped_responses() - dropped);
    } else if (std::holds_alternative<FlowTimer>(next)) {
      step = session.OnGraceOver();
    } else if (const auto* change = std::get_if<PhaseChange>(&next); change && change->phase == Phase::kDraining) {
      step = session.OnDraining(change->left);
    }
  }
}

}  // namespace sluice::frontend
