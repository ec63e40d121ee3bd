#include "client/agent/stats.h"

#include <array>
#include <cstdio>
#include <utility>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kKeptDisconnects = 10'000;

std::string Millis(double value) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", value);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

double ToMillis(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::string DisconnectJson(const Disconnect& lost) {
  return R"({"method":)" + Quoted(lost.method) + R"(,"taskId":)" + Quoted(lost.task_id) + R"(,"msSinceStart":)" +
         Millis(lost.ms_since_start) + R"(,"unixMs":)" + Millis(lost.unix_ms) + R"(,"events":)" +
         std::to_string(lost.events) + "}";
}

std::string Join(const std::deque<Disconnect>& disconnects) {
  std::string json;
  for (const Disconnect& lost : disconnects) AppendItem(DisconnectJson(lost), json);
  return json;
}

std::string Join(const std::map<std::string, std::uint64_t>& requests) {
  std::string json;
  for (const auto& [method, count] : requests) {
    AppendItem(Quoted(method) + ":" + std::to_string(count), json);
  }
  return json;
}

std::string McpJson(const McpStats& stats) {
  std::string json;
  for (const auto& [name, value] :
       {std::pair("sessionsOpen", stats.sessions_open), std::pair("getStreamsOpen", stats.get_streams_open),
        std::pair("callsRunning", stats.calls_running), std::pair("sessionsOpened", stats.sessions_opened),
        std::pair("sessionsDeleted", stats.sessions_deleted), std::pair("cancelsReceived", stats.cancels_received),
        std::pair("callsCancelled", stats.calls_cancelled), std::pair("responsesReceived", stats.responses_received),
        std::pair("unknownResponses", stats.unknown_responses), std::pair("resumes", stats.resumes),
        std::pair("initializedWithoutGet", stats.initialized_without_get)}) {
    AppendItem(Quoted(name) + ":" + std::to_string(value), json);
  }
  return "{" + json + "}";
}

}  // namespace

StatsBook::StatsBook() = default;

void StatsBook::ConnectionOpened() {
  const std::lock_guard lock(mu_);
  ++stats_.open_connections;
  ++stats_.connections_accepted;
  changed_.notify_all();
}

void StatsBook::ConnectionClosed() {
  const std::lock_guard lock(mu_);
  --stats_.open_connections;
  changed_.notify_all();
}

void StatsBook::Request(std::string_view method) {
  const std::lock_guard lock(mu_);
  ++stats_.requests[std::string(method)];
  changed_.notify_all();
}

void StatsBook::StreamStarted() {
  const std::lock_guard lock(mu_);
  ++stats_.open_streams;
  ++stats_.streams_started;
  changed_.notify_all();
}

void StatsBook::StreamEnded() {
  const std::lock_guard lock(mu_);
  --stats_.open_streams;
  ++stats_.streams_ended;
  changed_.notify_all();
}

void StatsBook::StreamLost(std::string_view method, std::string_view task_id, std::uint64_t events) {
  const std::lock_guard lock(mu_);
  --stats_.open_streams;
  Note(method, task_id, events);
}

void StatsBook::StreamCut() {
  const std::lock_guard lock(mu_);
  --stats_.open_streams;
  ++stats_.answers_cut;
  changed_.notify_all();
}

void StatsBook::SendWaits() {
  const std::lock_guard lock(mu_);
  ++stats_.waiting_sends;
  changed_.notify_all();
}

void StatsBook::SendAnswered() {
  const std::lock_guard lock(mu_);
  --stats_.waiting_sends;
  changed_.notify_all();
}

void StatsBook::SendLost(std::string_view method, std::string_view task_id) {
  const std::lock_guard lock(mu_);
  --stats_.waiting_sends;
  Note(method, task_id, 0);
}

void StatsBook::SendCut() {
  const std::lock_guard lock(mu_);
  --stats_.waiting_sends;
  ++stats_.answers_cut;
  changed_.notify_all();
}

void StatsBook::EventsWritten(std::uint64_t count) {
  const std::lock_guard lock(mu_);
  stats_.events_written += count;
  changed_.notify_all();
}

void StatsBook::Note(std::string_view method, std::string_view task_id, std::uint64_t events) {
  Disconnect lost;
  lost.method = method;
  lost.task_id = task_id;
  lost.when = std::chrono::steady_clock::now();
  lost.unix_ms = ToMillis(std::chrono::system_clock::now().time_since_epoch());
  lost.ms_since_start = ToMillis(lost.when - start_);
  lost.events = events;
  stats_.disconnects.push_back(std::move(lost));
  if (stats_.disconnects.size() > kKeptDisconnects) stats_.disconnects.pop_front();
  ++stats_.disconnects_seen;
  changed_.notify_all();
}

AgentStats StatsBook::Read() const {
  const std::lock_guard lock(mu_);
  return stats_;
}

std::string StatsBook::Json() const {
  const AgentStats stats = Read();
  return R"({"openConnections":)" + std::to_string(stats.open_connections) + R"(,"openStreams":)" +
         std::to_string(stats.open_streams) + R"(,"waitingSends":)" + std::to_string(stats.waiting_sends) +
         R"(,"connectionsAccepted":)" + std::to_string(stats.connections_accepted) + R"(,"streamsStarted":)" +
         std::to_string(stats.streams_started) + R"(,"streamsEnded":)" + std::to_string(stats.streams_ended) +
         R"(,"answersCut":)" + std::to_string(stats.answers_cut) + R"(,"eventsWritten":)" +
         std::to_string(stats.events_written) + R"(,"requests":{)" + Join(stats.requests) + R"(},"mcp":)" +
         McpJson(stats.mcp) + R"(,"disconnectsSeen":)" + std::to_string(stats.disconnects_seen) +
         R"(,"disconnects":[)" + Join(stats.disconnects) + "]}";
}

void StatsBook::Reset() {
  const std::lock_guard lock(mu_);
  AgentStats kept;
  kept.open_connections = stats_.open_connections;
  kept.open_streams = stats_.open_streams;
  kept.waiting_sends = stats_.waiting_sends;
  kept.mcp.sessions_open = stats_.mcp.sessions_open;
  kept.mcp.get_streams_open = stats_.mcp.get_streams_open;
  kept.mcp.calls_running = stats_.mcp.calls_running;
  stats_ = std::move(kept);
  changed_.notify_all();
}

bool StatsBook::WaitUntil(const std::function<bool(const AgentStats&)>& wanted,
                          std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mu_);
  return changed_.wait_for(lock, timeout, [&] { return wanted(stats_); });
}

}  // namespace sluice::agent
