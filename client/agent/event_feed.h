// One client's place in the events of a task.
#ifndef SLUICE_CLIENT_AGENT_EVENT_FEED_H_
#define SLUICE_CLIENT_AGENT_EVENT_FEED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/agent/task.h"

namespace sluice::agent {

// Writes the SSE events of one stream: a first event, then those of one turn from the chunk the stream starts with.
// It holds a position, not events: a client that does not read costs the same as one that does.
// Thread: the agent's.
class EventFeed {
 public:
  enum class State {
    kMore,     // there is more than the limit
    kWaiting,  // nothing more until the task moves
    kEnded,    // that was the last event
  };

  // A stream of exactly one event. `id` is the JSON text of the request's id; `result` the event's.
  EventFeed(std::string_view id, std::string_view result);
  // `turn` may be the one that the task will begin next.
  EventFeed(std::string_view id, std::string_view result, std::shared_ptr<Task> task, std::size_t turn,
            std::int64_t first_chunk);

  // Appends what is ready, events one after the other, and stops within one small event of `limit` bytes. A chunk of
  // many KiB of text comes in pieces; a first event, and an echo, in one.
  State Fill(std::string& out, std::size_t limit);

  // Null for a stream without a task.
  const std::shared_ptr<Task>& task() const { return task_; }
  // Written as a whole.
  std::uint64_t events() const { return events_; }

 private:
  void PrepareChunks(const Turn& turn);
  bool AppendChunk(const Turn& turn, std::size_t end, std::string& out);
  void AppendEnd(const Turn& turn, std::string& out);

  std::string before_result_;  // "data: {…"result":"
  std::string first_;
  std::shared_ptr<Task> task_;
  std::size_t turn_ = 0;
  std::int64_t next_chunk_ = 0;
  std::size_t text_written_ = 0;  // of the next chunk
  std::string before_parts_;      // of an artifact update
  std::uint64_t events_ = 0;
};

// What a blocking SendMessage waits for: the end of a turn.
struct TurnEnd {
  std::string id;  // of the request, JSON text
  std::shared_ptr<Task> task;
  std::size_t turn = 0;
  TaskView view;

  bool Reached() const;
  // The JSON-RPC answer, once reached.
  std::string Answer() const;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_EVENT_FEED_H_
