// Rows of the fault table: the connection breaks, falls silent, or dawdles.
#include "tests/integration/fault_table.h"

namespace sluice::testing {
namespace {

using enum Shape;

const Details kSent = {{"may_have_run", "true"}, {"task_id", "-"}, {"last_state", "-"}};
const Details kWorking = {{"may_have_run", "true"}, {"task_id", "*"}, {"last_state", "TASK_STATE_WORKING"}};
const Details kInterrupted = {{"may_have_run", "true"}, {"last_state", "TASK_STATE_INPUT_REQUIRED"}};

Expect Truncated(int events, Details details, Connection connection = Connection::kClosed) {
  return {"UNAVAILABLE", "UPSTREAM_STREAM_TRUNCATED", events, connection, std::move(details)};
}
Expect OrFewer(Expect expect) {
  expect.details.erase("task_id");
  expect.details.erase("last_state");
  expect.fewer_events_too = true;
  return expect;
}
Expect Late(const std::string& reason, int events, Details details) {
  return {"DEADLINE_EXCEEDED", reason, events, Connection::kClosed, std::move(details)};
}
Expect Bad(int events, Connection connection = Connection::kKept) {
  return {"INTERNAL", "UPSTREAM_BAD_MESSAGE", events, connection};
}
Expect Ok(int events, Connection connection = Connection::kKept) { return {"OK", "", events, connection}; }
Expect Answered(Connection connection) { return {"answered", "", 1, connection}; }

// "slow 5 1" is seven events: the task, five chunks, the last status.
const std::string kSlow = "slow 5 1";
// For answers that the gateway closes: it would be a long time before they end by themselves.
const std::string kLong = "slow 1000 100";

std::vector<Row> NoFault() {
  return {
      {kUnary, "", kSlow, "never", Ok(1)},
      {kStream, "", kSlow, "never", Ok(7)},
      {kStream, "", "ask", "never", Ok(2)},
      {kStream, "", "message", "never", Ok(1)},
      {kSession, "", kSlow, "never", Ok(7)},
      {kRpcSession, "", kLong, "never", Answered(Connection::kClosed)},
      {kRpcUnary, "", kSlow, "never", Answered(Connection::kKept)},
  };
}

std::vector<Row> Cuts() {
  constexpr auto kKept = Connection::kKept;
  return {
      {kUnary, "cut fin", kSlow, "before the answer", Truncated(0, kSent)},
      {kUnary, "cut reset", kSlow, "before the answer", Truncated(0, kSent)},
      {kUnary, "cut half-close", kSlow, "before the answer", Truncated(0, kSent)},
      {kStream, "cut fin", kSlow, "before the answer", Truncated(0, kSent)},
      {kStream, "cut reset", kSlow, "before the answer", Truncated(0, kSent)},
      {kStream, "cut half-close", kSlow, "before the answer", Truncated(0, kSent)},
      {kSession, "cut fin", kSlow, "before the answer", Truncated(0, kSent)},
      {kSession, "cut reset", kSlow, "before the answer", Truncated(0, kSent)},
      {kRpcUnary, "cut fin", kSlow, "before the answer", Truncated(0, kSent)},

      {kUnary, "cut-bytes 0 fin", kSlow, "after the head", Truncated(0, kSent)},
      {kUnary, "cut-bytes 10 end", kSlow, "in the JSON", Bad(0)},
      {kUnary, "cut-bytes 10 fin", kSlow, "in the JSON", Truncated(0, kSent)},
      {kUnary, "cut-bytes 10 reset", kSlow, "in the JSON", Truncated(0, kSent)},
      {kUnary, "cut-bytes 10 half-close", kSlow, "in the JSON", Truncated(0, kSent)},
      {kUnary, "cut-events 1 fin", kSlow, "after the JSON", Truncated(0, kSent)},
      {kRpcUnary, "cut-bytes 10 end", kSlow, "in the JSON", Bad(0)},
      {kRpcUnary, "cut-bytes 10 fin", kSlow, "in the JSON", Truncated(0, kSent)},

      {kStream, "cut-bytes 0 end", kSlow, "after the head", Truncated(0, kSent, kKept)},
      {kStream, "cut-bytes 40 end", kSlow, "in the first event", Truncated(0, kSent, kKept)},
      {kStream, "cut-bytes 40 fin", kSlow, "in the first event", Truncated(0, kSent)},
      {kStream, "cut-bytes 40 reset", kSlow, "in the first event", Truncated(0, kSent)},
      {kStream, "cut-events 2 end", kSlow, "after 2 events", Truncated(2, kWorking, kKept)},
      {kStream, "cut-events 2 fin", kSlow, "after 2 events", Truncated(2, kWorking)},
      {kStream, "cut-events 2 half-close", kSlow, "after 2 events", Truncated(2, kWorking)},
      {kStream, "cut-events 2 reset", kSlow, "after 2 events", OrFewer(Truncated(2, kWorking))},
      {kSession, "cut-events 2 end", kSlow, "after 2 events", Truncated(2, kWorking, kKept)},
      {kSession, "cut-events 2 fin", kSlow, "after 2 events", Truncated(2, kWorking)},
      {kSession, "cut-events 2 half-close", kSlow, "after 2 events", Truncated(2, kWorking)},
      {kSession, "cut-events 2 reset", kSlow, "after 2 events", OrFewer(Truncated(2, kWorking))},
      {kRpcSession, "cut-events 0 end", kSlow, "after the head", Truncated(0, kSent, kKept)},
      {kRpcSession, "cut-bytes 40 fin", kSlow, "in the first event", Truncated(0, kSent)},
      {kRpcSession, "cut-events 1 fin", kSlow, "after the response", Answered(Connection::kClosed)},

      // The last state decides.
      {kStream, "cut-events 7 fin", kSlow, "after the last event", Ok(7, Connection::kClosed)},
      {kStream, "cut-events 2 fin", "ask", "after input-required", Truncated(2, kInterrupted)},
      {kStream, "cut-events 2 half-close", "ask", "after input-required", Truncated(2, kInterrupted)},
      {kStream, "cut-events 2 end", "fail", "after the last event", Ok(2)},
      {kSession, "cut-events 7 fin", kSlow, "after the last event", Ok(7, Connection::kClosed)},
      {kSession, "cut-events 2 fin", "ask", "after input-required", Truncated(2, kInterrupted)},
  };
}

std::vector<Row> Silences() {
  const std::string first_byte = "first byte 200 ms";
  const std::string idle = "idle 400 ms";
  const std::string total = "total 400 ms";
  return {
      {kUnary, "cut silence", kSlow, "before the answer", Late("UPSTREAM_TIMEOUT_FIRST_BYTE", 0, kSent), first_byte},
      {kStream, "cut silence", kSlow, "before the answer", Late("UPSTREAM_TIMEOUT_FIRST_BYTE", 0, kSent), first_byte},
      {kSession, "cut silence", kSlow, "before the answer", Late("UPSTREAM_TIMEOUT_FIRST_BYTE", 0, kSent), first_byte},
      {kUnary, "cut-bytes 10 silence", kSlow, "in the JSON", Late("UPSTREAM_TIMEOUT_IDLE", 0, kSent), idle},
      {kStream, "cut-events 1 silence", kSlow, "after 1 event", Late("UPSTREAM_TIMEOUT_IDLE", 1, kWorking), idle},
      {kSession, "cut-events 1 silence", kSlow, "after 1 event", Late("UPSTREAM_TIMEOUT_IDLE", 1, kWorking), idle},
      {kUnary, "cut silence", kSlow, "before the answer", Late("UPSTREAM_TIMEOUT_TOTAL", 0, kSent), total},
      {kStream, "cut-events 1 silence", kSlow, "after 1 event", Late("UPSTREAM_TIMEOUT_TOTAL", 1, kWorking), total},
      {kSession, "cut-events 1 silence", kSlow, "after 1 event", Late("UPSTREAM_TIMEOUT_TOTAL", 1, kWorking), total},
      // Comments are a sign of life.
      {kStream, "comments 20", "silent 800", "while nothing happens", Ok(2), idle},
      {kSession, "comments 20", "silent 800", "while nothing happens", Ok(2), idle},
  };
}

std::vector<Row> Paces() {
  const Expect too_large{"RESOURCE_EXHAUSTED", "EVENT_TOO_LARGE", 1, Connection::kClosed};
  Expect too_large_at_once = too_large;
  too_large_at_once.events = 0;
  return {
      {kUnary, "drip 0", kSlow, "byte by byte", Ok(1)},
      {kStream, "drip 0", kSlow, "byte by byte", Ok(7)},
      {kSession, "drip 0", kSlow, "byte by byte", Ok(7)},
      {kUnary, "drip 1", "message", "1 ms a byte", Ok(1)},
      {kStream, "drip 0, line-ends crlf", kSlow, "byte by byte", Ok(7)},
      {kStream, "line-ends cr", kSlow, "always", Ok(7)},
      {kStream, "line-ends crlf", kSlow, "always", Ok(7)},
      {kSession, "line-ends cr", kSlow, "always", Ok(7)},
      {kSession, "line-ends crlf", kSlow, "always", Ok(7)},
      {kStream, "comments 1", "slow 5 5", "between events", Ok(7)},
      {kSession, "comments 1", "slow 5 5", "between events", Ok(7)},
      {kStream, "", "big 4096", "one event of 4 MiB", Ok(3)},
      {kStream, "", "big 20480", "one event of 20 MiB", too_large},
      {kUnary, "", "big 20480", "an answer of 20 MiB", too_large_at_once},
      {kSession, "", "big 20480", "one event of 20 MiB", too_large},
      {kStream, "", "big 4096", "one event of 4 MiB", too_large, "events of 64 KiB"},
      {kStream, "", "big 60", "one event of 60 KiB", Ok(3), "events of 64 KiB"},
  };
}

}  // namespace

std::vector<Row> ConnectionRows() {
  std::vector<Row> all;
  for (const auto& part : {NoFault(), Cuts(), Silences(), Paces()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace sluice::testing
