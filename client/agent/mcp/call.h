// A request on its way to its answer.
#ifndef SLUICE_CLIENT_AGENT_MCP_CALL_H_
#define SLUICE_CLIENT_AGENT_MCP_CALL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/agent/fault.h"
#include "client/agent/mcp/script.h"
#include "client/agent/mcp/stream.h"
#include "client/agent/stats.h"

namespace sluice::agent::mcp {

struct CallOrder {
  std::string id;              // JSON text, as it came
  std::string progress_token;  // the same; empty: no progress is told
  Script script;
  bool primed = false;                       // its stream begins with an event that carries an id alone
  bool modern = false;                       // 2026-07-28
  bool mute = false;                         // no notices
  std::shared_ptr<const Fault> fault_again;  // of every body that follows; may be null
};

// Its events: the priming one, a notice for each step, a question, the answer. All but the last two are functions of
// their number.
// Thread: the agent's.
class Call final : public Stream {
 public:
  // `on_through` is called once the steps are made; it asks, answers, or leaves the call as it is.
  Call(Clockwork& clockwork, StatsBook& stats, CallOrder order, std::uint64_t number,
       std::function<void(Call&)> on_through);
  ~Call() override;

  const CallOrder& order() const { return order_; }
  // `request` is a whole JSON-RPC request.
  void Ask(std::string request);
  // `outcome` is a member: "result":… or "error":…
  void Answer(std::string outcome);
  // There will be no answer; the stream stays open without one, as those of servers in use do.
  void Cancel();
  // Answered, cancelled or closed: nothing more happens.
  bool settled() const { return settled_; }
  bool answered() const { return !answer_.empty(); }
  // Whole, once answered.
  const std::string& answer() const { return answer_; }

  std::uint64_t oldest() const override { return 0; }
  std::uint64_t ready() const override;
  bool complete() const override { return answered() || closed(); }
  std::string Message(std::uint64_t event) const override;

 private:
  void OnThrough() override { on_through_(*this); }
  std::uint64_t notices() const;
  std::string NoticeMessage(std::int64_t step) const;
  void Settle();

  StatsBook& stats_;
  const CallOrder order_;
  const std::function<void(Call&)> on_through_;
  std::string question_;
  std::string answer_;
  bool settled_ = false;
};

// The answer of a call as JSON.
class CallFeed final : public Feed {
 public:
  explicit CallFeed(std::shared_ptr<Call> call, FeedHooks hooks = {})
      : call_(std::move(call)), hooks_(std::move(hooks)) {}
  ~CallFeed() override;

  Kind kind() const override { return Kind::kJson; }
  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return call_; }
  std::string subject() const override { return std::to_string(call_->number()); }
  std::uint64_t events() const override { return 0; }
  void OnClientGone() override;

 private:
  const std::shared_ptr<Call> call_;
  const FeedHooks hooks_;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_CALL_H_
