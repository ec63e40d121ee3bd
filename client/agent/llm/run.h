// A model at work, and how its three interfaces put it into words.
#ifndef SLUICE_CLIENT_AGENT_LLM_RUN_H_
#define SLUICE_CLIENT_AGENT_LLM_RUN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/agent/feed.h"
#include "client/agent/llm/script.h"
#include "client/agent/paced.h"
#include "client/agent/site.h"

namespace sluice::agent::llm {

// What the answer repeats of its request.
struct RunOrder {
  std::string id;  // without the prefix that each interface has for it
  std::string model;
  std::int64_t created = 0;  // seconds since the Unix epoch
  std::size_t prompt_tokens = 0;
  bool include_usage = false;  // OpenAI chat: a chunk of its own
  Script script;
};

// Lives as long as its answer. Thread: the agent's.
class Run final : public Paced {
 public:
  Run(Clockwork& clockwork, RunOrder order) : Paced(clockwork, order.script.pace), order_(std::move(order)) {}

  const RunOrder& order() const { return order_; }
  const Script& script() const { return order_.script; }
  // Pieces of text that are ready; after pings there is one.
  std::int64_t pieces() const { return script().pings ? (through_ ? 1 : 0) : made(); }
  std::string Piece(std::int64_t index) const;
  std::string Text() const { return WholeText(script()); }
  bool through() const { return through_; }

 private:
  void OnThrough() override { through_ = true; }

  const RunOrder order_;
  bool through_ = false;
};

// One interface. All write whole events.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual void AppendBegin(const Run& run, std::string& out) const = 0;
  virtual void AppendPiece(const Run& run, std::int64_t index, std::string& out) const = 0;
  virtual void AppendPing(std::string& out) const { out += ": ping\n\n"; }
  // All that follows the text, but for the end mark.
  virtual void AppendFinish(const Run& run, std::string& out) const = 0;
  virtual void AppendEndMark(const Run& run, std::string& out) const = 0;
  // An error inside the stream; nothing follows it.
  virtual void AppendError(const Run& run, std::string& out) const = 0;

  // The answer that is no stream.
  virtual std::string Whole(const Run& run) const = 0;
  // In place of an answer. `param` is the member of the request that is wrong; empty: none.
  virtual std::string ErrorBody(std::string_view type, std::string_view message, std::string_view param) const = 0;
  virtual std::string_view request_id_header() const { return "x-request-id"; }
};

const Dialect& OpenAiChat();
const Dialect& OpenAiResponses();
const Dialect& Anthropic();

class RunFeed final : public Feed {
 public:
  RunFeed(std::shared_ptr<Run> run, const Dialect& dialect) : run_(std::move(run)), dialect_(dialect) {}

  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return run_; }
  std::string subject() const override { return run_->order().id; }
  std::uint64_t events() const override { return events_; }

 private:
  void AppendEnd(std::string& out) const;
  State FillSteps(std::string& out, std::size_t end);

  const std::shared_ptr<Run> run_;
  const Dialect& dialect_;
  bool begun_ = false;
  std::int64_t pings_ = 0;   // written
  std::int64_t pieces_ = 0;  // written
  std::uint64_t events_ = 0;
};

// The answer that is no stream.
class WholeFeed final : public Feed {
 public:
  WholeFeed(std::shared_ptr<Run> run, const Dialect& dialect) : run_(std::move(run)), dialect_(dialect) {}

  Kind kind() const override { return Kind::kJson; }
  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return run_; }
  std::string subject() const override { return run_->order().id; }
  std::uint64_t events() const override { return 0; }

 private:
  const std::shared_ptr<Run> run_;
  const Dialect& dialect_;
};

// Appends "event: NAME" and "data: DATA".
void AppendNamed(std::string_view name, std::string_view data, std::string& out);

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_RUN_H_
