#include "client/agent/mcp/call.h"

#include <utility>

#include "client/agent/mcp/message.h"

namespace sluice::agent::mcp {
namespace {

std::string Label(Notice notice, std::int64_t step, const Script& script) {
  std::string label = (notice == Notice::kLog ? "message " : "step ") + std::to_string(step) + " of " +
                      std::to_string(script.pace.steps);
  if (script.notice_bytes == 0) return label;
  if (script.notice_bytes > label.size()) label += ' ';
  label.resize(script.notice_bytes, '.');
  return label;
}

}  // namespace

Call::Call(Clockwork& clockwork, StatsBook& stats, CallOrder order, std::uint64_t number,
           std::function<void(Call&)> on_through)
    : Stream(clockwork, order.script.pace, number),
      stats_(stats),
      order_(std::move(order)),
      on_through_(std::move(on_through)) {
  stats_.Update([](AgentStats& stats_now) { ++stats_now.mcp.calls_running; });
}

Call::~Call() { Settle(); }

void Call::Ask(std::string request) {
  question_ = std::move(request);
  TellFollowers();
}

void Call::Answer(std::string outcome) {
  if (settled_) return;
  const std::shared_ptr<Paced> kept = shared_from_this();
  answer_ = R"({"jsonrpc":"2.0","id":)" + order_.id + "," + std::move(outcome) + "}";
  Settle();
  TellFollowers();
}

void Call::Cancel() { Settle(); }

void Call::Settle() {
  if (settled_) return;
  settled_ = true;
  Halt();
  stats_.Update([](AgentStats& stats) { --stats.mcp.calls_running; });
}

std::uint64_t Call::notices() const {
  const bool unwanted = order_.script.notice == Notice::kProgress && order_.progress_token.empty();
  return order_.mute || unwanted ? 0 : static_cast<std::uint64_t>(made());
}

std::uint64_t Call::ready() const {
  return (order_.primed ? 1 : 0) + notices() + (question_.empty() ? 0 : 1) + (answered() ? 1 : 0);
}

std::string Call::Message(std::uint64_t event) const {
  if (order_.primed && event-- == 0) return {};
  if (event < notices()) return NoticeMessage(static_cast<std::int64_t>(event) + 1);
  return event == notices() && !question_.empty() ? question_ : answer_;
}

std::string Call::NoticeMessage(std::int64_t step) const {
  const std::string label = Label(order_.script.notice, step, order_.script);
  if (order_.script.notice == Notice::kLog) {
    return R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","logger":"script","data":")" +
           label + "\"}}";
  }
  return R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)" + order_.progress_token +
         R"(,"progress":)" + std::to_string(step) + R"(,"total":)" + std::to_string(order_.script.pace.steps) +
         R"(,"message":")" + label + "\"}}";
}

CallFeed::~CallFeed() {
  if (hooks_.on_over) hooks_.on_over();
}

void CallFeed::OnClientGone() {
  if (hooks_.on_client_gone) hooks_.on_client_gone();
}

Feed::State CallFeed::Fill(std::string& out, std::size_t) {
  if (!call_->complete()) return State::kWaiting;
  out += call_->answered() ? call_->answer() : RpcError(call_->order().id, kServerError, "The session has ended");
  return State::kEnded;
}

}  // namespace sluice::agent::mcp
