// An EventSink that remembers everything, for tests that drive a Loop.
#ifndef SLUICE_TESTS_UPSTREAM_EVENT_LOG_H_
#define SLUICE_TESTS_UPSTREAM_EVENT_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/upstream/exchange.h"

namespace sluice::upstream {

// What one exchange told, in order.
struct Told {
  std::optional<ResponseHead> head;
  std::string body;
  std::vector<std::size_t> pieces;  // the sizes of the BodyBytes
  std::optional<ExchangeEnd> end;
  int ends = 0;
  std::size_t timers_before_end = 0;  // that had fired, of the whole log
  bool out_of_order = false;          // a second head, a body before the head, anything after the end

  ExchangeOutcome outcome() const { return end.value().outcome; }
};

class EventLog final : public EventSink {
 public:
  bool Deliver(ExchangeEvent event) override;
  bool Deliver(TimerFired fired) override;

  // Each waits until it has come, and fails the test if it does not. They return what is there by then.
  Told WaitForEnd(ExchangeId id);
  Told WaitForHead(ExchangeId id);
  Told WaitForBody(ExchangeId id, std::size_t bytes);
  // Waits for body bytes or the end, and takes the bytes away.
  std::string TakeBody(ExchangeId id);
  std::string TakeWhatIsThere(ExchangeId id);
  // Waits until some exchange has body bytes that were not taken, or all have ended.
  void WaitForAnyBody();
  std::vector<TimerId> WaitForTimers(std::size_t count);

  Told Get(ExchangeId id);
  std::vector<TimerId> timers();

 private:
  Told WaitUntil(ExchangeId id, const char* what, const std::function<bool(const Told&)>& there);

  std::mutex mu_;
  std::condition_variable changed_;
  std::map<ExchangeId, Told> told_;  // guarded by mu_
  std::vector<TimerId> timers_;      // guarded by mu_
};

}  // namespace sluice::upstream

#endif  // SLUICE_TESTS_UPSTREAM_EVENT_LOG_H_
