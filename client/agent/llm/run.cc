#include "client/agent/llm/run.h"

namespace sluice::agent::llm {
namespace {

std::uint64_t CountEvents(std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t at = text.find("\n\n"); at != std::string_view::npos; at = text.find("\n\n", at + 2)) ++count;
  return count;
}

}  // namespace

std::string Run::Piece(std::int64_t index) const { return script().pings ? Text() : PieceOf(script(), index); }

Feed::State RunFeed::Fill(std::string& out, std::size_t limit) {
  const std::size_t begin = out.size();
  const State state = FillSteps(out, begin + limit);
  events_ += CountEvents(std::string_view(out).substr(begin));
  return state;
}

Feed::State RunFeed::FillSteps(std::string& out, std::size_t end) {
  if (!begun_ && run_->made() == 0 && !run_->through()) return State::kWaiting;
  if (!std::exchange(begun_, true)) dialect_.AppendBegin(*run_, out);
  for (; run_->script().pings && pings_ < run_->made(); ++pings_) {
    if (out.size() >= end) return State::kMore;
    dialect_.AppendPing(out);
  }
  for (; pieces_ < run_->pieces(); ++pieces_) {
    if (out.size() >= end) return State::kMore;
    dialect_.AppendPiece(*run_, pieces_, out);
  }
  if (!run_->through()) return State::kWaiting;
  AppendEnd(out);
  return State::kEnded;
}

void RunFeed::AppendEnd(std::string& out) const {
  if (!run_->script().error_type.empty()) return dialect_.AppendError(*run_, out);
  dialect_.AppendFinish(*run_, out);
  if (!run_->script().no_end) dialect_.AppendEndMark(*run_, out);
}

Feed::State WholeFeed::Fill(std::string& out, std::size_t) {
  if (!run_->through()) return State::kWaiting;
  out += dialect_.Whole(*run_);
  return State::kEnded;
}

void AppendNamed(std::string_view name, std::string_view data, std::string& out) {
  out += "event: ";
  out += name;
  out += "\ndata: ";
  out += data;
  out += "\n\n";
}

}  // namespace sluice::agent::llm
