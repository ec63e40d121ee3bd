// How tests show an event.
#ifndef SLUICE_TESTS_TRANSLATE_SSE_PRINTING_H_
#define SLUICE_TESTS_TRANSLATE_SSE_PRINTING_H_

#include <gtest/gtest.h>

#include <ostream>

#include "server/translate/sse.h"

namespace sluice::translate {

// For what knows of events without the reconnection times that they brought.
inline std::vector<SseEvent> WithoutRetry(std::vector<SseEvent> events) {
  for (SseEvent& event : events) event.retry_ms.reset();
  return events;
}

inline void PrintTo(const SseEvent& event, std::ostream* os) {
  *os << event.type << '(' << ::testing::PrintToString(event.data) << ")#" << event.id;
}

}  // namespace sluice::translate

#endif  // SLUICE_TESTS_TRANSLATE_SSE_PRINTING_H_
