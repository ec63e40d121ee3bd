// The counters that prove an orderly life: at the end they must match, or the process exits with 70.
#ifndef SLUICE_SERVER_OBSERVE_COUNTERS_H_
#define SLUICE_SERVER_OBSERVE_COUNTERS_H_

#include <atomic>
#include <cstdint>
#include <string>

namespace sluice::observe {

// Thread-safe. One per process; outlives every part.
struct Counters {
  std::atomic<std::int64_t> ops_started{0};          // operations started on completion queues
  std::atomic<std::int64_t> tags_delivered{0};       // operations whose completion was handled
  std::atomic<std::int64_t> permits{0};              // permits still out when the queues had been joined
  std::atomic<std::int64_t> memory_reserved{0};      // of limits.memory, when the queues had been joined
  std::atomic<std::int64_t> calls_total{0};          // calls accepted
  std::atomic<std::int64_t> calls_live{0};           // calls whose memory is still held
  std::atomic<std::int64_t> exchanges_total{0};      // upstream exchanges started
  std::atomic<std::int64_t> exchanges_live{0};       // upstream exchanges that have not told their end
  std::atomic<std::int64_t> late_events_dropped{0};  // upstream events that found no call
  std::atomic<std::int64_t> responses_dropped{0};    // JSON-RPC messages that nobody asked for

  // At the end of an orderly life.
  bool Match() const {
    return ops_started == tags_delivered && permits == 0 && memory_reserved == 0 && calls_live == 0 &&
           exchanges_live == 0 && late_events_dropped == 0;
  }

  // "ops_started=12 tags_delivered=12 …"
  std::string ToString() const;
};

}  // namespace sluice::observe

#endif  // SLUICE_SERVER_OBSERVE_COUNTERS_H_
