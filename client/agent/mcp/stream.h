// The messages of one SSE stream, and a client's place in them.
#ifndef SLUICE_CLIENT_AGENT_MCP_STREAM_H_
#define SLUICE_CLIENT_AGENT_MCP_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "client/agent/feed.h"
#include "client/agent/paced.h"

namespace sluice::agent::mcp {

// A stream that broke off can be resumed as long as no more events than this have come since.
inline constexpr std::uint64_t kReplayedEvents = 1'000;

// Numbers its events from 0. Any of them can be written at any time, so nothing is queued for those who read slowly.
// Thread: the agent's.
class Stream : public Paced {
 public:
  // `number` is unique in its session.
  Stream(Clockwork& clockwork, const Pace& pace, std::uint64_t number) : Paced(clockwork, pace), number_(number) {}

  std::uint64_t number() const { return number_; }
  // Events from oldest() to ready() - 1 can be written.
  virtual std::uint64_t oldest() const = 0;
  virtual std::uint64_t ready() const = 0;
  // Nothing will come after these.
  virtual bool complete() const = 0;
  // JSON; empty for an event that carries none.
  virtual std::string Message(std::uint64_t event) const = 0;

  // Its session is over: it ends with the events it has.
  void Close();
  bool closed() const { return closed_; }
  // The stream is for one reader at a time; the one before is through.
  std::uint64_t BeginReading();
  std::uint64_t reader() const { return reader_; }

 private:
  const std::uint64_t number_;
  std::uint64_t reader_ = 0;
  bool closed_ = false;
};

// Messages that belong to no call: a session's GET stream, a subscription. Keeps as many as can be replayed.
class Channel final : public Stream {
 public:
  Channel(Clockwork& clockwork, std::uint64_t number) : Stream(clockwork, {}, number) {}

  void Append(std::string message);
  // Whether somebody reads.
  bool open() const { return readers_ > 0; }
  void AddReader() { ++readers_; }
  void RemoveReader() { --readers_; }

  std::uint64_t oldest() const override { return oldest_; }
  std::uint64_t ready() const override { return oldest_ + messages_.size(); }
  bool complete() const override { return closed(); }
  std::string Message(std::uint64_t event) const override { return messages_[event - oldest_]; }

 private:
  void OnThrough() override {}  // never started

  std::uint64_t oldest_ = 0;
  std::deque<std::string> messages_;
  int readers_ = 0;  // more than one while one takes over from another
};

// What becomes of a feed matters to what it reads.
struct FeedHooks {
  std::function<void()> on_over;         // always, with its end
  std::function<void()> on_client_gone;  // before that, if the client closed the connection first
};

class StreamFeed final : public Feed {
 public:
  struct Options {
    std::uint64_t first = 0;       // event
    std::uint64_t body_limit = 0;  // events of one body, priming ones not counted; 0: none
    bool ids = true;
    bool stays_open = false;  // when nothing will come any more
  };

  StreamFeed(std::shared_ptr<Stream> stream, const Options& options, FeedHooks hooks = {});
  ~StreamFeed() override;

  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return stream_; }
  std::string subject() const override { return std::to_string(stream_->number()); }
  std::uint64_t events() const override { return events_; }
  void OnClientGone() override;

 private:
  bool BodyIsFull() const { return options_.body_limit > 0 && messages_ >= options_.body_limit; }
  void AppendEvent(std::string& out);

  const std::shared_ptr<Stream> stream_;
  const Options options_;
  const FeedHooks hooks_;
  const std::uint64_t reader_;
  std::uint64_t next_;
  std::uint64_t events_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_STREAM_H_
