// The answers that follow a task.
#ifndef SLUICE_CLIENT_AGENT_EVENT_FEED_H_
#define SLUICE_CLIENT_AGENT_EVENT_FEED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/agent/feed.h"
#include "client/agent/task.h"

namespace sluice::agent {

// Writes the SSE events of one stream: a first event, then those of one turn from the chunk the stream starts with.
// Thread: the agent's.
class EventFeed final : public Feed {
 public:
  // A stream of exactly one event. `id` is the JSON text of the request's id; `result` the event's.
  EventFeed(std::string_view id, std::string_view result);
  // `turn` may be the one that the task will begin next.
  EventFeed(std::string_view id, std::string_view result, std::shared_ptr<Task> task, std::size_t turn,
            std::int64_t first_chunk);

  // Appends what is ready, events one after the other, and stops within one small event of `limit` bytes. A chunk of
  // many KiB of text comes in pieces; a first event, and an echo, in one.
  State Fill(std::string& out, std::size_t limit) override;

  // Null for a stream without a task.
  std::shared_ptr<Followed> followed() const override { return task_; }
  std::string subject() const override { return task_ == nullptr ? std::string() : task_->id; }
  std::uint64_t events() const override { return events_; }

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
// Thread: the agent's.
class TurnEnd final : public Feed {
 public:
  // `id` is the JSON text of the request's id.
  TurnEnd(std::string_view id, std::shared_ptr<Task> task, std::size_t turn, const TaskView& view);

  bool Reached() const { return turn_ < task_->turns.size() && task_->turns[turn_].ended; }

  Kind kind() const override { return Kind::kJson; }
  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return task_; }
  std::string subject() const override { return task_->id; }
  std::uint64_t events() const override { return 0; }

 private:
  std::string id_;
  std::shared_ptr<Task> task_;
  std::size_t turn_;
  TaskView view_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_EVENT_FEED_H_
