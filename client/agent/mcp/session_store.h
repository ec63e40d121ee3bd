// The sessions of the legacy era (2025-03-26 to 2025-11-25).
#ifndef SLUICE_CLIENT_AGENT_MCP_SESSION_STORE_H_
#define SLUICE_CLIENT_AGENT_MCP_SESSION_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "client/agent/mcp/call.h"
#include "client/agent/mcp/stream.h"
#include "client/agent/stats.h"

namespace sluice::agent::mcp {

// Lifetime: shared by the store and, for a moment, those who work with it.
struct Session {
  std::string id;
  std::string version;
  std::set<std::string> capabilities;                    // of the client
  std::shared_ptr<Channel> channel;                      // the GET stream, number 0
  std::map<std::uint64_t, std::shared_ptr<Call>> calls;  // by number, settled ones as long as there is room
  std::map<std::string, std::uint64_t> requests;         // the number of the last call with this id
  std::map<std::string, std::weak_ptr<Call>> questions;  // by the id of our request, without an answer yet
  std::set<std::string> subscriptions;                   // URIs
  std::uint64_t next_call = 1;
  std::uint64_t next_question = 0;
  std::list<std::string>::iterator place;  // in the store's order

  // The running call of that id; null when there is none.
  std::shared_ptr<Call> FindRunning(std::string_view request_id) const;
  // Null when it is none of this session, or was dropped.
  std::shared_ptr<Stream> FindStream(std::uint64_t number) const;
};

struct SessionLimits {
  std::size_t sessions = 10'000;        // the oldest are dropped
  std::size_t kept_calls = 100'000;     // of all sessions; the oldest that have settled are dropped
  std::size_t kept_bytes = 256u << 20;  // of their answers
  std::size_t subscriptions = 1'000;    // of one session
};

// Thread: the agent's.
class SessionStore {
 public:
  // `make_id` makes unique ids. All three must outlive the store.
  SessionStore(const SessionLimits& limits, Clockwork& clockwork, StatsBook& stats,
               std::function<std::string()> make_id);

  std::shared_ptr<Session> Create(std::string version);
  std::shared_ptr<Session> Find(std::string_view id) const;
  // Its streams end, but for that of `spared`; the id is unknown from now on.
  void End(const std::shared_ptr<Session>& session, const Call* spared = nullptr);

  // Makes room for one more call; false when too many run.
  bool MakeRoom();
  void Keep(const std::shared_ptr<Session>& session, const std::shared_ptr<Call>& call);
  const SessionLimits& limits() const { return limits_; }

 private:
  struct Kept {
    std::weak_ptr<Session> session;
    std::weak_ptr<Call> call;
    std::size_t bytes = 0;
  };

  bool DropOldest();

  const SessionLimits limits_;
  Clockwork& clockwork_;
  StatsBook& stats_;
  const std::function<std::string()> make_id_;
  std::unordered_map<std::string, std::shared_ptr<Session>> sessions_;
  std::list<std::string> order_;  // oldest first
  std::list<Kept> kept_;          // oldest first
  std::size_t kept_bytes_ = 0;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_SESSION_STORE_H_
