// What the agent has seen, for tests and measurements.
#ifndef SLUICE_CLIENT_AGENT_STATS_H_
#define SLUICE_CLIENT_AGENT_STATS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice::agent {

// A client that closed its connection before its stream, or its blocking send, was over.
struct Disconnect {
  std::string method;
  std::string task_id;
  std::chrono::steady_clock::time_point when;
  double unix_ms = 0;         // the same moment, with microseconds
  double ms_since_start = 0;  // of the agent
  std::uint64_t events = 0;   // written for this client before
};

// Of an agent that is an MCP server.
struct McpStats {
  // Now.
  std::uint64_t sessions_open = 0;
  std::uint64_t get_streams_open = 0;  // standalone ones and those of subscriptions/listen
  std::uint64_t calls_running = 0;     // requests without an answer, whether anyone reads it or not
  // Since the start or the last reset.
  std::uint64_t sessions_opened = 0;
  std::uint64_t sessions_deleted = 0;         // by their clients
  std::uint64_t cancels_received = 0;         // notifications/cancelled
  std::uint64_t calls_cancelled = 0;          // running ones: by notifications/cancelled or, in 2026-07-28, a close
  std::uint64_t responses_received = 0;       // to requests of ours
  std::uint64_t unknown_responses = 0;        // to requests that are none of ours
  std::uint64_t resumes = 0;                  // GET with Last-Event-ID
  std::uint64_t initialized_without_get = 0;  // notifications/initialized before the GET stream
};

struct AgentStats {
  // Now.
  std::uint64_t open_connections = 0;
  std::uint64_t open_streams = 0;   // SSE answers that have not ended
  std::uint64_t waiting_sends = 0;  // blocking SendMessage calls without their answer
  // Since the start or the last reset.
  std::uint64_t connections_accepted = 0;
  std::uint64_t streams_started = 0;
  std::uint64_t streams_ended = 0;  // by us, with all events written
  std::uint64_t answers_cut = 0;    // by us, because a fault was ordered
  std::uint64_t events_written = 0;
  std::uint64_t disconnects_seen = 0;
  std::deque<Disconnect> disconnects;             // the last 10,000
  std::map<std::string, std::uint64_t> requests;  // by JSON-RPC method; what is no known method counts as "other"
  McpStats mcp;
};

// Thread-safe.
class StatsBook {
 public:
  StatsBook();

  void ConnectionOpened();
  void ConnectionClosed();
  void Request(std::string_view method);
  void StreamStarted();
  void StreamEnded();
  void StreamLost(std::string_view method, std::string_view task_id, std::uint64_t events);
  void StreamCut();
  void SendWaits();
  void SendAnswered();
  void SendLost(std::string_view method, std::string_view task_id);
  void SendCut();
  void EventsWritten(std::uint64_t count);

  // `change` is called under the lock.
  template <typename Change>
  void Update(const Change& change) {
    const std::lock_guard lock(mu_);
    change(stats_);
    changed_.notify_all();
  }

  AgentStats Read() const;
  std::string Json() const;
  // Clears what is counted since the start; what is open stays.
  void Reset();

  // Whether `wanted` held within `timeout`. It is asked under the lock, after every change.
  bool WaitUntil(const std::function<bool(const AgentStats&)>& wanted, std::chrono::milliseconds timeout) const;

 private:
  void Note(std::string_view method, std::string_view task_id, std::uint64_t events);

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  mutable std::mutex mu_;
  mutable std::condition_variable changed_;
  AgentStats stats_;  // guarded by mu_
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_STATS_H_
