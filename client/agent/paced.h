// What happens by the clock: so many steps, one after the other, and an end.
#ifndef SLUICE_CLIENT_AGENT_PACED_H_
#define SLUICE_CLIENT_AGENT_PACED_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "client/agent/followed.h"
#include "client/agent/timestamp.h"

namespace sluice::agent {

struct Pace {
  std::int64_t steps = 0;
  std::chrono::milliseconds interval{0};   // before each step
  std::chrono::milliseconds end_delay{0};  // after the last one

  bool operator==(const Pace&) const = default;
};

class Clockwork;

// Its followers are told of every step. Thread: the agent's. Lifetime: shared; the clockwork lets go of what is
// destroyed.
class Paced : public Followed, public std::enable_shared_from_this<Paced> {
 public:
  // `clockwork` must outlive it.
  Paced(Clockwork& clockwork, const Pace& pace) : clockwork_(clockwork), pace_(pace) {}
  virtual ~Paced();
  Paced(const Paced&) = delete;
  Paced& operator=(const Paced&) = delete;

  const Pace& pace() const { return pace_; }
  std::int64_t made() const { return made_; }
  void Start(Now now);
  // Nothing happens by the clock any more.
  void Halt();

 private:
  friend class Clockwork;

  // All steps are made and the time after them is over; the followers are told after it.
  virtual void OnThrough() = 0;
  void Step(SteadyTime now);
  SteadyTime NextStep() const;

  Clockwork& clockwork_;
  const Pace pace_;
  SteadyTime started_;
  std::int64_t made_ = 0;
  std::optional<SteadyTime> due_;  // while it runs
};

// Moves all that is paced. Thread: the agent's; takes the time as an argument.
class Clockwork {
 public:
  // When Advance() has to be called next.
  std::optional<SteadyTime> NextDue() const;
  void Advance(Now now);

 private:
  friend class Paced;

  std::set<std::pair<SteadyTime, Paced*>> due_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_PACED_H_
