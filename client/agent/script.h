// What the text of a message asks the agent to do.
//
//   slow N MS      N artifact chunks, one each MS milliseconds (0: all at once), then completed
//   size N MS B    the same with B bytes of text in each chunk
//   big KIB        one artifact chunk of KIB KiB, then completed
//   silent MS      nothing for MS milliseconds, then completed
//   ask            input-required
//   message        a bare Message, no task
//   fail, reject   the task ends failed, rejected
//   anything else  the message's parts come back as an artifact, then completed
//
// In front of it may stand what is to go wrong with the answer: fault.h.
//
// Every word is one row of the same few numbers, so a running task is a counter and any event of it can be written at
// any time: nothing has to be queued for a client that reads slowly.
#ifndef SLUICE_CLIENT_AGENT_SCRIPT_H_
#define SLUICE_CLIENT_AGENT_SCRIPT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/agent/script_words.h"

namespace sluice::agent {

// With the numbers of the A2A enum.
enum class TaskState {
  kSubmitted = 1,
  kWorking = 2,
  kCompleted = 3,
  kFailed = 4,
  kCanceled = 5,
  kInputRequired = 6,
  kRejected = 7,
  kAuthRequired = 8,
};

bool IsTerminal(TaskState state);

struct Script {
  bool bare_message = false;  // answer with a Message; nothing below counts
  bool echo = false;          // the one chunk carries the parts of the message
  std::int64_t chunks = 0;
  std::chrono::milliseconds interval{0};   // before each chunk
  std::size_t chunk_bytes = 0;             // 0: the label alone
  std::chrono::milliseconds end_delay{0};  // after the last chunk
  TaskState end_state = TaskState::kCompleted;
  std::string end_text;  // said with the last status; empty: nothing

  bool operator==(const Script&) const = default;
};

inline constexpr std::int64_t kLargestChunkBytes = 64 << 20;

// Words in another number or with something else than numbers are an echo; a number out of bounds is an error that
// names it.
absl::StatusOr<Script> ParseScript(std::string_view text);

// The text of chunk `index` (from 0) is "chunk 3 of 9", padded or cut to `chunk_bytes`. Needs no JSON escapes.
std::size_t ChunkTextSize(const Script& script, std::int64_t index);
// Appends `count` bytes of it from `begin` on; both lie within the text.
void AppendChunkText(const Script& script, std::int64_t index, std::size_t begin, std::size_t count, std::string& out);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_SCRIPT_H_
