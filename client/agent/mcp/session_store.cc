#include "client/agent/mcp/session_store.h"

#include <algorithm>
#include <utility>

namespace sluice::agent::mcp {
namespace {

// At most what the call keeps once it is answered.
std::size_t SizeOf(const Call& call) {
  constexpr std::size_t kCallBytes = 1024;
  const CallOrder& order = call.order();
  const Script& script = order.script;
  return kCallBytes + order.id.size() + order.progress_token.size() +
         2 * (script.text.size() + script.raw_result.size()) + 1024 * script.text_kib;
}

}  // namespace

std::shared_ptr<Call> Session::FindRunning(std::string_view request_id) const {
  const auto number = requests.find(std::string(request_id));
  if (number == requests.end()) return nullptr;
  const auto call = calls.find(number->second);
  return call == calls.end() || call->second->settled() ? nullptr : call->second;
}

std::shared_ptr<Stream> Session::FindStream(std::uint64_t number) const {
  if (number == 0) return channel;
  const auto call = calls.find(number);
  return call == calls.end() ? nullptr : call->second;
}

SessionStore::SessionStore(const SessionLimits& limits, Clockwork& clockwork, StatsBook& stats,
                           std::function<std::string()> make_id)
    : limits_(limits), clockwork_(clockwork), stats_(stats), make_id_(std::move(make_id)) {}

std::shared_ptr<Session> SessionStore::Create(std::string version) {
  if (sessions_.size() >= limits_.sessions) End(sessions_.at(order_.front()));
  auto session = std::make_shared<Session>();
  session->id = make_id_();
  session->version = std::move(version);
  session->channel = std::make_shared<Channel>(clockwork_, /*number=*/0);
  session->place = order_.insert(order_.end(), session->id);
  sessions_[session->id] = session;
  stats_.Update([](AgentStats& stats) {
    ++stats.mcp.sessions_open;
    ++stats.mcp.sessions_opened;
  });
  return session;
}

std::shared_ptr<Session> SessionStore::Find(std::string_view id) const {
  const auto found = sessions_.find(std::string(id));
  return found == sessions_.end() ? nullptr : found->second;
}

void SessionStore::End(const std::shared_ptr<Session>& session, const Call* spared) {
  const std::shared_ptr<Session> kept = session;  // the argument may be the map's own
  if (sessions_.erase(kept->id) == 0) return;
  order_.erase(kept->place);
  stats_.Update([](AgentStats& stats) { --stats.mcp.sessions_open; });
  const auto calls = std::exchange(kept->calls, {});
  for (const auto& [number, call] : calls) {
    if (call.get() != spared) call->Close();
  }
  kept->channel->Close();
}

bool SessionStore::MakeRoom() {
  while (kept_.size() >= limits_.kept_calls || kept_bytes_ >= limits_.kept_bytes) {
    if (!DropOldest()) return false;
  }
  return true;
}

bool SessionStore::DropOldest() {
  const auto oldest = std::find_if(kept_.begin(), kept_.end(), [](const Kept& kept) {
    const auto call = kept.call.lock();
    return call == nullptr || call->settled();
  });
  if (oldest == kept_.end()) return false;
  const auto call = oldest->call.lock();
  const auto session = oldest->session.lock();
  if (call != nullptr && session != nullptr) {
    session->calls.erase(call->number());
    const auto request = session->requests.find(call->order().id);
    if (request != session->requests.end() && request->second == call->number()) session->requests.erase(request);
  }
  kept_bytes_ -= oldest->bytes;
  kept_.erase(oldest);
  return true;
}

void SessionStore::Keep(const std::shared_ptr<Session>& session, const std::shared_ptr<Call>& call) {
  session->calls[call->number()] = call;
  session->requests[call->order().id] = call->number();
  kept_.push_back({session, call, SizeOf(*call)});
  kept_bytes_ += kept_.back().bytes;
}

}  // namespace sluice::agent::mcp
