// A stream of events that is of no protocol.
#ifndef SLUICE_CLIENT_AGENT_LLM_PLAIN_H_
#define SLUICE_CLIENT_AGENT_LLM_PLAIN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/llm/run.h"

namespace sluice::agent::llm {

// The value of `name` in a query, decoded; nothing when it is not there.
std::optional<std::string> QueryValue(std::string_view query, std::string_view name);

// Each piece of text is an event whose id is its number, from 1; the first one of a body says when to come back.
class PlainFeed final : public Feed {
 public:
  // `run` makes the pieces of `script` from `first` on.
  PlainFeed(std::shared_ptr<Run> run, Script script, std::int64_t first)
      : run_(std::move(run)), script_(std::move(script)), next_(first), first_(first) {}

  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return run_; }
  std::string subject() const override { return run_->order().id; }
  std::uint64_t events() const override { return static_cast<std::uint64_t>(next_ - first_); }

 private:
  void AppendEvent(std::string& out);

  const std::shared_ptr<Run> run_;
  const Script script_;
  std::int64_t next_;
  const std::int64_t first_;
};

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_PLAIN_H_
