#include "client/agent/event_feed.h"

#include <algorithm>
#include <utility>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

// A chunk with more text than this is written in pieces.
constexpr std::size_t kLargeText = 16 << 10;

}  // namespace

EventFeed::EventFeed(std::string_view id, std::string_view result)
    : before_result_(R"(data: {"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)"),
      first_(before_result_ + std::string(result) + "}\n\n") {}

EventFeed::EventFeed(std::string_view id, std::string_view result, std::shared_ptr<Task> task, std::size_t turn,
                     std::int64_t first_chunk)
    : EventFeed(id, result) {
  task_ = std::move(task);
  turn_ = turn;
  next_chunk_ = first_chunk;
}

EventFeed::State EventFeed::Fill(std::string& out, std::size_t limit) {
  const std::size_t end = out.size() + limit;
  if (!first_.empty()) {
    out += std::exchange(first_, {});
    ++events_;
  }
  if (task_ == nullptr) return State::kEnded;
  if (turn_ >= task_->turns.size()) return State::kWaiting;
  const Turn& turn = task_->turns[turn_];
  if (before_parts_.empty()) PrepareChunks(turn);
  while (next_chunk_ < turn.made) {
    if (out.size() >= end || !AppendChunk(turn, end, out)) return State::kMore;
  }
  if (!turn.ended) return State::kWaiting;
  AppendEnd(turn, out);
  return State::kEnded;
}

void EventFeed::PrepareChunks(const Turn& turn) {
  before_parts_ = before_result_ + R"({"artifactUpdate":{"taskId":)" + Quoted(task_->id) + R"(,"contextId":)" +
                  Quoted(task_->context_id) + R"(,"artifact":{"artifactId":)" + Quoted(turn.artifact_id) +
                  R"(,"parts":)";
}

// False when the text did not fit before `end`: the rest comes next time.
bool EventFeed::AppendChunk(const Turn& turn, std::size_t end, std::string& out) {
  if (text_written_ == 0) out += before_parts_;
  if (turn.script.chunk_bytes <= kLargeText) {
    AppendChunkParts(turn, next_chunk_, out);
  } else {
    if (text_written_ == 0) out += R"([{"text":")";
    const std::size_t room = end > out.size() ? end - out.size() : 1;
    const std::size_t count = std::min(room, turn.script.chunk_bytes - text_written_);
    AppendChunkText(turn.script, next_chunk_, text_written_, count, out);
    text_written_ += count;
    if (text_written_ < turn.script.chunk_bytes) return false;
    text_written_ = 0;
    out += "\"}]";
  }
  out += '}';
  if (next_chunk_ > 0) out += R"(,"append":true)";
  if (next_chunk_ + 1 == turn.script.chunks) out += R"(,"lastChunk":true)";
  out += "}}}\n\n";
  ++next_chunk_;
  ++events_;
  return true;
}

void EventFeed::AppendEnd(const Turn& turn, std::string& out) {
  out += before_result_ + R"({"statusUpdate":{"taskId":)" + Quoted(task_->id) + R"(,"contextId":)" +
         Quoted(task_->context_id) + R"(,"status":)" + turn.end_status + "}}}\n\n";
  ++events_;
}

TurnEnd::TurnEnd(std::string_view id, std::shared_ptr<Task> task, std::size_t turn, const TaskView& view)
    : id_(id), task_(std::move(task)), turn_(turn), view_(view) {}

Feed::State TurnEnd::Fill(std::string& out, std::size_t) {
  if (!Reached()) return State::kWaiting;
  out += R"({"jsonrpc":"2.0","id":)" + id_ + R"(,"result":{"task":)" + TaskJson(*task_, view_) + "}}";
  return State::kEnded;
}

}  // namespace sluice::agent
