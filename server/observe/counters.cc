#include "server/observe/counters.h"

#include "absl/strings/str_cat.h"

namespace sluice::observe {

std::string Counters::ToString() const {
  return absl::StrCat("ops_started=", ops_started.load(), " tags_delivered=", tags_delivered.load(),
                      " permits=", permits.load(), " memory_reserved=", memory_reserved.load(),
                      " calls_total=", calls_total.load(), " calls_live=", calls_live.load(),
                      " exchanges_total=", exchanges_total.load(), " exchanges_live=", exchanges_live.load(),
                      " late_events_dropped=", late_events_dropped.load(),
                      " responses_dropped=", responses_dropped.load());
}

}  // namespace sluice::observe
