// What an event of a stream means in the dialects of LLM APIs: data, life, an end, or an error.
#ifndef SLUICE_SERVER_TRANSLATE_SSE_DIALECT_H_
#define SLUICE_SERVER_TRANSLATE_SSE_DIALECT_H_

#include "absl/status/status.h"
#include "server/translate/sse.h"

namespace sluice::translate {

enum class SseDialect { kPlain, kOpenAi, kAnthropic };

enum class SseMeaning {
  kData,     // for the caller; what is not known is data too
  kLife,     // the upstream lives, no more
  kLast,     // data, with which the upstream has finished
  kEndMark,  // no data: the upstream has finished
  kError,    // the upstream has failed
};

SseMeaning MeaningOf(SseDialect dialect, const SseEvent& event);

// Of an event that is kError: UPSTREAM_ERROR.
absl::Status StatusFromErrorEvent(const SseEvent& event);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SSE_DIALECT_H_
