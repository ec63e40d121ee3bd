#include "client/agent/paced.h"

#include <algorithm>

namespace sluice::agent {

Paced::~Paced() { Halt(); }

void Paced::Start(Now now) {
  started_ = now.steady;
  Step(now.steady);
}

void Paced::Halt() {
  if (due_) clockwork_.due_.erase({*due_, this});
  due_.reset();
}

// Counted from the start, so lateness does not add up.
SteadyTime Paced::NextStep() const {
  if (made_ < pace_.steps) return started_ + (made_ + 1) * pace_.interval;
  return started_ + pace_.steps * pace_.interval + pace_.end_delay;
}

void Paced::Step(SteadyTime now) {
  const std::shared_ptr<Paced> kept = shared_from_this();
  Halt();
  made_ = pace_.interval.count() == 0 ? pace_.steps
                                      : std::min<std::int64_t>(pace_.steps, (now - started_) / pace_.interval);
  const SteadyTime next = NextStep();
  if (made_ == pace_.steps && next <= now) {
    OnThrough();
  } else {
    due_ = next;
    clockwork_.due_.emplace(next, this);
  }
  TellFollowers();
}

std::optional<SteadyTime> Clockwork::NextDue() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void Clockwork::Advance(Now now) {
  while (!due_.empty() && due_.begin()->first <= now.steady) due_.begin()->second->Step(now.steady);
}

}  // namespace sluice::agent
