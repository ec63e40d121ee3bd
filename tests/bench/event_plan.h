// What one measured stream is made of, and its messages as an agent and as a gRPC server send them.
//
// A stream is one Task, then `events` artifact chunks, then the status "completed". A chunk's text begins with the
// moment at which it was handed to the socket, so that whoever reads it can tell how long it took.
#ifndef SLUICE_TESTS_BENCH_EVENT_PLAN_H_
#define SLUICE_TESTS_BENCH_EVENT_PLAN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::bench {

struct EventPlan {
  std::int64_t events = 0;
  std::chrono::nanoseconds interval{0};  // between two events of a stream; 0: as fast as they are taken
  std::size_t bytes = 0;                 // of text in each event

  // The words that a message asks for it with, the demo agent's: "size N MS B".
  std::string Words() const;
  // Finds them anywhere in a request, be it JSON or protobuf.
  static std::optional<EventPlan> Find(std::string_view request);
};

// Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
std::int64_t Now();

// A message with a moment in it that can be changed in place.
class StampedMessage {
 public:
  // `bytes` holds what ChunkText() made, as it is.
  explicit StampedMessage(std::string bytes);
  const std::string& Stamp(std::int64_t now);

 private:
  std::string bytes_;
  std::size_t place_;
};

// `bytes` of text that begin with a moment to be stamped; never less than that needs.
std::string ChunkText(std::size_t bytes);
// The moment in a message; nothing when it has none.
std::optional<std::int64_t> FindStamp(std::string_view message);

// The three kinds of message, as the data of a server-sent event and as a serialised lf.a2a.v1.StreamResponse.
// `id`: of the JSON-RPC request, as written there. They say the same, so both ways carry the same payload.
std::string TaskJson(std::string_view id);
std::string ChunkJson(std::string_view id, std::size_t bytes);
std::string EndJson(std::string_view id);
std::string TaskMessage();
std::string ChunkMessage(std::size_t bytes);
std::string EndMessage();

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_EVENT_PLAN_H_
