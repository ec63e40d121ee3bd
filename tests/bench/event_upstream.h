// The agent of the event benchmark: as little HTTP/1.1 and A2A as a gateway needs, and exact about time.
#ifndef SLUICE_TESTS_BENCH_EVENT_UPSTREAM_H_
#define SLUICE_TESTS_BENCH_EVENT_UPSTREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace sluice::bench {

// Answers every POST with the stream of events that its text asks for (EventPlan), one HTTP chunk for each event.
// Streams that run at the same time are spread evenly over the interval, so their events do not come in bunches.
// Serves loopback, in a thread of its own, until it is destroyed.
class EventUpstream {
 public:
  explicit EventUpstream(std::uint16_t port = 0);  // throws std::system_error
  ~EventUpstream();
  EventUpstream(const EventUpstream&) = delete;
  EventUpstream& operator=(const EventUpstream&) = delete;

  std::uint16_t port() const;
  std::string url() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_EVENT_UPSTREAM_H_
