// What a message orders to go wrong with its answer: orders in front of the script (script.h).
//
//   fault ORDER, ORDER, ...; SCRIPT         for example: fault cut-events 2 reset; slow 5 10
//
//   cut WAY                 before any byte of the answer
//   cut-bytes K WAY         after K bytes of its body
//   cut-events K WAY        after K events
//                           WAY  end         the body ends there, with its last chunk
//                                fin, reset  the connection is closed, or reset
//                                abrupt      closed without TLS's close_notify
//                                half-close  the agent says nothing more and shuts its side down
//                                silence     the agent says nothing more
//   odd-event K KIND        after K events one more, on top:
//                           not-json, not-rpc, wrong-id, null-id, both (result and error), neither, bad-result
//   error-event K CODE      after K events a JSON-RPC error, as the last one
//   error CODE              a JSON-RPC error in place of the answer
//                           both take [reason=REASON] for its ErrorInfo, and [id=null]
//   http STATUS [type=MEDIA-TYPE] [header=NAME:VALUE]... [body=BODY]
//                           another head; with a body, another body too
//   line-ends cr|crlf|lf    of the events
//   comments MS             a keep-alive comment each MS milliseconds
//   drip MS                 one byte each MS milliseconds; 0: single bytes without a pause
//
// K counts the events that the script makes. An answer in JSON is one event, and what is put in front of it takes its
// place. A word that holds blanks, commas or semicolons stands in single quotes.
// The task, or the call, is not touched: it runs as the script says, whatever its client gets to see of it.
#ifndef SLUICE_CLIENT_AGENT_FAULT_H_
#define SLUICE_CLIENT_AGENT_FAULT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/agent/rpc_error.h"

namespace sluice::agent {

enum class CutPlace { kAnswer, kBytes, kEvents };
enum class CutWay { kEnd, kFin, kReset, kAbrupt, kHalfClose, kSilence };

struct Cut {
  CutPlace place = CutPlace::kAnswer;
  std::uint64_t after = 0;  // bytes or events
  CutWay way = CutWay::kFin;

  bool operator==(const Cut&) const = default;
};

struct OddEvent {
  std::uint64_t after = 0;  // events
  std::string data;
  bool last = false;  // the body ends with it

  bool operator==(const OddEvent&) const = default;
};

struct Fault {
  std::optional<Cut> cut;
  std::vector<OddEvent> odd_events;  // in the order in which they come
  int status = 200;
  std::string content_type;  // empty: the answer's own
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;  // in place of the answer's own
  std::string_view line_end = "\n";
  std::chrono::milliseconds comments{0};          // 0: none
  std::optional<std::chrono::milliseconds> drip;  // unset: as much at a time as there is

  bool operator==(const Fault&) const = default;
};

// The text of a message, parted; `orders` is empty for one that orders no fault.
struct OrderedText {
  std::string_view orders;
  std::string_view script;
};
OrderedText SplitOrders(std::string_view text);

// `id` is the JSON text of the request's id, which odd events repeat; `data` is what errors carry. The error names the
// order and what is wrong with it.
absl::StatusOr<Fault> ParseFault(std::string_view orders, std::string_view id, ErrorData data = ErrorData::kTyped);

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_FAULT_H_
