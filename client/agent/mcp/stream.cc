#include "client/agent/mcp/stream.h"

#include <algorithm>
#include <string_view>

namespace sluice::agent::mcp {
namespace {

// What a client waits before it comes back for the rest.
constexpr std::string_view kRetry = "retry: 50\n";

// A line of JSON that came with line ends in it takes several of SSE.
void AppendData(std::string_view message, std::string& out) {
  out += "data: ";
  for (const char c : message) {
    if (c == '\r') continue;  // a blank of JSON, but a line end of SSE
    out += c;
    if (c == '\n') out += "data: ";
  }
}

}  // namespace

void Stream::Close() {
  const std::shared_ptr<Paced> kept = shared_from_this();
  closed_ = true;
  Halt();
  TellFollowers();
}

std::uint64_t Stream::BeginReading() {
  const std::shared_ptr<Paced> kept = shared_from_this();
  ++reader_;
  TellFollowers();
  return reader_;
}

void Channel::Append(std::string message) {
  const std::shared_ptr<Paced> kept = shared_from_this();
  messages_.push_back(std::move(message));
  if (messages_.size() > kReplayedEvents) {
    messages_.pop_front();
    ++oldest_;
  }
  TellFollowers();
}

StreamFeed::StreamFeed(std::shared_ptr<Stream> stream, const Options& options, FeedHooks hooks)
    : stream_(std::move(stream)),
      options_(options),
      hooks_(std::move(hooks)),
      reader_(stream_->BeginReading()),
      next_(options.first) {}

StreamFeed::~StreamFeed() {
  if (hooks_.on_over) hooks_.on_over();
}

void StreamFeed::OnClientGone() {
  if (hooks_.on_client_gone) hooks_.on_client_gone();
}

Feed::State StreamFeed::Fill(std::string& out, std::size_t limit) {
  const std::size_t end = out.size() + limit;
  if (stream_->reader() != reader_) return State::kEnded;
  next_ = std::max(next_, stream_->oldest());
  while (next_ < stream_->ready() && !BodyIsFull()) {
    if (out.size() >= end) return State::kMore;
    AppendEvent(out);
  }
  const bool over = stream_->complete() && (!options_.stays_open || stream_->closed());
  return BodyIsFull() || over ? State::kEnded : State::kWaiting;
}

void StreamFeed::AppendEvent(std::string& out) {
  const std::string message = stream_->Message(next_);
  if (!message.empty()) out += "event: message\n";
  if (options_.ids) out += "id: " + std::to_string(stream_->number()) + "-" + std::to_string(next_) + "\n";
  if (message.empty()) out += kRetry;
  AppendData(message, out);
  out += "\n\n";
  ++next_;
  ++events_;
  if (!message.empty()) ++messages_;
}

}  // namespace sluice::agent::mcp
